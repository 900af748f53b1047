"""Which problem an occurrence belongs to (ADR 0018).

A new alarm is looked for at every node that its object stands on (support.py); each sighting of a group there is judged
(links.py), the best counts, and groups that it brings together merge into the oldest that is told (search.py). A second
fault that begins beside a problem is parted off (burst.py, second_burst.py). Work is constant per alarm; times compared
are event times, so that what belongs together depends on the order of arrival only where two groups both account for it.
"""


import msgspec

from streams.domain.alarm import Alarm, Effect
from streams.domain.alarm_book import Entrant, member_of
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.burst import STIR, Burst
from streams.domain.candidate import candidates, is_crowd, is_past
from streams.domain.eased import eased
from streams.domain.effect import effect_of, is_murmur
from streams.domain.group import Group, forget, looked_at_next, reach
from streams.domain.group_told import admit, alarms, change, open_group, tell
from streams.domain.ids import identify
from streams.domain.instant import MINUTE, SECOND, Instant
from streams.domain.lasting import lasting
from streams.domain.links import Windows
from streams.domain.messages import ProblemChange
from streams.domain.rhythm import listen, murmur, period_of
from streams.domain.search import SILENT, Search
from streams.domain.second_burst import Moving, movers, onset, part
from streams.domain.sighted import is_heavy, register, supports_of
from streams.domain.view import Emit, View, World

ANEW = MINUTE
"""An alarm that its source raises again, without a clear, after a pause of this length counts as fresh (burst.py)."""
APART = 8
"""Problems that one was parted from by hand and is kept apart from, the latest (ours)."""
REGULAR = 20
"""An alarm is regular while the times between its raises differ by less than a part of this size (ours)."""
_replace = msgspec.structs.replace


class Placement(msgspec.Struct, frozen=True, gc=False):
    """Where an occurrence went."""

    record: AlarmRecord
    """The record, naming its group."""
    problem: str
    """The problem to tell others, "" while the group is a candidate."""
    out: list[Emit]
    why: str = ""
    """Why it went there, "" where it began the group."""


def place(view: View, who: Entrant, now: Instant, world: World) -> Placement:
    """Find or begin the group of an occurrence, merging the groups that it links; the caller puts the record."""
    policy, alarm = world.policy.correlate, who.alarm
    heavy = is_heavy(who.record.severity, who.effect)
    standing_on = supports_of(alarm, heavy, world)
    out: list[Emit] = []
    source = f"{alarm.domain}|{alarm.feed}"
    windows = Windows.of(policy, listen(view, source, who.at))
    search = Search(view, who, windows, now, world, out)
    found, recurs = search.groups(standing_on)
    if heavy:
        found = [p for p in found if not is_past(search.seen[p], who.at, windows.together)]
    if (other := eased(view, who, standing_on)) is not None and not any(search.seen[p].alone for p in found):
        found = search.led_by(other.problem, other.group, other.why, [])
    since = 0
    if found and (earlier := search.seen[found[0]]).is_over_by(who.at) and reach(view, earlier.later)[1] is None:
        # A second burst began beside it, and this is the first of it that comes into a problem.
        since, recurs = earlier.until, ""
        view.groups.put(found[0], _replace(earlier, later=_new_problem(view, who)))
        found = []
    if not since and search.is_first(found) and (older := lasting(view, who, standing_on, windows.precedes, world)) is not None:
        found = search.led_by(older.problem, older.group, older.why, found)
    if found:
        problem, losers = found[0], found[1:]
        group, why = search.seen[problem], search.links[problem].why
        if not losers and not search.links[problem].is_down:
            # What stands on an object that is down is no sign of another fault.
            problem, group, why = _in_a_burst(view, problem, group, why, who, now, world, out)
    else:
        problem, losers, why = _new_problem(view, who), [], ""
        group = Group(alarm.domain, who.at, who.at, 0, recurrence_of=recurs, since=since)
    waiting = sum(len(search.seen[p].seeds) for p in found)
    murmurs = is_murmur(alarm, who.effect)
    objects, firm = candidates(alarm.object, who.at, [search.seen[p] for p in found], murmurs)
    opens = heavy or group.open or waiting >= policy.candidate_alarms or len(firm) > 1 or is_crowd(view, source, objects, who.at, windows.together, policy)
    if murmurs and not opens:
        murmur(view, source, who.at)
    if opens and not group.open:
        group = open_group(view, problem, group, who.told, now, world, out)
    for loser in losers:
        group = merge(view, problem, group, loser, search.seen[loser], search.links[loser].why, who.told, now, world, out)
    opened_at, last_at = min(group.opened_at, who.at), max(group.last_at, who.at)
    due = last_at + policy.quiet_period if opens else opened_at + policy.quiet_period if firm else 0
    group = _replace(
        group, opened_at=opened_at, last_at=last_at, fresh_at=max(group.fresh_at, who.at), due=due, active=group.active + 1, quiet=False,
        seeds=() if opens else (*group.seeds, who.key), firm=() if opens else firm,
        objects=() if opens else tuple(objects), onsets=() if opens else tuple(objects.values()), alarming=group.alarming or (opens and not who.standing))
    view.groups.put(problem, group)
    register(view, problem, group, alarm, who.effect, who.at, standing_on, dict.fromkeys(losers, problem), max(who.at, now), policy)
    record = _replace(who.record, problem=problem, slid_at=max(who.record.slid_at, who.at))
    why = "; ".join(filter(None, (who.why, why, search.kept_out)))
    if not opens:
        return Placement(record, "", out, why)
    member = member_of(record, alarm, who.effect, standing=who.standing)
    kind = "joined" if found else "opened"
    out += tell(kind, problem, group, (member,), who.told, now, world, why)
    return Placement(record, problem, out, why)


def leave(view: View, key: str, record: AlarmRecord, life: AlarmLife, kind: str, at: Instant, now: Instant, world: World, why: str = "") -> list[Emit]:
    """End an occurrence's part in its problem: `cleared` (its alarm) or `left` (renewed elsewhere)."""
    problem, group = reach(view, record.problem)
    if group is None:
        return []
    out: list[Emit] = []
    if group.opens_by(at):
        group = open_group(view, problem, group, group.due, now, world, out)
    if not group.open:
        seeds = tuple(s for s in group.seeds if s != key)
        if seeds:
            view.groups.put(problem, _replace(group, seeds=seeds, active=len(seeds)))
        else:
            forget(view, problem)
        return out
    active = max(group.active - 1, 0)
    due = group.due if not group.quiet or active else at + world.policy.correlate.forget_after
    group = _replace(group, active=active, due=due)
    view.groups.put(problem, group)
    member = member_of(record, life.alarm, effect_of(life.alarm, world.network), at if kind == "cleared" else 0, life.standing)
    return [*out, change(kind, problem, group, (member,), at, now, why)]


def slide(view: View, record: AlarmRecord, alarm: Alarm, world: World) -> bool:
    """Extend the quiet period of a record's problem to a further raise; False if it belongs to another by now: it is quiet, or a burst began beside it."""
    at, policy = alarm.at, world.policy.correlate
    problem, group = reach(view, record.problem)
    if group is not None and group.withdrawn:
        return True     # An operator ended it: while its alarms stand they are nobody's problem.
    # A source that tells when it was raised tells a state that lasts, however long nobody spoke of it.
    lasts = alarm.raised_at < at and alarm.raised_at <= record.raised_at
    if group is None or (at > group.last_at + policy.quiet_period and not lasts) or record.began_at < group.until <= alarm.raised_at:
        return False
    is_anew = alarm.raised_at > record.slid_at + ANEW and not _is_regular(record, at) and effect_of(alarm, world.network) is not Effect.DOWN
    if is_anew and at > group.last_at + SILENT * Windows.of(policy, period_of(view, f"{alarm.domain}|{alarm.feed}")).together:
        return False
    if at > group.last_at + SECOND:
        due = at + policy.quiet_period if group.open else group.due
        view.groups.put(problem, _replace(group, last_at=at, due=due, quiet=False))
    return True


def _is_regular(record: AlarmRecord, at: Instant) -> bool:
    """Whether an alarm comes again after as long as the last time: its source tells it so while it lasts."""
    return record.paused > 0 and abs(at - record.slid_at - record.paused) * REGULAR <= record.paused


def expect(view: View, who: Entrant, now: Instant, world: World) -> list[Emit]:
    """Count an alarm that is held back in the burst that it would be part of: a second fault is seen when it begins, not when its alarms are let go."""
    alarm = who.alarm
    windows = Windows.of(world.policy.correlate, period_of(view, f"{alarm.domain}|{alarm.feed}"))
    search = Search(view, who, windows, now, world, None)
    found, _ = search.groups(supports_of(alarm, False, world))
    out: list[Emit] = []
    if found and not search.links[found[0]].is_down:
        _count(view, found[0], search.seen[found[0]], who.at, who.key, who.told, now, world, out)
    return out


def heard_again(view: View, key: str, record: AlarmRecord, at: Instant, now: Instant, world: World) -> tuple[list[Emit], bool]:
    """Count an alarm that its source raised anew after a pause without a clear between: as far as bursts go it is fresh.

    Return whether a second burst may be beginning: then it has to be an occurrence of its own, to go along with it.
    """
    problem, group = reach(view, record.problem)
    if group is None or not group.open:
        return [], False
    out: list[Emit] = []
    burst, *_ = _count(view, problem, group, at, key, at, now, world, out)
    return out, not group.until and not group.alone and burst.onset(at, max(group.since, group.opened_at), STIR) > record.began_at


def _in_a_burst(view: View, problem: str, group: Group, why: str, who: Entrant, now: Instant, world: World, out: list[Emit]) -> tuple[str, Group, str]:
    """Return where an alarm belongs that would join this problem: there, or in the one that begins beside it with this alarm."""
    _, later, theirs = _count(view, problem, group, who.at, who.key, who.told, now, world, out)
    return later, theirs, why if later == problem else "one of a second burst"


def _count(view: View, problem: str, group: Group, at: Instant, key: str, told: Instant, now: Instant, world: World, out: list[Emit]) -> tuple[Burst, str, Group]:
    """Count a fresh alarm of a problem, and part that where a second fault is seen to begin; return what came lately, and the problem whose the alarm is."""
    burst, begins_at = onset(view, problem, group, at, key)
    if not begins_at:
        return burst, problem, group
    moving = movers(view, problem, burst.since(begins_at))
    if moving and _follows(view, problem, moving[0], begins_at, world):
        return burst, problem, group
    if not moving:
        over = _replace(group, until=begins_at)
        view.groups.put(problem, over)
        return burst, problem, over
    later, new = part(view, problem, group, moving, begins_at, told, now, world, out)
    for one in moving:
        alarm, effect = one.life.alarm, effect_of(one.life.alarm, world.network)
        standing_on = supports_of(alarm, is_heavy(one.record.severity, effect), world)
        register(view, later, new, alarm, effect, one.record.began_at, standing_on, {}, max(told, now), world.policy.correlate)
    return burst, later, new


def _follows(view: View, problem: str, first: Moving, begins_at: Instant, world: World) -> bool:
    """Whether a burst is no second fault: what begins it stands on a failure of this problem that lasts, whose batteries ran out."""
    alarm, effect = first.life.alarm, effect_of(first.life.alarm, world.network)
    if effect is not Effect.DOWN:
        return False
    who = Entrant(first.key, first.record, alarm, effect, first.record.began_at, begins_at)
    found = lasting(view, who, supports_of(alarm, is_heavy(first.record.severity, effect), world), 0, world)
    return found is not None and found.problem == problem and found.began_at < begins_at


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
    if is_heavy(record.severity, effect) or group.opens_by(alarm.at):
        view.groups.put(problem, open_group(view, problem, group, alarm.at, now, world, out))
    return out


def group_due(view: View, problem: str, group: Group, now: Instant, world: World) -> list[Emit]:
    """Do what has come due for a group: open a candidate, go quiet, be forgotten."""
    policy = world.policy.correlate
    out: list[Emit] = []
    if group.into:
        if reach(view, problem)[1] is None:
            forget(view, problem)
        else:
            view.groups.put(problem, _replace(view.groups.get(problem), due=group.due + policy.forget_after))
    elif not group.open:
        opened = open_group(view, problem, group, group.due, now, world, out)
        view.groups.put(problem, opened)
        if opened.due <= group.due:
            # It opens in the moment in which it has been quiet for long enough: a row may not be due twice at one time.
            out += _go_quiet(view, problem, opened, now, world)
    elif not group.quiet:
        out += _go_quiet(view, problem, group, now, world)
    else:
        forget(view, problem)
    return out


def _go_quiet(view: View, problem: str, group: Group, now: Instant, world: World) -> list[Emit]:
    view.groups.put(problem, _replace(group, quiet=True, due=looked_at_next(group, group.due, world)))
    return [change("quiet", problem, group, (), group.due, now, f"no alarm for {world.policy.correlate.quiet_period // SECOND} s")]


def _new_problem(view: View, who: Entrant) -> str:
    n = 0
    while view.groups.get(problem := identify(who.alarm.domain, who.record.occurrence, n)) is not None:
        n += 1
    return problem


def merge(view: View, problem: str, group: Group, loser: str, taken: Group, why: str, at: Instant, now: Instant, world: World, out: list[Emit]) -> Group:
    """Fold one group into another and leave a row that names it; tell only what others know of."""
    if view.bursts.get(loser) is not None:
        view.bursts.delete(loser)
    view.groups.put(loser, _replace(taken, active=0, into=problem, seeds=(), due=at + world.policy.correlate.forget_after))
    is_over = group.until and taken.until
    group = _replace(
        group, since=min(group.since, taken.since), until=max(group.until, taken.until) if is_over else 0, later=(max(group, taken, key=lambda g: g.until).later) if is_over else "",
        apart=(*group.apart, *taken.apart)[-APART:], fresh_at=max(group.fresh_at, taken.fresh_at), opened_at=min(group.opened_at, taken.opened_at), last_at=max(group.last_at, taken.last_at), active=group.active + taken.active,
        seeds=group.seeds if group.open else (*group.seeds, *taken.seeds), alarming=group.alarming or taken.alarming or (group.open and alarms(view, taken.seeds)), released=group.released or taken.released)
    if taken.open:
        out.append(Emit("problem-changes", loser, ProblemChange("merged", loser, group.domain, at, (), group.active, problem, why, clock=now), at, group.domain))
    elif group.open:
        admit(view, problem, group, taken.seeds, "joined", at, now, world, why, out)
    return group
