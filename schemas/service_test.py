"""What `test-requests` carries: tests that are asked for, strict; after TMF653 v4 ServiceTest, of which no file is kept here.

What a tester must do is written in README.md.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.alarm import Outbound, Word
from schemas.parts import ServiceRef


class ServiceTestSpecificationRef(Outbound):
    """Which test."""

    type: Literal["ServiceTestSpecificationRef"] = Field(alias="@type")
    id: Word
    """The `specification` of the test in topology.yaml, or the `action` of the rule that asks for it."""


class RelatedEntity(Outbound):
    """What the test is about."""

    type: Literal["RelatedEntity"] = Field(alias="@type")
    id: Word
    role: Literal["target", "cause", "problem"]
    """target: the object to test; cause: the alarm record because of which; problem: the problem it is for."""
    referred_type: Literal["Alarm", "ServiceProblem"] | None = Field(None, alias="@referredType")


class Tester(Outbound):
    """Who is to run it."""

    type: Literal["RelatedParty"] = Field(alias="@type")
    id: Word
    role: Literal["tester"]


class TimePeriod(Outbound):
    """When a result is of use."""

    start: AwareDatetime = Field(alias="startDateTime")
    end: AwareDatetime = Field(alias="endDateTime")
    """Without a result by then the test has no answer: what has not begun by then is left alone."""


class ServiceTest(Outbound):
    """One test of one object (key: the object to test)."""

    type: Literal["ServiceTest"] = Field(alias="@type")
    id: Word
    """Deterministic; the result names it. Asked again, a test has another id."""
    name: Word
    description: Word
    """What it is asked for."""
    mode: Literal["ONDEMAND", "PROACTIVE"]
    """PROACTIVE: an audit."""
    state: Literal["acknowledged"]
    requested_at: AwareDatetime = Field(alias="requestedAt")
    """Event time."""
    valid_for: TimePeriod = Field(alias="validFor")
    domain: Word
    """Correlation domain."""
    rule: Word
    """Rule of `tests`, or of `actions`, that asks for it."""
    kind: Literal["first-in", "diagnostic", "audit", "final", "action"]
    """action: a rule of `actions` asks for it."""
    attempt: int = Field(ge=1)
    attempts: int = Field(ge=1)
    """Times it is asked for while no result comes."""
    test_specification: ServiceTestSpecificationRef = Field(alias="testSpecification")
    related_service: ServiceRef | None = Field(None, alias="relatedService")
    """The object to test, where it is a service."""
    related_entity: list[RelatedEntity] = Field(alias="relatedEntity", min_length=1, max_length=3)
    related_party: list[Tester] | None = Field(None, alias="relatedParty", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        if self.attempt > self.attempts:
            raise ValueError("attempt is beyond attempts")
        return self
