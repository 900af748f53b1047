"""How often a source reports: what is polled every five minutes comes in batches, on a grid.

Of each batch of new alarms (one that comes after a pause) the phase within every period of `PERIODS` is kept, as a
faded sum of unit vectors. A source has the longest period in which its phases agree; one whose alarms come when they
happen has none. Learnt from the stream itself, by event time.
"""

from math import cos, hypot, pi, sin

import msgspec

from streams.domain.instant import MINUTE, SECOND, Instant, Span
from streams.domain.view import View

PERIODS = (MINUTE, 5 * MINUTE, 15 * MINUTE)
"""Usual reporting periods (3GPP measurement and polling intervals)."""
PAUSE = 20 * SECOND
"""Alarms nearer to each other are one batch."""
FADES = 0.95
"""What is left of the past with each batch: some twenty count."""
AGREE = 0.9
"""Mean length of the summed phases from which they agree: a spread of about a fourteenth of the period."""
BATCHES = 6
"""Weight of batches before anything is believed."""


class Rhythm(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One source as heard so far; key: domain|feed."""

    last_at: Instant
    weight: float = 0.0
    phases: tuple[tuple[float, float], ...] = ((0.0, 0.0),) * len(PERIODS)

    @property
    def period(self) -> Span:
        """The reporting period; 0 where there is none, or none is known."""
        if self.weight < BATCHES:
            return 0
        return max((period for period, (x, y) in zip(PERIODS, self.phases, strict=True) if hypot(x, y) >= AGREE * self.weight), default=0)


def listen(view: View, source: str, at: Instant) -> Span:
    """Take in when a new alarm came; return the reporting period of its source."""
    row: Rhythm | None = view.rhythms.get(source)
    if row is None:
        row = Rhythm(at)
        view.rhythms.put(source, row)
    elif at - row.last_at >= PAUSE:
        turns = [2 * pi * (at % period) / period for period in PERIODS]
        phases = tuple((x * FADES + cos(turn), y * FADES + sin(turn)) for (x, y), turn in zip(row.phases, turns, strict=True))
        row = Rhythm(at, row.weight * FADES + 1, phases)
        view.rhythms.put(source, row)
    elif at - row.last_at >= PAUSE // 4:
        view.rhythms.put(source, Rhythm(at, row.weight, row.phases))
    return row.period


def period_of(view: View, source: str) -> Span:
    """Return the reporting period of a source as known by now."""
    row: Rhythm | None = view.rhythms.get(source)
    return row.period if row is not None else 0
