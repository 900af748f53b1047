"""A change of an alarm record as a TMF642 v4 event, as `alarm-records` carries it (key: alarm record id).

The alarm is whole in every event, so that the last event of a key is its state, apart from one mark: that it is implied
(domain/implied.py) is told by stage 3, in events of its own with nothing else in them, and stands until the next of these. What TMF642 has no field for (problem,
count, why it is suppressed) stands in fields of our extension of it, `ProblemAlarm`; ids are strings (ADR: v4 says
integer, v5 practice is string). Of the two spellings in the standards we write `timeOcurred`.
"""

from functools import lru_cache

from streams.domain.alarm import SECURITY_TYPES
from streams.domain.alarm_record import AlarmChanged, AlarmLife, AlarmRecord, Standing
from streams.domain.implied import AlarmMarked
from streams.domain.instant import iso as iso_of
from streams.edge.records.references import Json

iso = lru_cache(maxsize=4096)(iso_of)
"""Most times of one event are the same: writing them is a third of the work."""
EVENTS = {"created": "AlarmCreateEvent", "state": "AlarmStateChangeEvent", "changed": "AlarmAttributeValueChangeEvent", "deleted": "AlarmDeleteEvent"}
"""Kind of change -> TMF642's event; its `eventType` begins with a small letter."""

REASON = 500
"""Characters of the reason of being in a problem that are told."""


def render(change: AlarmChanged | AlarmMarked) -> Json:
    """Write one event."""
    if isinstance(change, AlarmMarked):
        return _marked(change)
    record, life, event = change.record, change.life, EVENTS[change.kind]
    at = iso(change.at)
    envelope: Json = {
        "@type": event, "@baseType": "Event",
        # The revision counts changes, the count repeats: together they name an event of a record from when it was first heard until it is closed.
        "eventId": f"{record.id}-{life.first_heard_at:x}-{life.revision}-{record.count}",
        "eventTime": at, "timeOcurred": at, "eventType": event[0].lower() + event[1:], "domain": life.alarm.domain,
        "event": {"alarm": _alarm(change, record, life)},
    }
    if change.problem:
        envelope["correlationId"] = change.problem
    return envelope


def _marked(change: AlarmMarked) -> Json:
    """Write a mark that came or went: the one event in which the alarm is not whole."""
    event, at, implied = EVENTS["changed"], iso(change.at), change.implied
    told: Json = {"@type": "ImpliedAlarm", "@baseType": "Alarm", "id": change.alarm, "impliedBy": None}
    if implied is not None:
        told["impliedBy"] = by = {
            "root": {"id": implied.root}, "confidence": implied.confidence, "rules": list(implied.rules), "path": list(implied.path), "hops": implied.hops}
        if implied.root_alarm:
            by["rootAlarm"] = {"id": implied.root_alarm}
        if implied.omitted:
            by["omitted"] = implied.omitted
    return {
        "@type": event, "@baseType": "Event", "eventId": f"{change.occurrence}-implied-{change.problem}-{change.number}", "eventTime": at, "timeOcurred": at,
        "eventType": event[0].lower() + event[1:], "domain": change.domain, "event": {"alarm": told}, "correlationId": change.problem}


def _alarm(change: AlarmChanged, record: AlarmRecord, life: AlarmLife) -> Json:
    alarm, cleared = life.alarm, record.is_cleared
    told: Json = {
        "@type": "ProblemAlarm", "@baseType": "Alarm", "id": record.id,
        "state": "cleared" if cleared else "updated" if change.kind == "changed" else "raised",
        "alarmType": alarm.alarm_type or "unknown", "perceivedSeverity": "cleared" if cleared else record.severity.name.lower(),
        "probableCause": alarm.cause, "alarmedObject": {"id": alarm.object}, "sourceSystemId": alarm.source or alarm.feed or "unknown",
        "alarmRaisedTime": iso(record.raised_at), "alarmChangedTime": iso(max(life.changed_at, record.raised_at)),
        "ackState": "acknowledged" if life.operator_state == "ack" else "unacknowledged",
        "operatorState": life.operator_state, "firstHeardTime": iso(life.first_heard_at), "lastHeardTime": iso(record.heard_at),
        "timesHeard": record.count, "episode": record.episodes,
    }
    if cleared:
        told["alarmClearedTime"] = iso(record.ended_at)
    for name, value in (
        ("specificProblem", alarm.qualifier), ("externalAlarmId", alarm.source_id), ("alarmDetails", alarm.text),
        ("reportedObject", alarm.reported), ("ackUserId", life.operator_user if life.operator_state == "ack" else ""), ("clearUserId", life.cleared_by),
        ("clearSystemId", "spm" if life.cleared_why else ""), ("clearReason", life.cleared_why), ("suppressedBy", life.suppressed),
        ("shelvedBy", life.shelved_by if life.shelved_until else ""), ("plannedOutageIndicator", "inPlannedMaintenance" if life.suppressed == "planned-outage" else ""),
    ):
        if value:
            told[name] = value
    for name, said in (("serviceAffecting", alarm.service_affecting), ("isRootCause", alarm.root_hint)):
        if said is not None:
            told[name] = said
    if life.suppressed == "planned-outage" and life.outage:
        told["plannedOutage"] = {"id": life.outage, "until": iso(record.due)}
    if alarm.parents:
        told["parentAlarm"] = [{"id": parent} for parent in alarm.parents[:100]]
    if life.comments:
        told["comment"] = [{"comment": c.text, "time": iso(c.at), "userId": c.user, "systemId": "spm"} for c in life.comments]
    if life.unknown_since:
        told["stateUnknown"], told["stateUnknownSince"] = True, iso(life.unknown_since)
    if life.shelved_until:
        told["shelvedUntil"] = iso(life.shelved_until)
    for name, holds in (
        ("timeSuspect", life.suspect or alarm.suspect_clock), ("isToggling", record.standing is Standing.TOGGLING), ("isStanding", life.standing),
        ("isSecurityAlarm", alarm.alarm_type in SECURITY_TYPES)):
        if holds:
            told[name] = True
    if change.problem:
        told["problem"] = {"id": change.problem, "@type": "ServiceProblemRef"}
        if life.placed_why:
            told["problemReason"] = life.placed_why[:REASON]
    return told
