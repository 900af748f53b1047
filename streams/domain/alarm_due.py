"""What time makes of one alarm: its hold ends, what suppressed it ends, it has stopped toggling, it closes, it is forgotten."""

import msgspec

from streams.domain.alarm_book import count_held, judge, named_problem, publish
from streams.domain.alarm_course import enter_problem
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing, Verdict
from streams.domain.alarmed import PLANNED
from streams.domain.grouping import leave
from streams.domain.hold_down import counts_from, hold_of
from streams.domain.instant import Instant
from streams.domain.planned_outage import why_released
from streams.domain.suppression import suppression
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


def record_due(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """Do what has come due for an alarm record."""
    if record.standing is Standing.HELD:
        return _hold_ends(view, key, record, now, world)
    if record.standing is Standing.SUPPRESSED:
        return suppression_ends(view, key, record, record.due, now, world)
    if record.standing is Standing.TOGGLING:
        return _settle(view, key, record, now, world)
    view.alarm_records.delete(key)
    life: AlarmLife | None = view.alarm_lives.get(record.id)
    if record.standing is Standing.UNRAISED or life is None:
        return []
    view.alarm_lives.delete(record.id)
    life = _replace(life, operator_state="closed", revision=life.revision + 1, changed_at=record.due)
    return [publish("deleted", record, life, named_problem(view, record), record.due)]


def _hold_ends(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """Let a held alarm that is still active go on into a problem, unless it has not been raised often enough."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    hold = hold_of(life.alarm, world)
    record = _replace(record, began_at=counts_from(life.alarm, record.began_at))
    if not hold.is_over(life.raises, record.began_at, record.due):
        view.alarm_records.put(key, _replace(record, due=hold.look_at(record.began_at, record.due)))
        return []
    _, out = enter_problem(view, key, record, life, record.began_at, record.due, now, world, quietly=True)
    count_held(view, record.held, -1)
    return [*judge(view, world, record.held, record, Verdict.NEW), *out]


def suppression_ends(view: View, key: str, record: AlarmRecord, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Let a suppressed alarm that is still active go on into a problem, unless something else suppresses it."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    if hidden := suppression(view, record, life.alarm, life, at, world):
        record = _replace(record, due=hidden.until)
        view.alarm_records.put(key, record)
        life = _replace(life, suppressed=hidden.reason, outage=hidden.outage, revision=life.revision + 1)
        view.alarm_lives.put(record.id, life)
        return [publish("changed", record, life, "", at)]
    why = why_released(view, life.outage, at, world.policy.correlate) if life.suppressed == PLANNED else ""
    return enter_problem(view, key, record, life, at, at, now, world, why=why)[1]


def _settle(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """End the toggling of an alarm that has kept still: what it is since then counts."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    life = _replace(life, revision=life.revision + 1, unknown_since=life.unknown_since if record.is_raised else 0)
    view.alarm_lives.put(record.id, life)
    at = record.due
    if record.is_raised:
        record = _replace(record, standing=Standing.ACTIVE, due=0, told_at=at)
        view.alarm_records.put(key, record)
        return [publish("changed", record, life, named_problem(view, record), at)]
    record = _replace(record, standing=Standing.CLEARED, is_raised=True, told_at=at, due=max(at + world.policy.correlate.close_after, life.shelved_until))
    view.alarm_records.put(key, record)
    told = publish("changed", record, life, named_problem(view, record), at)
    return [told, *leave(view, key, record, life, "cleared", at, now, world)]
