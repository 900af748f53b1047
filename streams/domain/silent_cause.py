"""A located cause that raises no alarm itself: when it must be down, and so all that stands on it, told or not.

A cut splitter says nothing, and of the subscribers behind it a part is watched by nobody: by their alarms alone the others
would work. It is down as surely as it, or what it stands on, is the cause: the confidences of these add up. Held down is
what is sure enough (`holds_confidence`), and the widest of that, where nothing speaks against it: what stands on it alone
is down, all of it that ever spoke here. One that works again shows that the cause does; one that tells, be it as a warning,
that it runs on battery shows that not all behind it is down. Of a cause that lies in another domain only what it takes
down here is held: who is behind it elsewhere speaks to other problems, for it or against it.
"""

from collections.abc import Mapping, Sequence

from streams.domain.alarm import Effect
from streams.domain.facts import FOOTPRINT
from streams.domain.impact import remember, spread
from streams.domain.messages import Cause
from streams.domain.network import Network
from streams.domain.picture import Picture
from streams.domain.policy import LocalizePolicy
from streams.domain.support import breakers

MOST = 200
"""Objects that a cause in another domain may take down directly here for them to be held one by one (ours)."""
WITNESSES = 2
"""Objects that must say that they are down before more than they is (ours)."""


def implied_down(shown: Picture, domain: str, causes: Sequence[Cause], before: str, network: Network, policy: LocalizePolicy) -> str:
    """Return a silent cause that must be down, "" where none must; `before`: what was returned last, which takes less to stay."""
    if not causes or causes[0].cause:
        return ""
    under = {one.object: breakers(network, one.object, policy.depth) for one in causes if not one.cause}
    sure = {name for name, hops in under.items() if _chance(causes, hops) > (policy.implied_confidence if name == before else policy.holds_confidence) and taken_down(network, domain, name)}
    widest = [one.object for one in causes if one.object in sure and sure.isdisjoint(under[one.object].keys() - {one.object})]
    return widest[0] if widest and _is_borne_out(shown, widest[0], network, policy) else ""


def taken_down(network: Network, domain: str, name: str) -> tuple[str, ...]:
    """Return what is to be held down in a domain where an object is: itself, or where it lies elsewhere what stands on it here, be it over objects elsewhere.

    () where that is nothing, or more than can be held one by one; remembered.
    """
    node = network.nodes.get(name)
    if node is None or node.domain == domain:
        return (name,)
    known: tuple[str, ...] | None = network.memo.setdefault("taken_down", {}).get((name, domain))
    if known is None:
        known = _taken_down_here(network, domain, name)
        remember(network, "taken_down", (name, domain), known, 1 + len(known))
    return known


def _taken_down_here(network: Network, domain: str, name: str) -> tuple[str, ...]:
    states = spread(network, {name: Effect.DOWN}, reach=FOOTPRINT)
    if len(states) >= FOOTPRINT:
        return ()
    down = {one for one, effect in states.items() if effect is Effect.DOWN}
    here = {one for one in down if (node := network.nodes.get(one)) is not None and node.domain == domain}
    found = sorted(one for one in here if any(upper in down and upper not in here for upper in network.upstream(one)))
    return tuple(found) if len(found) <= MOST else ()


def _chance(causes: Sequence[Cause], under: Mapping[str, int]) -> float:
    """Return how sure it is that something is down: as it is itself the cause, or one of what takes it down."""
    return sum(one.confidence for one in causes if one.object in under)


def _is_borne_out(shown: Picture, name: str, network: Network, policy: LocalizePolicy) -> bool:
    """Tell whether all that was heard of, and that the failure of an object would take down, is down."""
    down = {held for held, effect in shown.held if effect is Effect.DOWN}
    behind = [one for one in shown.objects if name in breakers(network, one, policy.depth)]
    return len(behind) >= WITNESSES and down.issuperset(behind)
