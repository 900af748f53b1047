"""How much is in jeopardy: clocks of affected products, and open problems by level of escalation; one row per partition, for metrics."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from streams.domain.effect import EFFECTS
from streams.domain.figures import ALL
from streams.domain.impact_delta import NO_CLOCK, Difference, Told
from streams.domain.instant import Instant
from streams.domain.jeopardy_record import Jeopardy
from streams.domain.jeopardy_service import KEPT, RUNS, STANDS, VIOLATED, WARNED
from streams.domain.view import View

STATES = (RUNS, STANDS, WARNED, VIOLATED)
IMPACTS = ("down", "degraded", "at-risk", "planned")
"""What a product can have, as `customer-impacts` spells it."""
Counts = tuple[int, int, int, int]
_WORDS = {effect: word for word, effect in EFFECTS.items()}


class ClockFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Of products that were told of an impact."""

    now: Counts = (0, 0, 0, 0)
    """By how the clock stands, `STATES`."""
    kept: int = 0
    """Impacts restored in time, since figures are kept."""
    violated: int = 0
    """Impacts whose time to restore ran out."""


class LevelFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Problems that are not over, by level of escalation 0..10; of level 0 only those that a clock ran for."""

    open: tuple[int, ...] = (0,) * 11


class ImpactFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Products by what was last told of them, `IMPACTS`."""

    now: Counts = (0, 0, 0, 0)


def count_impacts(view: View, found: Sequence[Difference]) -> None:
    """Count what differences say of products."""
    moves = [(_impact(before), _impact(after)) for before, after in found]
    if all(was == now for was, now in moves):
        return
    known: ImpactFigures = view.impact_figures.get(ALL) or ImpactFigures()
    view.impact_figures.put(ALL, ImpactFigures(_moved(known.now, IMPACTS, moves)))


def _impact(told: Told | None) -> str:
    if told is None:
        return ""
    return "planned" if told.planned else _WORDS[told.impact]


def count_clocks(view: View, found: Sequence[Difference], outcome: Mapping[str, tuple[str, Instant]]) -> None:
    """Count what differences say of clocks; `outcome`: SLA -> how its clock stands or ended, where there is one."""
    kept, moves = 0, [(before.clock if before is not None else "", after.clock if after is not None else "") for before, after in found]
    if all(was == now for was, now in moves):
        return
    for (before, _), (was, now) in zip(found, moves, strict=True):
        kept += bool(was and not now and before is not None and outcome.get(before.product.sla, NO_CLOCK)[0] == KEPT)
    known: ClockFigures = view.clock_figures.get(ALL) or ClockFigures()
    violated = sum(was != now == VIOLATED for was, now in moves)
    view.clock_figures.put(ALL, ClockFigures(_moved(known.now, STATES, moves), known.kept + kept, known.violated + violated))


def _moved(counts: Counts, names: tuple[str, ...], moves: Iterable[tuple[str, str]]) -> Counts:
    """Return how many there are of each name once some have gone from one name to another; what is not among the names is not counted."""
    after = list(counts)
    for was, now in moves:
        if was in names:
            after[names.index(was)] -= 1
        if now in names:
            after[names.index(now)] += 1
    first, second, third, fourth = (max(count, 0) for count in after)
    return first, second, third, fourth


def count_levels(view: View, before: Jeopardy | None, after: Jeopardy | None) -> None:
    """Count that a problem's level is another; None: there is none, or the problem is over."""
    was, now = (one.level if one is not None else None for one in (before, after))
    if was == now:
        return
    known: LevelFigures = view.level_figures.get(ALL) or LevelFigures()
    counts = list(known.open)
    if was is not None:
        counts[was] = max(counts[was] - 1, 0)
    if now is not None:
        counts[now] += 1
    view.level_figures.put(ALL, LevelFigures(tuple(counts)))
