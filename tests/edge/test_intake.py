"""Stage 1: alarms to their domain, dead letters, the refusal breaker, first contact."""

import json

from schemas import dead_letter as schema
from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.messages import AlarmHeard, AlarmListTold, Judged
from streams.domain.policy import NormalizePolicy
from streams.edge.dead_letter import DeadLetter, render
from streams.edge.feed import Feed, Raw
from streams.edge.feed_control import RESUME, paused, resume
from streams.edge.intake import TABLES, WHOLE, Intake
from streams.edge.names import Names
from tests.builders import MemoryView, a_world, at
from tests.edge.feeder import Feeder, an_input

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


def test_a_list_is_told_with_what_its_feed_says_of_first_contact() -> None:
    listed = {"node-los": {"objectInstance": "n1", "alarmId": "1", "perceivedSeverity": "MAJOR", "probableCause": "los", "alarmRaisedTime": "2026-01-01T09:00:00Z", "lastNotificationHeader": {"systemDN": "ems"}}}
    for said, expected in (("standing", False), ("alarming", True)):
        told = Feeder(Feed("raw-alarms", "3gpp", first_contact=said), lanes=("dom",)).send(listed)

        assert {emit.value.alarming for emit in told if isinstance(emit.value, AlarmListTold)} == {expected}
