"""Which problem an occurrence belongs to.

An occurrence joins a group that takes alarms of its time and has an alarmed object near its own: both have a common
ancestor in the network and their distances to it add up to at most `hops`. Found several, they merge into the oldest
that is told. Times compared are event times, so what belongs together does not depend on the order of arrival.
"""

from typing import Any

import msgspec

from streams.domain.alarm import Alarm, Effect, Severity
from streams.domain.alarm_book import Entrant, member_of
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.effect import effect_of
from streams.domain.group import Group, enter, reach
from streams.domain.group_told import admit, alarms, change, open_group, tell
from streams.domain.ids import identify
from streams.domain.instant import SECOND, Instant
from streams.domain.messages import ProblemChange
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import Emit, View, World


class Placement(msgspec.Struct, frozen=True, gc=False):
    """Where an occurrence went."""

    record: AlarmRecord
    """The record, naming its group."""
    problem: str
    """The problem to tell others, "" while the group is a candidate."""
    out: list[Emit]


def is_heavy(severity: Severity, effect: Effect) -> bool:
    """Whether one such alarm is a problem by itself (design section 2)."""
    return effect is not Effect.NONE or severity >= Severity.MAJOR


def anchors_of(alarm: Alarm, heavy: bool, world: World) -> tuple[tuple[str, int], ...]:
    """Return the nodes at which an alarm's group is looked for and registered, with their distances.

    An object nobody declared is near itself only; lesser alarms of such objects gather at their feed.
    """
    if alarm.resolved:
        return world.network.anchors(alarm.object, world.policy.correlate.hops)
    return ((alarm.object, 0),) if heavy else ((f"feed:{alarm.feed}", 0),)


def place(view: View, who: Entrant, now: Instant, world: World) -> Placement:
    """Find or begin the group of an occurrence, merging the groups that it links; the caller puts the record."""
    policy = world.policy.correlate
    heavy = is_heavy(who.record.severity, who.effect)
    anchors = anchors_of(who.alarm, heavy, world)
    out: list[Emit] = []
    found, whys, recurs = _find(view, who, anchors, now, world, out)
    own = reach(view, who.record.problem)[0] if who.record.problem else ""
    found = {own: found[own]} if own in found and found[own].alone else {p: group for p, group in found.items() if not group.alone}
    if found:
        # The oldest; one that others know of goes before one they do not.
        order = sorted(found, key=lambda p: (not found[p].open, found[p].opened_at, p))
        problem, losers = order[0], order[1:]
        group, why = found[problem], whys[problem]
    else:
        problem, losers, why = _new_problem(view, who), [], ""
        group = Group(who.alarm.domain, who.at, who.at, 0, recurrence_of=recurs, object=who.alarm.object)
    waiting = sum(len(g.seeds) for g in found.values())
    opens = heavy or group.open or waiting >= policy.candidate_alarms or any(g.object != who.alarm.object for g in found.values())
    if opens and not group.open:
        group = open_group(view, problem, group, who.told, now, world, out)
    for loser in losers:
        group = _merge(view, problem, group, loser, found[loser], whys[loser], who.told, now, world, out)
    opened_at, last_at = min(group.opened_at, who.at), max(group.last_at, who.at)
    due = last_at + policy.quiet_period if opens else opened_at + policy.quiet_period
    group = msgspec.structs.replace(
        group, opened_at=opened_at, last_at=last_at, due=due, active=group.active + 1, quiet=False, seeds=() if opens else (*group.seeds, who.key),
        alarming=group.alarming or (opens and not who.standing))
    view.groups.put(problem, group)
    gone = dict.fromkeys(losers, problem)
    for anchor, distance in anchors:
        enter(view, f"{group.domain}|{anchor}", distance, problem, gone, max(who.at, now), policy)
    record = msgspec.structs.replace(who.record, problem=problem, slid_at=max(who.record.slid_at, who.at))
    if not opens:
        return Placement(record, "", out)
    member = member_of(record, who.alarm, who.effect, standing=who.standing)
    kind = "joined" if found else "opened"
    out += tell(kind, problem, group, (member,), who.told, now, world, "; ".join(filter(None, (who.why, why))))
    return Placement(record, problem, out)


def leave(view: View, key: str, record: AlarmRecord, life: AlarmLife, kind: str, at: Instant, now: Instant, world: World, why: str = "") -> list[Emit]:
    """End an occurrence's part in its problem: `cleared` (its alarm) or `left` (renewed elsewhere)."""
    problem, group = reach(view, record.problem)
    if group is None:
        return []
    out: list[Emit] = []
    if not group.open and group.due <= at:
        group = open_group(view, problem, group, group.due, now, world, out)
    if not group.open:
        seeds = tuple(s for s in group.seeds if s != key)
        if seeds:
            view.groups.put(problem, msgspec.structs.replace(group, seeds=seeds, active=len(seeds)))
        else:
            view.groups.delete(problem)
        return out
    active = max(group.active - 1, 0)
    due = group.due if not group.quiet or active else at + world.policy.correlate.forget_after
    group = msgspec.structs.replace(group, active=active, due=due)
    view.groups.put(problem, group)
    member = member_of(record, life.alarm, effect_of(life.alarm, world.network), at if kind == "cleared" else 0, life.standing)
    return [*out, change(kind, problem, group, (member,), at, now, why)]


def slide(view: View, record: AlarmRecord, at: Instant, quiet_period: int) -> bool:
    """Extend the quiet period of a record's problem to a further raise; False if the problem takes no more alarms."""
    problem, group = reach(view, record.problem)
    if group is None or at > group.last_at + quiet_period:
        return False
    if at > group.last_at + SECOND:
        due = at + quiet_period if group.open else group.due
        view.groups.put(problem, msgspec.structs.replace(group, last_at=at, due=due, quiet=False))
    return True


def revise(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> list[Emit]:
    """Tell a member's new severity to its problem; a candidate opens if the alarm is now a problem by itself."""
    effect = effect_of(alarm, world.network)
    problem, group = reach(view, record.problem)
    if group is None:
        return []
    if group.open:
        life: AlarmLife = view.alarm_lives.get(record.id)
        return [change("changed", problem, group, (member_of(record, alarm, effect, standing=life.standing),), alarm.at, now, "")]
    out: list[Emit] = []
    if is_heavy(record.severity, effect) or group.due <= alarm.at:
        view.groups.put(problem, open_group(view, problem, group, alarm.at, now, world, out))
    return out


def group_due(view: View, problem: str, group: Group, now: Instant, world: World) -> list[Emit]:
    """Do what has come due for a group: open a candidate, go quiet, be forgotten."""
    policy = world.policy.correlate
    out: list[Emit] = []
    if group.into:
        if reach(view, problem)[1] is None:
            view.groups.delete(problem)
        else:
            view.groups.put(problem, msgspec.structs.replace(view.groups.get(problem), due=group.due + policy.forget_after))
    elif not group.open:
        opened = open_group(view, problem, group, group.due, now, world, out)
        view.groups.put(problem, opened)
        if opened.due <= group.due:
            # It opens in the moment in which it has been quiet for long enough: a row may not be due twice at one time.
            out += _go_quiet(view, problem, opened, now, policy)
    elif not group.quiet:
        out += _go_quiet(view, problem, group, now, policy)
    else:
        view.groups.delete(problem)
    return out


def _go_quiet(view: View, problem: str, group: Group, now: Instant, policy: CorrelatePolicy) -> list[Emit]:
    view.groups.put(problem, msgspec.structs.replace(group, quiet=True, due=0 if group.active else group.due + policy.forget_after))
    return [change("quiet", problem, group, (), group.due, now, f"no alarm for {policy.quiet_period // SECOND} s")]


def _find(view: View, who: Entrant, anchors: tuple[tuple[str, int], ...], now: Instant, world: World, out: list[Emit]) -> tuple[dict[str, Group], dict[str, str], str]:
    """Return the groups an occurrence may join, why each, and the problem it recurs from if it joins none."""
    policy = world.policy.correlate
    found: dict[str, Group] = {}
    whys: dict[str, str] = {}
    looked: dict[str, Any] = {}
    recurs = ""

    def look(named: str) -> str:
        if named in looked:
            return ""
        problem, group = reach(view, named)
        looked[named] = True
        if group is None or problem in found or not group.takes(who.at, policy.quiet_period):
            return ""
        if not group.open and group.due <= who.at:
            group = open_group(view, problem, group, group.due, now, world, out)
        found[problem] = group
        return problem

    def gap(problem: str) -> str:
        return f"{abs(who.at - found[problem].last_at) / SECOND:.3f} s from its last alarm"

    if who.record.problem:
        if problem := look(who.record.problem):
            whys[problem] = f"raised again, {gap(problem)}"
        else:
            last, group = reach(view, who.record.problem)
            recurs = last if group is not None and group.open and not group.active else ""
    for anchor, distance in anchors:
        row = view.anchors.get(f"{who.alarm.domain}|{anchor}")
        for registered, named in row.entries if row is not None else ():
            if distance + registered <= policy.hops and (problem := look(named)):
                whys[problem] = f"{who.alarm.object} is {distance} from {anchor}, an alarmed object of the problem {registered} from it; {gap(problem)}"
    return found, whys, recurs


def _new_problem(view: View, who: Entrant) -> str:
    n = 0
    while view.groups.get(problem := identify(who.alarm.domain, who.record.occurrence, n)) is not None:
        n += 1
    return problem


def _merge(view: View, problem: str, group: Group, loser: str, taken: Group, why: str, at: Instant, now: Instant, world: World, out: list[Emit]) -> Group:
    """Fold one group into another and leave a row that names it; tell only what others know of."""
    view.groups.put(loser, msgspec.structs.replace(taken, active=0, into=problem, seeds=(), due=at + world.policy.correlate.forget_after))
    group = msgspec.structs.replace(
        group, opened_at=min(group.opened_at, taken.opened_at), last_at=max(group.last_at, taken.last_at), active=group.active + taken.active,
        seeds=group.seeds if group.open else (*group.seeds, *taken.seeds), alarming=group.alarming or taken.alarming or (group.open and alarms(view, taken.seeds)), released=group.released or taken.released)
    if taken.open:
        out.append(Emit("problem-changes", loser, ProblemChange("merged", loser, group.domain, at, (), group.active, problem, why, clock=now), at, group.domain))
    elif group.open:
        admit(view, problem, group, taken.seeds, "joined", at, now, world, why, out)
    return group
