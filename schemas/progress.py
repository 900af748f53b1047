"""What `progress` carries of problems: TMF656 v5 ServiceProblemEventRecord, strict, its notification in the TMF688 envelope."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import ServiceProblemRef, StatusWord, StringCharacteristic

EventWord = Literal["ServiceProblemCreateEvent", "ServiceProblemStateChangeEvent", "ServiceProblemAttributeValueChangeEvent"]


class ProblemAsChanged(Outbound):
    """The problem in short; the whole of it is on `problems`."""

    type: Literal["ServiceProblem"] = Field(alias="@type")
    id: Word
    status: StatusWord
    priority: int = Field(ge=1, le=10)


class Payload(Outbound):
    """What the event is about."""

    service_problem: ProblemAsChanged = Field(alias="serviceProblem")


class Notification(Outbound):
    """The event that TMF656 has for the change."""

    type: EventWord = Field(alias="@type")
    base_type: Literal["Event"] = Field(alias="@baseType")
    event_id: Word = Field(alias="eventId")
    event_time: AwareDatetime = Field(alias="eventTime")
    time_ocurred: AwareDatetime = Field(alias="timeOcurred")
    """The same; of the two spellings in the standards this one is written."""
    event_type: EventWord = Field(alias="eventType")
    correlation_id: Word = Field(alias="correlationId")
    """The problem's id."""
    domain: Word
    """Correlation domain."""
    title: Word
    description: str
    """One sentence: what changed and why."""
    priority: str = Field(pattern=r"^(10|[1-9])$")
    """Text in the envelope, a number in the problem: so has TMF656 it."""
    event: Payload
    analytic_characteristic: list[StringCharacteristic] = Field(alias="analyticCharacteristic")
    """Attributes that changed, by TMF656's name where they have one, with their new value."""


class ServiceProblemEventRecord(Outbound):
    """One change of one problem (key: problem id)."""

    type: Literal["ServiceProblemEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    """Event time, not the time of writing: so a replay writes the same."""
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: EventWord = Field(alias="eventType")
    service_problem: ServiceProblemRef = Field(alias="serviceProblem")
    notification: Notification
