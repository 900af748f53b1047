"""How sure a ranking is of its first cause: when it says 80 %, it is right 8 times in 10.

A logistic curve over what makes a first place trustworthy, each never making it less so: its lead over the second, its
odds against all the others, how much speaks for it at all, and the share of the alarmed objects that it explains.
The constants are fitted, not thought up:

    .venv/bin/python -m tests.causes.calibrate      fits, prints them and the reliability curve of networks not fitted on

Fit them again when a rule or its weight changes (ADR 0019 has the figures).
"""

from collections.abc import Sequence
from math import exp, log

BASE, LEAD, ODDS, TOP, COVER = -2.4, 0.35, 0.21, 0.36, 0.5
FAR = 6.0
"""A lead or odds (nats) beyond this make it no surer."""
LONG = -4.0
"""Odds at least."""


def features(sums: Sequence[float], cover: float) -> tuple[float, float, float, float]:
    """Return lead, odds, sum and cover of the first of these candidates' sums (best first, one or more)."""
    top = sums[0]
    lead = top - sums[1] if len(sums) > 1 else FAR
    others = sum([exp(value - top) for value in sums[1:]])
    odds = -log(others) if others else FAR
    return min(lead, FAR), max(LONG, min(odds, FAR)), top, cover


def confidence(sums: Sequence[float], cover: float) -> float:
    """Return how likely the first candidate is the cause: 0..1."""
    lead, odds, top, share = features(sums, cover)
    return 1 / (1 + exp(-(BASE + LEAD * lead + ODDS * odds + TOP * top + COVER * share)))
