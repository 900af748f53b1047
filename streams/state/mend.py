"""What brings the stages in line after their state was mirrored to different moments: each is told again what the one before it holds.

    stage 2  groups and their active alarms  --ProblemChange-->  stage 3  members
    stage 3  how many are active             --renewed------->   stage 4  problems
    stage 4  what is held down, how it stands  --HeldDown, ProblemTold-->  stages 5 and 6

Alarms come first: what the sources told last is in stage 2, and only what differs from that further down is told again, as
ordinary messages behind whatever still lies in the inboxes, so the last word is the right one. A problem that stage 2 does
not know is told to be clear, never cancelled: it comes back under its id where its alarm is told again.
Read at rest (no worker runs). Pure: tables in, messages out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from streams.domain.alarm import Severity
from streams.domain.alarm_book import member_of
from streams.domain.effect import effect_of
from streams.domain.impact import cone
from streams.domain.instant import Instant
from streams.domain.messages import Diagnosed, HeldDown, Member, ProblemChange, ProblemTold
from streams.domain.problem import ENDED, Status
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import NETWORK_KEY, World
from streams.state.consistency import IN_A_GROUP
from streams.state.rows import Held

TABLES = ("alarm-records", "alarm-lives", "groups", "located-problems", "problem-members", "problems", "holdings", "overseen-problems", "watched-services")
WHY = "Told again after a failover."


class Again(NamedTuple):
    """A message to write into an inbox."""

    inbox: str
    route: str
    """What its partition is chosen by."""
    key: str
    message: Any


def mended(held: Held, world: World) -> Iterator[Again]:
    """Iterate over what is to be told again, stage by stage; nothing where the stages agree."""
    at = max((clock.clock for clock in held.clocks.values()), default=0)
    groups = {ident: row for ident, (_, row) in held["groups"].items()}
    located = list(_located(held, groups, world, at))
    yield from located
    told = {again.key for again in located}
    for ident, (_, row) in held["problems"].items():
        if row.status not in ENDED and ident not in told:
            yield from _managed(held, ident, row, at)
    yield from _services(held, world, at)
    yield from _network(held, world, at)


# --- 2 -> 3 ---

def _located(held: Held, groups: dict[str, Any], world: World, at: Instant) -> Iterator[Again]:
    """Tell stage 3 which alarms are active in which problem."""
    active, members = _active(held, groups, world), _members(held)
    for ident, group in groups.items():
        if group.open and not group.into:
            wanted, known = active.get(ident, {}), members.get(ident, {})
            changes = list(_changes(ident, group, wanted, known, held["located-problems"].get(ident), world.policy.localize.members, at))
            yield from (Again("problem-changes", group.domain, ident, change) for change in (*changes, *[_renewed(ident, group.domain, at)] * bool(changes)))
    for ident, (_, row) in held["located-problems"].items():
        found = groups.get(ident)
        if row.planned or (found is not None and found.open and not found.into):
            continue
        if found is not None and found.into and (into := _end(groups, ident)) in groups:
            yield Again("problem-changes", row.domain, ident, ProblemChange("merged", ident, row.domain, at, active=groups[into].active, into=into, why=WHY, clock=at))
        elif row.active:
            gone = tuple(replace(one, cleared_at=at) for one in members.get(ident, {}).values() if not one.cleared_at)
            yield Again("problem-changes", row.domain, ident, ProblemChange("cleared", ident, row.domain, at, gone, 0, why=WHY, clock=at))
            yield Again("problem-changes", row.domain, ident, ProblemChange("quiet", ident, row.domain, at, why=WHY, clock=at))


def _active(held: Held, groups: dict[str, Any], world: World) -> dict[str, dict[str, Member]]:
    """Return problem -> occurrence -> member, of what stage 2 holds for active."""
    found: dict[str, dict[str, Member]] = {}
    for _, row in held["alarm-records"].values():
        life = held["alarm-lives"].get(row.id)
        if row.problem and row.standing in IN_A_GROUP and life is not None:
            alarm = life.row.alarm
            found.setdefault(_end(groups, row.problem), {})[row.occurrence] = member_of(row, alarm, effect_of(alarm, world.network), standing=life.row.standing)
    return found


def _end(groups: dict[str, Any], ident: str) -> str:
    while (group := groups.get(ident)) is not None and group.into:
        ident = group.into
    return ident


def _members(held: Held) -> dict[str, dict[str, Member]]:
    """Return problem -> occurrence -> member, of what stage 3 keeps."""
    found: dict[str, dict[str, Member]] = {}
    for key, (_, page) in held["problem-members"].items():
        found.setdefault(key.partition("|")[0], {}).update((member.occurrence, member) for _, member in page.members)
    return found


def _changes(ident: str, group: Any, wanted: dict[str, Member], known: dict[str, Member], located: Any, limit: int, at: Instant) -> Iterator[ProblemChange]:
    """Iterate over what stage 3 does not know of one group, or knows otherwise."""

    def change(kind: str, members: Iterable[Member]) -> ProblemChange:
        return ProblemChange(kind, ident, group.domain, at, tuple(members), group.active, why=WHY, clock=at)

    gone = [replace(one, cleared_at=at) for name, one in known.items() if not one.cleared_at and name not in wanted]
    back = [wanted[name] for name, one in known.items() if one.cleared_at and name in wanted]
    fresh = [one for name, one in wanted.items() if name not in known]
    if located is None:
        if fresh:
            yield change("opened", fresh[:1])
            if fresh[1:]:
                yield change("joined", fresh[1:])
        return
    if fresh and located.row.roll.kept < limit:
        yield change("joined", fresh)
    if back:
        yield change("changed", back)
    if gone:
        yield change("cleared", gone)
    if located.row.active != group.active and not (gone or back or fresh):
        yield change("changed", ())
    if group.quiet and not located.row.quiet:
        yield change("quiet", ())


def _renewed(ident: str, domain: str, at: Instant) -> ProblemChange:
    """Have a problem diagnosed at once, and stage 4 told."""
    return ProblemChange("renewed", ident, domain, at, why=WHY, clock=at)


# --- 3 -> 4 ---

def _managed(held: Held, ident: str, row: ProblemRecord, at: Instant) -> Iterator[Again]:
    """Have a problem diagnosed again that stage 4 knows otherwise; one that nobody else knows is clear."""
    located = held["located-problems"].get(ident)
    if located is not None:
        if not located.row.stale and (located.row.active != row.active or located.row.members != row.members):
            yield Again("problem-changes", row.domain, ident, _renewed(ident, row.domain, at))
    elif row.active:
        yield Again("problem-inbox", row.domain, ident, Diagnosed(
            "quiet", ident, row.domain, at, row.opened_at, row.last_at, row.members, 0, Severity.CLEARED, causes=row.causes, why=WHY, clock=at, standing=row.standing))


# --- 4 -> 5 ---

def _services(held: Held, world: World, at: Instant) -> Iterator[Again]:
    """Tell stage 5 what problems hold down, where it knows otherwise."""
    wanted = dict(_wanted(held, world, at))
    inherited = {(loser, service) for _, holding in held["holdings"].values() for loser, services in holding.inherited for service in services}
    known: dict[tuple[str, str], Any] = {
        (one.problem, service): one for service, (_, row) in held["watched-services"].items() for one in row.holdings if not one.planned}
    for (problem, service), message in wanted.items():
        one = known.get((problem, service))
        if (one.held if one is not None else ()) != message.held:
            yield Again("service-effects", service, service, message)
    for (problem, service), one in known.items():
        if (problem, service) not in wanted and (problem, service) not in inherited and not one.reported:
            yield Again("service-effects", service, service, HeldDown(service, problem, one.domain, (), at, clock=0, told_at=at))


def _wanted(held: Held, world: World, at: Instant) -> Iterator[tuple[tuple[str, str], HeldDown]]:
    for problem, (_, holding) in held["holdings"].items():
        row = held["problems"].get(problem)
        if holding.planned or row is None or row.row.status in ENDED:
            continue
        effects = dict(holding.held)
        for service in holding.services:
            under = cone(world.network, service)
            part = tuple((name, effects[name]) for name in sorted(effects.keys() & under.keys()))
            yield (problem, service), HeldDown(service, problem, row.row.domain, part, at, status=holding.stand[0], is_around=holding.stand[1], told_at=at)


# --- 4 -> 6 ---

def _network(held: Held, world: World, at: Instant) -> Iterator[Again]:
    """Tell stage 6 how problems stand, where it knows otherwise."""
    for ident, (_, row) in held["problems"].items():
        overseen = held["overseen-problems"].get(ident)
        if row.status in ENDED or row.standing:
            continue
        change = Change(None, row, at, world)
        change.tell_network()
        message: ProblemTold = change.out[-1].value
        if overseen is None or _stands(overseen.row.told) != _stands(message):
            yield Again("network-inbox", NETWORK_KEY, NETWORK_KEY, message)
    for ident, (_, overseen) in held["overseen-problems"].items():
        known = held["problems"].get(ident)
        if overseen.asked is None and (known is None or known.row.status in ENDED):
            status = known.row.status if known is not None else Status.CLOSED
            yield Again("network-inbox", NETWORK_KEY, NETWORK_KEY, replace(overseen.told, status=status, is_clear=True, at=max(at, overseen.told.at), told_at=at))


def _stands(told: ProblemTold) -> tuple[object, ...]:
    return told.status, told.priority, told.cause_object, told.cause, told.is_clear
