"""What a set of held-down objects does to everything that stands on it: the calculus of services and customers.

State spreads from what is held to its dependents and only ever gets worse, from "works" up (a least fixpoint), so the
answer does not depend on the order of the walk, and a cycle makes nothing fail by itself. Two objects that depend on
each other directly (a link declared both ways) are neighbours: neither brings the other down (`adjacent`).

A service's own alarm or test beats what is inferred about it; of a resource the worse of the two counts, since its
own alarm says nothing of what it stands on. Costs are those of the part that changes state, never of the network.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from streams.domain.alarm import Effect
from streams.domain.network import Dependency, Network

SERVICES = 5_000
"""Services told per problem at most; what goes beyond is a catastrophe that needs no list."""
REACH = 50_000
"""Nodes one walk visits at most (the size of domain that `spm check` warns at, design section 3)."""
REMEMBERED = 200_000
"""Answers kept per function and network before it starts afresh: memory (some 300 bytes each), not meaning."""
HEAVY = 4_000_000
"""Nodes named in all answers of one function together, before it starts afresh: some 60 bytes each."""


def failed(network: Network, held: Mapping[str, Effect], node: str) -> Effect:
    """Tell the state of one node given what is held; exact, since only what the node stands on can matter."""
    under = cone(network, node)
    near = {h: e for h, e in held.items() if h in under} if len(held) < len(under) else {h: held[h] for h in under if h in held}
    return spread(network, near, within=under).get(node, Effect.NONE) if near else Effect.NONE


def spread(network: Network, held: Mapping[str, Effect], within: Mapping[str, Any] | None = None, reach: int = REACH) -> dict[str, Effect]:
    """Tell every node whose state is not NONE, nearest to what is held first; `within` limits the walk to its keys."""
    state = {h: held[h] for h in sorted(held) if held[h] != Effect.NONE}
    carries, plain, own = network.carries, _memo(network, "plain"), _with_own_word(network, held)
    waiting = deque(h for h in state if h in carries)
    queued = set(waiting)
    while waiting:
        node = waiting.popleft()
        queued.discard(node)
        here = state[node]
        dependents: Iterable[str] = carries.get(node, ())
        if within is not None and len(carries[node]) > len(within):
            # A site carries thousands: what one service stands on is found from its own side.
            dependents = [one for one in within if node in network.upstream(one)]
        for dependent in dependents:
            known = state.get(dependent, Effect.NONE)
            # What a node stands on makes it no worse than that is itself: this change, at least, does not.
            if known >= here or (within is not None and dependent not in within) or (not known and len(state) >= reach) or dependent in own:
                continue
            is_plain = plain.get(dependent)
            if is_plain is None:
                is_plain = plain[dependent] = _is_plain(network, dependent)
            found = here if is_plain else inferred(network, state, dependent)
            if dependent in held:
                found = max(found, held[dependent])
            if found > known:
                state[dependent] = found
                if dependent not in queued and dependent in carries:
                    queued.add(dependent)
                    waiting.append(dependent)
    return state


def _with_own_word(network: Network, held: Mapping[str, Effect]) -> frozenset[str]:
    """Return the held services: their own alarm beats what is inferred."""
    return frozenset(h for h in held if h in network.nodes and network.nodes[h].is_service)


def _is_plain(network: Network, node: str) -> bool:
    """Tell whether a node needs every single one of what it depends on, none of it a neighbour, as most do: then it is as the worst of them is."""
    beside = adjacent(network, node)
    return all(_is_single(d) and d.on[0] not in beside for d in network.depends.get(node, ()))


def _is_single(dependency: Dependency) -> bool:
    return len(dependency.on) == dependency.needs == 1 >= dependency.degraded_below


def inferred(network: Network, state: Mapping[str, Effect], node: str) -> Effect:
    """Tell what the states of all that a node depends on directly make of it."""
    beside = adjacent(network, node)
    return max((_of(d, state, beside) for d in network.depends.get(node, ())), default=Effect.NONE)


def _of(dependency: Dependency, state: Mapping[str, Effect], beside: tuple[str, ...]) -> Effect:
    """Judge one dependency: enough left, fewer than declared, only degraded ones left, too few."""
    if _is_single(dependency):
        return Effect.NONE if dependency.on[0] in beside else state.get(dependency.on[0], Effect.NONE)
    states = [Effect.NONE if o in beside else state.get(o, Effect.NONE) for o in dependency.on]
    worst = max(states, default=Effect.NONE)
    if worst == Effect.NONE:
        return Effect.NONE
    working = sum(s < Effect.DOWN for s in states)
    if working < dependency.needs:
        return Effect.DOWN
    healthy = sum(s < Effect.DEGRADED for s in states)
    if working < dependency.degraded_below or healthy < dependency.needs:
        return Effect.DEGRADED
    if worst >= Effect.DEGRADED or sum(s == Effect.NONE for s in states) < dependency.needs:
        return Effect.AT_RISK
    return Effect.NONE


def adjacent(network: Network, node: str) -> tuple[str, ...]:
    """Return the nodes that this one depends on and that depend on it: neighbours over a link declared both ways."""
    dependents = network.carries.get(node)
    if not dependents:
        return ()
    known = _memo(network, "adjacent")
    found: tuple[str, ...] | None = known.get(node)
    if found is None:
        found = known[node] = tuple(o for o in network.upstream(node) if o in dependents)
    return found


def cone(network: Network, node: str) -> Mapping[str, int]:
    """Return all that a node stands on, itself included, with the hops to it, nearest first; neighbours are no support."""
    known = _memo(network, "cone")
    if node not in known:
        hops = {node: 0}
        waiting = deque((node,))
        while waiting and len(hops) < REACH:
            one = waiting.popleft()
            beside = adjacent(network, one)
            for other in network.upstream(one):
                if other not in hops and other not in beside:
                    hops[other] = hops[one] + 1
                    waiting.append(other)
        remember(network, "cone", node, hops, len(hops))
    found: Mapping[str, int] = known[node]
    return found


def hurt_by(network: Network, held: Mapping[str, Effect]) -> tuple[tuple[str, Effect], ...]:
    """Return the services that `held` alone hurts or puts at risk, worst first then by id; at most `SERVICES` of them."""
    if len(held) != 1:
        return _hurt(network, held)
    known = _memo(network, "hurt_by")
    one = next(iter(held.items()))
    if one not in known:
        hurt = _hurt(network, held)
        remember(network, "hurt_by", one, hurt, 1 + len(hurt))
    found: tuple[tuple[str, Effect], ...] = known[one]
    return found


def _hurt(network: Network, held: Mapping[str, Effect]) -> tuple[tuple[str, Effect], ...]:
    services = [(n, e) for n, e in spread(network, held).items() if is_service(network, n)]
    return tuple(sorted(services, key=lambda s: (-s[1], s[0]))[:SERVICES])


def downstream_services(network: Network, objects: Iterable[str]) -> tuple[str, ...]:
    """Return all services that stand on any of these objects, whatever their redundancy, sorted."""
    seen = dict.fromkeys(objects)
    waiting = deque(seen)
    while waiting and len(seen) < REACH:
        node = waiting.popleft()
        beside = adjacent(network, node)
        for dependent in network.carries.get(node, ()):
            if dependent not in seen and dependent not in beside:
                seen[dependent] = None
                waiting.append(dependent)
    return tuple(sorted(one for one in seen if is_service(network, one)))


def is_service(network: Network, node: str) -> bool:
    """Tell whether a node counts as a service: declared as one, or, where none is declared, carrying others (design section 2)."""
    known = network.nodes.get(node)
    return known is not None and (known.is_service if declares_services(network) else bool(network.carries.get(node)))


def may_hurt(network: Network, node: str) -> bool:
    """Tell whether what happens to a node can touch a service at all: it is one, or something stands on it."""
    return node in network.carries or is_service(network, node)


def declares_services(network: Network) -> bool:
    """Tell whether any service is declared; counted.py carries the answer on to the network's next version."""
    known = network.memo.setdefault("declares", {})
    if not known:
        known[0] = any(node.is_service for node in network.nodes.values())
    return bool(known[0])


def _memo(network: Network, name: str) -> dict[Any, Any]:
    """Return what this function remembers of this network; answers never change, so forgetting is only slower."""
    known = network.memo.setdefault(name, {})
    if len(known) >= REMEMBERED:
        known.clear()
        network.memo.get("weights", {}).pop(name, None)
    return known


def remember(network: Network, name: str, key: Any, answer: Any, weight: int) -> None:
    """Remember an answer that names `weight` nodes; when all answers together have become too heavy, only this one."""
    known, weights = network.memo.setdefault(name, {}), network.memo.setdefault("weights", {})
    total = weights.get(name, 0) + weight
    if total > HEAVY:
        known.clear()
        total = weight
    weights[name], known[key] = total, answer
