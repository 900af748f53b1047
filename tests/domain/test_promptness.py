"""How soon those that fail tell of it, by type: learnt, and what silence is worth by it (streams/domain/promptness.py)."""

import msgspec
import pytest

from streams.domain.alarm import Effect
from streams.domain.habit import Habits
from streams.domain.habit import due_of as habit_due
from streams.domain.habit import learn as learn_habits
from streams.domain.instant import HOUR, MINUTE, SECOND, Instant, Span
from streams.domain.policy import LocalizePolicy
from streams.domain.promptness import MUTE, REMEMBERED, SILENT, Promptness, began, due_of, learn, silent
from tests.builders import MemoryRows, a_network
from tests.domain.test_localize import Desk, T, member

PORTS = a_network(("port-1", "line"), ("port-2", "line"), ("port-1", "card-1"), ("port-2", "card-2"), ("line", ["card-1", "card-2"]))


def after(*delays: Span | None) -> MemoryRows:
    """Counts after failures of a card, told by itself so long after the first alarm, or not at all."""
    rows = MemoryRows(due_of)
    for n, delay in enumerate(delays):
        began = T + n * HOUR
        card = () if delay is None else (member("card-1", began + delay),)
        learn(rows, "dom", (member("port-1", began), member("port-2", began + SECOND), *card), "card-1", 1.0, began + HOUR, PORTS)
    return rows


def of_card(rows: MemoryRows, age: Span) -> float:
    return silent(rows, "dom", "card", age, SILENT)


def test_before_anything_is_counted_silence_is_worth_what_one_guesses() -> None:
    assert SILENT == of_card(after(), 0) == of_card(after(), HOUR)
    assert SILENT == silent(after(SECOND), "dom", "line", HOUR, SILENT) == silent(after(SECOND), "elsewhere", "card", HOUR, SILENT)


def test_the_silence_of_who_tells_late_says_nothing_before_and_that_of_who_tells_at_once_is_what_one_guesses() -> None:
    prompt, slow, never = after(*[SECOND] * 10), after(*[MINUTE] * 10), after(*[None] * 10)

    assert of_card(prompt, SECOND) > 2 * SILENT, "nobody tells within the first second"
    assert SILENT == of_card(prompt, 2 * SECOND) == of_card(prompt, HOUR)
    assert of_card(slow, MINUTE) > 2 * SILENT
    assert SILENT == of_card(slow, 2 * MINUTE)
    assert of_card(never, HOUR) > 2 * SILENT


def test_counts_fade_from_failure_to_failure() -> None:
    assert of_card(after(*[None] * 5, *[SECOND] * 100), HOUR) == SILENT < of_card(after(*[None] * 5, SECOND), HOUR)


def test_a_murmur_of_the_cause_is_no_word_of_its_failure_and_a_lone_object_teaches_nothing() -> None:
    rows = MemoryRows(due_of)
    murmur = msgspec.structs.replace(member("card-1"), effect=Effect.NONE)
    learn(rows, "dom", (member("card-1"), member("card-1", T + SECOND)), "card-1", 1.0, T, PORTS)
    assert rows.rows == {}
    learn(rows, "dom", (member("port-1"), murmur), "card-1", 1.0, T, PORTS)
    assert set(rows.get("dom|card").told) == {0.0}


def test_what_murmured_before_began_no_failure() -> None:
    murmur = msgspec.structs.replace(member("port-1", T - HOUR), effect=Effect.NONE)

    assert began([murmur, member("port-2"), member("card-1", T + SECOND)]) == T
    assert began([murmur]) == T - HOUR


def test_what_a_type_that_never_told_anything_is_guessed_at_is_what_its_silence_is_worth_at_least() -> None:
    habits = MemoryRows(habit_due)
    for n in range(60):
        learn_habits(habits, "dom", [member("port-1", T + n * HOUR)], T + n * HOUR, LocalizePolicy(), PORTS)
    mute = Habits(habits, "dom", T + 60 * HOUR, LocalizePolicy(), None, after()).silent("line", T + 60 * HOUR)
    prompt = Habits(habits, "dom", T + 60 * HOUR, LocalizePolicy(), None, after(*[SECOND] * 10)).silent("line", T + 59 * HOUR)

    assert SILENT + 0.2 < mute == prompt < MUTE


def test_of_two_that_explain_the_ports_of_a_line_the_one_that_would_not_have_told_yet_is_the_likelier() -> None:
    desk = Desk(PORTS)

    def problem(name: str, when: Instant, told_at: Span = 0, of: str = "line") -> list[float]:
        """Return how the line compares to the card after the second port, and once the problem has taken shape; `told_at`: when `of` alarms too, 0 for never."""
        desk.hear("opened", when, member("port-1", when, cause="transmissionError"), problem=name)
        desk.hear("joined", when, member("port-2", when, cause="transmissionError"), problem=name, active=2)
        causes = [{cause.object: cause.confidence for cause in found.causes} for found in desk.tick(when + 11 * SECOND)]
        if told_at:
            desk.hear("joined", when + told_at, member(of, when + told_at), problem=name, active=3)
        desk.hear("quiet", when + 10 * MINUTE, problem=name, active=0)
        return [each["line"] / each["card-1"] for each in causes]

    _, untaught = problem("untaught", T)
    for n in range(1, 9):
        problem(f"line-{n}", T + n * HOUR, MINUTE)
        problem(f"card-{n}", T + n * HOUR + 30 * MINUTE, SECOND, "card-1")
    at_once, shaped = problem("now", T + 10 * HOUR)

    lines, cards = desk.view.promptness.get("dom|line"), desk.view.promptness.get("dom|card")
    assert lines.told[2:] == pytest.approx((0.0, lines.failed, lines.failed), abs=0.1)
    assert cards.told[0] == pytest.approx(cards.failed, abs=0.1)
    assert shaped > 1.3 * at_once, "a card would have told by now"
    assert shaped > 1.3 * untaught


def test_what_a_type_taught_is_forgotten_when_none_of_it_failed_for_long() -> None:
    desk = Desk(PORTS)
    desk.hear("opened", T, member("port-1"), member("card-1", T + SECOND), problem="p", active=2)
    desk.hear("quiet", T + 10 * MINUTE, problem="p", active=0)
    kept: Promptness = desk.view.promptness.get("dom|card")
    desk.tick(kept.due - 1)
    assert desk.view.promptness.get("dom|card") is not None
    desk.tick(T + 10 * MINUTE + REMEMBERED)

    assert desk.view.promptness.get("dom|card") is None
    assert kept.told == (kept.failed,) * 5 and 0.5 < kept.failed < 1.0, "as far as it was sure"
