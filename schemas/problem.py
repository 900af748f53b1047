"""What `problems` carries: TMF656 v5 ServiceProblem, bare, strict.

TMF656's read model requires nothing; ours requires what its create model (`ServiceProblem_FVO`) requires and what
every problem of ours has.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word
from schemas.parts import (
    Characteristic,
    Note,
    RelatedEntity,
    RelatedParty,
    ResourceAlarmRef,
    ResourceRef,
    ServiceProblemRef,
    ServiceRef,
    SLAViolationRef,
    StatusWord,
    TroubleTicketRef,
)


class PlaceRef(Outbound):
    """A site of topology.yaml."""

    type: Literal["PlaceRef"] = Field(alias="@type")
    referred_type: Literal["GeographicSite"] = Field(alias="@referredType")
    id: Word


class RelatedPlace(Outbound):
    """Where resources of the problem are."""

    type: Literal["RelatedPlaceRefOrValue"] = Field(alias="@type")
    role: Literal["site"]
    place: PlaceRef


class ServiceProblem(Outbound):
    """One problem, whole (key: problem id; a tombstone three weeks after it was closed, unless topology.yaml says otherwise)."""

    type: Literal["ServiceProblem"] = Field(alias="@type")
    id: Word
    """Deterministic: the same in every replay."""
    name: Word
    category: Literal["system.originated", "serviceProvider.declared"]
    """serviceProvider.declared: customers reported it, and no alarm tells of it."""
    """TMF656's classifier of the originator; what kind of fault it is says characteristic `causeCategory`."""
    description: Word
    reason: Word
    """The located cause in words; Unknown where none is."""
    priority: int = Field(ge=1, le=10)
    """1 the highest."""
    status: StatusWord
    status_change_date: AwareDatetime = Field(alias="statusChangeDate")
    status_change_reason: Word = Field(alias="statusChangeReason")
    creation_date: AwareDatetime = Field(alias="creationDate")
    """Event time at which its alarms became a problem; when the first was raised says characteristic `raisedDate`."""
    last_update: AwareDatetime = Field(alias="lastUpdate")
    resolution_date: AwareDatetime | None = Field(None, alias="resolutionDate")
    affected_number_of_services: int = Field(alias="affectedNumberOfServices", ge=0)
    """Services hurt now; the list may be shorter, and tells the last ones hurt once all is clear."""
    affected_service: list[ServiceRef] = Field(alias="affectedService", max_length=100)
    """The first hundred, worst first."""
    affected_resource: list[ResourceRef] = Field(alias="affectedResource", max_length=100)
    """Alarmed objects, the first hundred."""
    affected_location: list[RelatedPlace] | None = Field(None, alias="affectedLocation", max_length=100)
    impact_importance_factor: str = Field(alias="impactImportanceFactor", pattern=r"^(0|20|40|60|80|100)$")
    """Class of impact as TMF656 spells it: text, "0".."100"."""
    sla_violation: list[SLAViolationRef] | None = Field(None, alias="slaViolation", max_length=100)
    """Of products that it affects, the first hundred; characteristic `slaViolationCount` counts them."""
    related_party: list[RelatedParty] | None = Field(None, alias="relatedParty", max_length=100)
    """Who was told at which level of escalation."""
    problem_escalation: str = Field(alias="problemEscalation", pattern=r"^(10|[0-9])$")
    first_alert: RelatedEntity | None = Field(None, alias="firstAlert")
    """The earliest alarm; not the cause."""
    originating_system: Literal["spm"] = Field(alias="originatingSystem")
    originator_party: RelatedParty = Field(alias="originatorParty")
    root_cause_resource: list[ResourceRef] | None = Field(None, alias="rootCauseResource", max_length=5)
    """Located causes, best first; a blamed service too, marked by its @referredType."""
    root_cause_service: list[ServiceRef] | None = Field(None, alias="rootCauseService", max_length=5)
    """The services among them."""
    underlying_alarm: list[ResourceAlarmRef] = Field(alias="underlyingAlarm", max_length=100)
    """The first hundred; all are found on `alarm-records` by problem id, characteristic `alarmCount` counts them."""
    parent_problem: list[ServiceProblemRef] | None = Field(None, alias="parentProblem", max_length=2)
    """The problem it was merged into, and the one an operator put it under, else the parent it has across domains."""
    underlying_problem: list[ServiceProblemRef] | None = Field(None, alias="underlyingProblem", max_length=100)
    """Problems that operators put under it, and those merged into it; the last hundred."""
    trouble_ticket: list[TroubleTicketRef] | None = Field(None, alias="troubleTicket", max_length=9)
    """Its own report first, then the requests to others, withdrawn ones included."""
    note: list[Note] | None = Field(None, max_length=100)
    characteristic: list[Characteristic]
    """correlationDomain, raisedDate, expectedResolutionDate, impact, perceivedSeverity, alarmCount, activeAlarmCount; where known
    localization, causeCategory, causeVerdicts, causeRevisions, topologyVersion, recurrenceOf, mergedInto, reopenedCount, restorationCommand, restorationOutcome;
    where clocks ran for it jeopardyState (none, running, paused, warned, violated), jeopardyDueDate (the earliest of its products), slaViolationCount."""
