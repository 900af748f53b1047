"""When stage 6 thinks that a problem will be restored, and how it knows."""

from enum import StrEnum

import msgspec

from streams.domain.instant import Instant


class Source(StrEnum):
    """Who says when a problem will be restored."""

    POLICY = "policy"
    LEARNT = "learnt"
    FIELD = "field"
    SUPPLIER = "supplier"


class Forecast(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What stage 6 says of a problem."""

    at: Instant
    """When it was made."""
    etr: Instant
    source: Source
    cases: int = 0
    """Problems it rests on, those that are still open included; 0: policy."""
    confidence: float = 0.0
    """The share of such problems that is over by then, at least, as surely as 95 in 100; 0..1, 0 where nothing was learnt."""
    kind: str = ""
    """Of what problems it was learnt: cause, resource type and site, or fewer of these; "" of all."""
