"""How long repairs last: a bounded histogram of durations and its product-limit (Kaplan-Meier) estimate.

Bins are an eighth of a doubling wide (9 %), from one second to 388 days; within a bin durations count as evenly spread.
A case that still runs is censored: it counts among those at risk in every bin up to the one it has reached, and ends in none.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.domain.instant import SECOND, Span

PER_DOUBLING = 8
EDGES: tuple[Span, ...] = tuple(round(SECOND * 2 ** (n / PER_DOUBLING)) for n in range(25 * PER_DOUBLING + 1))
"""Upper ends of all bins but the last, which has none."""


class Remaining(NamedTuple):
    """What is left of a repair."""

    span: Span
    at_risk: float
    """Cases that had lasted as long as it has, the running ones included: what the estimate rests on."""


def bin_of(span: Span) -> int:
    """Return the bin of a duration."""
    return bisect_right(EDGES, span)


def remaining(ended: Mapping[int, float], running: Sequence[Span], elapsed: Span, share: float) -> Remaining | None:
    """Return after how much more time `share` of the cases that had lasted `elapsed` were over; None where nobody knows.

    Shapes: `ended` bin -> cases (may be fractions, where old ones fade); `running` how long each has lasted so far.
    """
    first, last, left = bin_of(elapsed), max(ended, default=-1), 1 - share
    at_risk = sum(n for b, n in ended.items() if b >= first) + sum(1 for span in running if bin_of(span) >= first)
    counts = [0] * (len(EDGES) + 2)
    for span in running:
        counts[bin_of(span)] += 1
    survive, risk, begins, found = 1.0, at_risk, elapsed, None
    for b in range(first, min(last, len(EDGES) - 1) + 1):
        low, high = EDGES[b - 1] if b else 0, EDGES[b]
        hazard = ended.get(b, 0.0) / risk if risk else 0.0
        if b == first and hazard:
            gone = (elapsed - low) / (high - low)
            hazard = 1 - (1 - hazard) / (1 - hazard * gone) if hazard < 1 else 1.0
        after = survive * (1 - hazard)
        if after <= left:
            found = begins + round((high - begins) * (survive - left) / (survive - after))
            break
        risk -= ended.get(b, 0.0) + counts[b]
        survive, begins = after, high
    return None if found is None else Remaining(found - elapsed, at_risk)


def quantile(ended: Mapping[int, float], share: float) -> Span:
    """Return the duration within which `share` of the cases ended; 0 where there is none."""
    found = remaining(ended, (), 0, share)
    return found.span if found is not None else 0
