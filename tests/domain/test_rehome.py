"""An object's domain changes while its alarm is active: its record moves, its clear clears it, whatever comes first."""

from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain import rehome
from streams.domain.alarm import Severity
from streams.domain.alarm_record import Standing
from streams.domain.instant import DAY, HOUR, MINUTE, SECOND
from streams.domain.messages import AlarmHeard, OperatorRequest, OutageAnnounced, SourceSpoke
from streams.domain.network import FeedWatch
from tests.builders import at
from tests.domain.moving import NEW, OLD, Lanes

T = at("10:00")
LESSER = {"severity": Severity.WARNING, "alarm_type": "environmentalAlarm"}


def raised(**but: Any) -> Lanes:
    """An alarm active in a, and both partitions taken over under the new version."""
    lanes = Lanes()
    lanes.changed("f", OLD, T)
    lanes.told("f", OLD, T, **but)
    lanes.settle(T + SECOND)
    for name in "ab":
        lanes.begins_under(name, NEW)
    return lanes


def kinds(lanes: Lanes, name: str) -> list[str]:
    return [emit.value.kind for emit in lanes.partitions[name].out if emit.topic == "alarm-records"]


def test_an_active_alarm_moves_with_its_object() -> None:
    lanes = raised()
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 2 * MINUTE)

    assert lanes.standing("a") == {} and lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.ACTIVE}
    left = lanes.partitions["a"].changes()[-1]
    assert (left.kind, left.why, left.active) == ("left", "rehomed to domain b", 0)
    [opened] = lanes.partitions["b"].changes()[:1]
    assert (opened.kind, opened.domain, opened.members[0].raised_at, opened.members[0].object) == ("opened", "b", T, "port-1")
    assert kinds(lanes, "a") == ["created", "deleted"] and kinds(lanes, "b") == ["created"]


@pytest.mark.parametrize("order", list(permutations(["change", "clear", "move"])))
def test_its_clear_clears_it_in_any_order(order: tuple[str, ...]) -> None:
    """The change reaches a, the clear reaches b, and the record reaches b: whichever first."""
    lanes = raised()
    lanes.changed("f", NEW, T + MINUTE)
    lanes.told("f", NEW, T + 2 * MINUTE, cleared=True)
    for step in order:
        place = {"change": ("f", "a"), "clear": ("f", "b"), "move": ("a", "b")}[step]
        while lanes.queues.get(place):
            lanes.deliver(place)
        if step == "change":
            lanes.tick("a", at("10:03"))
    lanes.settle(T + 5 * MINUTE)

    assert lanes.standing("a") == {} and lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.CLEARED}
    assert sum(stage.view.groups.get(key).active for stage in lanes.partitions.values() for key in stage.view.groups.rows) == 0
    assert lanes.judged() == [1, 2]


def test_a_clear_waits_a_day_for_a_record_whose_partition_had_no_worker() -> None:
    lanes = raised()
    lanes.changed("f", NEW, T + MINUTE)
    lanes.told("f", NEW, T + 2 * MINUTE, cleared=True)
    while lanes.queues[("f", "b")]:
        lanes.deliver(("f", "b"))
    lanes.tick("b", at("20:00"))
    lanes.settle(at("20:00"))

    assert lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.CLEARED}


def test_a_partition_without_the_version_waits_for_a_worker_that_has_it() -> None:
    lanes = raised()
    lanes.begins_under("a", OLD)
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 10 * MINUTE)

    assert lanes.standing("a") == {"a||node-1|lossOfSignal|": Standing.ACTIVE} and lanes.standing("b") == {}

    lanes.begins_under("a", NEW)
    lanes.settle(T + 12 * MINUTE)

    assert lanes.standing("a") == {} and lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.ACTIVE}


def test_what_an_older_worker_still_sends_is_sent_on() -> None:
    lanes = raised()
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 2 * MINUTE)
    lanes.told("g", OLD, T + 3 * MINUTE, cleared=True)
    lanes.settle(T + 4 * MINUTE)

    assert lanes.standing("a") == {} and lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.CLEARED}
    assert lanes.judged() == [1, 2]


def test_nothing_goes_to_and_fro_between_two_versions() -> None:
    lanes = raised()
    lanes.begins_under("b", OLD)
    lanes.changed("f", NEW, T + MINUTE)
    lanes.changed("g", OLD, T + MINUTE)
    for n in range(20):
        lanes.told("f", NEW, T + (2 + n) * MINUTE, cause=f"c{n}")
        lanes.told("g", OLD, T + (2 + n) * MINUTE, cause=f"d{n}")
    lanes.settle(T + 30 * MINUTE)

    sent = [emit.value for stage in lanes.partitions.values() for emit in stage.out if emit.topic == "alarm-events"]
    assert len([message for message in sent if isinstance(message, AlarmHeard)]) <= 40
    assert lanes.judged() == list(range(1, 42))


def test_a_held_alarm_is_held_on_and_judged_once() -> None:
    lanes = raised(**LESSER)
    lanes.changed("f", NEW, T + SECOND)
    lanes.settle(T + MINUTE)

    assert lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.HELD} and lanes.judged() == []
    assert [stage.counts().get("held", 0) for stage in lanes.partitions.values()] == [0, 1]

    lanes.settle(T + 30 * MINUTE)
    assert lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.ACTIVE} and lanes.judged() == [1]


def test_an_alarm_that_toggles_and_is_clear_at_the_moment_goes_on_so_though_work_is_announced_there() -> None:
    lanes = raised()
    for n in range(1, 6):
        lanes.told("f", OLD, T + n * MINUTE, cleared=True)
        lanes.told("f", OLD, T + n * MINUTE + SECOND, cleared=n == 5)
    lanes.partitions["b"].send(OutageAnnounced("chg", "", ("port-1",), T, T + HOUR, False, T))
    lanes.settle(T + 6 * MINUTE)
    lanes.changed("f", NEW, T + 6 * MINUTE)
    lanes.settle(T + 7 * MINUTE)
    assert lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.TOGGLING}

    lanes.settle(T + 2 * HOUR)

    assert lanes.standing("b") == {"b||port-1|lossOfSignal|": Standing.CLEARED}


def test_a_moved_alarm_whose_source_returned_meanwhile_is_unknown_no_more() -> None:
    lanes = raised()
    rows = lanes.partitions["a"].view.alarm_lives
    [(ident, life)] = rows.rows.items()
    rows.put(ident, msgspec.structs.replace(life, unknown_since=T))
    for name in "ab":
        network = msgspec.structs.replace(lanes.partitions[name].world.network, feeds={"raw-alarms": FeedWatch("a", silent_after=DAY)})
        lanes.partitions[name].world = msgspec.structs.replace(lanes.partitions[name].world, network=network)
    lanes.partitions["b"].send(SourceSpoke("raw-alarms", "", DAY, T, kind="feed"))
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 2 * MINUTE)
    lanes.settle(T + 3 * MINUTE)

    [life] = lanes.partitions["b"].view.alarm_lives.rows.values()
    assert life.unknown_since == 0


def test_an_acknowledgement_moves_along() -> None:
    lanes = raised()
    [record] = lanes.partitions["a"].view.alarm_records.rows.values()
    lanes.partitions["a"].send(OperatorRequest("r", "ack", record.id, "ann", "mine", T + SECOND, "a"))
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 2 * MINUTE)

    [life] = lanes.partitions["b"].view.alarm_lives.rows.values()
    assert (life.operator_state, life.operator_user, life.alarm.object, life.alarm.reported) == ("ack", "ann", "port-1", "node-1")


def test_many_records_move_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehome, "PAGE", 3)
    lanes = Lanes()
    lanes.changed("f", OLD, T)
    for n in range(10):
        lanes.told("f", OLD, T, cause=f"c{n}")
    lanes.settle(T + SECOND)
    for name in "ab":
        lanes.begins_under(name, NEW)
    lanes.changed("f", NEW, T + MINUTE)
    lanes.settle(T + 2 * MINUTE)

    assert lanes.standing("a") == {} and len(lanes.standing("b")) == 10
    assert lanes.partitions["a"].view.networks_seen.get("").due == 0


Step = tuple[str, int]
STEPS = st.lists(st.tuples(st.sampled_from(["raise", "clear", "switch", "worker-a", "worker-b", "deliver", "deliver", "deliver", "tick"]), st.integers(0, 7)), max_size=50)


@given(STEPS)
def test_whatever_order_messages_come_in_each_alarm_ends_where_it_belongs_as_it_was_told_last(steps: list[Step]) -> None:
    """Two feed partitions with an alarm each, both partitions of stage 2 on workers that change at any time; then all is delivered."""
    lanes = Lanes()
    clock, last = T, {"f": False, "g": False}
    version = dict.fromkeys(last, OLD)
    for feed in last:
        lanes.changed(feed, OLD, T)
    for what, which in steps:
        clock += 7 * SECOND
        feed = "fg"[which % 2]
        if what == "switch" and version[feed] == OLD:
            version[feed] = NEW
            lanes.changed(feed, NEW, clock)
        elif what in ("raise", "clear"):
            last[feed] = what == "raise"
            lanes.told(feed, version[feed], clock, cleared=not last[feed], cause=feed)
        elif what in ("worker-a", "worker-b"):
            lanes.begins_under(what[-1], NEW)
        elif what == "tick":
            lanes.tick("ab"[which % 2], clock)
        elif what == "deliver" and (pending := lanes.pending()):
            lanes.deliver(pending[which % len(pending)])
    for feed, under in version.items():
        if under == OLD:
            lanes.changed(feed, NEW, clock)
    for name in "ab":
        lanes.begins_under(name, NEW)
    lanes.settle(clock + 3 * MINUTE)

    assert lanes.judged() == list(range(1, lanes.inputs + 1))
    assert [standing for standing in lanes.standing("a").values() if standing is not Standing.CLEARED] == []
    for feed, is_raised in last.items():
        record = lanes.partitions["b"].view.alarm_records.get(f"b||port-1|{feed}|")
        is_active = record is not None and record.standing not in (Standing.CLEARED, Standing.UNRAISED)
        assert is_active is is_raised or (record.standing is Standing.TOGGLING and record.is_raised is is_raised)
