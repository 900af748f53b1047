"""The table of a problem's life, walked pair by pair."""

import itertools

import pytest

from streams.domain.problem import ENDED, OPEN, TRANSITIONS, IllegalTransition, Status, Turn, move


def test_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize(("status", "turn"), list(itertools.product(Status, Turn)))
def test_a_pair_moves_as_the_table_says_or_is_refused(status: Status, turn: Turn) -> None:
    expected = TRANSITIONS[status].get(turn)
    if expected is None:
        with pytest.raises(IllegalTransition, match=f"{status} cannot be {turn}"):
            move(status, turn)
    else:
        assert move(status, turn) == expected


def test_nothing_leads_out_of_an_ended_status() -> None:
    assert {Status.CLOSED, Status.CANCELLED, Status.REJECTED} == ENDED


def test_only_a_resolved_problem_is_reopened() -> None:
    reopened = {status for status in Status if Turn.RETURNED in TRANSITIONS[status]}

    assert reopened == {Status.RESOLVED}


def test_a_problem_is_rejected_only_before_work_began() -> None:
    assert {status for status in Status if Turn.REFUSED in TRANSITIONS[status]} == {Status.ACKNOWLEDGED}


def test_every_status_can_be_reached_and_every_open_one_left_by_resolution() -> None:
    reached = {Status.ACKNOWLEDGED} | {to for moves in TRANSITIONS.values() for to in moves.values()}

    assert reached == set(Status)
    assert all(TRANSITIONS[status][Turn.RESTORED] == Status.RESOLVED for status in OPEN)
