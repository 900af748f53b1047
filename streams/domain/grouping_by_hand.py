"""Operators put alarms into one problem, or take one out: what they say goes before what the network suggests.

A problem made by taking an alarm out is `alone`: what alarms near it later finds the problems that were near before.
"""

import msgspec

from streams.domain.alarm_book import member_of, released
from streams.domain.alarm_record import AlarmLife, AlarmRecord, occurrence_id
from streams.domain.effect import effect_of
from streams.domain.group import Group, reach
from streams.domain.group_told import open_group, tell
from streams.domain.grouping import leave
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


def group_alarm(view: View, key: str, record: AlarmRecord, life: AlarmLife, host: AlarmRecord, at: Instant, who: str, now: Instant, world: World) -> tuple[AlarmRecord | None, list[Emit]]:
    """Move an active alarm into the problem of another; None where both are in it already."""
    problem, group = reach(view, host.problem)
    if group is None or problem == reach(view, record.problem)[0]:
        return None, []
    out: list[Emit] = []
    if not group.open:
        group = open_group(view, problem, group, at, now, world, out)
    life = released(view, record, life)
    moved = _moved(record, life, at)
    out += leave(view, key, record, life, "left", at, now, world, f"grouped elsewhere by {who}")
    moved, more = _enter(view, key, moved, life, problem, group, "joined", at, now, world, f"grouped by {who}")
    return moved, [*out, *more]


def ungroup_alarm(view: View, key: str, record: AlarmRecord, life: AlarmLife, at: Instant, who: str, now: Instant, world: World) -> tuple[AlarmRecord | None, list[Emit]]:
    """Move an active alarm into a problem of its own; None where it is the only active one of its problem."""
    _, group = reach(view, record.problem)
    if group is None or group.active < 2:
        return None, []
    life = released(view, record, life)
    out = leave(view, key, record, life, "left", at, now, world, f"ungrouped by {who}")
    moved = _moved(record, life, at)
    problem = identify(life.alarm.domain, moved.occurrence, 0)
    own = Group(life.alarm.domain, at, at, at + world.policy.correlate.quiet_period, open=True, alone=True)
    moved, more = _enter(view, key, moved, life, problem, own, "opened", at, now, world, f"ungrouped by {who}")
    return moved, [*out, *more]


def _moved(record: AlarmRecord, life: AlarmLife, at: Instant) -> AlarmRecord:
    """Begin a new occurrence of the alarm: one belongs to one problem."""
    episodes = record.episodes + 1
    return _replace(record, episodes=episodes, began_at=at, occurrence=occurrence_id(life.alarm, at, episodes), slid_at=at, told_at=at)


def _enter(view: View, key: str, record: AlarmRecord, life: AlarmLife, problem: str, group: Group, kind: str, at: Instant, now: Instant, world: World, why: str) -> tuple[AlarmRecord, list[Emit]]:
    last_at = max(group.last_at, at)
    group = _replace(group, active=group.active + 1, last_at=last_at, due=last_at + world.policy.correlate.quiet_period, quiet=False, alarming=group.alarming or not life.standing)
    view.groups.put(problem, group)
    record = _replace(record, problem=problem)
    view.alarm_records.put(key, record)
    member = member_of(record, life.alarm, effect_of(life.alarm, world.network), standing=life.standing)
    return record, tell(kind, problem, group, (member,), at, now, world, why)
