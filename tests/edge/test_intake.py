"""Stage 1: alarms to their domain, time as a fold over the feed partition, dead letters, the refusal breaker."""

import json
from typing import Any

import pytest

from schemas import dead_letter as schema
from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.messages import AlarmHeard, Judged
from streams.domain.policy import NormalizePolicy
from streams.domain.view import Emit
from streams.edge.dead_letter import DeadLetter, render
from streams.edge.feed import Feed, Raw
from streams.edge.feed_control import RESUME, paused, resume, watermark
from streams.edge.intake import TABLES, WHOLE, Intake
from streams.edge.names import Names
from tests.builders import MemoryView, a_network, a_world, at

NETWORK = a_network(("node-2", "node-1"))
HOUR = 3_600_000_000


def an_input(obj: str = "node-1", when: str | int = "10:00", source: str = "ems", **but: Any) -> dict[str, Any]:
    moment = at(when) if isinstance(when, str) else when
    return {"id": "1", "alarmedObject": {"id": obj}, "probableCause": "lossOfSignal", "perceivedSeverity": "major", "alarmRaisedTime": moment, "sourceSystemId": source, **but}


class Feeder:
    """One feed partition: hands records to stage 1 with rising offsets."""

    def __init__(self, feed: Feed | None = None, trace: bool = False, policy: NormalizePolicy | None = None, **but: Any) -> None:
        self.feed = feed or Feed("raw-alarms")
        self.intake = Intake(Names(NETWORK.nodes, {"n1": "node-1"}), [self.feed], policy or NormalizePolicy(), **but)
        self.view = MemoryView({name: due for name, (_, due, _) in TABLES.items()})
        self.world = a_world(NETWORK, trace=trace)
        self.offset = -1

    def send(self, value: Any, arrived_at: int = 0, key: bytes | None = None, **headers: str) -> list[Emit]:
        self.offset += 1
        raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
        head = tuple((name.replace("_", "-"), text.encode()) for name, text in headers.items())
        return self.intake.step(self.view, Raw(self.feed.topic, 3, self.offset, arrived_at, key, raw, head), 0, self.world)  # type: ignore[arg-type]

    def alarm(self, value: Any, **but: Any) -> Alarm:
        [emit] = self.send(value, **but)
        return emit.value.alarm  # type: ignore[no-any-return]

    @property
    def clock(self) -> int:
        return watermark(self.view)  # type: ignore[arg-type]

    @property
    def counts(self) -> dict[str, int]:
        return self.view.feed_clock.get(self.feed.topic).dispositions  # type: ignore[no-any-return, attr-defined]


# --- alarms ---


def test_an_alarm_goes_to_its_domain_with_its_provenance() -> None:
    [emit] = Feeder().send(an_input("n1", peer="x", additionalInformation={"peer": "node-2/3"}, specificProblem="p"))

    assert (emit.topic, emit.key, emit.route, emit.at) == ("alarm-events", "dom", "dom", at("10:00"))
    assert emit.value == AlarmHeard(
        Alarm("|node-1|lossOfSignal|p", "node-1", "dom", "lossOfSignal", Severity.MAJOR, False, at("10:00"), at("10:00"), qualifier="p", reported="n1",
              feed="raw-alarms", source="ems", source_id="1", peer="node-2"),
        Position("raw-alarms", 3, 0), 0)


def test_an_undeclared_object_stays_in_the_feeds_home_and_an_undeclared_peer_is_none() -> None:
    alarm = Feeder(Feed("raw-alarms", home="east")).alarm(an_input("stranger", additionalInformation={"peer": "other"}))

    assert (alarm.object, alarm.domain, alarm.resolved, alarm.reported, alarm.peer) == ("stranger", "east", False, "", "")


def test_two_ports_of_one_declared_object_are_two_alarms() -> None:
    feeder = Feeder()
    a, b = feeder.alarm(an_input("node-1/1")), feeder.alarm(an_input("node-1/2"))

    assert a.object == b.object == "node-1"
    assert a.reported == "node-1/1"
    assert a.key != b.key


def test_the_key_is_what_the_feed_declares() -> None:
    feed = Feed("raw-alarms", namespace="ran", key=("object", "source_id"))

    assert Feeder(feed).alarm(an_input(id="77")).key == "ran|node-1|77"


def test_a_bar_within_a_name_never_makes_two_alarms_one() -> None:
    feeder = Feeder()
    a = feeder.alarm(an_input("x|y", probableCause="z", specificProblem=""))
    b = feeder.alarm(an_input("x", probableCause="y|z", specificProblem=""))

    assert a.key != b.key


def test_a_3gpp_clear_finds_its_raise_by_alarm_id() -> None:
    feeder = Feeder()
    doc = {"notificationType": "notifyNewAlarm", "alarmId": "7", "objectInstance": "node-1", "probableCause": 1, "specificProblem": "s", "eventTime": at("10:00"), "perceivedSeverity": "MAJOR"}
    raised = feeder.alarm(doc)
    cleared = feeder.alarm({"notificationType": "notifyClearedAlarm", "alarmId": "7", "objectInstance": "node-1", "probableCause": 1, "eventTime": at("10:01")})

    assert raised.key == cleared.key
    assert cleared.cleared


def test_a_tombstone_clears_where_the_feed_says_so_and_is_refused_where_not() -> None:
    feeder = Feeder(Feed("raw-alarms", key=("object", "cause"), tombstone="clear"))
    raised = feeder.alarm(an_input("n1"))
    cleared = feeder.alarm(None, key=b"n1|lossOfSignal")
    assert (cleared.key, cleared.cleared, cleared.at) == (raised.key, True, at("10:00"))

    [letter] = feeder.send(None, key=b"n1")
    assert letter.value.reason == "tombstone-key"
    [letter] = Feeder().send(None, key=b"n1|lossOfSignal")
    assert letter.value.reason == "tombstone"


# --- several, none, refused ---


def test_a_batch_and_its_parts_get_one_disposition_each() -> None:
    feeder = Feeder(trace=True)
    out = feeder.send([an_input(), {"alarmedObject": "x"}, {"notificationType": "notifyHeartbeat"}, an_input("node-2", "10:01")])

    told = [(e.value.source.part, e.value.disposition) for e in out if isinstance(e.value, Judged)]
    assert told == [(WHOLE, "batch:4"), (1, "refused:no-cause"), (2, "heartbeat")]
    assert [(e.value.source.part, e.value.alarm.object) for e in out if isinstance(e.value, AlarmHeard)] == [(0, "node-1"), (3, "node-2")]
    assert feeder.counts == {"batch": 1, "refused:no-cause": 1, "heartbeat": 1}


def test_a_list_of_one_is_no_batch() -> None:
    assert Feeder().alarm([an_input()]).object == "node-1"


def test_a_refused_record_is_a_dead_letter_with_position_and_reason() -> None:
    feeder = Feeder(trace=True)
    feeder.send(an_input())
    letter, judged = feeder.send(b'{"alarmedObject": \xff\x00\x01')

    assert (letter.topic, letter.key, letter.at) == ("dead-letters", "raw-alarms/3/1", at("10:00"))
    assert isinstance(letter.value, DeadLetter)
    assert (letter.value.source, letter.value.length, letter.value.text) == (Position("raw-alarms", 3, 1), 21, '{"alarmedObject": ' + "\ufffd" * 3)
    assert judged.value == Judged(Position("raw-alarms", 3, 1), "", "", f"refused:{letter.value.reason}")
    schema.DeadLetter.model_validate_json(json.dumps(render(letter.value)))


def test_no_dead_letter_is_over_256_kb_whatever_it_holds() -> None:
    import msgspec

    for byte in (b"\x00", b"\xff", b'"', b"\\", "\u2028".encode()):
        [emit] = Feeder().send(byte * 3_000_000)
        assert emit.value.length == len(byte) * 3_000_000
        assert len(msgspec.json.encode(render(emit.value))) < 256 * 1024


def test_dead_letters_of_one_batch_share_the_64_kb() -> None:
    out = Feeder().send([{"x": "y" * 1000}] * 500)

    assert len(out) == 500
    assert sum(len(e.value.text) for e in out) < 200_000


# --- time ---


def test_the_clock_is_the_latest_time_told_and_late_alarms_keep_theirs() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="10:30"))
    late = feeder.alarm(an_input(when="02:00"))

    assert feeder.clock == at("10:30")
    assert (late.at, late.suspect_clock) == (at("02:00"), False)


def test_a_clock_ten_years_ahead_counts_at_the_present_and_is_marked() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    ahead = feeder.alarm(an_input(when="2036-01-01T00:00:00Z"))

    assert (ahead.at, ahead.raised_at, ahead.suspect_clock, feeder.clock) == (at("10:00"), at("10:00"), True, at("10:00"))


def test_time_jumps_when_a_second_source_agrees() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="15:00", source="a"))
    second = feeder.alarm(an_input(when="15:30", source="b"))

    assert (second.at, second.suspect_clock, feeder.clock) == (at("15:30"), False, at("15:30"))


def test_two_sources_that_disagree_do_not_move_time() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="15:00", source="a"))

    assert feeder.alarm(an_input(when="17:00", source="b")).suspect_clock
    assert feeder.clock == at("10:00")


def test_time_jumps_when_a_third_alarm_agrees() -> None:
    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    told = [feeder.alarm(an_input(when=when)) for when in ("15:00", "15:20", "15:10")]

    assert [(a.at, a.suspect_clock) for a in told] == [(at("10:00"), True), (at("10:00"), True), (at("15:10"), False)]
    assert feeder.clock == at("15:20")


def test_a_broken_device_does_not_carry_off_a_busy_feed() -> None:
    feeder = Feeder()
    for minute in range(30):
        feeder.send(an_input(when=f"10:{minute:02}"))
        assert feeder.alarm(an_input(when="2036-01-01T00:00:00Z", source="broken")).suspect_clock

    assert feeder.clock == at("10:29")


def test_a_feed_so_quiet_that_every_alarm_is_a_jump_still_moves() -> None:
    feeder = Feeder()
    for hour in range(0, 24, 3):
        feeder.send(an_input(when=f"{hour:02}:00"))

    assert feeder.clock >= at("15:00")


def test_an_absurd_first_record_is_not_believed_and_the_second_sets_the_clock() -> None:
    feeder = Feeder()
    first = feeder.alarm(an_input(alarmRaisedTime="9999-01-01T00:00:00Z"))
    assert (first.suspect_clock, feeder.clock) == (True, 0)

    assert feeder.alarm(an_input(when="10:00")).at == at("10:00")
    assert feeder.clock == at("10:00")

    arrived = Feeder()
    assert arrived.alarm(an_input(when="2036-01-01T00:00:00Z"), arrived_at=at("10:00")).at == at("10:00")


def test_a_mark_moves_the_clock_and_nothing_else() -> None:
    feeder = Feeder(trace=True)
    feeder.send(an_input(when="10:00"))
    heard = feeder.view.feed_clock.get("raw-alarms").heard  # type: ignore[attr-defined]

    assert feeder.send(b"ignored", spm_mark="2026-01-01T18:00:00Z") == []
    assert feeder.send(None, spm_mark="2026-01-01T17:00:00Z") == []
    assert feeder.clock == at("18:00")
    assert feeder.view.feed_clock.get("raw-alarms").heard == heard  # type: ignore[attr-defined]
    assert feeder.alarm(an_input(when="18:30")).suspect_clock is False


def test_live_what_is_ahead_of_its_arrival_counts_at_its_arrival() -> None:
    feeder = Feeder(clock_mode="wall")
    near = feeder.alarm(an_input(when="10:00:05"), arrived_at=at("10:00"))
    ahead = feeder.alarm(an_input(when="2036-01-01T00:00:00Z"), arrived_at=at("10:00:01"))

    assert (near.at, near.suspect_clock) == (at("10:00:05"), False)
    assert (ahead.at, ahead.suspect_clock, feeder.clock) == (at("10:00:01"), True, at("10:00:05"))


@pytest.mark.parametrize(("but", "key", "promised"), [
    ({"single_feed": True, "partitions": 12}, b"dom", True), ({"single_feed": True, "partitions": 12, "keyed_by_feeder": True}, None, True),
    ({"single_feed": True}, b"other", False), ({"single_feed": True}, None, False), ({}, b"dom", False)])
def test_only_a_lane_of_its_own_is_promised_a_time(but: dict[str, Any], key: bytes | None, promised: bool) -> None:
    feeder = Feeder(**but)
    feeder.send(an_input(when="10:30"), key=key)
    [late] = feeder.send(an_input(when="10:00"), key=key)

    assert late.value.clock == (at("10:30") if promised else 0)
    assert late.value.alarm.at == at("10:00")


def test_a_feed_with_another_partition_count_is_no_lane() -> None:
    [emit] = Feeder(Feed("raw-alarms", partitions=6), single_feed=True, partitions=12).send(an_input(), key=b"dom")

    assert emit.value.clock == 0


def test_no_feed_heard_holds_no_time_back() -> None:
    view = MemoryView({"feed-clock": None})

    assert watermark(view) == 0  # type: ignore[arg-type]


# --- the refusal breaker ---

SMALL = NormalizePolicy(refused_window=10)


def test_a_feed_pauses_when_more_than_half_of_the_window_was_refused() -> None:
    feeder = Feeder(policy=SMALL)
    for n in range(10):
        feeder.send(an_input() if n < 4 else b"?")
        assert paused(feeder.view, "raw-alarms") == (n == 9)  # type: ignore[arg-type]

    resume(feeder.view, "raw-alarms")  # type: ignore[arg-type]
    assert not paused(feeder.view, "raw-alarms")  # type: ignore[arg-type]
    assert feeder.clock == at("10:00")


def test_exactly_half_is_not_more_than_half() -> None:
    feeder = Feeder(policy=SMALL)
    for n in range(100):
        feeder.send(an_input() if n % 2 else b"?")

    assert not paused(feeder.view, "raw-alarms")  # type: ignore[arg-type]


def test_a_batch_with_one_good_alarm_counts_as_read() -> None:
    feeder = Feeder(policy=SMALL)
    for _ in range(20):
        feeder.send([an_input(), {}, {}])

    assert not paused(feeder.view, "raw-alarms")  # type: ignore[arg-type]


def test_a_finite_file_never_pauses() -> None:
    feeder = Feeder(policy=SMALL, pause_enabled=False)
    for _ in range(100):
        feeder.send(b"?")

    assert not paused(feeder.view, "raw-alarms")  # type: ignore[arg-type]
    assert feeder.counts == {"refused:not-json": 100}


def test_rows_survive_the_table() -> None:
    import msgspec

    feeder = Feeder()
    feeder.send(an_input(when="10:00"))
    feeder.send(an_input(when="2036-01-01T00:00:00Z"))
    feeder.send(b"?")
    row = feeder.view.feed_clock.get("raw-alarms")  # type: ignore[attr-defined]

    assert msgspec.msgpack.Decoder(TABLES["feed-clock"][0]).decode(msgspec.msgpack.encode(row)) == row


def test_a_mostly_unreadable_feed_says_so_with_an_alarm_of_ours_and_again_when_it_is_read_again() -> None:
    feed = Feed("raw-alarms", "tmf642", home="berlin")
    intake = Intake(Names({}, {}), (feed,), NormalizePolicy(), "wall")
    view = MemoryView(dict.fromkeys(TABLES))
    own = []
    for n in range(1000):
        told = intake.step(view, Raw("raw-alarms", 0, n, at("10:00"), None, b"not json"), 0, a_world())
        own += [e.value.alarm for e in told if e.topic == "alarm-events"]

    assert [(a.object, a.domain, a.cleared, a.severity.name) for a in own] == [("feed:raw-alarms/0", "berlin", False, "MAJOR")]
    assert paused(view, "raw-alarms")

    told = intake.step(view, Raw("raw-alarms", 0, 1000, at("10:01"), None, b"", ((RESUME, b"1"),)), 0, a_world())

    assert [e.value.alarm.cleared for e in told] == [True]
    assert not paused(view, "raw-alarms")


# --- first contact ---


def test_what_was_raised_before_listening_began_is_standing_unless_the_feed_says_otherwise() -> None:
    for said, expected in (("standing", True), ("alarming", False)):
        feeder = Feeder(Feed("raw-alarms", first_contact=said))
        feeder.send(b"", spm_start="2026-01-01T10:00:00Z")
        before = feeder.alarm(an_input("n1", alarmRaisedTime="2026-01-01T09:00:00Z"))
        after = feeder.alarm(an_input("n1", alarmRaisedTime="2026-01-01T10:00:00Z"))

        assert (before.standing, after.standing) == (expected, False)
