"""How sure a ranking is of its first cause: when it says 80 %, it is to be right 8 times in 10.

A logistic curve over what makes a first place trustworthy, each never making it less so: its lead over the second, how
much speaks for it at all, and the share of the alarmed objects that it explains and that do not alarm out of habit.
The constants are fitted, not thought up:

    .venv/bin/python -m tests.simulator.calibrate      fits them, and shows the reliability curve of networks not fitted on

Fit them again when a rule or its weight changes (decisions/0019 has the figures, and how far they hold).
"""

from collections.abc import Sequence
from math import exp

BASE, LEAD, TOP, SETTLES = -2.49, 0.48, 0.37, 1.85
FAR = 6.0
"""A lead (nats) beyond this makes it no surer."""


def features(sums: Sequence[float], settles: float) -> tuple[float, float, float]:
    """Return lead and sum of the first of these candidates' sums (best first, one or more), and the share it settles (0..1)."""
    return min(sums[0] - sums[1], FAR) if len(sums) > 1 else FAR, sums[0], settles


def confidence(sums: Sequence[float], settles: float) -> float:
    """Return how likely the first candidate is the cause: 0..1."""
    lead, top, settled = features(sums, settles)
    return 1 / (1 + exp(-(BASE + LEAD * lead + TOP * top + SETTLES * settled)))
