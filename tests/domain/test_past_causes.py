"""Stage 3 and operators' words on causes: at once for this problem, learnt for the next one, taken back without a trace."""

from typing import Any

from streams.domain.alarm import Severity
from streams.domain.cause_verdict import KEPT, CauseVerdict, confirmed, fold, rejected
from streams.domain.instant import MINUTE, Instant
from streams.domain.messages import Diagnosed
from streams.domain.past_causes import DAY
from streams.domain.past_causes import KEPT as WORDS
from streams.domain.policy import LocalizePolicy
from tests.builders import a_network, at
from tests.domain.test_localize import Desk, T, member

LINES = ("line-1", "line-2", "line-3")
NETWORK = a_network(
    *((line, "card-1") for line in LINES), ("card-1", "power-1"), *((f"line-1{n}", "card-2") for n in (1, 2, 3)), ("card-2", "power-2"), ("duct-7", "hill"))
REMEMBERED = LocalizePolicy().remember_causes


def word(name: str, when: Instant = T + MINUTE, ident: str = "f1", is_it: bool = True, **but: Any) -> CauseVerdict:
    return CauseVerdict(ident, name, is_it, "eva", when, **but)


def a_problem(desk: Desk, when: Instant = T, problem: str = "p", lines: tuple[str, ...] = LINES) -> Diagnosed:
    """The lines alarm one after the other, then nothing more comes."""
    for n, line in enumerate(lines):
        desk.hear("joined" if n else "opened", when + n, member(line, when + n), problem=problem, active=n + 1)
    return desk.tick(when + MINUTE)[-1]


def say(desk: Desk, verdict: CauseVerdict, problem: str = "p", when: Instant = 0) -> list[Diagnosed]:
    return desk.hear("judged", when or verdict.at, problem=problem, active=9, verdict=verdict, why=verdict.sentence)


def causes(told: Diagnosed) -> list[str]:
    return [c.object for c in told.causes]


def test_a_confirmed_cause_is_certain_at_once_and_stays_first() -> None:
    desk = Desk(NETWORK)
    before = a_problem(desk)
    told, = say(desk, word("power-1"))

    assert before.causes[0].object == "card-1"
    assert ("judged", "power-1", 1.0, "operator") == (told.kind, told.causes[0].object, told.causes[0].confidence, told.causes[0].rules[0])
    assert "power-1 confirmed as the cause by eva at 2026-01-01T10:01:00.000Z." == told.causes[0].evidence[0]
    assert (told.active, {0.0}) == (3, {c.confidence for c in told.causes[1:]})

    later = desk.hear("joined", T + 2 * MINUTE, member("line-2", T + 2 * MINUTE, cause="degradedSignal", severity=Severity.CRITICAL), active=4)[-1]

    assert ("power-1", 1.0) == (later.causes[0].object, later.causes[0].confidence)
    assert sum(c.confidence for c in later.causes) <= 1


def test_an_object_outside_of_what_the_network_suggests_can_be_confirmed() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    told, = say(desk, word("duct-7"))

    assert (("duct-7", ("operator",)), "card-1") == ((told.causes[0].object, told.causes[0].rules), told.causes[1].object)


def test_a_rejected_cause_is_out_of_the_ranking_at_once_and_the_others_move_up() -> None:
    desk = Desk(NETWORK)
    before = a_problem(desk)
    told, = say(desk, word("card-1", is_it=False))

    assert causes(before)[0] == "card-1"
    assert "card-1" not in causes(told)
    assert told.causes[0].confidence > next(c.confidence for c in before.causes if c.object == told.causes[0].object)


def test_all_candidates_can_be_rejected() -> None:
    desk = Desk(a_network(("lone-1", []), services=[]))
    desk.hear("opened", T, member("lone-1"))
    told, = say(desk, word("lone-1", is_it=False))

    assert () == told.causes
    assert told.verdicts


def test_a_word_taken_back_leaves_the_problem_and_what_was_learnt_as_if_it_was_never_said() -> None:
    desk, silent = Desk(NETWORK), Desk(NETWORK)
    for each in (desk, silent):
        a_problem(each)
    say(desk, word("card-1"))
    say(desk, word("power-1", ident="f2", is_it=False))
    say(desk, word("card-1", taken_back="joe", taken_back_at=T + 3 * MINUTE), when=T + 3 * MINUTE)
    told, = say(desk, word("power-1", ident="f2", is_it=False, taken_back="joe", taken_back_at=T + 3 * MINUTE), when=T + 3 * MINUTE)

    assert (silent.view.problem_causes.get("p").causes, ()) == (told.causes, told.verdicts)
    assert {} == desk.view.past_causes.rows


def test_words_go_along_when_problems_merge() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    desk.hear("opened", T, member("line-11"), problem="q")
    say(desk, word("duct-7"), "q")
    told = desk.hear("merged", T + 2 * MINUTE, problem="q", into="p", active=4)[-1]

    assert ("p", "duct-7", 1.0) == (told.problem, told.causes[0].object, told.causes[0].confidence)


def test_the_same_fault_is_located_at_once_the_next_time_and_the_evidence_says_by_whom() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    say(desk, word("card-1"))
    again = a_problem(desk, at("12:00"), "q")

    assert again.causes[0].object == "card-1"
    assert "past_causes" in again.causes[0].rules
    assert any("by eva at 2026-01-01T10:01:00.000Z" in said for said in again.causes[0].evidence)


def test_a_like_fault_elsewhere_gains_by_it_but_less() -> None:
    desk, silent = Desk(NETWORK), Desk(NETWORK)
    far = ("line-11", "line-12", "line-13")
    a_problem(desk)
    say(desk, word("card-1"))
    found, plain = a_problem(desk, at("12:00"), "q", far), a_problem(silent, at("12:00"), "q", far)
    same = a_problem(desk, at("14:00"), "r")
    like, usual, here = (next(c.confidence for c in told.causes if c.object == name) for told, name in ((found, "card-2"), (plain, "card-2"), (same, "card-1")))

    assert usual < like < here
    assert any("Its like card-1" in said for c in found.causes if c.object == "card-2" for said in c.evidence)


def test_a_rejected_cause_counts_less_the_next_time() -> None:
    desk = Desk(NETWORK)
    first = a_problem(desk)
    say(desk, word("power-1", is_it=False))
    again = a_problem(desk, at("12:00"), "q")

    assert next((c.confidence for c in again.causes if c.object == "power-1"), 0.0) < first.causes[0].confidence


def test_a_past_word_does_not_speak_of_a_problem_with_other_kinds_of_alarms() -> None:
    desk, silent = Desk(NETWORK), Desk(NETWORK)
    a_problem(desk)
    say(desk, word("card-1"))
    for each in (desk, silent):
        each.hear("opened", at("12:00"), member("line-1", at("12:00"), cause="versionMismatch"), problem="q")
        each.hear("joined", at("12:00") + 1, member("line-2", at("12:00") + 1, cause="versionMismatch"), problem="q", active=2)
    told, plain = (each.tick(at("12:01"))[-1] for each in (desk, silent))

    assert told.causes == plain.causes


def test_words_fade_and_are_forgotten() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    say(desk, word("card-1"))
    later = T + REMEMBERED // 2
    half = a_problem(desk, later, "q")
    desk.tick(T + REMEMBERED + DAY)

    soon = Desk(NETWORK)
    a_problem(soon)
    say(soon, word("card-1"))
    fresh = a_problem(soon, at("12:00"), "q")
    sure = [next(c.confidence for c in told.causes if c.object == "card-1") for told in (half, fresh)]

    assert sure[0] < sure[1]
    assert {} == desk.view.past_causes.rows


def test_what_is_remembered_is_bounded() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    for n in range(WORDS + 5):
        say(desk, word(f"line-{n % 3}", T + MINUTE + n, f"f{n}"))

    assert (WORDS, KEPT) == (len(desk.view.past_causes.rows["dom"].words), len(desk.view.located_problems.get("p").verdicts))


def test_a_word_on_a_problem_that_is_forgotten_is_only_unlearnt() -> None:
    desk = Desk(NETWORK)
    a_problem(desk)
    say(desk, word("card-1"))

    assert [] == say(desk, word("card-1", taken_back="joe"), "gone")
    assert {} == desk.view.past_causes.rows


def test_the_last_word_on_an_object_counts_and_the_last_confirmed_object_is_the_cause() -> None:
    said = fold((), (word("a", 1, "f1"), word("b", 2, "f2"), word("b", 3, "f3", is_it=False), word("c", 0, "f0")))

    assert confirmed(said) == word("a", 1, "f1")
    assert {"b"} == rejected(said)
    assert confirmed(fold(said, (word("b", 3, "f3", is_it=False, taken_back="joe"),))) == word("b", 2, "f2")

