"""How often objects alarm beside a problem for no reason of its cause: learnt, and what it changes (streams/domain/strays.py)."""

import pytest

from streams.domain.explanation import beside, explanation
from streams.domain.facts import gather
from streams.domain.habit import Habits, due_of
from streams.domain.instant import MINUTE
from streams.domain.messages import Member
from streams.domain.policy import LocalizePolicy
from streams.domain.strays import GUESS, LEAST, REMEMBERED, Strays, chance, counted
from tests.builders import MemoryRows, a_network
from tests.domain.test_localize import Desk, T, member

POLICY = LocalizePolicy()
LINES = [f"line-{n}" for n in range(20)]
NETWORK = a_network(*((line, "card-1" if n < 4 else "card-2") for n, line in enumerate(LINES)))


def after(problems: int, strayed: float, could: float = 16) -> Strays | None:
    known = None
    for _ in range(problems):
        known = counted(known, strayed, could, T)
    return known


def test_what_is_learnt_leaves_the_guess_and_never_reaches_certainty() -> None:
    assert chance(None) == GUESS
    assert chance(after(1, 4)) > GUESS > chance(after(1, 0))
    assert chance(after(200, 4)) == pytest.approx(4 / 16, abs=0.01)
    assert chance(after(500, 0, 1_000_000)) == LEAST


def test_beside_a_cause_are_those_of_its_kind_that_it_does_not_reach() -> None:
    facts = gather([member(line) for line in LINES[:6]], NETWORK, POLICY)

    assert beside(facts, "card-1") == (2, 16)
    assert beside(facts, "line-1") == (5, 19), "a line explains itself"


def test_where_objects_stray_in_every_problem_those_that_do_not_fit_are_no_reason_to_look_further_up() -> None:
    network = a_network(*((line, "card-1" if n < 4 else "card-2") for n, line in enumerate(LINES)), ("card-1", "shelf"), ("card-2", "shelf"))
    members = [member(line) for line in (*LINES[:4], "line-9", "line-13")]

    def lead(strays: Strays | None) -> float:
        score = explanation(gather(members, network, POLICY, Habits(MemoryRows(due_of), "dom", T, POLICY, strays)), network).score
        return score["card-1"] / score["shelf"]

    assert lead(after(20, 4)) > lead(None) > lead(after(20, 0))


def test_a_problem_that_is_over_teaches_and_is_forgotten_after_a_month() -> None:
    desk = Desk(NETWORK)

    def problem(name: str, when: int, *lines: str) -> None:
        told: list[Member] = [member(line, when) for line in lines]
        desk.hear("opened", when, *told, problem=name, active=len(told))
        desk.hear("quiet", when + 10 * MINUTE, problem=name, active=len(told))

    problem("alone", T, "line-3")
    assert desk.view.strays.get("dom") is None, "a problem of one object has nothing beside it"
    problem("card", T + MINUTE, *LINES[:4], "line-9")
    learnt = desk.view.strays.get("dom")
    assert (learnt.strayed, learnt.could) == (1, 16)
    desk.tick(T + 11 * MINUTE + REMEMBERED)
    assert desk.view.strays.get("dom") is None
