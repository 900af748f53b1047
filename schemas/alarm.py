"""What `alarm-records` carries: TMF642 v4 alarm events, strict; and the alarm in them.

TMF642's read model requires almost nothing; ours requires what TMF642 requires of one that is created, and what every
alarm record of ours has. Ids are strings. Fields that TMF642 v4 does not have are marked as ours.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Word = Annotated[str, Field(min_length=1)]
AlarmTypeWord = Literal[
    "communicationsAlarm", "processingErrorAlarm", "environmentalAlarm", "qualityOfServiceAlarm", "equipmentAlarm", "integrityViolation",
    "operationalViolation", "physicalViolation", "securityServiceOrMechanismViolation", "timeDomainViolation", "unknown"]
"""X.733 8.1.1, spelt as MEF W148 spells them; unknown where the source says none."""


class Outbound(BaseModel):
    """Base of what we write: no field that is not described here."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class AlarmedObject(Outbound):
    """The object that is alarmed."""

    id: Word
    """Its id in topology.yaml, else its reported name."""


class AlarmRef(Outbound):
    """Another alarm, as its source names it."""

    id: Word


class AlarmComment(Outbound):
    """What an operator said of an alarm."""

    comment: str
    time: AwareDatetime
    user_id: str = Field(alias="userId")
    system_id: str = Field(alias="systemId")


class PlannedOutage(Outbound):
    """The announced work that explains an alarm."""

    id: Word
    """As its announcement on `planned-outages` gave it; work that an object told of itself: feed|object."""
    until: AwareDatetime
    """When the alarm becomes a problem if it is still active: the window's end, its tail and the time to settle."""


class ProblemRef(Outbound):
    """The problem that an alarm is in."""

    id: Word
    type: Literal["ServiceProblemRef"] = Field(alias="@type")


class Alarm(Outbound):
    """One alarm record: TMF642 v4 Alarm, extended."""

    type: Literal["ProblemAlarm"] = Field(alias="@type")
    base_type: Literal["Alarm"] = Field(alias="@baseType")
    id: Word
    """Alarm record id: the same for all episodes of one alarm."""
    state: Literal["raised", "updated", "cleared"]
    alarm_type: AlarmTypeWord = Field(alias="alarmType")
    perceived_severity: Literal["critical", "major", "minor", "warning", "indeterminate", "cleared"] = Field(alias="perceivedSeverity")
    """Cleared once the alarm is."""
    probable_cause: Word = Field(alias="probableCause")
    specific_problem: str | None = Field(None, alias="specificProblem")
    alarmed_object: AlarmedObject = Field(alias="alarmedObject")
    source_system_id: Word = Field(alias="sourceSystemId")
    external_alarm_id: str | None = Field(None, alias="externalAlarmId")
    """The source's own id of the alarm."""
    alarm_raised_time: AwareDatetime = Field(alias="alarmRaisedTime")
    """When the present or last episode began at the resource."""
    alarm_changed_time: AwareDatetime = Field(alias="alarmChangedTime")
    alarm_cleared_time: AwareDatetime | None = Field(None, alias="alarmClearedTime")
    alarm_details: str | None = Field(None, alias="alarmDetails", max_length=256)
    ack_state: Literal["acknowledged", "unacknowledged"] = Field(alias="ackState")
    ack_user_id: str | None = Field(None, alias="ackUserId")
    clear_user_id: str | None = Field(None, alias="clearUserId")
    """The operator who cleared it; absent where the resource did, or we."""
    planned_outage_indicator: Literal["inPlannedMaintenance"] | None = Field(None, alias="plannedOutageIndicator")
    service_affecting: bool | None = Field(None, alias="serviceAffecting")
    is_root_cause: bool | None = Field(None, alias="isRootCause")
    """What the source said; absent where it said nothing."""
    parent_alarm: list[AlarmRef] | None = Field(None, alias="parentAlarm", max_length=100)
    comment: list[AlarmComment] | None = Field(None, max_length=32)
    operator_state: Literal["none", "ack", "closed"] = Field(alias="operatorState")
    """Ours: the operator's life of RFC 8632, apart from the resource's."""
    first_heard_time: AwareDatetime = Field(alias="firstHeardTime")
    """Ours: event time of the first raise of the record."""
    last_heard_time: AwareDatetime = Field(alias="lastHeardTime")
    """Ours: event time of the latest raise, repeats included."""
    times_heard: int = Field(alias="timesHeard", ge=0)
    """Ours: raises heard over all episodes, repeats included."""
    reported_object: str | None = Field(None, alias="reportedObject")
    """Ours: the name the source used, where it differs."""
    suppressed_by: Literal["planned-outage", "shelved"] | None = Field(None, alias="suppressedBy")
    """Ours: why an active alarm is no problem."""
    shelved_until: AwareDatetime | None = Field(None, alias="shelvedUntil")
    """Ours: the alarm is no problem's business before this, in whichever episode."""
    shelved_by: str | None = Field(None, alias="shelvedBy")
    """Ours: who shelved it."""
    clear_system_id: Literal["spm"] | None = Field(None, alias="clearSystemId")
    """spm where we cleared it ourselves; absent where the resource did."""
    clear_reason: Word | None = Field(None, alias="clearReason")
    """Ours: why we cleared it: resync, missing from the list of alarms that its source told; else in words."""
    episode: int = Field(ge=1)
    """Ours: how many times the alarm has begun; an acknowledgement belongs to one."""
    is_toggling: bool | None = Field(None, alias="isToggling")
    """Ours: it is raised and cleared again and again; its problem goes on as if it stayed raised."""
    is_standing: bool | None = Field(None, alias="isStanding")
    """Ours: it stood before we listened; its problem makes no report, command or impact until it is released."""
    is_security_alarm: bool | None = Field(None, alias="isSecurityAlarm")
    """Ours: its type is one of the five of X.736."""
    planned_outage: PlannedOutage | None = Field(None, alias="plannedOutage")
    """Ours: the work that explains it while `suppressedBy` is planned-outage."""
    state_unknown: bool | None = Field(None, alias="stateUnknown")
    """Ours: its source is silent, so whether it still stands is unknown; it is not cleared for that."""
    state_unknown_since: AwareDatetime | None = Field(None, alias="stateUnknownSince")
    """Ours: when its source was found silent."""
    time_suspect: bool | None = Field(None, alias="timeSuspect")
    """Ours: its times may be wrong, since its source's clock was."""
    problem: ProblemRef | None = None
    """Ours: the problem it is in, or was in when it cleared."""
    problem_reason: str | None = Field(None, alias="problemReason", min_length=1, max_length=500)
    """Ours: why it joined a problem, in words with numbers: hop path, gap; that problem may have been merged into another since. Absent where it began the problem."""


class ImpliedBy(Outbound):
    """Why an alarm is no news of its own: the located cause of its problem explains it."""

    root: AlarmedObject
    """The cause, an object of the network."""
    root_alarm: AlarmRef | None = Field(None, alias="rootAlarm")
    """Alarm record of the root's own alarm; absent where the root was silent."""
    confidence: float = Field(gt=0, le=1)
    """Of the cause, as it was when this was told."""
    rules: list[Word]
    """The rules of localization that spoke for the cause, strongest first."""
    path: list[Word] = Field(min_length=2, max_length=9)
    """From the alarmed object to the root, each depending on the next."""
    hops: int = Field(ge=1)
    """Dependencies on the path, those left out included."""
    omitted: int | None = Field(None, ge=1)
    """Objects left out in the middle of a long path."""


class ImpliedAlarm(Outbound):
    """The mark of one alarm record; nothing else of it is told here."""

    type: Literal["ImpliedAlarm"] = Field(alias="@type")
    base_type: Literal["Alarm"] = Field(alias="@baseType")
    id: Word
    """Alarm record id."""
    implied_by: ImpliedBy | None = Field(alias="impliedBy")
    """Null: it is implied no longer."""


class AlarmPayload(Outbound):
    """The alarm that an event is about, whole; or its mark of being implied, which stands until the next such event."""

    alarm: Alarm | ImpliedAlarm


class AlarmEvent(Outbound):
    """One record of `alarm-records`: TMF642 v4 event (key: alarm record id)."""

    type: Literal["AlarmCreateEvent", "AlarmStateChangeEvent", "AlarmAttributeValueChangeEvent", "AlarmDeleteEvent"] = Field(alias="@type")
    base_type: Literal["Event"] = Field(alias="@baseType")
    event_id: Word = Field(alias="eventId")
    """Unique and the same in every replay."""
    event_time: AwareDatetime = Field(alias="eventTime")
    """Event time of the change."""
    time_ocurred: AwareDatetime = Field(alias="timeOcurred")
    """The same; spelt as the TMF642 v4 schema spells it."""
    event_type: Literal["alarmCreateEvent", "alarmStateChangeEvent", "alarmAttributeValueChangeEvent", "alarmDeleteEvent"] = Field(alias="eventType")
    correlation_id: Word | None = Field(None, alias="correlationId")
    """Id of the problem the alarm is in."""
    domain: Word
    """Correlation domain."""
    event: AlarmPayload


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `alarm-records` carries."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **AlarmEvent.model_json_schema(by_alias=True)}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))
