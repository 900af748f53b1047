"""The alarm record: one alarm over all its episodes, with its two lives kept apart (RFC 8632).

    resource's life (`fold`)      CLEARED --raise--> ACTIVE --clear at or after the last raise--> CLEARED --24 h--> gone
                                                     (HELD, SUPPRESSED: active, but no problem's business yet)
    operator's life (AlarmLife)   none <-> ack, closed; an acknowledgement ends with the episode it was given in

Event time decides, never the order of arrival. A record is two rows: `AlarmRecord` is small and flat because every
repeat rewrites it; `AlarmLife` holds what only changes on a change.
"""

from enum import IntEnum, StrEnum

import msgspec

from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.policy import CorrelatePolicy


class Standing(IntEnum):
    """Where the resource's life stands."""

    CLEARED = 0
    ACTIVE = 1
    HELD = 2
    """Active; a lesser alarm within its hold-down: may yet turn out transient."""
    SUPPRESSED = 3
    """Active; explained by a planned outage until `due`."""
    UNRAISED = 4
    """A clear whose raise was never heard, remembered for the lateness."""


class Verdict(StrEnum):
    """What one notification was to its record."""

    NEW = "new"
    CHANGED = "changed"
    REPEAT = "repeat"
    CLEARED = "cleared"
    CLEAR_WITHOUT_RAISE = "clear-without-raise"
    LATE = "late"


class AlarmRecord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The hot row of one alarm; key: domain|alarm key."""

    id: str
    """Deterministic, from domain and alarm key."""
    standing: Standing
    severity: Severity
    """As last told while raised."""
    raised_at: Instant
    """When the present or last episode began."""
    heard_at: Instant
    """Latest time a raise told; a clear counts iff it is not before this."""
    cleared_at: Instant
    """Latest time a clear told, 0 if never."""
    told_at: Instant
    """Event time of the last publication on alarm-records."""
    slid_at: Instant
    """Event time up to which this alarm has extended its problem's quiet period."""
    due: Instant
    """When something has to be done with it (hold ends, outage ends, closes), 0 for nothing."""
    count: int
    """Raises heard, repeats included."""
    episodes: int = 1
    """Occurrences begun, renewals included."""
    began_at: Instant = 0
    """When the present occurrence began."""
    occurrence: str = ""
    problem: str = ""
    """Group of the present or last occurrence, "" for none (groups that were merged are followed)."""
    held: Position | None = None
    """Where the held raise was read, while its disposition is open."""


class StatusChange(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change of severity or clearance."""

    at: Instant
    severity: Severity
    """CLEARED for a clear."""
    text: str


class Comment(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What an operator said."""

    at: Instant
    user: str
    text: str


class AlarmLife(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The cold row of one alarm: what it said in full, its bounded history, and the operator's life."""

    alarm: Alarm
    """The last raise that made it new or changed it."""
    first_heard_at: Instant
    changed_at: Instant
    history: tuple[StatusChange, ...] = ()
    """Oldest first, at most `CorrelatePolicy.history`."""
    revision: int = 1
    """Publications that came of a change."""
    operator_state: str = "none"
    """none, ack or closed."""
    operator_user: str = ""
    operator_at: Instant = 0
    comments: tuple[Comment, ...] = ()
    cleared_by: str = ""
    """The operator who cleared it, "" where the resource did."""
    suppressed: str = ""
    """Why it is no problem: planned-outage, or ""."""
    suspect: bool = False
    """Its episode began, as told, before its last clear: its source's clock is not to be trusted."""


class AlarmChanged(msgspec.Struct, frozen=True, gc=False):
    """What is published on alarm-records; `edge/records/alarm_event.py` renders it.

    kind: `created`, `state` (raised again or cleared), `changed` (anything else), `deleted`.
    """

    kind: str
    record: AlarmRecord
    life: AlarmLife
    problem: str
    """Problem it is in, "" for none (a candidate is none)."""
    at: Instant


def row_key(alarm: Alarm) -> str:
    """Return the key of the alarm's rows; the domain first, so that a domain's rows can be moved together."""
    return f"{alarm.domain}|{alarm.key}"


def fold(record: AlarmRecord | None, alarm: Alarm, policy: CorrelatePolicy) -> tuple[AlarmRecord, Verdict]:
    """Fold one notification into the resource's life of its record.

    A NEW record comes back ACTIVE without an occurrence's problem; whether it is held or suppressed is decided by who
    knows outages and effects (correlate.py). Late and repeated notifications never raise an error.
    """
    if record is None:
        ident = identify(alarm.domain, alarm.key)
        if alarm.cleared:
            due = alarm.at + policy.lateness
            return AlarmRecord(ident, Standing.UNRAISED, Severity.CLEARED, 0, 0, alarm.at, 0, 0, due, 0, 0), Verdict.CLEAR_WITHOUT_RAISE
        return _episode(ident, alarm, 0, 0, 1, ""), Verdict.NEW
    if record.standing in (Standing.CLEARED, Standing.UNRAISED):
        return _fold_inactive(record, alarm, policy)
    if alarm.cleared:
        if alarm.at < record.heard_at:
            return record, Verdict.LATE
        return clear(record, alarm.at, policy), Verdict.CLEARED
    heard_at = max(record.heard_at, alarm.at)
    counted = msgspec.structs.replace(record, heard_at=heard_at, count=record.count + 1)
    if alarm.severity == record.severity:
        return counted, Verdict.REPEAT
    if alarm.at < record.heard_at:
        return counted, Verdict.LATE
    return msgspec.structs.replace(counted, severity=alarm.severity), Verdict.CHANGED


def _fold_inactive(record: AlarmRecord, alarm: Alarm, policy: CorrelatePolicy) -> tuple[AlarmRecord, Verdict]:
    if alarm.cleared:
        cleared_at = max(record.cleared_at, alarm.at)
        keep = policy.lateness if record.standing is Standing.UNRAISED else policy.close_after
        return msgspec.structs.replace(record, cleared_at=cleared_at, due=cleared_at + keep), Verdict.CLEAR_WITHOUT_RAISE
    # A raise in the same instant as a clear that found none belongs to that clear: ties clear, in any order of arrival.
    over = alarm.at < record.cleared_at or alarm.at <= record.heard_at or (record.standing is Standing.UNRAISED and alarm.at == record.cleared_at)
    if over and record.cleared_at - alarm.at <= policy.lateness:
        return record, Verdict.LATE
    return _episode(record.id, alarm, record.cleared_at, record.count, record.episodes + 1, record.problem), Verdict.NEW


def _episode(ident: str, alarm: Alarm, cleared_at: Instant, count: int, episodes: int, problem: str) -> AlarmRecord:
    at = alarm.at
    occurrence = occurrence_id(alarm, at, episodes)
    return AlarmRecord(ident, Standing.ACTIVE, alarm.severity, at, at, cleared_at, at, at, 0, count + 1, episodes, at, occurrence, problem)


def occurrence_id(alarm: Alarm, began_at: Instant, episode: int) -> str:
    """Name an active period by what makes it: alarm key, when it began, how many the record had."""
    return identify(alarm.domain, alarm.key, began_at, episode)


def clear(record: AlarmRecord, at: Instant, policy: CorrelatePolicy) -> AlarmRecord:
    """End the episode; the record closes `close_after` later."""
    return msgspec.structs.replace(record, standing=Standing.CLEARED, cleared_at=at, told_at=at, due=at + policy.close_after, held=None)


def live_on(life: AlarmLife | None, alarm: Alarm, verdict: Verdict, policy: CorrelatePolicy, suspect: bool = False) -> AlarmLife:
    """Carry the cold row over a NEW, CHANGED or CLEARED notification; a new episode re-arms the operator's life."""
    entry = StatusChange(alarm.at, alarm.severity, alarm.text)
    if life is None:
        return AlarmLife(alarm, alarm.at, alarm.at, (entry,), suspect=suspect)
    history = (*life.history, entry)[-policy.history:]
    changed_at, revision = max(life.changed_at, alarm.at), life.revision + 1
    if verdict is Verdict.CLEARED:
        return msgspec.structs.replace(life, history=history, changed_at=changed_at, revision=revision)
    if verdict is Verdict.CHANGED:
        return msgspec.structs.replace(life, alarm=alarm, history=history, changed_at=changed_at, revision=revision)
    return AlarmLife(alarm, life.first_heard_at, alarm.at, history, revision, comments=life.comments, suspect=suspect)
