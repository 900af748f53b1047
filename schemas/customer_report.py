"""What `progress` tells those who report faults for customers: answers, what is missing, every change, and whether it is restored.

No customer is named in it: the requester knows the report by its externalIdentifier.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import ServiceProblemRef, ServiceRef, StatusWord


class ExternalIdentifier(Outbound):
    """What the requester calls its report."""

    type: Literal["ExternalIdentifier"] = Field(alias="@type")
    id: Word
    owner: Word | None = None


class CustomerReport(Outbound):
    """One customer's report of one service; a request about a product on several services is one report for each."""

    type: Literal["CustomerReport"] = Field(alias="@type")
    id: Word
    """Ours, for patches; ends in the number of its part. Up to the dot it is the same for all parts of a request."""
    external_identifier: list[ExternalIdentifier] | None = Field(None, alias="externalIdentifier")
    product: Word | None = None
    """Product instance."""
    affected_service: ServiceRef | None = Field(None, alias="affectedService")


class ReportRequest(Outbound):
    """The request that is answered."""

    id: Word
    """Its own id (requestId, eventId, for a report its externalIdentifier), else where it was read: topic/partition/offset."""
    action: Word
    """report, hold, resume, cancel, test, confirm, still-down."""
    state: Literal["accepted", "refused", "information-required"]


class RequiredInformation(Outbound):
    """One thing that is missing."""

    op: Literal["add"]
    path: Literal["/relatedEntity", "/description"]
    """In the ServiceProblem that was sent: the product (or a service, or a place with one product); what does not work."""


class ReportedProblemRef(Outbound):
    """The report, as TMF656's event names it."""

    type: Literal["ServiceProblem"] = Field(alias="@type")
    referred_type: Literal["ServiceProblemRef"] = Field(alias="@referredType")
    id: Word
    """The report's id: name it as `id` of the patch that completes it."""


class RequiredPayload(Outbound):
    """What is missing of what."""

    service_problem: ReportedProblemRef = Field(alias="serviceProblem")
    information_required: list[RequiredInformation] = Field(alias="informationRequired", min_length=1)


class InformationRequired(Outbound):
    """TMF656 v5 ServiceProblemInformationRequiredEvent."""

    type: Literal["ServiceProblemInformationRequiredEvent"] = Field(alias="@type")
    base_type: Literal["Event"] = Field(alias="@baseType")
    event_id: Word = Field(alias="eventId")
    event_time: AwareDatetime = Field(alias="eventTime")
    time_ocurred: AwareDatetime = Field(alias="timeOcurred")
    event_type: Literal["ServiceProblemInformationRequiredEvent"] = Field(alias="eventType")
    correlation_id: Word = Field(alias="correlationId")
    """The externalIdentifier, where there is one."""
    title: Word
    description: str
    event: RequiredPayload


class CustomerReportEventRecord(Outbound):
    """One word to the requester of a report (key: the report's id; of a request that could not be read, where it was read: topic/partition/offset)."""

    type: Literal["CustomerReportEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal[
        "CustomerReportAcceptedEvent", "CustomerReportRefusedEvent", "ServiceProblemInformationRequiredEvent",
        "CustomerReportConfirmationRequiredEvent", "CustomerReportChangedEvent", "CustomerReportClosedEvent"] = Field(alias="eventType")
    """Accepted, Refused: the answer to `request`. ConfirmationRequired: answer with confirm or still-down."""
    customer_report: CustomerReport = Field(alias="customerReport")
    reason: Word
    """One sentence: what was done or changed, or why not and what to do about it."""
    request: ReportRequest | None = None
    service_problem: ServiceProblemRef | None = Field(None, alias="serviceProblem")
    """The problem that the report is in."""
    domain: Word | None = None
    """The problem's correlation domain."""
    status: StatusWord | None = None
    """The problem's."""
    cause: Word | None = None
    """Where the fault lies, in plain words."""
    expected_resolution_date: AwareDatetime | None = Field(None, alias="expectedResolutionDate")
    notification: InformationRequired | None = None
