"""What `progress` carries when a problem closes: its final report, and for one of major impact the request to review it. Ours."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import ServiceProblemRef, StatusWord


class TimelineStep(Outbound):
    """One change of status."""

    at: AwareDatetime
    status: StatusWord
    reason: Word


class ReportedCause(Outbound):
    """A located cause."""

    id: Word
    confidence: float = Field(ge=0, le=1)
    evidence: list[str]


class ReportedAction(Outbound):
    """What became of a restoration command."""

    at: AwareDatetime
    command: str
    outcome: str
    text: str


class ServiceDowntime(Outbound):
    """A service that the problem brought down."""

    id: Word
    down_minutes: float = Field(alias="downMinutes", ge=0)
    products: int = Field(ge=0)
    """Product instances on it now."""


class ReportedImpact(Outbound):
    """What the problem, taken by itself, cost."""

    most_services_at_once: int = Field(alias="mostServicesAtOnce", ge=0)
    """Hurt in any way: down, degraded or at risk."""
    services_down: int = Field(alias="servicesDown", ge=0, le=100)
    """Of these, down for a while; the first hundred."""
    service_down_minutes: float = Field(alias="serviceDownMinutes", ge=0)
    products_down: int = Field(alias="productsDown", ge=0)
    product_down_minutes: float = Field(alias="productDownMinutes", ge=0)
    customers: int = Field(ge=0)
    services: list[ServiceDowntime] = Field(max_length=100)
    """The longest first."""


class FinalReportBody(Outbound):
    """The whole course of a problem."""

    status: StatusWord
    outcome: Literal["restored", "workaround", "cleared"]
    """By a command, by a work-around, or without a command of ours."""
    status_change_reason: Word = Field(alias="statusChangeReason")
    raised_date: AwareDatetime = Field(alias="raisedDate")
    """When its earliest alarm was raised."""
    creation_date: AwareDatetime = Field(alias="creationDate")
    located_date: AwareDatetime | None = Field(None, alias="locatedDate")
    """When a cause was first named."""
    resolution_date: AwareDatetime | None = Field(None, alias="resolutionDate")
    minutes_to_restore: float = Field(alias="minutesToRestore", ge=0)
    """From raisedDate to resolutionDate, pauses left out."""
    minutes_paused: float = Field(alias="minutesPaused", ge=0)
    """Pending or held."""
    reopened_count: int = Field(alias="reopenedCount", ge=0)
    highest_priority: int = Field(alias="highestPriority", ge=1, le=10)
    alarm_count: int = Field(alias="alarmCount", ge=0)
    cause_category: Word | None = Field(None, alias="causeCategory")
    timeline: list[TimelineStep] = Field(max_length=32)
    """The first change of status and the last ones."""
    timeline_left_out: int = Field(alias="timelineLeftOut", ge=0)
    causes: list[ReportedCause] = Field(max_length=5)
    """Best first."""
    actions: list[ReportedAction] = Field(max_length=32)
    impact: ReportedImpact


class ServiceProblemFinalReport(Outbound):
    """Told once for each problem that closes without having been merged (key: problem id)."""

    type: Literal["ServiceProblemFinalReport"] = Field(alias="@type")
    id: Word
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["ServiceProblemFinalReportEvent"] = Field(alias="eventType")
    domain: Word
    service_problem: ServiceProblemRef = Field(alias="serviceProblem")
    final_report: FinalReportBody = Field(alias="finalReport")


class ServiceProblemReviewRequest(Outbound):
    """A problem of major impact is to be looked at by people (eTOM 1.4.6.3.5; key: problem id)."""

    type: Literal["ServiceProblemReviewRequest"] = Field(alias="@type")
    id: Word
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["ServiceProblemReviewRequestEvent"] = Field(alias="eventType")
    domain: Word
    service_problem: ServiceProblemRef = Field(alias="serviceProblem")
    final_report: Word = Field(alias="finalReport")
    """Id of its final report."""
    reason: Word
