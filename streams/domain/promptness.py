"""How soon an object that fails says so itself, by its type: learnt, so that nobody is acquitted by a silence that means nothing yet.

A line card is reported by its shelf within seconds, a wavelength by its controller after minutes, a duct by nobody. Two
ports at both ends of a wavelength alarm: ten seconds later the card's silence speaks for the card, the wavelength's says
nothing. When a problem takes no more alarms it is counted whether its best cause told of its failure, and how long after
the first alarm; the counts fade from failure to failure.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable

import msgspec

from streams.domain.instant import DAY, MINUTE, SECOND, Instant, Span
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.view import Rows

SILENT = 0.3
"""How likely a cause is silent itself where nobody knows whether its like can tell."""
MUTE = 0.8
"""The same of a type of which none has ever told that it fails (ours; 0.6 is as good): a duct, a fibre, a splitter."""
GUESSED_OF = 4.0
"""Failures that this first guess counts as (ours)."""
WITHIN: tuple[Span, ...] = (2 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE)
"""Times after a problem's first alarm by which causes are counted as having told. Rows have a count for each: other times need another table."""
KEPT = 0.97
"""What is left of the counts after another failure of the type (ours)."""
REMEMBERED = 90 * DAY
"""How long after the last failure of a type its counts are kept: what seldom fails is what one knows least of."""


class Promptness(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the failures of one type were told by; key: `domain|type`."""

    failed: float
    """Failures, faded."""
    told: tuple[float, ...]
    """Those that the object itself told of, within each of `WITHIN`."""
    due: Instant
    """When it is forgotten."""


def due_of(row: Promptness) -> Instant | None:
    return row.due


def began(members: Iterable[Member]) -> Instant:
    """Return when a problem's failure was first told of: what murmured before may have done so by chance."""
    raised = [(not m.effect, m.raised_at) for m in members]
    return min(raised)[1] if raised else 0


def learn(rows: Rows[Promptness], domain: str, members: Collection[Member], cause: str, sure: float, now: Instant, network: Network) -> None:
    """Count one failure, as far as it is `sure` (0..1) what failed: of a problem that is over, with its best cause. One object's problem says nothing: it is its own cause."""
    node = network.nodes.get(cause)
    if node is None or len({m.object for m in members}) < 2:
        return
    told_at = min((m.raised_at for m in members if m.object == cause and m.effect), default=None)
    known = rows.get(_key(domain, node.type)) or Promptness(0.0, (0.0,) * len(WITHIN), 0)
    late = told_at - began(members) if told_at is not None else None
    told = tuple(KEPT * count + sure * (late is not None and late <= within) for count, within in zip(known.told, WITHIN, strict=True))
    rows.put(_key(domain, node.type), Promptness(KEPT * known.failed + sure, told, now + REMEMBERED))


def silent(rows: Rows[Promptness], domain: str, type_: str, age: Span, guess: float) -> float:
    """Return how likely an object of this type that failed has told nobody so far, where the problem's first alarm is so old.

    Never less than `guess`: of whom nothing but prompt words were heard, the failures that passed in silence may have had other names.
    """
    known = rows.get(_key(domain, type_))
    if known is None:
        return guess
    place = bisect_right(WITHIN, age)
    told = known.told[place - 1] if place else 0.0
    return max(guess, (GUESSED_OF * guess + known.failed - told) / (GUESSED_OF + known.failed))


def _key(domain: str, type_: str) -> str:
    return f"{domain}|{type_}"
