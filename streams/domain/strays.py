"""Strays: objects that alarm beside a problem though its cause does not explain them; how many do is learnt.

In a network of cards and fibres next to nobody alarms by chance while something else is broken; in an application whose
metrics all have thresholds a fifth may. So what an unexplained alarm says against a cause differs from network to
network. When a problem takes no more alarms it is counted how many of the objects that its first cause does not reach
said anything unusual (`Facts.fresh`), and how many could have; both fade from problem to problem.
"""

import msgspec

from streams.domain.instant import DAY, Instant

GUESS, GUESSED_OF = 0.05, 20.0
"""How often objects stray before anything is learnt, and as how many objects that guess counts (ours; 100 are nearly as good)."""
KEPT = 0.97
"""What is left of the counts after another problem (ours; 0.9 to 0.99 are as good)."""
REMEMBERED = 30 * DAY
"""How long after a domain's last problem its counts are kept."""
LEAST = 0.005
"""Nobody is sure that strays do not exist."""


class Strays(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was counted in the past problems of one domain, faded; key: domain."""

    strayed: float = 0.0
    """Objects that their problem's cause does not explain, each as far as what it said was unusual."""
    could: float = 0.0
    """Objects that could have: of the types that alarmed, not explained, and not alarming out of habit."""
    due: Instant = 0
    """When it is forgotten."""


def due_of(row: Strays) -> Instant | None:
    return row.due


def counted(known: Strays | None, strayed: float, could: float, now: Instant) -> Strays:
    """Return the counts with those of one more problem (explanation.beside)."""
    before = known or Strays()
    return Strays(KEPT * before.strayed + strayed, KEPT * before.could + could, now + REMEMBERED)


def chance(known: Strays | None) -> float:
    """Return how likely (0..1) an object alarms beside a problem of no doing of its cause."""
    strayed, could = (known.strayed, known.could) if known is not None else (0.0, 0.0)
    return max(LEAST, (GUESSED_OF * GUESS + strayed) / (GUESSED_OF + could))
