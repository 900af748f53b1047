"""A feed gone mad: new objects are let in at a rate, and in all, within policy; whom it brought in before is heard all the same."""

import pytest
from msgspec.structs import replace

from streams.domain.policy import NormalizePolicy
from streams.edge.dead_letter import DeadLetter
from streams.edge.feed import Feed
from streams.edge.feed_clock import FeedClock
from tests.builders import at
from tests.edge.feeder import Feeder, an_input

FEW = NormalizePolicy(new_objects=3, undeclared_objects=5)


def reasons(feeder: Feeder, *names: str, when: str = "10:00") -> list[str]:
    """Send an alarm of each; return why it was refused, "" where it was not."""
    told = []
    for name in names:
        emits = feeder.send(an_input(name, when))
        told.append(next((emit.value.reason for emit in emits if isinstance(emit.value, DeadLetter)), ""))
    return told


def test_so_many_new_objects_a_minute_and_no_more() -> None:
    feeder = Feeder(policy=FEW)

    assert ["", "", "", "too-many-objects", "too-many-objects"] == reasons(feeder, "a", "b", "c", "d", "e")
    assert ["", "", "", "too-many-objects"] == reasons(feeder, "a", "c", "node-1", "d")
    assert ["", ""] == reasons(feeder, "a", "d", when="10:01")
    assert 3 == feeder.counts["refused:too-many-objects"]


def test_what_is_declared_is_never_too_much() -> None:
    assert [""] * 20 == reasons(Feeder(policy=replace(FEW, new_objects=1)), *["node-1", "node-2"] * 10)


def test_parts_of_what_is_declared_count_since_each_is_an_alarm_of_its_own() -> None:
    assert ["", "", "", "too-many-objects"] == reasons(Feeder(policy=FEW), *(f"node-1/{port}" for port in range(4)))


def test_so_many_in_all_until_some_were_not_heard_for_long() -> None:
    feeder = Feeder(policy=replace(FEW, new_objects=100))
    reasons(feeder, *"abcde")

    assert ["too-many-objects"] == reasons(feeder, "f", when="11:00")
    assert [""] == reasons(feeder, "a", when="11:01")
    tomorrow = at("11:30") + 24 * 3_600_000_000
    feeder.send(an_input("node-1", when=tomorrow - 2))      # Time moves so far at once when three agree.
    feeder.send(an_input("node-2", when=tomorrow - 1, source="other"))
    feeder.send(an_input("g", when=tomorrow))

    assert {"a", "g"} == set(feeder.view.tables["undeclared-objects"].rows)


def test_who_was_not_heard_for_a_day_is_forgotten_though_there_is_room() -> None:
    feeder = Feeder(policy=replace(FEW, undeclared_objects=100))
    reasons(feeder, "a", "b")
    for hours in (12, 25):
        later = at("10:30") + hours * 3_600_000_000
        feeder.send(an_input("node-1", when=later - 2))
        feeder.send(an_input("node-2", when=later - 1, source="other"))
        feeder.send(an_input("b" if hours == 12 else "c", when=later))

    assert {"b", "c"} == set(feeder.view.tables["undeclared-objects"].rows)


def test_time_goes_on_though_everything_is_refused() -> None:
    feeder = Feeder(policy=replace(FEW, new_objects=1))

    assert ["", "too-many-objects"] == reasons(feeder, "a", "b")
    assert ["", "too-many-objects"] == reasons(feeder, "c", "d", when="10:01")


def test_a_feed_gone_mad_is_not_paused_and_its_readable_rest_is_heard() -> None:
    feeder = Feeder(policy=FEW)
    told = reasons(feeder, *(f"new-{n}" for n in range(3000)))

    assert 2997 == told.count("too-many-objects")
    assert not feeder.view.feed_clock.get("raw-alarms").paused  # type: ignore[attr-defined]
    assert 3 == len(feeder.view.tables["undeclared-objects"].rows)
    assert ["", "too-many-objects", ""] == reasons(feeder, "node-1", "another", "new-0")


def test_in_a_batch_each_part_is_judged_by_itself() -> None:
    feeder = Feeder(policy=FEW)
    letters = [emit.value for emit in feeder.send([an_input(name) for name in ("a", "b", "node-1", "c", "d", "a")]) if isinstance(emit.value, DeadLetter)]

    assert [("too-many-objects", 4)] == [(letter.reason, letter.source.part) for letter in letters]
    assert "policy: {normalize: {new_objects: ...}}" in letters[0].remedy


def test_sources_that_send_heartbeats_count_alike() -> None:
    feeder = Feeder(Feed("raw-alarms", format="ves"), policy=replace(FEW, new_objects=2))
    for n in range(4):
        header = {
            "domain": "heartbeat", "sourceName": "x", "eventId": str(n), "eventName": "Heartbeat", "lastEpochMicrosec": at("10:00"), "startEpochMicrosec": at("10:00"),
            "sequence": 0, "priority": "Normal", "reportingEntityName": f"du-{n}", "version": "4.1", "vesEventListenerVersion": "7.2"}
        feeder.send({"event": {"commonEventHeader": header}})

    assert {"heartbeat": 2, "refused:too-many-objects": 2} == feeder.counts


def test_the_same_feed_gives_the_same_refusals_after_a_restart() -> None:
    whole, half = Feeder(policy=FEW), Feeder(policy=FEW)
    names = [f"n{n % 7}" for n in range(30)]
    expected = reasons(whole, *names)
    told = reasons(half, *names[:15])
    half.view.memo.clear()      # What is only remembered in passing is gone.

    assert expected == told + reasons(half, *names[15:])


@pytest.mark.parametrize("field", ["new_objects", "undeclared_objects"])
def test_the_default_lets_a_subtree_alarm_at_once(field: str) -> None:
    assert getattr(NormalizePolicy(), field) >= 10_000
    assert FeedClock().paused is False
