"""How tests stand, and results of executors and testers that changed nothing, as `progress` carries them; the shapes are ours."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import AlarmRecordRef, ServiceProblemRef


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


class TestedObject(Outbound):
    """What is tested."""

    __test__ = False

    id: Word


class ServiceTestShown(Outbound):
    """One test in short; the request is on `test-requests`."""

    type: Literal["ServiceTest"] = Field(alias="@type")
    id: Word
    rule: Word
    kind: Literal["first-in", "diagnostic", "audit", "final", "action"]
    specification: Word
    object: TestedObject
    state: Literal["asked", "passed", "failed", "no-answer", "missed"]
    """no-answer: none in time, or it could not be run; missed: it was wanted no more once the backlog was worked off."""
    attempt: int = Field(ge=1)
    attempts: int = Field(ge=1)
    reason: Word
    """What it is asked for, or what the tester said."""
    problem: ServiceProblemRef | None = None
    alarm: AlarmRecordRef | None = None


class ServiceTestEventRecord(Outbound):
    """A test is asked for, or has ended (key: problem, alarm record, or object)."""

    type: Literal["ServiceTestEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["ServiceTestStateChangeEvent"] = Field(alias="eventType")
    domain: Word
    service_test: ServiceTestShown = Field(alias="serviceTest")
