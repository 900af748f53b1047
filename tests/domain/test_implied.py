"""Implied alarms: who is marked, with which reason, root and path; and when the mark goes (streams/domain/implied.py)."""

import itertools
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.alarm import Effect, Severity
from streams.domain.implied import AlarmMarked, path_to, shortened
from streams.domain.instant import HOUR, SECOND
from streams.domain.policy import LocalizePolicy
from tests.builders import a_network
from tests.domain.test_localize import Desk, T, member

NETWORK = a_network(("line-1", "card"), ("line-2", "card"), ("line-3", "card"), ("card", "shelf"), ("other", "far"), services=["line-1"])
LATER = T + 30 * SECOND


def a_cut(desk: Desk) -> None:
    """Three lines and the card they stand on."""
    desk.hear("opened", T, member("card", severity=Severity.CRITICAL), active=1)
    for n, line in enumerate(("line-1", "line-2", "line-3")):
        desk.hear("joined", T + n + 1, member(line, T + n + 1), active=n + 2)
    desk.tick(LATER)


def standing(marks: list[AlarmMarked]) -> dict[str, str]:
    """Alarm -> root, as a reader of alarm-records has it."""
    last: dict[str, str] = {}
    for mark in marks:
        last[mark.alarm] = mark.implied.root if mark.implied else ""
    return {alarm: root for alarm, root in last.items() if root}


def test_what_the_located_cause_explains_is_marked_and_the_cause_is_not() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)

    assert {f"alarm-line-{n}": "card" for n in (1, 2, 3)} == standing(desk.marked)
    implied = desk.marked[-1].implied
    assert implied is not None
    assert ("alarm-card", ("line-3", "card"), 1, 0) == (implied.root_alarm, implied.path, implied.hops, implied.omitted)
    assert implied.confidence > 0.5 and implied.rules


def test_a_mark_is_told_once_however_often_the_problem_is_diagnosed() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    told = len(desk.marked)
    desk.hear("changed", LATER + 60 * SECOND, member("line-2", T + 2, severity=Severity.MINOR), active=4)
    desk.hear("quiet", LATER + 120 * SECOND, active=4)

    assert told == len(desk.marked) == 3


def test_what_clears_loses_its_mark_at_once_and_a_new_occurrence_is_marked_again() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    desk.hear("cleared", LATER + 1, member("line-2", T + 2, cleared_at=LATER + 1), active=3)
    assert ("alarm-line-2", None, LATER + 1, 2) == (desk.marked[-1].alarm, desk.marked[-1].implied, desk.marked[-1].at, desk.marked[-1].number)

    desk.hear("joined", LATER + 2, member("line-2", LATER + 2), active=4)
    desk.tick(LATER + HOUR)
    assert {f"alarm-line-{n}": "card" for n in (1, 2, 3)} == standing(desk.marked)


def test_what_leaves_loses_its_mark_at_once() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    desk.hear("left", LATER + 1, member("line-2", T + 2), active=3)

    assert {"alarm-line-1": "card", "alarm-line-3": "card"} == standing(desk.marked)


def test_when_all_is_clear_no_mark_is_left() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    for n, obj in enumerate(("card", "line-1", "line-2", "line-3")):
        desk.hear("cleared", LATER + n, member(obj, T + n, cleared_at=LATER + n), active=3 - n)

    assert {} == standing(desk.marked)


def test_another_cause_replaces_the_marks() -> None:
    desk = Desk(a_network(*((f"line-{n}", "card") for n in range(6)), ("card", "power"), *((f"fan-{n}", "power") for n in range(8))))
    desk.hear("opened", T, member("card", severity=Severity.CRITICAL))
    for n in range(6):
        desk.hear("joined", T + n + 1, member(f"line-{n}", T + n + 1), active=n + 2)
    desk.tick(LATER)
    assert {"card"} == set(standing(desk.marked).values())

    for n in range(8):
        desk.hear("joined", LATER + n, member(f"fan-{n}", LATER + n), active=8 + n)
    desk.hear("joined", LATER + 9, member("power", T - 1, alarm_type="equipmentAlarm", severity=Severity.CRITICAL), active=16)
    desk.tick(LATER + HOUR)
    assert {"power"} == set(standing(desk.marked).values())
    assert 15 == len(standing(desk.marked))
    path = next(mark.implied.path for mark in reversed(desk.marked) if mark.alarm == "alarm-line-3" and mark.implied)
    assert ("line-3", "card", "power") == path


def test_a_cause_that_is_not_sure_enough_marks_nobody() -> None:
    desk = Desk(NETWORK, LocalizePolicy(implied_confidence=1.0))
    a_cut(desk)

    assert [] == desk.marked


def test_a_cause_that_hardly_leads_marks_nobody() -> None:
    desk = Desk(NETWORK, LocalizePolicy(implied_lead=1_000_000))
    a_cut(desk)

    assert [] == desk.marked


@pytest.mark.parametrize("size", [3, 30, 300, 2000])
def test_it_is_clear_in_a_large_problem_too(size: int) -> None:
    desk = Desk(a_network(*((f"line-{n}", "card") for n in range(size)), ("card", "power")))
    desk.hear("opened", T, member("card", severity=Severity.CRITICAL))
    desk.hear("joined", T + 1, *(member(f"line-{n}", T + n + 1) for n in range(size)), active=size + 1)
    desk.tick(T + 10 * HOUR)

    assert min(size, 1999) == len(standing(desk.marked)) == len(desk.marked)


def test_an_object_that_nobody_declared_or_that_stands_elsewhere_is_not_implied() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    desk.hear("joined", LATER, member("other", LATER, effect=Effect.NONE), member("stranger", LATER, resolved=False), active=6)
    desk.tick(LATER + HOUR)

    assert {f"alarm-line-{n}" for n in (1, 2, 3)} == set(standing(desk.marked))


def test_of_very_many_some_are_told_now_and_the_rest_next() -> None:
    desk = Desk(a_network(*((f"line-{n}", "card") for n in range(40)), ("card", "power")), LocalizePolicy(implied_at_once=15))
    desk.hear("opened", T, member("card", severity=Severity.CRITICAL))
    desk.hear("joined", T + 1, *(member(f"line-{n}", T + 1) for n in range(40)), active=41)
    counts = []
    for second in range(1, 60):
        desk.tick(T + second * SECOND)
        counts.append(len(desk.marked))

    assert 40 == len(standing(desk.marked)) == len(desk.marked)
    assert max(after - before for before, after in itertools.pairwise(counts)) <= 15
    assert len({mark.occurrence for mark in desk.marked}) == 40


def test_marks_move_with_a_merger_and_are_not_told_again() -> None:
    desk = Desk(NETWORK)
    desk.hear("opened", T, member("card", severity=Severity.CRITICAL), problem="a")
    desk.hear("joined", T + 1, member("line-1", T + 1), problem="a", active=2)
    desk.hear("opened", T + 2, member("card", T + 2, severity=Severity.CRITICAL), problem="b")
    desk.hear("joined", T + 3, member("line-2", T + 3), problem="b", active=2)
    desk.tick(LATER)
    assert 2 == len(desk.marked)
    desk.hear("merged", LATER, problem="b", into="a", active=4)
    desk.tick(LATER + HOUR)
    assert 2 == len(desk.marked)

    desk.hear("cleared", LATER + HOUR, member("line-2", T + 3, cleared_at=LATER + HOUR), problem="a", active=3)
    assert ("alarm-line-2", None, "a") == (desk.marked[-1].alarm, desk.marked[-1].implied, desk.marked[-1].problem)


def test_marks_of_members_that_a_merger_has_no_room_for_are_taken_back() -> None:
    desk = Desk(NETWORK, LocalizePolicy(members=3))
    for problem, lines in (("a", (1, 2)), ("b", (3,))):
        desk.hear("opened", T, member("card", T - ord(problem), severity=Severity.CRITICAL), problem=problem)
        for n in lines:
            desk.hear("joined", T + n, member(f"line-{n}", T + n), problem=problem, active=3)
    desk.tick(LATER)
    assert 3 == len(standing(desk.marked))
    desk.hear("merged", LATER, problem="b", into="a", active=5)

    assert {"alarm-line-1", "alarm-line-2"} == set(standing(desk.marked))


def test_no_two_marks_have_one_name() -> None:
    desk = Desk(NETWORK)
    a_cut(desk)
    desk.hear("left", LATER, member("line-1", T + 1), active=3)
    desk.hear("joined", LATER + 1, member("line-1", T + 1), active=4)
    desk.tick(LATER + HOUR)

    names = [(mark.occurrence, mark.problem, mark.number) for mark in desk.marked]
    assert len(set(names)) == len(names)


def test_a_path_is_the_shortest_the_first_by_ids_and_a_long_one_is_shortened() -> None:
    network = a_network(("a", "b1"), ("a", "b2"), ("b1", "c"), ("b2", "c"), ("a", "x"), ("x", "y"), ("y", "c"), ("l", "r"), ("r", "l"))

    assert ("a", "b1", "c") == path_to(network, "a", "c")
    assert ("l", "r") == path_to(network, "l", "r")
    chain = tuple(f"n{n:02}" for n in range(14))
    assert (("n00", "n01", "n02", "n03", "n04", "n10", "n11", "n12", "n13"), 5) == shortened(chain)
    assert (chain[:9], 0) == shortened(chain[:9])
    along = a_network(*itertools.pairwise(chain))
    assert chain == path_to(along, "n00", "n13")


@pytest.mark.parametrize("limit", [3, 500])
@given(seed=st.integers(0, 10_000))
def test_what_is_told_does_not_depend_on_what_is_remembered(limit: int, seed: int) -> None:
    """Forgetting every picture between any two changes gives the same marks; and at the end they are right."""
    told = []
    for forgets in (False, True):
        dice, desk = random.Random(seed), Desk(NETWORK, LocalizePolicy(implied_at_once=limit, members=12))
        active: dict[str, int] = {}
        for n in range(40):
            when = T + n * SECOND // 2
            obj = dice.choice(("line-1", "line-2", "line-3", "card", "shelf", "other"))
            kind = "cleared" if obj in active and dice.random() < 0.5 else "changed" if obj in active else "joined"
            began = active.setdefault(obj, when)
            if kind == "cleared":
                del active[obj]
            one = member(obj, began, cleared_at=when if kind == "cleared" else 0, severity=dice.choice((Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)))
            desk.hear("opened" if n == 0 else kind, when, one, active=len(active))
            if forgets:
                desk.view.memo.clear()
        desk.tick(T + 10 * HOUR)
        told.append([msgspec.to_builtins(mark) for mark in desk.marked])
        assert set(standing(desk.marked)) <= {f"alarm-{obj}" for obj in active}
    assert told[0] == told[1]
