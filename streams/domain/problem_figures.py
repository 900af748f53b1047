"""How many problems are open, by status and priority, and of how many nobody knows the cause: one row per partition, for metrics."""

import msgspec

from streams.domain import report_index
from streams.domain.figures import ALL
from streams.domain.problem import ENDED, Status
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import View

STATUSES = tuple(status for status in Status if status not in ENDED)
LEAST = 10
"""TMF656 v5: priority 1..10, 1 the highest."""


class ProblemFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Problems that have not ended."""

    statuses: tuple[int, ...] = (0,) * len(STATUSES)
    """In the order of `STATUSES`."""
    priorities: tuple[int, ...] = (0,) * (LEAST + 1)
    """By priority 0..10; 0: none was given."""
    undiagnosed: int = 0
    """No cause was ever located."""


TABLES = {"problem-figures": (ProblemFigures, None, "one row -> open problems by status and priority, and those without a located cause")}

Place = tuple[int, int, bool]
"""(status, priority, undiagnosed) as counted; places of what has ended do not exist."""


def store(view: View, row: ProblemRecord) -> None:
    """Write a problem down, enter its reports in the index, and count it."""
    before: ProblemRecord | None = view.problems.get(row.id)
    report_index.enter(view, before, row)
    _count(view, _place(before), _place(row))
    view.problems.put(row.id, row)


def drop(view: View, row: ProblemRecord) -> None:
    """Forget a problem, its reports in the index, and count it no more."""
    _count(view, _place(view.problems.get(row.id)), None)
    view.problems.delete(row.id)
    report_index.forget(view, row)


def _count(view: View, was: Place | None, now: Place | None) -> None:
    if was != now:
        known: ProblemFigures = view.problem_figures.get(ALL) or ProblemFigures()
        after = _moved(_moved(known, was, -1), now, 1)
        if after == ProblemFigures():
            view.problem_figures.delete(ALL)
        else:
            view.problem_figures.put(ALL, after)


def _place(row: ProblemRecord | None) -> Place | None:
    if row is None or row.status in ENDED:
        return None
    return STATUSES.index(row.status), min(max(row.priority, 0), LEAST), row.cause is None


def _moved(known: ProblemFigures, place: Place | None, by: int) -> ProblemFigures:
    """Count one more or one less; what an older revision did not count never makes a number negative."""
    if place is None:
        return known
    status, priority, undiagnosed = place
    return ProblemFigures(_plus(known.statuses, status, by), _plus(known.priorities, priority, by), max(known.undiagnosed + by * undiagnosed, 0))


def _plus(counts: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*counts[:at], max(counts[at] + by, 0), *counts[at + 1:])
