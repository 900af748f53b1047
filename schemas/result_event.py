"""A result of an executor or a tester that changed nothing, as `progress` carries it; the shape is ours."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word


class ResultRef(Outbound):
    """The order or test that the result names."""

    type: Literal["RestorationCommandRef", "ServiceTestRef"] = Field(alias="@type")
    referred_type: Literal["RestorationCommand", "ServiceTest"] = Field(alias="@referredType")
    id: Word


class Result(Outbound):
    """What was said, and why it changed nothing."""

    type: Literal["Result"] = Field(alias="@type")
    about: ResultRef
    state: Literal["late", "twice", "unknown"]
    outcome: Word
    reason: str | None = None
    """What the executor or tester said, for people."""


class ResultEventRecord(Outbound):
    """A result without effect (key: id of the order or test)."""

    type: Literal["ResultEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["ResultWithoutEffectEvent"] = Field(alias="eventType")
    domain: Word | None = None
    """Correlation domain, where it is known."""
    result: Result
