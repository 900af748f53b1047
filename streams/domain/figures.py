"""Figures for management (eTOM 1.4.6.5): what became of problems, and how long it took to detect, locate and restore them.

Merged problems count as merged and in nothing else; the times are of problems that were restored and closed. Who counts,
and when a day is told: figures_desk.py.
"""

import msgspec

from streams.domain.etr_curve import bin_of, quantile
from streams.domain.instant import Instant, Span, iso

ALL = "all"
"""Key of the sum of all days."""
CAUSES = 32
"""Causes counted apart per day, the first met; the others count together (ours)."""
OTHERS = "others"


class Spread(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Durations, as many as there were, in the bins of `etr_curve`."""

    count: int = 0
    sum: Span = 0
    most: Span = 0
    bins: tuple[tuple[int, float], ...] = ()

    def plus(self, span: Span) -> "Spread":
        bins = dict(self.bins)
        bins[bin_of(span)] = bins.get(bin_of(span), 0.0) + 1
        return Spread(self.count + 1, self.sum + span, max(self.most, span), tuple(sorted(bins.items())))

    @property
    def mean(self) -> Span:
        return self.sum // self.count if self.count else 0

    def within(self, share: float) -> Span:
        """Return how long `share` of them took at most, to 9 %."""
        return min(quantile(dict(self.bins), share), self.most)


Counts = tuple[tuple[str, int], ...]


class Figures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of problems in one day."""

    since: Instant = 0
    """When the day began; of the sum: when the first was counted."""
    opened: int = 0
    ended: Counts = ()
    """How problems ended: restored, workaround, cleared (nobody did anything), cancelled, rejected, merged."""
    causes: Counts = ()
    """Probable cause of the located cause of those that were restored."""
    reopened: int = 0
    detect: Spread = Spread()
    """From the earliest alarm to the problem."""
    locate: Spread = Spread()
    """From the earliest alarm to the first located cause, where there was one."""
    restore: Spread = Spread()
    """From the earliest alarm to the restoration, pauses left out."""
    promised: int = 0
    """Restored problems whose first expected time of restoration is known ..."""
    kept: int = 0
    """... and of these, restored by then."""
    due: Instant = 0
    """When the day is told, then when it is forgotten; 0 for the sum."""
    is_told: bool = False


class FiguresTold(msgspec.Struct, frozen=True, gc=False):
    """The figures of one day as far as `until`, on `progress`."""

    id: str
    day: str
    """YYYY-MM-DD, or "all"."""
    since: Instant
    until: Instant
    figures: Figures
    at: Instant


def day_of(at: Instant) -> str:
    """Return the UTC day of an instant."""
    return iso(at)[:10]


def counted(counts: Counts, name: str, most: int = CAUSES) -> Counts:
    """Add one; a name that finds no room counts with the others."""
    known = dict(counts)
    if name not in known and len(known) >= most:
        name = OTHERS
    known[name] = known.get(name, 0) + 1
    return tuple(known.items())
