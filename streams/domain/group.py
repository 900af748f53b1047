"""The rows by which alarms find their problem: groups, and the anchors they are registered at.

    candidate --second related object, a heavy alarm, or still active after the quiet period--> open --no alarm for the
    quiet period--> quiet --all clear for a day--> gone        any --an alarm links two--> merged (`into`)

A group is a problem as far as correlation goes; a candidate is one that is not told to anybody yet. No row grows with
the number of alarms: a group counts its members, only a candidate names them, and a candidate holds few.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import View


class Group(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One group of alarms; key: problem id."""

    domain: str
    opened_at: Instant
    """Event time of its earliest alarm."""
    last_at: Instant
    """Event time of its latest alarm, repeats included (to a second)."""
    due: Instant
    """When a candidate opens, an open one goes quiet, a quiet and clear one is forgotten; 0 for never."""
    active: int = 0
    """Members whose alarm is active."""
    open: bool = False
    """Told on problem-changes; else a candidate."""
    quiet: bool = False
    into: str = ""
    """Problem it was merged into, "" if it was not."""
    recurrence_of: str = ""
    object: str = ""
    """The one alarmed object of a candidate."""
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

    def takes(self, at: Instant, quiet_period: int) -> bool:
        """Whether an alarm of that time is within the quiet period of the group's alarms."""
        return not self.withdrawn and self.opened_at - quiet_period <= at <= self.last_at + quiet_period


class Anchor(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Groups with an alarmed object at or below one node of the network; key: domain|node."""

    entries: tuple[tuple[int, str], ...]
    """(distance of the nearest alarmed object, problem id), oldest registration first, bounded."""
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


def enter(view: View, anchor: str, distance: int, problem: str, gone: dict[str, str], clock: Instant, policy: CorrelatePolicy) -> None:
    """Register a problem at an anchor; `gone` maps problems just merged to the one that took them in.

    The row is kept by the partition's clock, so that what comes late still finds its problem.
    """
    row: Anchor | None = view.anchors.get(anchor)
    if row is None:
        view.anchors.put(anchor, Anchor(((distance, problem),), clock + policy.quiet_period + policy.lateness))
        return
    if not gone and ((distance, problem) in row.entries or any(p == problem and d < distance for d, p in row.entries)):
        return
    nearest: dict[str, int] = {}
    for d, p in (*row.entries, (distance, problem)):
        p = gone.get(p, p)
        nearest[p] = min(d, nearest.get(p, d))
    entries = tuple((d, p) for p, d in nearest.items())[-policy.anchor_problems:]
    if entries != row.entries:
        view.anchors.put(anchor, Anchor(entries, row.due))


def sweep(view: View, anchor: str, row: Anchor, policy: CorrelatePolicy) -> None:
    """Drop the groups of an anchor that take no more alarms by the anchor's due time; look again while any is left."""
    nearest: dict[str, int] = {}
    for distance, problem in row.entries:
        end, group = reach(view, problem)
        if group is not None and group.last_at + policy.quiet_period + policy.lateness > row.due:
            nearest[end] = min(distance, nearest.get(end, distance))
    if nearest:
        view.anchors.put(anchor, Anchor(tuple((d, p) for p, d in nearest.items()), row.due + policy.quiet_period))
    else:
        view.anchors.delete(anchor)
