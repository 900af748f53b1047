"""Redriving a refused record: exactly once, with the original position; what is still unreadable stays a dead letter."""

import json
from typing import Any

import msgspec
import pytest

from schemas import dead_letter as schema
from streams.domain.alarm import Position
from streams.domain.messages import AlarmHeard
from streams.domain.view import Emit
from streams.edge import redrive
from streams.edge.dead_letter import DeadLetter, reason_of, render
from streams.edge.redrive import HEADER, Redrive
from tests.builders import at
from tests.edge.feeder import Feeder, an_input

WITHOUT_CAUSE = {name: value for name, value in an_input().items() if name != "probableCause"}
"""Refused until whoever declares the feed's format has told where its cause stands."""


class Mended(Feeder):
    """A feed partition whose mapping can be fixed: before that nothing, or no second part, can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.read = self.intake._feeds[self.feed.topic][1]
        self.sent: dict[int, bytes] = {}

    def parse(self, parse: Any) -> None:
        self.intake._feeds[self.feed.topic] = (self.feed, parse)

    def refused(self, value: Any) -> list[DeadLetter]:
        letters = [emit.value for emit in self.send(value) if emit.topic == "dead-letters"]
        self.sent[self.offset] = value if isinstance(value, bytes) else json.dumps(value).encode()
        return letters

    def redrive(self, *letters: DeadLetter, **but: Any) -> list[Emit]:
        where, whole = letters[0].source, letters[0].parts <= 1
        asked = Redrive(where.topic, where.partition, where.offset, {str(each.source.part): each.reason for each in letters}, whole, **but)
        return self.send(self.sent[where.offset], spm_redrive=redrive.header(asked)[1].decode())


def mend(value: bytes) -> Any:
    """The fixed mapping: what is missing, or is no JSON, is a loss of signal of node-2."""
    from streams.edge.formats import FORMATS

    told = json.loads(value) if value.startswith((b"{", b"[")) else {"alarmedObject": {"id": "node-2"}, "alarmRaisedTime": at("10:00")}
    return FORMATS["tmf642"](json.dumps([{"probableCause": "lossOfSignal", "perceivedSeverity": "major", **one} for one in told] if isinstance(told, list) else
                                        {"probableCause": "lossOfSignal", "perceivedSeverity": "major", **told}).encode())


def told(emits: list[Emit]) -> list[Any]:
    """Positions of alarms, (id's part, status) of letters, in order."""
    return [e.value.source if isinstance(e.value, AlarmHeard) else (e.value.source.part, e.value.status) for e in emits]


def test_a_letter_is_redriven_once_with_the_original_position() -> None:
    feeder = Mended()
    feeder.send(an_input(when="09:30"))
    [letter] = feeder.refused(WITHOUT_CAUSE)
    feeder.send(an_input(when="10:20"))
    feeder.parse(mend)

    assert told(feeder.redrive(letter)) == [Position("raw-alarms", 3, 1), (0, "redriven")]
    assert told(feeder.redrive(letter)) == []
    assert feeder.counts == {"refused:no-cause": 1, "redriven": 1, "redriven-before": 1}
    assert feeder.clock == at("10:20")


def test_what_is_still_unreadable_stays_a_dead_letter_and_may_be_tried_again() -> None:
    feeder = Mended()
    [letter] = feeder.refused(WITHOUT_CAUSE)
    [again] = feeder.redrive(letter)

    assert (again.key, again.value.status, again.value.reason, again.value.source) == ("raw-alarms/3/0", "refused-again", "no-cause", letter.source)
    feeder.parse(mend)
    assert told(feeder.redrive(letter)) == [Position("raw-alarms", 3, 0), (0, "redriven")]
    assert feeder.counts == {"refused:no-cause": 1, "redrive-refused": 1, "redriven": 1}


def test_of_a_batch_only_what_was_refused_and_is_named_is_taken_in() -> None:
    feeder = Mended()
    letters = feeder.refused([an_input(), WITHOUT_CAUSE, an_input("node-2"), {**WITHOUT_CAUSE, "id": "2"}])
    feeder.parse(mend)

    assert [letter.source.part for letter in letters] == [1, 3]
    assert told(feeder.redrive(letters[1])) == [Position("raw-alarms", 3, 0, 3), (3, "redriven")]
    assert told(feeder.redrive(*letters)) == [Position("raw-alarms", 3, 0, 1), (1, "redriven")]
    assert feeder.counts == {"batch": 1, "refused:no-cause": 2, "redriven": 2, "redriven-before": 1}


def test_a_record_that_could_not_be_read_at_all_may_turn_out_to_hold_many() -> None:
    feeder = Mended()
    text = json.dumps([an_input(), {"alarmedObject": {}}, an_input("node-2")]).encode()
    feeder.parse(lambda value: feeder.read(b"<" + value))
    [letter] = feeder.refused(text)
    feeder.parse(feeder.read)

    assert letter.parts <= 1
    assert told(feeder.redrive(letter)) == [(0, "redriven"), Position("raw-alarms", 3, 0), (1, "refused"), Position("raw-alarms", 3, 0, 2)]
    assert told(feeder.redrive(letter)) == []
    assert feeder.counts == {"refused:not-xml": 1, "redriven": 1, "batch": 1, "refused:no-object": 1, "redriven-before": 1}


def test_a_part_that_is_no_longer_there_is_refused_again() -> None:
    feeder = Mended()
    letters = feeder.refused([an_input(), WITHOUT_CAUSE])
    feeder.parse(lambda value: feeder.read(json.dumps(an_input()).encode()))
    [again] = feeder.redrive(*letters)

    assert (again.value.status, again.value.reason) == ("refused-again", "part-gone")


def test_a_signal_that_is_redriven_keeps_its_own_disposition() -> None:
    feeder = Mended()
    feeder.parse(lambda value: feeder.read(b"<" + value))
    [letter] = feeder.refused({"notificationType": "notifyHeartbeat", "alarmRaisedTime": at("10:00")})
    feeder.parse(feeder.read)
    feeder.redrive(letter, arrived_at=at("10:00"))

    assert feeder.counts == {"refused:not-xml": 1, "redriven": 1, "heartbeat": 1}


def test_redriven_letters_satisfy_the_schema() -> None:
    feeder = Mended()
    [letter] = feeder.refused(WITHOUT_CAUSE)
    again = [*feeder.redrive(letter)]
    feeder.parse(mend)
    for emit in (*again, feeder.redrive(letter)[-1]):
        shown = schema.DeadLetter.model_validate_json(json.dumps(render(emit.value)))

    assert (shown.status, shown.text, shown.reason, shown.sha256) == ("redriven", "", "no-cause", letter.sha256)


def test_a_redrive_does_not_count_towards_the_breaker() -> None:
    feeder = Mended()
    [letter] = feeder.refused(WITHOUT_CAUSE)
    before = feeder.view.feed_clock.get("raw-alarms")  # type: ignore[attr-defined]
    feeder.redrive(letter)
    after = feeder.view.feed_clock.get("raw-alarms")  # type: ignore[attr-defined]

    assert (before.heard, before.refused) == (after.heard, after.refused)


@pytest.mark.parametrize("told", [
    b"", b"{", b'{"topic":"raw-alarms","partition":3,"offset":0,"parts":{}}',
    msgspec.json.encode(Redrive("other", 3, 0, {"0": "no-cause"})), msgspec.json.encode(Redrive("raw-alarms", 2, 0, {"0": "no-cause"})),
    msgspec.json.encode(Redrive("raw-alarms", 3, 1, {"0": "no-cause"})), msgspec.json.encode(Redrive("raw-alarms", 3, 0, {"-1": "no-cause"})),
    msgspec.json.encode(Redrive("raw-alarms", 3, 0, {"x": "no-cause"})), msgspec.json.encode(Redrive("raw-alarms", 3, 0, {"1": "no-cause"}, whole=True)),
])  # fmt: skip
def test_a_redrive_that_is_not_ours_takes_nothing_in(told: bytes) -> None:
    feeder = Mended()
    feeder.refused(WITHOUT_CAUSE)
    [letter] = feeder.send(an_input(), **{HEADER: told.decode()})

    assert letter.topic == "dead-letters" and letter.value.reason.startswith("redrive-")


def test_what_is_remembered_is_bounded_and_what_was_forgotten_is_never_taken_in_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "MOST", 3)
    feeder = Mended()
    letters = [feeder.refused({**WITHOUT_CAUSE, "id": str(n)})[0] for n in range(6)]
    feeder.parse(mend)
    taken = [sum(isinstance(e.value, AlarmHeard) for e in feeder.redrive(letter)) for letter in (*letters, *letters, letters[0])]

    assert taken == [1] * 6 + [0] * 7
    assert len(feeder.view.tables["redriven"].rows) <= 4


def test_what_is_remembered_follows_from_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "MOST", 3)
    feeder = Mended()
    letters = [feeder.refused({**WITHOUT_CAUSE, "id": str(n)})[0] for n in range(6)]
    feeder.parse(mend)
    for letter in reversed(letters):
        feeder.redrive(letter)
        feeder.view.memo.clear()

    assert sorted(feeder.view.tables["redriven"].rows) == ["raw-alarms", *(f"raw-alarms|{n:020d}" for n in (3, 4, 5))]


def test_the_reason_of_an_error_of_ours_is_spelt_as_reasons_are() -> None:
    assert ["key-error", "unreadable-row", "value-error"] == [reason_of(KeyError()), reason_of(type("UnreadableRow", (Exception,), {})()), reason_of(ValueError())]
