"""One table between our statuses and priorities, TMF621's and a ticketing tool's; read both ways it comes back to where it began."""

import pytest

from streams.domain.problem import Status
from streams.domain.ticketing import PRIORITIES, STATES, priority_of, state_of, status_of, step_of


@pytest.mark.parametrize("status", [*Status])
def test_every_status_has_a_state_and_comes_back_from_it(status: Status) -> None:
    state = state_of(status)
    back = Status.CANCELLED if status is Status.REJECTED else status

    assert back == status_of(state.word, state.on_hold) == status_of(str(state.number), state.on_hold)
    assert status == status_of(status)


@pytest.mark.parametrize(("status", "state"), [row for row in STATES if row[0] is not Status.REJECTED])
def test_every_state_has_a_status_and_its_number_comes_back(status: Status, state: object) -> None:
    assert (status, state.number) == (status_of(state.word.upper(), state.on_hold), state_of(status).number)  # type: ignore[attr-defined]


def test_what_is_on_hold_waits_on_us_unless_the_caller_is_awaited() -> None:
    assert (Status.HELD, Status.HELD, Status.PENDING) == (status_of("On Hold"), status_of("on_hold", "no access"), status_of("3", "awaiting caller"))
    assert status_of("dancing") is None


@pytest.mark.parametrize("priority", range(1, 11))
def test_every_priority_has_a_step_and_its_number_comes_back(priority: int) -> None:
    step = step_of(priority)

    assert step.ours[0] <= priority <= step.ours[1]
    assert step == priority_of(str(step.number)) == priority_of(f"{step.number} - {step.tool_word}") == priority_of(step.tool_word)


def test_the_words_of_tmf621_mean_their_most_urgent_step() -> None:
    assert [1, 2, 3, 4] == [step.number for word in ("Critical", "high", "Medium", "Low") if (step := priority_of(word))]
    assert priority_of("whatever") is None and [p for step in PRIORITIES for p in step.ours] == [*range(1, 11)]
