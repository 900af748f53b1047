"""What stage 6 has learnt of how long repairs take, by cause, resource type and site, and how it forecasts from that.

A class of problems is known by `cause|type|site`, `cause|type`, `cause` and `*` (all); a forecast takes the finest that has
`etr_cases` closed problems, of which, with those still open, `RISK` at least had lasted as long as this one has. Merged
and cancelled problems teach nothing; time in which a problem was pending or held is left out.
"""

from collections.abc import Callable
from math import sqrt

import msgspec

from streams.domain.etr_curve import bin_of, remaining
from streams.domain.forecast import Forecast, Source
from streams.domain.instant import Instant, Span
from streams.domain.policy import OverseePolicy
from streams.domain.problem_told import ProblemTold
from streams.domain.view import View

ALL = "*"
"""The class of all problems."""
OPEN_CASES = 100
"""Open problems remembered per class, the first of them: more tell hardly more, and a row stays small (ours)."""
RISK = 5
"""Fewer cases than this that lasted as long say nothing of the rest (ours)."""
SURE = 1.96
"""Standard errors within which 95 of 100 estimates lie."""
BATCH = 1_000
"""Rows read at once."""
LEAST = 0.01
"""What has faded below this is dropped."""


class RepairTimes(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Durations of the closed problems of one class."""

    ended: tuple[tuple[int, float], ...] = ()
    """(bin, cases), sorted."""
    cases: float = 0.0


class RepairLearning(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Whether anything is learnt."""

    frozen: bool = False


class OpenRepair(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem that is being worked on."""

    problem: str
    since: Instant
    """When it would have begun had it never paused."""


class OpenRepairs(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The open problems of one class."""

    cases: tuple[OpenRepair, ...] = ()


TABLES = {
    "repair-times": (RepairTimes, None, "cause|type|site, or fewer -> how long closed problems of that class lasted"),
    "repair-learning": (RepairLearning, None, "one row: whether learning how long repairs take is frozen"),
    "open-repairs": (OpenRepairs, None, "cause|type|site, or fewer -> the open problems of that class"),
}


def classes_of(told: ProblemTold) -> tuple[str, ...]:
    """Return the classes of a problem, the finest first."""
    names = [told.cause, told.cause_type, told.site] if told.cause else []
    known = next((n for n, name in enumerate(names) if not name), len(names))
    return tuple("|".join(names[:n]) or ALL for n in range(known, -1, -1))


def enter(view: View, classes: tuple[str, ...], problem: str, since: Instant) -> None:
    """Count a problem among the open ones of its classes."""
    for name in classes:
        row = view.open_repairs.get(name) or OpenRepairs()
        if len(row.cases) < OPEN_CASES:
            view.open_repairs.put(name, OpenRepairs((*row.cases, OpenRepair(problem, since))))


def leave(view: View, classes: tuple[str, ...], problem: str) -> None:
    """Take a problem out of the open ones."""
    for name in classes:
        row: OpenRepairs | None = view.open_repairs.get(name)
        if row is None:
            continue
        left = tuple(one for one in row.cases if one.problem != problem)
        if not left:
            view.open_repairs.delete(name)
        elif left != row.cases:
            view.open_repairs.put(name, OpenRepairs(left))


def learn(view: View, classes: tuple[str, ...], lasted: Span, policy: OverseePolicy) -> None:
    """Count a closed problem; where a class has more than `etr_remember`, all that was learnt of it counts half from then on."""
    if view.repair_learning.get("") is not None:
        return
    for name in classes:
        row = view.repair_times.get(name) or RepairTimes()
        ended = dict(row.ended)
        ended[bin_of(lasted)] = ended.get(bin_of(lasted), 0.0) + 1
        if row.cases + 1 > policy.etr_remember:
            ended = {b: n / 2 for b, n in ended.items() if n / 2 >= LEAST}
        view.repair_times.put(name, RepairTimes(tuple(sorted(ended.items())), sum(ended[b] for b in sorted(ended))))


def forecast(view: View, classes: tuple[str, ...], problem: str, elapsed: Span, at: Instant, policy: OverseePolicy) -> Forecast | None:
    """Return when `etr_share` of such problems are over, given how long this one has lasted; None where too little is known."""
    for name in classes:
        times: RepairTimes | None = view.repair_times.get(name)
        if times is None or times.cases < policy.etr_cases:
            continue
        row = view.open_repairs.get(name) or OpenRepairs()
        running = [max(at - one.since, 0) for one in row.cases if one.problem != problem]
        left = remaining(dict(times.ended), running, elapsed, policy.etr_share)
        if left is None or left.at_risk < RISK:
            continue
        sure = policy.etr_share - SURE * sqrt(policy.etr_share * (1 - policy.etr_share) / left.at_risk)
        return Forecast(at, at + max(left.span, policy.etr_every), Source.LEARNT, round(left.at_risk), round(max(sure, 0.0), 2), "" if name == ALL else name)
    return None


def _reset(view: View) -> None:
    while rows := view.repair_times.prefix("", BATCH):
        for name, _ in rows:
            view.repair_times.delete(name)


def _freeze(view: View) -> None:
    view.repair_learning.put("", RepairLearning(frozen=True))


def _thaw(view: View) -> None:
    if view.repair_learning.get("") is not None:
        view.repair_learning.delete("")


ORDERS: dict[str, Callable[[View], None]] = {"reset-learned": _reset, "freeze-learning": _freeze, "thaw-learning": _thaw}
"""What operators may do to all learning (learn_orders.py) -> what it does to this."""
