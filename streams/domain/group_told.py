"""Telling what became of a group: its opening, who joined, and every other change.

A candidate's alarms become known when it opens; their records then name their problem.
"""

import msgspec

from streams.domain.alarm_book import member_of, publish
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.effect import effect_of
from streams.domain.group import Group
from streams.domain.instant import Instant
from streams.domain.messages import Member, Placed, ProblemChange
from streams.domain.view import Emit, View, World


def open_group(view: View, problem: str, group: Group, at: Instant, now: Instant, world: World, out: list[Emit]) -> Group:
    """Make a candidate known: its first alarm opens the problem, the others join. The caller puts the group."""
    opened = msgspec.structs.replace(
        group, open=True, objects=(), onsets=(), firm=(), seeds=(), due=group.last_at + world.policy.correlate.quiet_period, alarming=alarms(view, group.seeds))
    admit(view, problem, opened, group.seeds, "opened", at, now, world, "", out)
    return opened


def alarms(view: View, seeds: tuple[str, ...]) -> bool:
    """Whether one of the alarms that waited in a candidate is no standing one."""
    return not all(view.alarm_lives.get(view.alarm_records.get(key).id).standing for key in seeds)


def admit(view: View, problem: str, group: Group, seeds: tuple[str, ...], kind: str, at: Instant, now: Instant, world: World, why: str, out: list[Emit]) -> None:
    """Tell the alarms that waited in a candidate as members of a problem, and their records that they are in it."""
    members: list[Member] = []
    for key in seeds:
        record: AlarmRecord = view.alarm_records.get(key)
        life: AlarmLife = view.alarm_lives.get(record.id)
        life = msgspec.structs.replace(life, revision=life.revision + 1, placed_why=life.placed_why or why)
        view.alarm_lives.put(record.id, life)
        out.append(publish("changed", record, life, problem, at))
        members.append(member_of(record, life.alarm, effect_of(life.alarm, world.network), standing=life.standing))
    first = members[:1] if kind == "opened" else []
    if first:
        out += tell("opened", problem, group, tuple(first), at, now, world, why, group.active - len(members) + 1)
    if rest := members[len(first):]:
        out += tell("joined", problem, group, tuple(rest), at, now, world, why)


def tell(kind: str, problem: str, group: Group, members: tuple[Member, ...], at: Instant, now: Instant, world: World, why: str, active: int | None = None) -> list[Emit]:
    """Tell that members opened or joined a problem, and where asked for, where each occurrence now is."""
    out = [change(kind, problem, group, members, at, now, why, active)]
    if world.trace:
        out += [Emit("trace", "", Placed(m.occurrence, problem, at), at) for m in members]
    return out


def change(kind: str, problem: str, group: Group, members: tuple[Member, ...], at: Instant, now: Instant, why: str, active: int | None = None) -> Emit:
    """Write one change; `active` where it is not the group's."""
    recurs = group.recurrence_of if kind == "opened" else ""
    told = ProblemChange(kind, problem, group.domain, at, members, group.active if active is None else active, "", why, recurs, now)
    return Emit("problem-changes", problem, told, at, group.domain)
