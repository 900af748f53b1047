"""Which announced work explains an alarm, and until when (rules-of-thumb.md rules 1 to 5 and 13).

Work explains an alarm only if the alarm's onset lies in its window, give or take lead and tail, and

- the alarmed object is in scope, and nothing that failed outside of the work degrades it or brings it down by itself; or
- the object stands on what is in scope: with that down (whether or not it says so itself: what is being worked on is
  often silent) the object is at risk or worse, down if the alarm means down, and nothing that failed outside of the
  work makes it any worse, nor degrades it by itself.

Windows that are on together count together, so who stands on two paths under work is explained by both; windows that
follow each other without a gap carry on. What failed is known from the active alarms of the alarm's own domain
(alarmed.py): a failure in another domain is not seen here (stage 5 sees all, and tells the impact by it).
"""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from streams.domain.alarm import Alarm, Effect
from streams.domain.alarmed import failures
from streams.domain.impact import cone, failed
from streams.domain.instant import Instant
from streams.domain.network import Network
from streams.domain.outage import Outage, works_of
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import View, World

SUPPORT = 1_000
"""Objects below an alarmed one that are looked at, the nearest (ours: what stands on more has its work announced by name)."""


class Explained(NamedTuple):
    """Why an alarm is no problem for now."""

    outage: str
    until: Instant
    """When it becomes a problem if it is still active: the end of the window, its tail and the time to settle."""


class _Touching(NamedTuple):
    """One announcement as it touches one object."""

    outage: Outage
    is_direct: bool
    worked: tuple[str, ...]
    """What of the object's support is in scope."""


class _Case(NamedTuple):
    """One alarm, and what it would take to explain it."""

    view: View
    network: Network
    policy: CorrelatePolicy
    alarm: Alarm
    effect: Effect
    support: tuple[str, ...]


def explain(view: View, alarm: Alarm, effect: Effect, onset: Instant, at: Instant, world: World) -> Explained | None:
    """Return what explains, at that time, an alarm that began at `onset`; None if nothing does (any more)."""
    if not works_of(view).outages:
        return None
    network, policy = world.network, world.policy.correlate
    support = tuple(islice(cone(network, alarm.object), 1, SUPPORT + 1)) if alarm.resolved else ()
    touching = _touching(view, alarm, support, network)
    case = _Case(view, network, policy, alarm, effect, support)
    moment, spare = onset, policy.outage_tail
    while touching:
        on = [one for one in touching if one.outage.is_on(moment, policy.outage_lead, spare)]
        found = _explanation(case, on) if on else None
        if found is None or found.until > at:
            return found
        moment, spare = found.until, policy.outage_tail + policy.outage_settle
    return None


def why_released(view: View, outage: str, at: Instant, policy: CorrelatePolicy) -> str:
    """Say why an alarm that announced work explained is a problem now; "" where none did."""
    if not outage:
        return ""
    known: Outage | None = view.announcements.get(outage)
    if known is None or known.cancelled:
        return f"planned outage {outage} was cancelled"
    if at >= known.settled_at(policy):
        return f"it outlived planned outage {outage}"
    return f"planned outage {outage} does not explain it any more"


def _touching(view: View, alarm: Alarm, support: Iterable[str], network: Network) -> list[_Touching]:
    works = works_of(view)
    direct = works.on_alarmed(network, alarm)
    worked: dict[str, list[str]] = {}
    for node in support:
        for ident in works.on_object(network, node):
            worked.setdefault(ident, []).append(node)
    spared = works.at("unaffected", alarm.object)
    found = (direct | worked.keys()).difference(spared)
    return [_Touching(works.outages[ident], ident in direct, tuple(worked.get(ident, ()))) for ident in sorted(found)]


def _explanation(case: _Case, on: list[_Touching]) -> Explained | None:
    """Judge an alarm by the work that is on at one moment."""
    network, name = case.network, case.alarm.object
    outside, planned = failures(case.view, case.support, case.alarm.domain, network)
    if outside and failed(network, outside, name) >= Effect.DEGRADED:
        return None
    direct = [one.outage for one in on if one.is_direct]
    if direct:
        last = max(direct, key=lambda o: (o.ends_at, o.id))
        return Explained(last.id, last.settled_at(case.policy))
    inside = planned | {node: Effect.DOWN for one in on for node in one.worked}
    expected = failed(network, inside, name)
    if expected == Effect.NONE or (case.effect == Effect.DOWN and expected < Effect.DOWN):
        return None
    if outside and failed(network, {**outside, **inside}, name) > expected:
        return None
    first = min((one.outage for one in on if one.worked), key=lambda o: (o.ends_at, o.id))
    return Explained(first.id, first.settled_at(case.policy))
