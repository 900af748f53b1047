"""Whether a new alarm belongs to a group, by one sighting of the group at a node that the alarm's object stands on.

*Together*: the two alarms came within `together` of each other (or the group's new alarms still keep coming), and are
near: at most `hops` apart over a common ancestor, or `chain` where that ancestor breaks both, or one stands on the
other. Or it is told a little late of what breaks all of them. Groups that one alarm links so are one problem, by
whatever way: two faults in one place at one moment are rare, one with many faces is usual.

*Explained*: further apart in time, an alarm joins what accounts for it: another alarm of the same object, of one that
breaks it, or of one that breaks with it by a failure that nobody has told of yet (unless it says itself that what would
have failed lives: reception.py). Such links merge nothing: who stands
on two failed objects is no sign that they failed together.
"""

from typing import NamedTuple

from streams.domain.group import Group, Sighting
from streams.domain.instant import SECOND, Instant, Span
from streams.domain.policy import CorrelatePolicy
from streams.domain.support import NEIGHBOURHOOD, Support

SLACK = 5
"""Polled sources: alarms of one fault are told in the same round or the next, which is late by a part of this size at most."""
AT_ONCE = 15 * SECOND
"""Of objects that only share something that they could do without, alarms within this are together: what protects them all has gone (ours)."""


class Windows(NamedTuple):
    """How far apart alarms of one problem may be, for this source."""

    together: Span
    precedes: Span
    lingers: Span
    holds: Span

    @classmethod
    def of(cls, policy: CorrelatePolicy, period: Span) -> "Windows":
        """Return the windows for a source with this reporting period (0: none)."""
        paced = period + period // SLACK
        return cls(max(policy.together, paced), max(policy.precedes, paced), max(policy.lingers, 3 * period), max(policy.quiet_period, 3 * period))


class Link(NamedTuple):
    """Why an alarm may belong to a group; the largest is the best."""

    together: bool
    nearness: int
    """Minus the hops between the two objects."""
    recency: int
    """Minus the time between them."""
    is_down: bool
    """The group says that what the object stands on alone is down."""
    why: str


def link(seen: Sighting, support: Support, name: str, at: Instant, group: Group, windows: Windows, policy: CorrelatePolicy, lives: bool = False) -> Link | None:
    """Judge one sighting; None where it links nothing. `lives`: the alarm itself says that this node works."""
    after, before = at - seen.last_at, seen.first_at - at
    gap = max(after, before, 0)
    if gap > (windows.holds if seen.kind == "down" else windows.lingers):
        return None
    apart = support.distance + seen.distance
    if support.node.startswith(NEIGHBOURHOOD):
        # By place in time alone: it tells nothing of others, so it brings nothing together.
        is_lonely = (support.distance == 0) == (seen.kind == "beside")
        return Link(False, -policy.hops, -gap, False, f"{name} has no declared dependency; {gap / SECOND:.3f} s from an alarm of its domain") if is_lonely and gap <= windows.together else None
    is_own = seen.kind in ("own", "down")
    breaks_both = support.breaks and seen.kind != "beside"
    is_near = apart <= policy.hops or is_own or (apart <= policy.chain and (breaks_both or gap <= AT_ONCE))
    together = is_near and (gap <= windows.together or (apart <= policy.hops and -windows.together <= at - group.fresh_at <= windows.together))
    is_same = is_own and support.distance == 0
    follows = is_own and support.breaks and before <= windows.precedes
    causes = support.distance == 0 and seen.kind == "below" and after <= windows.precedes
    shares = breaks_both and not lives and apart <= policy.chain and gap <= windows.precedes
    if not (together or is_same or follows or causes or shares):
        return None
    return Link(together or causes, -apart, -gap, seen.kind == "down" and support.breaks and support.distance > 0, _why(seen, support, name, gap))


def crowd(seen: Sighting, support: Support, name: str, at: Instant) -> Link:
    """Link what began beneath one node with so many others at once that distance does not count."""
    gap = max(at - seen.last_at, seen.first_at - at, 0)
    return Link(True, -support.distance - seen.distance, -gap, False, _why(seen, support, name, gap))


def _why(seen: Sighting, support: Support, name: str, gap: Span) -> str:
    there = "alarmed itself" if seen.kind in ("own", "down") else f"under an alarmed object {seen.distance} from it"
    return f"{name} is {support.distance} from {support.node}, {there}; {gap / SECOND:.3f} s from its last alarm there"
