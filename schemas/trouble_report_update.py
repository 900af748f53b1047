"""What is read from `trouble-report-updates`: what the ticketing system says of our reports, as TMF621 events. Tolerant: more fields are ignored.

The ticketing system owns assignment, notes and the working status; cause, impact, alarm state and due time are ours: a change
of those is refused, as is closing a report while alarms are active. Every update is answered once on `progress`. Also read are a
bare ticket, TMF621 v4, and the states of ticketing tools (streams/edge/trouble_report_update.py, streams/domain/ticketing.py);
these are the spellings to write.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Word
from schemas.parts import StatusWord
from schemas.restoration_result import Inbound


class Identifier(Inbound):
    """What a report is called by whom."""

    id: Word
    owner: str = ""


class Party(Inbound):
    """A group or a person."""

    id: Word
    name: str = ""


class Part(Inbound):
    """Who plays which part; other roles are ignored."""

    role: Word
    """assignedGroup, assignee."""
    party_or_party_role: Party = Field(alias="partyOrPartyRole")


class Remark(Inbound):
    """A note; each is taken over once."""

    author: str = ""
    text: str


class Update(Inbound):
    """The report as far as it changed."""

    id: Word
    """Of our report; where the ticketing system has an id of its own here, ours stands in externalIdentifier."""
    external_identifier: list[Identifier] | None = Field(None, alias="externalIdentifier")
    """Its number: with it the report is accepted."""
    related_party: list[Part] | None = Field(None, alias="relatedParty")
    status: StatusWord | None = None
    """Working status. pending, held: our problem waits too (pending: on its requester); closed, cancelled: refused while alarms are active."""
    status_change_reason: str = Field("", alias="statusChangeReason")
    status_change_date: AwareDatetime | None = Field(None, alias="statusChangeDate")
    """With it a status of ours that comes back is known as such."""
    resolution_code: str = Field("", alias="resolutionCode")
    """How it was resolved."""
    expected_resolution_date: AwareDatetime | None = Field(None, alias="expectedResolutionDate")
    """When a human expects it to be resolved; later than the update."""
    note: list[Remark] | None = None


class Payload(Inbound):
    """What the event is about."""

    trouble_ticket: Update = Field(alias="troubleTicket")


class TroubleReportUpdate(Inbound):
    """One event."""

    event_id: Word = Field(alias="eventId")
    """One that comes again gets the first answer."""
    event_type: Literal["TroubleTicketStatusChangeEvent", "TroubleTicketAttributeValueChangeEvent", "TroubleTicketResolvedEvent"] = Field(alias="eventType")
    """Of an attribute value change also severity, priority, cause and due time are looked at, and refused where they differ."""
    event_time: AwareDatetime = Field(alias="eventTime")
    """When it happened there; an event older than the last that counted is late."""
    event: Payload
