"""Where problems of other domains may have the same cause: what explains a problem and reaches beyond its domain.

This is worked out where the problem is (stage 4, in its own lane), once per new picture of it, from remembered walks:
stage 6 only looks the objects up. A network of one domain costs nothing, and a problem all of whose support serves its
own domain alone has no claim: it never waits for anybody.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from streams.domain import impact
from streams.domain.alarm import Effect
from streams.domain.facts import TELLS, footprint
from streams.domain.messages import Cause, Claim
from streams.domain.network import Network

CLAIMS = 32
"""Objects that a problem is looked up under at most, the nearest."""
ABOVE = 96
"""Objects that one alarmed object stands on and that are looked at, the nearest."""
LOOKED_AT = 64
"""Alarmed objects of one problem that are looked at, spread over all of them."""
BELOW = 5_000
"""Nodes that are walked to find out whether an object serves another domain."""
EXPLAINS = 0.8
"""Share of a problem's alarmed objects that a claim explains at least: a few others may alarm for reasons of their own."""
NAMED = 0.5
"""The same where localization names the object among its candidates."""
REMEMBERED = 20_000
"""Answers of one kind remembered per network before it starts afresh."""
KINDS = 8
"""Types of alarmed objects told, the most frequent."""


def claims(network: Network, domain: str, causes: Sequence[Cause], objects: Sequence[str], held: Mapping[str, Effect], before: Iterable[Claim] = ()) -> tuple[Claim, ...]:
    """Return what would explain most of these alarmed objects and reaches beyond the domain, nearest first.

    The best cause among them where it alarmed itself; one that is silent is a guess, which another silent one may replace.
    What says itself that it is no more than at risk (`held`) is explained by what takes its redundancy away. What was claimed
    `before` stays as long as it explains half, unless the best cause says that it is down for reasons of its own: what else
    alarms beside it by now may have come by chance.
    """
    if not _spans(network) or not objects:
        return ()
    some = objects[::ceil(len(objects) / LOOKED_AT)]
    known = {claim.object for claim in before}
    named = known | {cause.object for cause in causes}
    root = causes[0].object if causes and causes[0].cause else ""
    is_mild = held.get(root, Effect.NONE) < Effect.DOWN
    hops: dict[str, list[int]] = {}
    for one in some:
        for upper, far in above(network, domain, one):
            hops.setdefault(upper, []).append(far)
    found = []
    for upper, distances in hops.items():
        least = (NAMED if upper in named else EXPLAINS) * len(some)
        if root and not (is_mild and upper in known) and not explains(network, upper, root, _least(held, root)):
            continue
        if len(distances) >= least and (reached := sum(explains(network, upper, one, _least(held, one)) for one in some)) >= least:
            found.append(Claim(upper, round(100 * sum(distances) / len(distances)), round(reached / len(some), 2)))
    return tuple(sorted(found, key=lambda claim: (claim.hops, claim.object))[:CLAIMS])


def weak(objects: Sequence[str], held: Mapping[str, Effect]) -> tuple[str, ...]:
    """Return those of these objects that say no more than that they are at risk."""
    return tuple(one for one in objects if _least(held, one) == Effect.AT_RISK)


def kinds(network: Network, objects: Sequence[str]) -> tuple[str, ...]:
    """Return the types of alarmed objects, the most frequent, sorted."""
    counts: dict[str, int] = {}
    for one in objects[::ceil(len(objects) / LOOKED_AT)] if objects else ():
        if (node := network.nodes.get(one)) is not None:
            counts[node.type] = counts.get(node.type, 0) + 1
    return tuple(sorted(sorted(counts, key=lambda kind: (-counts[kind], kind))[:KINDS]))


def is_shared(network: Network, domain: str, object_: str) -> bool:
    """Tell whether an object lies in another domain, or carries something that does."""
    node = network.nodes.get(object_)
    if node is None or not _spans(network):
        return False
    return bool((serves(network, object_) | {node.domain}) - {domain})


def above(network: Network, domain: str, object_: str) -> tuple[tuple[str, int], ...]:
    """Return what an object stands on (itself included) or is beside, with the hops to it, as far as it is shared; remembered."""
    known = _memo(network, "above")
    found: tuple[tuple[str, int], ...] | None = known.get((object_, domain))
    if found is None:
        near = dict(impact.cone(network, object_)) | dict.fromkeys(impact.adjacent(network, object_), 1)
        nearest = sorted(near.items(), key=lambda one: (one[1], one[0]))[:ABOVE]
        found = known[object_, domain] = tuple((upper, far) for upper, far in nearest if is_shared(network, domain, upper))
    return found


def explains(network: Network, upper: str, object_: str, least: Effect = Effect.DEGRADED) -> bool:
    """Tell whether the failure of one object does another as much harm as it says (`least`), or leaves it without its neighbour."""
    down, doubtful = _support(network, object_)
    if upper in down or object_ in impact.adjacent(network, upper):
        return True
    return any(_harm(network, upper, one) >= least for one in doubtful)


def _support(network: Network, object_: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what an object cannot do without, itself included, as far as no redundancy is in between, and where there is some; remembered."""
    known = _memo(network, "support")
    found: tuple[frozenset[str], tuple[str, ...]] | None = known.get(object_)
    if found is None:
        down, doubtful, waiting = {object_: None}, [], deque((object_,))
        while waiting:
            one = waiting.popleft()
            beside = impact.adjacent(network, one)
            if len(down) < ABOVE and all(d.needs == len(d.on) for d in network.depends.get(one, ())):
                fresh = [other for other in network.upstream(one) if other not in down and other not in beside]
                down |= dict.fromkeys(fresh)
                waiting.extend(fresh)
            else:
                doubtful.append(one)
        found = known[object_] = frozenset(down), tuple(doubtful)
    return found


def _harm(network: Network, upper: str, object_: str) -> Effect:
    """Tell what the failure of one object leaves of another with redundancy; remembered."""
    known = _memo(network, "harm")
    found: Effect | None = known.get((upper, object_))
    if found is None:
        found = known[upper, object_] = impact.failed(network, {upper: Effect.DOWN}, object_)
    return found


def _least(held: Mapping[str, Effect], object_: str) -> Effect:
    """Return the least harm that explains an object's alarms: what works, at risk, was not broken."""
    return Effect.AT_RISK if held.get(object_) == Effect.AT_RISK else Effect.DEGRADED


def serves(network: Network, object_: str) -> frozenset[str]:
    """Return domains of what depends on an object, two of them at most: whether it is more than one is all that counts; remembered."""
    known = _memo(network, "serves")
    found: frozenset[str] | None = known.get(object_)
    if found is None:
        found = known[object_] = _walk(network, object_)
    return found


def expected(network: Network, object_: str, broken: frozenset[str], weakened: frozenset[str]) -> dict[str, float]:
    """Count what an object's failure would make alarm, by domain.

    All that it breaks, of types of which some broke; of types of which some are at risk, so many of what it puts at risk as are wont to tell.
    """
    found: dict[str, float] = {}
    for (kind, is_weak), by_domain in carried(network, object_).items():
        for domain, count in by_domain.items() if kind in (weakened if is_weak else broken) else ():
            found[domain] = found.get(domain, 0.0) + count * (TELLS[Effect.AT_RISK] if is_weak else 1.0)
    return found


def carried(network: Network, object_: str) -> dict[tuple[str, bool], dict[str, int]]:
    """Count what the failure of an object would break, itself included, or put at risk (True), by type and domain; remembered."""
    known = _memo(network, "carried")
    found: dict[tuple[str, bool], dict[str, int]] | None = known.get(object_)
    if found is None:
        counts: dict[tuple[str, bool], dict[str, int]] = {}
        for name, likely in footprint(network, object_).tells.items():
            if (node := network.nodes.get(name)) is not None:
                by_domain = counts.setdefault((node.type, likely <= TELLS[Effect.AT_RISK]), {})
                by_domain[node.domain] = by_domain.get(node.domain, 0) + 1
        found = known[object_] = dict(sorted(counts.items()))
    return found


def _walk(network: Network, object_: str) -> frozenset[str]:
    domains: dict[str, None] = {}
    seen = {object_}
    waiting = deque((object_,))
    while waiting and len(seen) < BELOW and len(domains) < 2:
        for dependent in network.carries.get(waiting.popleft(), ()):
            if dependent not in seen:
                seen.add(dependent)
                waiting.append(dependent)
                if (node := network.nodes.get(dependent)) is not None:
                    domains[node.domain] = None
    return frozenset(sorted(domains)[:2])


def _spans(network: Network) -> bool:
    """Tell whether there is more than one domain at all."""
    known = network.memo.setdefault("spans", {})
    if not known:
        first = next(iter(network.nodes.values()), None)
        known[0] = first is not None and any(node.domain != first.domain for node in network.nodes.values())
    return bool(known[0])


def _memo(network: Network, name: str) -> dict[Any, Any]:
    known = network.memo.setdefault(name, {})
    if len(known) >= REMEMBERED:
        known.clear()
    return known
