"""What `trouble-reports` carries: TMF621 v5 TroubleTicket, bare, strict.

Required is what TMF621's create model (`TroubleTicket_FVO`) requires and what every report of ours has.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import Characteristic, Note, RelatedEntity, RelatedParty, StatusWord


class StatusChange(Outbound):
    """One change of the report's status."""

    type: Literal["StatusChange"] = Field(alias="@type")
    status: StatusWord
    status_change_date: AwareDatetime = Field(alias="statusChangeDate")
    status_change_reason: str = Field(alias="statusChangeReason")


class TroubleTicketRelationship(Outbound):
    """Another report: mergedInto: it goes on for this one; dependsOn: a request to others; requiredBy: the report of the problem that asks."""

    type: Literal["TroubleTicketRelationship"] = Field(alias="@type")
    id: Word
    name: str
    relationship_type: Literal["mergedInto", "dependsOn", "requiredBy"] = Field(alias="relationshipType")


class ExternalIdentifier(Outbound):
    """What the ticketing system calls it."""

    type: Literal["ExternalIdentifier"] = Field(alias="@type")
    id: Word
    owner: Word
    external_identifier_type: Literal["troubleTicket"] = Field(alias="externalIdentifierType")


class TroubleTicket(Outbound):
    """One trouble report, whole (key: report id)."""

    type: Literal["TroubleTicket"] = Field(alias="@type")
    id: Word
    """Deterministic; a problem has at most one report of its own at a time."""
    name: Word
    description: Word
    severity: Literal["Critical", "Major", "Minor", "Warning", "Indeterminate"]
    """Worst perceived severity of the problem's active alarms, or of the last ones."""
    ticket_type: Literal["serviceTrouble", "resourceTrouble", "partyTrouble"] = Field(alias="ticketType")
    """The problem's own; a request to the resource domain for the located resource; a request to another party."""
    priority: Literal["Critical", "High", "Medium", "Low"]
    """1, 2; 3, 4; 5, 6; 7 to 10 of the problem's priority."""
    status: StatusWord
    """The problem's."""
    status_change_date: AwareDatetime = Field(alias="statusChangeDate")
    status_change_reason: str = Field(alias="statusChangeReason")
    status_change_history: list[StatusChange] = Field(alias="statusChangeHistory", min_length=1, max_length=32)
    creation_date: AwareDatetime = Field(alias="creationDate")
    last_update: AwareDatetime = Field(alias="lastUpdate")
    expected_resolution_date: AwareDatetime = Field(alias="expectedResolutionDate")
    """The ETR: by policy and priority when the report is made; it only comes nearer."""
    requested_resolution_date: AwareDatetime | None = Field(None, alias="requestedResolutionDate")
    """By when the service levels of affected products want it restored, the earliest; absent where no clock runs."""
    resolution_date: AwareDatetime | None = Field(None, alias="resolutionDate")
    related_party: list[RelatedParty] = Field(alias="relatedParty", min_length=2)
    """Us; assignedGroup, who must act; assignee, who does; supplier, whose help a partyTrouble asks."""
    related_entity: list[RelatedEntity] = Field(alias="relatedEntity", max_length=110)
    """The problem, what a request asks to work on, its located causes, the first hundred services, its parent."""
    trouble_ticket_relationship: list[TroubleTicketRelationship] | None = Field(None, alias="troubleTicketRelationship", max_length=9)
    trouble_ticket_characteristic: list[Characteristic] = Field(alias="troubleTicketCharacteristic")
    """problemPriority, affectedNumberOfServices, correlationDomain, toolState and toolPriority (what a ticketing tool calls them),
    acceptBy, and acceptance overdue where nobody had accepted it by then; as the
    ticketing system told: ticketStatus, resolutionCode, promisedDate and promisedBy; refusedStatus: what it cannot set while alarms are active."""
    note: list[Note] | None = Field(None, max_length=10)
    """Where the cause was located, and why."""
    external_identifier: list[ExternalIdentifier] | None = Field(None, alias="externalIdentifier", max_length=1)
