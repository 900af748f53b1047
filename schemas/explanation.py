"""What `spm explain --json` writes: why a problem or an alarm is what it is, as far as what is stored tells; the shape is ours."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, RootModel

from schemas.alarm import ImpliedBy, Outbound, Word
from schemas.customer_impact import ImpactWord
from schemas.parts import StatusWord


class Evidence(Outbound):
    """What one rule of localization said for a cause."""

    rule: Word
    text: str
    weight: float | None = None
    """What it adds to the sum that the confidence is made of."""


class Blamed(Outbound):
    """One candidate cause."""

    object: Word
    confidence: float = Field(ge=0, le=1)
    is_alarmed: bool = Field(alias="isAlarmed")
    """Whether one of the problem's alarms is its own; a silent object may be the cause as well."""
    evidence: list[Evidence]
    """Strongest first."""


class Membership(Outbound):
    """An alarm came into a problem."""

    at: AwareDatetime
    problem: Word
    reason: Word
    """Hop path and gap in words; or that it began the problem."""


class Mark(Outbound):
    """An alarm was suppressed or implied from then on, or no longer."""

    at: AwareDatetime
    kind: Literal["implied", "implied-no-longer", "shelved", "planned-outage", "suppressed-no-longer"]
    text: Word
    """By what, in words with numbers."""


class AlarmTold(Outbound):
    """One alarm record and its part in it."""

    id: Word
    object: Word
    probable_cause: Word = Field(alias="probableCause")
    severity: Word
    """The last one told, cleared where it is clear."""
    state: Literal["active", "cleared"]
    raised_at: AwareDatetime = Field(alias="raisedAt")
    """Start of the last episode that was told."""
    cleared_at: AwareDatetime | None = Field(None, alias="clearedAt")
    times_heard: int = Field(alias="timesHeard", ge=0)
    reason: str
    """Why it is in the problem, or in none."""
    memberships: list[Membership]
    """Oldest first."""
    implied_by: ImpliedBy | None = Field(None, alias="impliedBy")
    """Present while the located cause explains it."""
    suppressed_by: Literal["planned-outage", "shelved"] | None = Field(None, alias="suppressedBy")
    marks: list[Mark]
    """What hid it and what took that back, oldest first."""


class Change(Outbound):
    """One thing that happened to a problem."""

    at: AwareDatetime
    kind: Literal["opened", "status", "cause", "joined", "left", "merged", "split", "parent", "operator", "command", "report", "test", "jeopardy", "escalation", "attribute"]
    text: Word


class HurtProduct(Outbound):
    """What a customer has of it; the customer is not named."""

    product: Word
    impact: ImpactWord
    """The last one told; none where it has ended."""
    worst: ImpactWord
    since: AwareDatetime
    until: AwareDatetime | None = None
    sla: Word | None = None
    due_at: AwareDatetime | None = Field(None, alias="dueAt")
    path: list[Word]
    """From the service down to what the problem holds down."""


class HurtService(Outbound):
    """A service that the problem hurts, or hurt."""

    service: Word
    products: list[HurtProduct]


class Relatives(Outbound):
    """Other problems that this one has to do with."""

    merged_into: Word | None = Field(None, alias="mergedInto")
    merged_from: list[Word] = Field(alias="mergedFrom")
    parent: Word | None = None
    children: list[Word]
    recurrence_of: Word | None = Field(None, alias="recurrenceOf")


class ProblemExplanation(Outbound):
    """Why one problem is what it is."""

    type: Literal["ProblemExplanation"] = Field(alias="@type")
    id: Word
    source: Word
    """Where it was looked up."""
    at: AwareDatetime
    """Event time of the problem's last word."""
    status: StatusWord
    status_reason: Word = Field(alias="statusReason")
    priority: int = Field(ge=1, le=10)
    domain: Word
    opened_at: AwareDatetime = Field(alias="openedAt")
    """When its earliest alarm was raised."""
    is_standing: bool = Field(False, alias="isStanding")
    """It stood before the processor's first contact: nobody is told of it until it is released."""
    topology_version: Word | None = Field(None, alias="topologyVersion")
    """Of the network it was decided under."""
    cause: Blamed | None = None
    """Absent where nothing explains it."""
    runners_up: list[Blamed] = Field(alias="runnersUp", max_length=5)
    alarm_count: int = Field(alias="alarmCount", ge=0)
    """Occurrences that ever joined."""
    active_alarm_count: int = Field(alias="activeAlarmCount", ge=0)
    alarms: list[AlarmTold] = Field(max_length=500)
    """Alarm records in it, by when they joined; the first 500."""
    omitted: int = Field(ge=0)
    """Alarm records found beyond those."""
    left: list[AlarmTold] = Field(max_length=500)
    """Alarm records that were in it and are in another now."""
    changes: list[Change] = Field(max_length=1000)
    """What changed, oldest first; of more the last ones."""
    services: list[HurtService]
    service_count: int = Field(alias="serviceCount", ge=0)
    """Services hurt now, or when last it hurt any."""
    relatives: Relatives


class AlarmExplanation(Outbound):
    """Why one alarm is where it is."""

    type: Literal["AlarmExplanation"] = Field(alias="@type")
    source: Word
    alarm: AlarmTold
    problem: ProblemExplanation | None = None
    """The problem it is in, or was in last."""


class Explanation(RootModel[Annotated[ProblemExplanation | AlarmExplanation, Field(discriminator="type")]]):
    """One answer of `spm explain`."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `spm explain --json` writes."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Explanation.model_json_schema(by_alias=True)}
