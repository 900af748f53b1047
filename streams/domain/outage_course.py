"""What becomes of one alarm when announced work begins, or ceases, to explain it.

    in a problem, or held  --explained (late)-->  suppressed, and out of its problem  --explained no more-->  in a problem

An alarm that leaves a problem because work explains it takes a new occurrence with it, of the same onset: should it
survive the work, it is another part of another problem. A problem that loses its last active alarm so is cancelled.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streams.domain.alarm_book import count_held, judge, publish
from streams.domain.alarm_course import IN_A_PROBLEM, enter_problem
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.alarmed import PLANNED, Followed, follow
from streams.domain.effect import effect_of
from streams.domain.group import reach
from streams.domain.group_told import change
from streams.domain.grouping import leave
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.outage_work import Step, steps_of
from streams.domain.planned_outage import Explained, explain, why_released
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


class Looked(NamedTuple):
    """What came of looking at one alarm again."""

    followed: Followed | None = None
    steps: Iterable[Step] = ()
    """How the bundles of announced work changed by it."""
    out: Iterable[Emit] = ()
    explained: bool = False
    released: bool = False
    withdrawn: bool = False
    """A problem was cancelled."""


UNCHANGED = Looked()


def look_again(view: View, key: str, name: str, at: Instant, now: Instant, world: World, withdraws: bool) -> Looked:
    """Judge an active alarm of the object `name` anew; `withdraws`: a problem that loses its last alarm by it is cancelled."""
    record: AlarmRecord | None = view.alarm_records.get(key)
    life: AlarmLife | None = view.alarm_lives.get(record.id) if record is not None else None
    if record is None or life is None or life.alarm.object != name:
        follow(view, key, name, None, None, world)
        return UNCHANGED
    is_planned = record.standing is Standing.SUPPRESSED and life.suppressed == PLANNED
    if not is_planned and not (record.is_raised and record.standing in (*IN_A_PROBLEM, Standing.HELD)):
        return UNCHANGED
    found = explain(view, life.alarm, effect_of(life.alarm, world.network), record.raised_at, at, world)
    if found is None:
        return _let_go(view, key, record, life, at, now, world) if is_planned else UNCHANGED
    if is_planned:
        return _keep(view, key, record, life, found, at, world)
    return _explain_late(view, key, record, life, found, at, now, world, withdraws)


def _let_go(view: View, key: str, record: AlarmRecord, life: AlarmLife, at: Instant, now: Instant, world: World) -> Looked:
    """Let an alarm that nothing explains any more go on into a problem, with its true onset."""
    why = why_released(view, life.outage, at, world.policy.correlate)
    after, out = enter_problem(view, key, record, life, at, at, now, world, why=why)
    life = view.alarm_lives.get(record.id)
    followed = follow(view, key, life.alarm.object, after, life, world)
    return Looked(followed, steps_of(followed, after, life), out, released=True)


def _keep(view: View, key: str, record: AlarmRecord, life: AlarmLife, found: Explained, at: Instant, world: World) -> Looked:
    """Have an alarm that stays explained say by what and until when."""
    if (life.outage, record.due) == found:
        return UNCHANGED
    record = _replace(record, due=found.until, told_at=at)
    life = _replace(life, outage=found.outage, revision=life.revision + 1)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    followed = follow(view, key, life.alarm.object, record, life, world)
    return Looked(followed, steps_of(followed, record, life), [publish("changed", record, life, "", at)])


def _explain_late(view: View, key: str, record: AlarmRecord, life: AlarmLife, found: Explained, at: Instant, now: Instant, world: World, withdraws: bool) -> Looked:
    before = record
    out: list[Emit] = []
    is_withdrawn = False
    record = _replace(record, standing=Standing.SUPPRESSED, due=found.until, held=None, told_at=at)
    if before.standing is Standing.HELD:
        count_held(view, before.held, -1)
        out += judge(view, world, before.held, record, f"suppressed:{PLANNED}")
    else:
        left, is_withdrawn = _leave(view, key, before, life, found, at, now, world, withdraws)
        out += left
        record = _replace(record, occurrence=identify(life.alarm.domain, before.occurrence, PLANNED))
    life = _replace(view.alarm_lives.get(record.id), suppressed=PLANNED, outage=found.outage)
    life = _replace(life, revision=life.revision + 1)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    followed = follow(view, key, life.alarm.object, record, life, world)
    told = publish("changed", record, life, "", at)
    return Looked(followed, steps_of(followed, record, life), [*out, told], explained=True, withdrawn=is_withdrawn)


def _leave(view: View, key: str, record: AlarmRecord, life: AlarmLife, found: Explained, at: Instant, now: Instant, world: World, withdraws: bool) -> tuple[list[Emit], bool]:
    """Take an alarm out of its problem; cancel the problem if it was the last active one, and only announced work was behind it."""
    why = f"planned outage {found.outage} explains it"
    out = leave(view, key, record, life, "left", at, now, world, why)
    problem, group = reach(view, record.problem)
    if not withdraws or group is None or not group.open or group.active:
        return out, False
    due = at + world.policy.correlate.forget_after
    view.groups.put(problem, _replace(group, withdrawn=True, quiet=True, due=due))
    return [*out, change("explained", problem, group, (), at, now, f"planned outage {found.outage} explains all its active alarms")], True
