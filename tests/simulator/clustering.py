"""How alike two groupings of the same lines are, and how far a confidence may be trusted."""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import comb
from typing import NamedTuple


def adjusted_rand(truth: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return the adjusted Rand index of two labellings (Hubert and Arabie 1985): 1 the same, 0 as good as chance."""
    together = sum(comb(n, 2) for n in Counter(zip(truth, found, strict=True)).values())
    in_truth, in_found = (sum(comb(n, 2) for n in Counter(labels).values()) for labels in (truth, found))
    pairs = comb(len(truth), 2)
    chance = in_truth * in_found / pairs if pairs else 0.0
    most = (in_truth + in_found) / 2
    return (together - chance) / (most - chance) if most != chance else 1.0


class Bin(NamedTuple):
    """Cases of like confidence."""

    cases: int
    confidence: float
    """Mean."""
    right: float
    """Share that were right."""


def reliability(cases: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin | None]:
    """Return the reliability curve: (confidence 0..1, right) sorted into equal bins; None where a bin is empty."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in cases:
        held[min(bins - 1, int(confidence * bins))].append((confidence, right))
    return [Bin(len(b), sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b)) if b else None for b in held]


def calibration_error(curve: Sequence[Bin | None]) -> float:
    """Return the expected calibration error: |confidence - right| over the cases."""
    total = sum(b.cases for b in curve if b)
    return sum(b.cases * abs(b.confidence - b.right) for b in curve if b) / total if total else 0.0
