"""How much is in jeopardy: clocks of affected products, and open problems by level of escalation; one row per partition, for metrics."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from streams.domain.effect import EFFECTS
from streams.domain.figures import ALL
from streams.domain.impact_delta import Difference, Told
from streams.domain.jeopardy_record import Jeopardy
from streams.domain.jeopardy_service import KEPT, RUNS, STANDS, VIOLATED, WARNED
from streams.domain.view import View

STATES = (RUNS, STANDS, WARNED, VIOLATED)
IMPACTS = ("down", "degraded", "at-risk", "planned")
"""What a product can have, as `customer-impacts` spells it."""
_WORDS = {effect: word for word, effect in EFFECTS.items()}


class ClockFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Of products that were told of an impact."""

    now: tuple[int, int, int, int] = (0, 0, 0, 0)
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

    now: tuple[int, int, int, int] = (0, 0, 0, 0)


def count_impacts(view: View, found: Iterable[Difference]) -> None:
    """Count what differences say of products."""
    moves: Counter[str] = Counter()
    for before, after in found:
        if before is not None:
            moves[_impact(before)] -= 1
        if after is not None:
            moves[_impact(after)] += 1
    if any(moves[impact] for impact in IMPACTS):
        known: ImpactFigures = view.impact_figures.get(ALL) or ImpactFigures()
        down, degraded, at_risk, planned = (max(count + moves[impact], 0) for count, impact in zip(known.now, IMPACTS, strict=True))
        view.impact_figures.put(ALL, ImpactFigures((down, degraded, at_risk, planned)))


def _impact(told: Told) -> str:
    return "planned" if told.planned else _WORDS[told.impact]


def count_clocks(view: View, found: Iterable[Difference], outcome: dict[str, str]) -> None:
    """Count what differences say of clocks; `outcome`: SLA -> how its clock ended, where it did."""
    moves: Counter[str] = Counter()
    kept = violated = 0
    for before, after in found:
        was, now = before.clock if before is not None else "", after.clock if after is not None else ""
        if was == now:
            continue
        moves[was] -= 1
        moves[now] += 1
        violated += now == VIOLATED
        kept += bool(was and not now and before is not None and outcome.get(before.product.sla) == KEPT)
    if not any(moves[state] for state in STATES):
        return
    known: ClockFigures = view.clock_figures.get(ALL) or ClockFigures()
    runs, stands, warned, late = (max(count + moves[state], 0) for count, state in zip(known.now, STATES, strict=True))
    view.clock_figures.put(ALL, ClockFigures((runs, stands, warned, late), known.kept + kept, known.violated + violated))


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
