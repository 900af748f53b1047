"""What an object stands on: how near, and whether that alone can take it down.

The failure of a node *breaks* an object if the object then works no more, or worse than declared, with all else whole:
a lone dependency, all members of a protection group through something they share. What does not break it may still be
felt: one of several paths, a neighbour over a link declared both ways.
"""

from collections import Counter
from typing import NamedTuple

from streams.domain import impact
from streams.domain.network import Dependency, Network

NEIGHBOURHOOD = "~"
"""Begins the name of the node that stands for a domain as a neighbourhood."""
LONELY = 5
"""At most one in so many objects of a domain may have no declared dependency for it to be a neighbourhood."""
PATHS = 4
"""Members up to which a protection group is one of paths, not of interchangeable instances."""
MOST = 32
"""Supports looked at per object, those that break it first, then the nearest."""


class Support(NamedTuple):
    """A node that an object stands on, or the object itself."""

    node: str
    distance: int
    breaks: bool


def supports(network: Network, node: str, hops: int, depth: int) -> tuple[Support, ...]:
    """Return the object itself, what breaks it, what breaks one of several paths it has, both within `depth`, and what else is within `hops`; remembered."""
    known = network.memo.setdefault("supports", {})
    found: tuple[Support, ...] | None = known.get((node, hops, depth))
    if found is None:
        if len(known) >= impact.REMEMBERED:
            known.clear()
        breaking = breakers(network, node, depth)
        weakening = {**_weakening(network, node, depth), **dict(_around(network, node, hops))}
        near = [Support(other, distance, False) for other, distance in sorted(weakening.items(), key=_nearest) if other not in breaking]
        all_ = [Support(other, distance, True) for other, distance in sorted(breaking.items(), key=_nearest)]
        found = known[node, hops, depth] = tuple((all_ + near)[:MOST])
    return found


def _nearest(one: tuple[str, int]) -> tuple[int, str]:
    return one[1], one[0]


def _weakening(network: Network, node: str, depth: int) -> dict[str, int]:
    """Return what breaks a member of a small protection group that the object, or what breaks it, stands on."""
    found: dict[str, int] = {}
    for under, hops in breakers(network, node, depth).items():
        for dependency in network.depends.get(under, ()):
            if dependency.needs < len(dependency.on) <= PATHS:
                for member in dependency.on:
                    for other, distance in breakers(network, member, max(depth - hops - 1, 0)).items():
                        far = hops + 1 + distance
                        found[other] = min(far, found.get(other, far))
    return found


def breakers(network: Network, node: str, depth: int) -> dict[str, int]:
    """Return the nodes whose failure alone takes this one down, with the hops to them; the node itself is one."""
    known = network.memo.setdefault("breakers", {})
    found: dict[str, int] | None = known.get((node, depth))
    if found is None:
        if len(known) >= impact.REMEMBERED:
            known.clear()
        found = {node: 0}
        if depth:
            beside = impact.adjacent(network, node)
            for dependency in network.depends.get(node, ()):
                for other, distance in _breaking(network, dependency, beside, depth - 1).items():
                    if len(found) < MOST:
                        found[other] = min(distance, found.get(other, distance))
        known[node, depth] = found
    return found


def _breaking(network: Network, dependency: Dependency, beside: tuple[str, ...], depth: int) -> dict[str, int]:
    """Return what leaves too few of one dependency's members, with the hops from the dependent."""
    members = [member for member in dependency.on if member not in beside]
    if len(members) > MOST and dependency.needs < len(members):
        return {}
    spare = len(dependency.on) - max(dependency.needs, dependency.degraded_below)
    hit: dict[str, list[int]] = {}
    for member in members[:MOST]:
        for other, distance in breakers(network, member, depth).items():
            hit.setdefault(other, []).append(distance + 1)
    return {other: min(distances) for other, distances in hit.items() if len(distances) > spare}


def _around(network: Network, node: str, hops: int) -> list[tuple[str, int]]:
    """Return all that a node depends on within `hops`, nearest first, neighbours included."""
    distance = {node: 0}
    ring = [node]
    for d in range(1, hops + 1):
        ring = list(dict.fromkeys(o for n in ring for o in network.upstream(n) if o not in distance))
        if len(distance) + len(ring) > MOST * MOST:
            break
        distance.update(dict.fromkeys(ring, d))
    return list(distance.items())


def around(network: Network, node: str, most: int) -> tuple[Support, ...]:
    """Return the neighbourhood of a node's domain, where it has one: the only nearness of objects for which no dependency is declared.

    Such an object is in it (distance 0), all others are beside it (1). There is one where the domain has at most `most`
    objects and few of them are such: where many are, that nothing is declared says nothing.
    """
    domain = network.nodes[node].domain if node in network.nodes else ""
    if domain not in _lonely_domains(network, most):
        return ()
    return (Support(f"{NEIGHBOURHOOD}{domain}", 0 if is_lonely(network, node) else 1, False),)


def counted(network: Network) -> tuple[Counter[str], Counter[str]]:
    """Count the objects of each domain, and those for which no dependency is declared."""
    known = network.memo.setdefault("domain_counts", {})
    if not known:
        known[0] = (Counter(node.domain for node in network.nodes.values()), Counter(node.domain for name, node in network.nodes.items() if is_lonely(network, name)))
    found: tuple[Counter[str], Counter[str]] = known[0]
    return found


def is_lonely(network: Network, node: str) -> bool:
    """Tell whether an object stands on nothing and carries nothing."""
    return not network.depends.get(node) and not network.carries.get(node)


def _lonely_domains(network: Network, most: int) -> frozenset[str]:
    known = network.memo.setdefault("lonely_domains", {})
    if most not in known:
        sizes, lonely = counted(network)
        known[most] = frozenset(domain for domain, count in lonely.items() if 0 < count * LONELY <= sizes[domain] <= most)
    found: frozenset[str] = known[most]
    return found
