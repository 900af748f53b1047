"""A deadline of an alarm has come: an action is asked for, or the alarm that its source never clears is cleared by us.

Alarms never age out silently (rules-of-thumb 17): before such a clear the action is told, the record says who cleared it
(`clearSystemId` spm) and why, and a raise that comes later opens the alarm again. A rule counts from the raise, but a clear
from when the alarm was last told: one that its source goes on telling is not over.
"""

import msgspec

from streams.domain.alarm import Severity
from streams.domain.alarm_action import KEPT, LATER, Deadline, act, action_id, is_meant, is_met, may_act, rule_named, say
from streams.domain.alarm_book import named_problem
from streams.domain.alarm_course import clear_alarm
from streams.domain.alarm_fold import clear
from streams.domain.alarm_record import NOBODY, AlarmChanged, AlarmLife, AlarmRecord, Standing
from streams.domain.instant import Instant, Span
from streams.domain.messages import OperatorRequest
from streams.domain.network import AlarmAction
from streams.domain.operator_requests import obey
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


def deadline_due(view: View, name: str, row: Deadline, now: Instant, world: World) -> list[Emit]:
    """Do what a rule wants of an alarm at its deadline, or see that it is not to be done (any more)."""
    record: AlarmRecord | None = view.alarm_records.get(row.key)
    life: AlarmLife | None = view.alarm_lives.get(record.id) if record is not None else None
    rule, at = rule_named(row.rule, world), row.due
    if record is None or life is None or rule is None or record.standing in (Standing.CLEARED, Standing.UNRAISED):
        view.alarm_deadlines.delete(name)
        return []
    if row.asked:
        view.alarm_deadlines.put(name, _replace(row, due=max(at, now) + KEPT))
        return []
    if not is_meant(rule, record.severity) or is_met(rule, life):
        view.alarm_deadlines.delete(name)                       # a change of severity, or of mind, sets it anew
        return []
    if record.standing is Standing.HELD or not record.is_raised:        # toggling, it is clear at the moment
        view.alarm_deadlines.put(name, _replace(row, due=max(record.due, max(at, now) + LATER)))
        return []
    if not may_act(rule, record, life):
        view.alarm_deadlines.delete(name)                       # so does the end of what suppresses it
        return []
    told = AlarmChanged("changed", record, life, named_problem(view, record), at)
    if rule.then == "clear":
        return _clear(view, name, row, rule, told, now, world)
    if rule.then == "release":
        return _release(view, name, row, rule, told, now, world)
    return act(view, rule, row.key, told, at, now, world)


def _clear(view: View, name: str, row: Deadline, rule: AlarmAction, told: AlarmChanged, now: Instant, world: World) -> list[Emit]:
    record, at = told.record, row.due
    expected_by = record.heard_at + rule.after
    if expected_by > at:
        view.alarm_deadlines.put(name, _replace(row, due=expected_by))
        return []
    return clear_by_us(view, row.key, rule, told, at, f"never cleared by its source; expected within {span(rule.after)}", now, world)


def clear_by_us(view: View, key: str, rule: AlarmAction, told: AlarmChanged, at: Instant, why: str, now: Instant, world: World) -> list[Emit]:
    """Clear an alarm that its source says nothing of, tell why, and that it was us."""
    record, alarm, at = told.record, told.life.alarm, max(at, told.record.began_at)
    said = Emit("progress", record.id, say(action_id(record, alarm, rule), rule, told, "asked", f"Cleared by us: {why}.", at), at)
    end = _replace(alarm, at=at, cleared=True, severity=Severity.CLEARED, text=why)
    return [said, *clear_alarm(view, key, record, clear(record, at, NOBODY, now, world.policy.correlate), end, now, world, why=why)]


def _release(view: View, name: str, row: Deadline, rule: AlarmAction, told: AlarmChanged, now: Instant, world: World) -> list[Emit]:
    """Let a standing alarm count like any other."""
    record, alarm, at = told.record, told.life.alarm, row.due
    ident = action_id(record, alarm, rule)
    view.alarm_deadlines.put(name, _replace(row, due=max(at, now) + KEPT, asked=ident))
    if not told.life.standing:
        return []
    request = OperatorRequest(ident, "release", record.id, f"rule {rule.name}", rule.text, at, alarm.domain, by_source=True)
    said = Emit("progress", record.id, say(ident, rule, told, "asked", rule.text or "Released: it stood before we listened.", at), at)
    return [said, *obey(view, request, now, world)]


def span(length: Span) -> str:
    """Write a time span as an operator reads it."""
    seconds = length // 1_000_000
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
