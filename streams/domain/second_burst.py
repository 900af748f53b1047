"""Parting a problem in two where a second fault is seen to begin beside it (burst.py).

The alarms of the burst become a problem of their own, with the first of them in its id. The earlier problem goes on
with what it has; what is raised from then on belongs to the later one if it is near that (search.py).
"""

import msgspec

from streams.domain.alarm_book import member_of, publish
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.burst import Burst, Fresh
from streams.domain.effect import effect_of
from streams.domain.group import Group
from streams.domain.group_told import change, tell
from streams.domain.ids import identify
from streams.domain.instant import SECOND, Instant, iso
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


class Moving(msgspec.Struct, frozen=True):
    """An alarm that goes to the new problem."""

    key: str
    record: AlarmRecord
    life: AlarmLife


def onset(view: View, problem: str, group: Group, at: Instant, key: str) -> tuple[Burst, Instant]:
    """Count an alarm of a problem; return what came lately, and when a second fault began beside it (0: none did)."""
    burst = (view.bursts.get(problem) or Burst()).add(at, key)
    view.bursts.put(problem, burst)
    if not group.open or group.alone or group.until or group.withdrawn:
        return burst, 0
    return burst, burst.onset(at, max(group.since, group.opened_at))


def movers(view: View, problem: str, fresh: tuple[Fresh, ...]) -> list[Moving]:
    """Return the alarms of a burst that are in the problem still, first first."""
    found = []
    for key in dict.fromkeys(each.key for each in fresh):
        record: AlarmRecord | None = view.alarm_records.get(key)
        if record is not None and record.problem == problem and record.standing in (Standing.ACTIVE, Standing.TOGGLING) and record.began_at >= fresh[0].at:
            found.append(Moving(key, record, view.alarm_lives.get(record.id)))
    return found


def part(view: View, problem: str, group: Group, moving: list[Moving], began_at: Instant, at: Instant, now: Instant, world: World, out: list[Emit]) -> tuple[str, Group]:
    """Make a problem of the burst's alarms; the caller registers it. Return it with its group."""
    domain, policy = group.domain, world.policy.correlate
    first = moving[0]
    later = identify(domain, first.record.occurrence, problem)
    last_at = max(one.record.began_at for one in moving)
    new = Group(
        domain, began_at, last_at, last_at + policy.quiet_period, len(moving), True, fresh_at=last_at, since=began_at,
        alarming=group.alarming and any(not one.life.standing for one in moving))
    view.groups.put(later, new)
    view.groups.put(problem, _replace(group, active=group.active - len(moving), until=began_at, later=later))
    view.bursts.put(later, Burst(fresh=tuple(Fresh(one.record.began_at, one.key) for one in moving)))
    why = f"a second burst, {len(moving)} alarms within {(last_at - began_at) / SECOND:.0f} s from {iso(began_at)}, parted from problem {problem}"
    members = []
    for one in moving:
        record, life = _replace(one.record, problem=later), _replace(one.life, revision=one.life.revision + 1, placed_why=why)
        view.alarm_records.put(one.key, record)
        view.alarm_lives.put(record.id, life)
        out.append(publish("changed", record, life, later, at))
        members.append(member_of(record, life.alarm, effect_of(life.alarm, world.network), standing=life.standing))
    out += tell("opened", later, new, (members[0],), at, now, world, why, 1)
    if members[1:]:
        out += tell("joined", later, new, tuple(members[1:]), at, now, world, why)
    out.append(change("moved", problem, view.groups.get(problem), tuple(members), at, now, f"another problem began beside it: {later}"))
    return later, new
