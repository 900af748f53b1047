"""What `test-requests` carries: tests that are asked for, strict; after TMF653 v4 ServiceTest, of which no file is kept here."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word


class ServiceTestSpecificationRef(Outbound):
    """Which test."""

    type: Literal["ServiceTestSpecificationRef"] = Field(alias="@type")
    id: Word
    """The `action` of the rule that asks for it; service-check where a customer's report does."""


class RelatedEntity(Outbound):
    """What the test is about."""

    type: Literal["RelatedEntity"] = Field(alias="@type")
    id: Word
    role: Literal["target", "cause"]
    """target: the object to test; cause: the alarm record or the problem because of which."""
    referred_type: Literal["Alarm", "ServiceProblem"] | None = Field(None, alias="@referredType")


class ServiceTest(Outbound):
    """One test, once per alarm episode and rule (key: the object to test)."""

    type: Literal["ServiceTest"] = Field(alias="@type")
    id: Word
    """Deterministic: the id of the action on `progress`."""
    name: Word
    description: Word
    mode: Literal["ONDEMAND"]
    state: Literal["acknowledged"]
    requested_at: AwareDatetime = Field(alias="requestedAt")
    """Event time."""
    domain: Word
    """Correlation domain."""
    rule: Word
    """Rule of `actions` that asks for it; customer-report where a customer's report does."""
    test_specification: ServiceTestSpecificationRef = Field(alias="testSpecification")
    related_entity: list[RelatedEntity] = Field(alias="relatedEntity", min_length=2, max_length=2)
