"""The table of a problem's life, walked pair by pair, and held against the one its docstring draws."""

import itertools

import pytest

from streams.domain import problem
from streams.domain.problem import ENDED, OPEN, TRANSITIONS, IllegalTransition, Status, Turn, move, refusal

PAIRS = list(itertools.product(Status, Turn))


def drawn() -> dict[tuple[Status, Turn], str]:
    """Return the table of the docstring: what each pair leads to, "-" for nowhere."""
    lines = [line.split() for line in (problem.__doc__ or "").splitlines()]
    head = next(n for n, words in enumerate(lines) if words[:1] == ["cause"])
    columns = [Status(word) for word in lines[head][1:]]
    rows = itertools.takewhile(bool, lines[head + 1:])
    return {(status, Turn(words[0])): word for words in rows for status, word in zip(columns, words[1:], strict=True)}


def test_the_docstring_draws_the_table() -> None:
    table = {(status, turn): to for status, moves in TRANSITIONS.items() for turn, to in moves.items()}

    assert {pair: to for pair, to in drawn().items() if to != "-"} == table
    assert {pair for pair in PAIRS if pair[0] not in ENDED} == set(drawn())


def test_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize(("status", "turn"), PAIRS)
def test_a_pair_moves_as_the_table_says_or_is_refused_with_the_reason(status: Status, turn: Turn) -> None:
    expected = TRANSITIONS[status].get(turn)
    if expected is None:
        with pytest.raises(IllegalTransition) as refused:
            move(status, turn)
        assert str(refused.value) == refusal(status, turn)
        assert status in refusal(status, turn) and refusal(status, turn).endswith(".")
    else:
        assert move(status, turn) == expected
        assert refusal(status, turn) == ""


def test_a_refusal_says_from_where_the_move_is_possible() -> None:
    assert refusal(Status.IN_PROGRESS, Turn.RESUMED) == "Only a problem that is pending or held can be resumed; this one is inProgress."
    assert refusal(Status.IN_PROGRESS, Turn.REOPENED) == "Only a problem that is resolved can be reopened; this one is inProgress."
    assert refusal(Status.HELD, Turn.BLOCKED) == "The problem is held already."
    assert refusal(Status.CLOSED, Turn.REOPENED) == "The problem is closed, which is final; should its fault come back, a new problem will name it."


def test_nothing_leads_out_of_an_ended_status() -> None:
    assert {Status.CLOSED, Status.CANCELLED, Status.REJECTED} == ENDED


@pytest.mark.parametrize("turn", [Turn.RETURNED, Turn.REOPENED, Turn.DISPUTED, Turn.UNREPAIRED])
def test_only_a_resolved_problem_is_reopened(turn: Turn) -> None:
    assert {status for status in Status if turn in TRANSITIONS[status]} == {Status.RESOLVED}


def test_a_problem_is_rejected_only_before_work_began() -> None:
    assert {status for status in Status if Turn.REFUSED in TRANSITIONS[status]} == {Status.ACKNOWLEDGED}


def test_a_false_alarm_is_cancelled_only_while_it_is_open() -> None:
    assert {status for status in Status if Turn.WITHDRAWN in TRANSITIONS[status]} == OPEN


def test_a_failed_final_test_sends_back_to_work_from_wherever_it_is() -> None:
    assert {move(status, Turn.TEST_FAILED) for status in Status if status not in ENDED} == {Status.IN_PROGRESS}


def test_every_status_can_be_reached_and_every_open_one_left_by_resolution() -> None:
    reached = {Status.ACKNOWLEDGED} | {to for moves in TRANSITIONS.values() for to in moves.values()}

    assert reached == set(Status)
    assert all(TRANSITIONS[status][Turn.RESTORED] == Status.RESOLVED for status in OPEN)
