"""Causes ranked, with what tests say of their objects: Bayes over the candidates and "something else" (test_evidence.py)."""

from collections.abc import Sequence

import msgspec

from streams.domain.messages import Cause
from streams.domain.test_evidence import ObjectVerdict, odds


def heeding(causes: tuple[Cause, ...], tested: Sequence[ObjectVerdict]) -> tuple[Cause, ...]:
    """Return the causes with the odds that tests give them, best first; all of them still add up to at most 1."""
    last = {verdict.object: verdict for verdict in tested}
    if not any(cause.object in last for cause in causes):
        return causes
    weights = [cause.confidence * odds(last.get(cause.object), cause.is_service) for cause in causes]
    whole = sum(weights) + max(0.0, 1.0 - sum(cause.confidence for cause in causes))
    told = [_told(cause, last.get(cause.object), weight / whole if whole else 0.0) for cause, weight in zip(causes, weights, strict=True)]
    return tuple(sorted(told, key=lambda cause: -cause.confidence))


def _told(cause: Cause, verdict: ObjectVerdict | None, confidence: float) -> Cause:
    cause = msgspec.structs.replace(cause, confidence=round(confidence, 4))
    if verdict is None or verdict.passed:
        return cause
    return msgspec.structs.replace(cause, rules=(*cause.rules, "test"), evidence=(*cause.evidence, verdict.sentence), weights=())
