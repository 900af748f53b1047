"""How often a source reports: what is polled every five minutes comes in batches, on a grid.

Of each batch of new alarms (one that comes after a pause) the phase within every period of `PERIODS` is kept, as a
faded sum of unit vectors. A source has the longest period in which its phases agree; one whose alarms come when they
happen has none. And how often it murmurs (effect.py), so that what comes together by chance is known for that. Learnt
from the stream itself, by event time.
"""

from math import cos, exp, hypot, lgamma, log, pi, sin

import msgspec

from streams.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant, Span
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
REMEMBERS = DAY
"""Over how long the murmurs are counted, on average (ours: nights differ from days, and both count)."""
BY_CHANCE = 1e-5
"""Of a hundred thousand murmurs one may have so many others beside it (the issue's goal: one problem without any fault for as many)."""


_replace = msgspec.structs.replace


class Rhythm(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One source as heard so far; key: domain|feed."""

    last_at: Instant
    weight: float = 0.0
    phases: tuple[tuple[float, float], ...] = ((0.0, 0.0),) * len(PERIODS)

    murmurs: float = 0.0
    """Alarms that murmured and were no problem, faded: some `REMEMBERS` count."""
    murmured_at: Instant = 0
    murmurs_since: Instant = 0
    """When the first and the last of these began."""

    def murmurs_in(self, span: Span, besides: int = 0) -> float:
        """Return how many are usual in so long a time, `besides` so many that are in question."""
        heard_for = max(self.murmured_at - self.murmurs_since, HOUR)
        return max(self.murmurs - besides, 0.0) * span / min(heard_for, REMEMBERS)

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
        row = _replace(row, last_at=at, weight=row.weight * FADES + 1, phases=phases)
        view.rhythms.put(source, row)
    elif at - row.last_at >= PAUSE // 4:
        view.rhythms.put(source, _replace(row, last_at=at))
    return row.period


def period_of(view: View, source: str) -> Span:
    """Return the reporting period of a source as known by now."""
    row: Rhythm | None = view.rhythms.get(source)
    return row.period if row is not None else 0


def murmur(view: View, source: str, at: Instant) -> None:
    """Count an alarm that murmurs and is no problem."""
    row: Rhythm | None = view.rhythms.get(source)
    if row is not None:
        later = max(at - row.murmured_at, 0) if row.murmurs else 0
        view.rhythms.put(source, _replace(
            row, murmurs=row.murmurs * exp(-later / REMEMBERS) + 1, murmured_at=max(at, row.murmured_at), murmurs_since=row.murmurs_since or at))


def are_chance(view: View, source: str, window: Span, count: int) -> bool:
    """Whether so many murmurs within a window may have come together by chance (Poisson)."""
    row: Rhythm | None = view.rhythms.get(source)
    usual = row.murmurs_in(window, count - 1) if row is not None else 0.0
    return count - 1 <= usual or exp((count - 1) * log(usual) - usual - lgamma(count)) > BY_CHANCE if usual else False
