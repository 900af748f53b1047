"""Implied alarms: members of a problem that its located cause explains are marked so on their alarm records, while that holds.

The mark says the reason (the rules that spoke, the confidence), the root, and the path of declared dependencies to it. It
comes and goes: it is taken back when the alarm clears or leaves the problem, at once; and replaced or taken back when
another cause is ranked first or none is sure enough. Never marked: the root's own alarms, what the root does not reach.

What was told is kept beside the member (`Page.marks`), so that only what changed is told, whoever owns the partition. Of
the members only those are looked at that changed since the last look, all where the cause is another (`Picture.to_judge`).
"""

from collections.abc import Mapping, Sequence

import msgspec

from streams.domain import impact, membership
from streams.domain.facts import footprint
from streams.domain.instant import Instant
from streams.domain.membership import Roll
from streams.domain.messages import Cause, Member
from streams.domain.network import Network
from streams.domain.picture import Picture
from streams.domain.policy import LocalizePolicy
from streams.domain.view import Emit, View, World

LONGEST_PATH = 8
"""Hops of which every object is named; of a longer path the middle is counted."""


class Implied(msgspec.Struct, frozen=True, gc=False):
    """Why an alarm is no news of its own."""

    root: str
    """The located cause: an object of the network."""
    root_alarm: str
    """Alarm record id of the root's own alarm, the earliest; "" where it is silent."""
    confidence: float
    """Of the cause, as it was when this was told: 0..1."""
    rules: tuple[str, ...]
    """Names of the rules that spoke for the cause, strongest first."""
    path: tuple[str, ...]
    """From the alarmed object to the root, each depending on the next; at most `LONGEST_PATH` hops are named."""
    hops: int
    omitted: int
    """Objects left out in the middle of the path."""


class AlarmMarked(msgspec.Struct, frozen=True, gc=False):
    """A mark that came (`implied`) or went (None), as published on alarm-records."""

    alarm: str
    """Alarm record id."""
    domain: str
    problem: str
    occurrence: str
    number: int
    """Which mark this is of the occurrence in this problem, from 1."""
    at: Instant
    implied: Implied | None


def revise(view: View, problem: str, domain: str, roll: Roll, shown: Picture, causes: Sequence[Cause], at: Instant, world: World) -> tuple[list[Emit], bool]:
    """Mark who is implied by the best cause now, at most `implied_at_once` of them; return what is told, and whether there are more."""
    policy, network = world.policy.localize, world.network
    root = _root(causes, policy)
    tells = footprint(network, root).tells if root else {}
    changed: list[tuple[Member, str]] = []
    for member in shown.to_judge(root):
        wanted = root if _is_explained(member, root, tells) else ""
        if wanted == shown.marks.get(member.occurrence, ("", 0))[0]:
            shown.judged(member)
        elif len(changed) < policy.implied_at_once:
            changed.append((member, wanted))
        else:
            return _tell(view, problem, domain, roll, shown, causes, changed, at, network), True
    return _tell(view, problem, domain, roll, shown, causes, changed, at, network), False


def withdraw(view: View, problem: str, domain: str, roll: Roll, member: Member, at: Instant) -> list[Emit]:
    """Take back the mark of a member that cleared or left."""
    root, number = membership.marks_beside(view.problem_members, problem, roll, member.occurrence).get(member.occurrence, ("", 0))
    if not root:
        return []
    marks = {member.occurrence: ("", number + 1)}
    membership.mark(view.problem_members, problem, roll, marks)
    if (shown := view.memo.get(problem)) is not None:
        shown.marks.update(marks)
    return [_emit(AlarmMarked(member.alarm, domain, problem, member.occurrence, number + 1, at, None))]


def drop(problem: str, domain: str, shown: Picture, dropped: Sequence[Member], at: Instant) -> list[Emit]:
    """Take back the marks of members that are kept no longer."""
    marked = [(member, mark) for member in dropped if (mark := shown.marks.get(member.occurrence, ("", 0)))[0]]
    return [_emit(AlarmMarked(member.alarm, domain, problem, member.occurrence, number + 1, at, None)) for member, (_, number) in marked]


def _root(causes: Sequence[Cause], policy: LocalizePolicy) -> str:
    """Return the best cause where it is sure enough and leads clearly."""
    best, second = causes[0].confidence if causes else 0.0, causes[1].confidence if len(causes) > 1 else 0.0
    return causes[0].object if best > policy.implied_confidence and best >= policy.implied_lead * second else ""


def _is_explained(member: Member, root: str, tells: Mapping[str, float]) -> bool:
    return not member.cleared_at and member.object != root and member.object in tells


def _tell(view: View, problem: str, domain: str, roll: Roll, shown: Picture, causes: Sequence[Cause], changed: list[tuple[Member, str]], at: Instant, network: Network) -> list[Emit]:
    """Note and tell marks; what goes before what comes, since one alarm may have two occurrences here."""
    if not changed:
        return []
    out: list[Emit] = []
    marks: dict[str, tuple[str, int]] = {}
    own = shown.own_alarm(causes[0].object) if causes else ""
    paths: dict[str, tuple[tuple[str, ...], int]] = {}
    for member, root in sorted(changed, key=lambda one: bool(one[1])):
        number = shown.marks.get(member.occurrence, ("", 0))[1] + 1
        marks[member.occurrence] = (root, number)
        implied = None
        if root:
            path, omitted = paths.get(member.object) or paths.setdefault(member.object, shortened(path_to(network, member.object, root)))
            implied = Implied(root, own, causes[0].confidence, causes[0].rules, path, len(path) - 1 + omitted, omitted)
        out.append(_emit(AlarmMarked(member.alarm, domain, problem, member.occurrence, number, at, implied)))
        shown.judged(member)
    shown.marks.update(marks)
    membership.mark(view.problem_members, problem, roll, marks)
    return out


def path_to(network: Network, node: str, root: str) -> tuple[str, ...]:
    """Return a shortest path of dependencies from a node to what it stands on, both named; of equal ones the first by ids.

    A neighbour over a link declared both ways is one hop away.
    """
    path = [node]
    left = impact.cone(network, node).get(root)
    if left is None:
        return (node, root)
    while left:
        here, left = path[-1], left - 1
        beside = impact.adjacent(network, here)
        path.append(min(other for other in network.upstream(here) if other not in beside and impact.cone(network, other).get(root) == left))
    return tuple(path)


def shortened(path: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Return a path with its middle left out where it is long, and how many objects that were."""
    if len(path) <= LONGEST_PATH + 1:
        return path, 0
    half = LONGEST_PATH // 2
    return (*path[: half + 1], *path[-half:]), len(path) - LONGEST_PATH - 1


def _emit(marked: AlarmMarked) -> Emit:
    return Emit("alarm-records", marked.alarm, marked, marked.at)
