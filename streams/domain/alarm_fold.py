"""What one notification is to its alarm record: the resource's life as a fold, by event time and never by arrival.

Which of two notifications came first (`came_before`): the earlier time; of equal times the lower sequence of one
source, then the lower offset of one feed partition; else nobody can tell, and then the clear counts as the later.

A raise that was told before the last clear is late if one clock tells both times and it arrives within the lateness
of that clear. Any other opens an episode at its arrival, marked time-suspect: a wrong clock may cost a wrong time,
never a lost alarm (rules-of-thumb section 2).
"""

from typing import Any

import msgspec

from streams.domain.alarm import Alarm, Severity
from streams.domain.alarm_record import AlarmRecord, Standing, Teller, Verdict, occurrence_id
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard
from streams.domain.policy import CorrelatePolicy

_INACTIVE = (Standing.CLEARED, Standing.UNRAISED)
_replace = msgspec.structs.replace


def clock_of(alarm: Alarm) -> str:
    """Name the clock that an alarm's time was read from, "" where the time is not its source's."""
    return "" if alarm.suspect_clock else alarm.source or alarm.feed


def teller_of(message: AlarmHeard) -> Teller:
    """Return who told a notification."""
    return Teller(clock_of(message.alarm), message.alarm.sequence, message.source)


def came_before(at: Instant, teller: Teller, then: Instant, other: Teller) -> bool | None:
    """Tell whether what `teller` told of `at` came before what `other` told of `then`; None where nobody can say."""
    if at != then:
        return at < then
    if teller.clock and teller.clock == other.clock and teller.sequence and other.sequence and teller.sequence != other.sequence:
        return teller.sequence < other.sequence
    a, b = teller.source, other.source
    if a is None or b is None or (a.topic, a.partition) != (b.topic, b.partition):
        return None
    return (a.offset, a.part) < (b.offset, b.part)


def fold(record: AlarmRecord | None, message: AlarmHeard, now: Instant, policy: CorrelatePolicy, is_listed: bool = False) -> tuple[AlarmRecord, Verdict]:
    """Fold one notification into the resource's life of its record.

    A NEW record comes back ACTIVE without an occurrence's problem; whether it is held, suppressed or toggling is decided
    by who knows outages, shelves and effects (alarm_course.py). `is_listed`: the source tells its present list (resync),
    so no raise is late and none counts as a repeat. Late and repeated notifications never raise an error.
    """
    alarm, teller = message.alarm, teller_of(message)
    if record is None:
        ident = identify(alarm.domain, alarm.key)
        if alarm.cleared:
            due = max(alarm.at, now) + policy.lateness
            unraised = AlarmRecord(ident, Standing.UNRAISED, Severity.CLEARED, 0, 0, alarm.at, 0, 0, due, 0, 0, cleared=teller, clear_heard_at=now)
            return unraised, Verdict.CLEAR_WITHOUT_RAISE
        return _episode(ident, alarm, teller, None, alarm.at), Verdict.NEW
    if alarm.cleared:
        return _fold_clear(record, alarm, teller, now, policy)
    if record.standing in _INACTIVE or not record.is_raised:
        return _fold_return(record, alarm, teller, now, policy, is_listed)
    return _fold_again(record, alarm, teller, is_listed)


def _fold_clear(record: AlarmRecord, alarm: Alarm, teller: Teller, now: Instant, policy: CorrelatePolicy) -> tuple[AlarmRecord, Verdict]:
    later = not came_before(alarm.at, teller, record.cleared_at, record.cleared)
    told: dict[str, Any] = {"cleared_at": alarm.at, "cleared": teller, "clear_heard_at": now} if later else {}
    if record.standing in _INACTIVE:
        keep = policy.lateness if record.standing is Standing.UNRAISED else policy.close_after
        return _replace(record, **told, due=max(record.due, alarm.at + keep)), Verdict.CLEAR_WITHOUT_RAISE
    if not record.is_raised:
        return _replace(record, **told, due=max(record.due, alarm.at + policy.toggle_quiet)), Verdict.CLEAR_WITHOUT_RAISE
    if came_before(alarm.at, teller, record.heard_at, record.heard):
        # It ended an episode before the one that was heard since.
        raised_at = record.heard_at if later and record.raised_at <= alarm.at and teller.clock == record.heard.clock else record.raised_at
        return _replace(record, **told, raised_at=raised_at), Verdict.LATE
    if record.standing is Standing.TOGGLING:
        return _replace(
            record, cleared_at=alarm.at, cleared=teller, clear_heard_at=now, is_raised=False, told_at=alarm.at,
            due=max(record.due, alarm.at + policy.toggle_quiet)), Verdict.TOGGLING
    return clear(record, alarm.at, teller, now, policy), Verdict.CLEARED


def _fold_return(record: AlarmRecord, alarm: Alarm, teller: Teller, now: Instant, policy: CorrelatePolicy, is_listed: bool) -> tuple[AlarmRecord, Verdict]:
    """Fold a raise into a record that is not raised: it comes back, or it is late."""
    cleared = record.cleared
    at = alarm.at
    if not came_before(record.cleared_at, cleared, at, teller):
        one_clock = at == record.cleared_at or (teller.clock != "" and teller.clock == cleared.clock)
        if one_clock and now - record.clear_heard_at <= policy.lateness and not is_listed:
            heard = {"heard_at": at, "heard": teller} if at > record.heard_at else {}
            return _replace(record, count=record.count + 1, **heard), Verdict.LATE
        at = max(now, record.cleared_at)
    if record.standing is Standing.TOGGLING:
        return _replace(
            record, raised_at=at, heard_at=alarm.at, heard=teller, is_raised=True, severity=alarm.severity, count=record.count + 1, told_at=at,
            due=max(record.due, at + policy.toggle_quiet)), Verdict.TOGGLING
    return _episode(record.id, alarm, teller, record, at), Verdict.NEW


def _fold_again(record: AlarmRecord, alarm: Alarm, teller: Teller, is_listed: bool) -> tuple[AlarmRecord, Verdict]:
    """Fold a raise into a record that is raised: a repeat, a change of severity, or a change that was overtaken."""
    overtaken = came_before(alarm.at, teller, record.heard_at, record.heard)
    if overtaken is None:
        overtaken = alarm.severity < record.severity  # Of simultaneous severities the worse one, in any order of arrival.
    counted = _replace(record, count=record.count + (not is_listed))
    if overtaken:
        if record.cleared_at < alarm.at < record.raised_at and teller.clock == record.heard.clock:
            counted = _replace(counted, raised_at=alarm.at)
        return counted, Verdict.REPEAT if alarm.severity == record.severity else Verdict.LATE
    counted = _replace(counted, heard_at=alarm.at, heard=teller)
    if alarm.severity == record.severity:
        return counted, Verdict.REPEAT
    return _replace(counted, severity=alarm.severity), Verdict.CHANGED


def _episode(ident: str, alarm: Alarm, teller: Teller, before: AlarmRecord | None, at: Instant) -> AlarmRecord:
    episodes = 1 if before is None else before.episodes + 1
    record = AlarmRecord(
        ident, Standing.ACTIVE, alarm.severity, at, alarm.at, 0, at, at, 0, 1, episodes, at, occurrence_id(alarm, at, episodes), heard=teller)
    if before is None:
        return record
    return _replace(
        record, count=before.count + 1, problem=before.problem, cleared_at=before.cleared_at, cleared=before.cleared, clear_heard_at=before.clear_heard_at)


def clear(record: AlarmRecord, at: Instant, teller: Teller, now: Instant, policy: CorrelatePolicy) -> AlarmRecord:
    """End the episode; the record closes `close_after` later."""
    ended_at = max(at, record.began_at)
    return _replace(
        record, standing=Standing.CLEARED, cleared_at=at, cleared=teller, clear_heard_at=now, told_at=ended_at, due=ended_at + policy.close_after,
        held=None, is_raised=True)
