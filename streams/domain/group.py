"""The rows by which alarms find their problem: groups, and the anchors they are registered at.

    candidate --second related object, a heavy alarm, or still active after the quiet period--> open --no alarm for the
    quiet period--> quiet --all clear for a day--> gone        any --an alarm links two--> merged (`into`)
    quiet, alarms stand --nothing heard of any for `stale_after`--> its stale alarms are cleared by us (stale.py)

A group is a problem as far as correlation goes; a candidate is one that is not told to anybody yet. No row grows with
the number of alarms: a group counts its members, only a candidate names them, and a candidate holds few.
"""

from collections.abc import Mapping

import msgspec

from streams.domain.instant import SECOND, Instant
from streams.domain.level import STALE
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import View, World


class Group(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One group of alarms; key: problem id."""

    domain: str
    opened_at: Instant
    """Event time of its earliest alarm."""
    last_at: Instant
    """Event time of its latest alarm, repeats included (to a second)."""
    due: Instant
    """When a candidate opens, an open one goes quiet, a quiet and clear one is forgotten, one whose alarms stand may be stale; 0 for never."""
    active: int = 0
    """Members whose alarm is active."""
    open: bool = False
    """Told on problem-changes; else a candidate."""
    quiet: bool = False
    into: str = ""
    """Problem it was merged into, "" if it was not."""
    recurrence_of: str = ""
    objects: tuple[str, ...] = ()
    """Of a candidate: the objects that alarm in it, the latest."""
    seeds: tuple[str, ...] = ()
    """Row keys of a candidate's active alarms, first first; () once open."""
    withdrawn: bool = False
    """Announced work explained all that was active in it: it was cancelled and takes no more alarms."""
    alarming: bool = False
    """Of an open one: one of its alarms began while we listened, or it was released, so it is no standing problem."""
    released: bool = False
    """An operator released it: what goes on from here elsewhere is standing no more."""

    alone: bool = False
    """An operator took its alarm out of another problem: it takes that alarm again, and what operators put in, and never merges."""
    fresh_at: Instant = 0
    """Event time of its latest new alarm, repeats apart."""
    since: Instant = 0
    """A second burst of another problem: it takes nothing from before it; 0: no such."""
    until: Instant = 0
    """When a second burst began beside it: what is raised from then on is rather that one's; 0: none has."""
    later: str = ""
    """The problem of that burst; "" while nothing of it is in a problem."""
    firm: tuple[str, ...] = ()
    """Of a candidate: those of its objects of which an alarm is more than a murmur (effect.py)."""
    apart: tuple[str, ...] = ()
    """Problems that operators parted it from, bounded: they never merge by themselves."""
    onsets: tuple[Instant, ...] = ()
    """Of a candidate: when each of its objects last began to alarm, in their order."""

    def is_over_by(self, at: Instant) -> bool:
        """Whether a second burst has begun beside it by then."""
        return 0 < self.until <= at

    def opens_by(self, at: Instant) -> bool:
        """Whether a candidate has outlived its quiet period by then."""
        return not self.open and 0 < self.due <= at

    def takes(self, at: Instant, quiet_period: int) -> bool:
        """Whether an alarm of that time is within the quiet period of the group's alarms."""
        return not self.withdrawn and max(self.since, self.opened_at - quiet_period) <= at <= self.last_at + quiet_period


COARSE = 5 * SECOND
"""How exactly an anchor knows when the latest alarm was: every window is several times as long, and a burst writes a row once."""


class Sighting(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one group has at, or on top of, one node of the network."""

    problem: str
    kind: str
    """`own`: an alarm of the node itself; `down`: one that says it is down; `below`: of what breaks with it; `beside`: of what else stands on it."""
    distance: int
    """Hops to the nearest such object."""
    first_at: Instant
    last_at: Instant
    """Event times of the earliest and the latest such alarm."""
    again_at: Instant = 0
    """Event time of the second that was registered: from then on it is not one alarm alone that speaks here; 0: it is."""


class Anchor(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Groups with an alarmed object at or on top of one node of the network; key: domain|node."""

    sightings: tuple[Sighting, ...]
    """Oldest registration first, bounded."""
    due: Instant
    """When it is looked at again for groups that have gone."""


def reach(view: View, problem: str) -> tuple[str, Group | None]:
    """Follow merges to the group that a problem id stands for now, and shorten the way for the next."""
    group: Group | None = view.groups.get(problem)
    if group is None or not group.into:
        return problem, group
    end, last = group.into, view.groups.get(group.into)
    while last is not None and last.into:
        end, last = last.into, view.groups.get(last.into)
    if end != group.into:
        view.groups.put(problem, msgspec.structs.replace(group, into=end))
    return end, last


def looked_at_next(group: Group, at: Instant, world: World) -> Instant:
    """Return when a group that is quiet from `at` on comes due: to be forgotten or, where alarms of it stand, to see whether they are stale; 0 for never."""
    policy = world.policy.correlate
    if not group.active:
        return at + policy.forget_after
    return max(group.last_at + policy.stale_after, at + SECOND) if policy.stale_after and world.level >= STALE else 0


def forget(view: View, problem: str) -> None:
    """Delete the rows of a group."""
    view.groups.delete(problem)
    if view.bursts.get(problem) is not None:
        view.bursts.delete(problem)


def enter(view: View, anchor: str, seen: Sighting, gone: Mapping[str, str], clock: Instant, policy: CorrelatePolicy) -> None:
    """Register an alarm of a problem at an anchor; `gone` maps problems just merged to the one that took them in.

    The row is kept by the partition's clock, so that what comes late still finds its problem.
    """
    row: Anchor | None = view.anchors.get(anchor)
    if row is None:
        view.anchors.put(anchor, Anchor((seen,), clock + policy.quiet_period + policy.lateness))
        return
    if not gone:
        for one in row.sightings:
            if one.problem == seen.problem and one.kind == seen.kind:
                if one.again_at and one.distance <= seen.distance and one.first_at <= seen.first_at and seen.last_at <= one.last_at + COARSE:
                    return
                break
    found: dict[tuple[str, str], Sighting] = {}
    for one in (*row.sightings, seen):
        problem = gone.get(one.problem, one.problem) if gone else one.problem
        known = found.get((problem, one.kind))
        if known is None:
            found[problem, one.kind] = one if problem is one.problem else msgspec.structs.replace(one, problem=problem)
        else:
            found[problem, one.kind] = _both(problem, known, one)
    sightings = tuple(found.values())[-policy.anchor_problems:]
    if sightings != row.sightings:
        view.anchors.put(anchor, Anchor(sightings, row.due))


def _both(problem: str, known: Sighting, other: Sighting) -> Sighting:
    """Return what two sightings of one kind say of one problem."""
    first, second = (known, other) if known.first_at <= other.first_at else (other, known)
    again = min(second.first_at, first.again_at) if first.again_at else second.first_at
    return Sighting(problem, known.kind, min(known.distance, other.distance), first.first_at, max(known.last_at, other.last_at), again)


def sweep(view: View, anchor: str, row: Anchor, policy: CorrelatePolicy) -> None:
    """Drop what is too old to matter by the anchor's due time; look again while anything is left."""
    left = tuple(one for one in row.sightings if one.last_at + policy.quiet_period + policy.lateness > row.due and reach(view, one.problem)[1] is not None)
    if left:
        view.anchors.put(anchor, Anchor(left, row.due + policy.quiet_period))
    else:
        view.anchors.delete(anchor)
