"""Alarms that operators put into another problem, or into one of their own: what they say goes before what the network suggests.

    carry    alarms go over into a problem that there is      part   into a new one, apart from the one they left
    join     one problem goes into another, whole

An alarm that is moved never was the other problem's: there it leaves no trace (`moved`). It goes
on as another occurrence that began when the alarm did: one occurrence belongs to one problem.
Two groups that were parted by hand never merge by themselves (`Group.apart`); a group made for `ungroup` merges with none.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from streams.domain.alarm_book import member_of, publish, released
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing, occurrence_id
from streams.domain.alarmed import Alarmed
from streams.domain.effect import effect_of
from streams.domain.group import Anchor, Group, forget, looked_at_next, reach
from streams.domain.group_told import change, open_group, tell
from streams.domain.grouping import APART, merge
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import Member, Placed
from streams.domain.sighted import is_heavy, register, supports_of
from streams.domain.view import Emit, View, World

LOOKED_AT = 20_000
"""Alarm records of a domain looked at for the members of a problem, once for a request (ours)."""
_replace = msgspec.structs.replace


class Mover(NamedTuple):
    """An active alarm in a problem."""

    key: str
    record: AlarmRecord
    life: AlarmLife


def mover(view: View, key: str) -> Mover | None:
    """Return an alarm by its row's key, None where it is in no problem at present."""
    record: AlarmRecord | None = view.alarm_records.get(key)
    if record is None or record.standing not in (Standing.ACTIVE, Standing.TOGGLING) or not record.problem:
        return None
    return Mover(key, record, view.alarm_lives.get(record.id))


def members_of(view: View, problem: str, group: Group) -> list[Mover]:
    """Return the active alarms of a problem, as far as they are found, first first."""
    rows = view.alarm_records.prefix(f"{group.domain}|", LOOKED_AT)
    found = [one for key, record in rows if record.problem and reach(view, record.problem)[0] == problem and (one := mover(view, key)) is not None]
    return sorted(found, key=lambda one: (one.record.began_at, one.key))


def carry(view: View, moving: Sequence[Mover], source: str, target: str, at: Instant, why: str, now: Instant, world: World) -> list[Emit]:
    """Move alarms from one problem into another that there is; candidates among the two are opened."""
    out: list[Emit] = []
    group: Group = view.groups.get(target)
    if not group.open:
        group = open_group(view, target, group, at, now, world, out)
    last_at = max(group.last_at, at)
    group = _replace(
        group, active=group.active + len(moving), last_at=last_at, due=last_at + world.policy.correlate.quiet_period, quiet=False,
        alarming=group.alarming or any(not one.life.standing for one in moving))
    view.groups.put(target, group)
    _settle(view, moving, source, target, group, "joined", at, why, now, world, out)
    return out


def part(view: View, moving: Sequence[Mover], source: str, at: Instant, alone: bool, why: str, now: Instant, world: World) -> tuple[str, list[Emit]]:
    """Move alarms into a new problem; return it. `alone`: it is to merge with no other by itself."""
    left: Group = view.groups.get(source)
    made, n = identify(left.domain, moving[0].record.occurrence, source), 0
    while view.groups.get(made) is not None:
        made, n = identify(left.domain, moving[0].record.occurrence, source, n), n + 1
    began_at = min(one.record.began_at for one in moving)
    group = Group(
        left.domain, began_at, at, at + world.policy.correlate.quiet_period, len(moving), True, alarming=any(not one.life.standing for one in moving),
        alone=alone, fresh_at=max(one.record.began_at for one in moving), apart=(source,))
    view.groups.put(made, group)
    view.groups.put(source, _replace(left, apart=(*(p for p in left.apart if p != made), made)[-APART:]))
    out: list[Emit] = []
    _settle(view, moving, source, made, group, "opened", at, why, now, world, out)
    return made, out


def join(view: View, loser: str, problem: str, at: Instant, why: str, now: Instant, world: World) -> list[Emit]:
    """Put one problem whole into another; both are open."""
    out: list[Emit] = []
    taken: Group = view.groups.get(loser)
    group = merge(view, problem, view.groups.get(problem), loser, taken, why, at, now, world, out)
    apart = tuple(p for p in dict.fromkeys(group.apart) if reach(view, p)[0] != problem)
    policy, quiet = world.policy.correlate, group.quiet and taken.quiet
    due = group.last_at + policy.quiet_period if not quiet else looked_at_next(group, at, world)
    view.groups.put(problem, _replace(group, quiet=quiet, due=due, apart=apart))
    return out


def _settle(view: View, moving: Sequence[Mover], source: str, target: str, group: Group, kind: str, at: Instant, why: str, now: Instant, world: World, out: list[Emit]) -> None:
    """Tell the alarms to the problem they go to, then to the one they leave, of which a candidate was never told."""
    gone = [member_of(one.record, one.life.alarm, effect_of(one.life.alarm, world.network), standing=one.life.standing) for one in moving]
    members = [_move(view, one, source, target, group, at, why, now, world, out) for one in moving]
    first = members[:1] if kind == "opened" else []
    if first:
        out += tell("opened", target, group, tuple(first), at, now, world, why, 1)
    if rest := members[len(first):]:
        out += tell("joined", target, group, tuple(rest), at, now, world, why)
    left: Group = view.groups.get(source)
    if not left.open:
        _unseed(view, source, left, {one.key for one in moving})
        return
    active = max(left.active - len(moving), 0)
    left = _replace(left, active=active, due=left.due if not left.quiet or active else at + world.policy.correlate.forget_after)
    view.groups.put(source, left)
    out.append(change("moved", source, left, tuple(gone), at, now, why))


def _move(view: View, one: Mover, source: str, target: str, group: Group, at: Instant, why: str, now: Instant, world: World, out: list[Emit]) -> Member:
    """Write one alarm's rows, and where it is found from now on; return what it is to the problem it goes to."""
    key, record, life = one
    if world.trace:
        out.append(Emit("trace", "", Placed(record.occurrence, target, at), at))
    life, episodes = released(view, record, life), record.episodes + 1
    record = _replace(record, problem=target, episodes=episodes, occurrence=occurrence_id(life.alarm, record.began_at, episodes))
    life = _replace(life, revision=life.revision + 1, changed_at=max(life.changed_at, at), placed_why=why)
    view.alarm_records.put(key, record)
    view.alarm_lives.put(record.id, life)
    out.append(publish("changed", record, life, target, at))
    effect = effect_of(life.alarm, world.network)
    standing_on = supports_of(life.alarm, is_heavy(record.severity, effect), world)
    register(view, target, group, life.alarm, effect, at, standing_on, {}, max(at, now), world.policy.correlate)
    _unregister(view, source, life)
    return member_of(record, life.alarm, effect, standing=life.standing)


def _unseed(view: View, source: str, left: Group, keys: set[str]) -> None:
    """Take alarms out of a candidate, of which nobody was told."""
    seeds = tuple(seed for seed in left.seeds if seed not in keys)
    if seeds:
        view.groups.put(source, _replace(left, seeds=seeds, active=len(seeds)))
    else:
        forget(view, source)


def _unregister(view: View, source: str, life: AlarmLife) -> None:
    """Take the problem off an object none of whose alarms it has any more: what comes near that is not near the problem."""
    name, domain = life.alarm.object, life.alarm.domain
    row: Alarmed | None = view.alarmed.get(name)
    for entry in row.entries if row is not None else ():
        other = mover(view, entry.key)
        if other is not None and reach(view, other.record.problem)[0] == source:
            return
    anchor: Anchor | None = view.anchors.get(f"{domain}|{name}")
    if anchor is not None:
        kept = tuple(s for s in anchor.sightings if s.distance or reach(view, s.problem)[0] != source)
        if kept != anchor.sightings:
            view.anchors.put(f"{domain}|{name}", Anchor(kept, anchor.due))
