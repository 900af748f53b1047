"""Which correlation domain each object belongs to: given, else its site, else its connected component.

A service belongs to the first, in sorted order, of the domains of the resources that it stands on, over other services
if need be. A component is named `component:<its smallest id>`: the name stays while that object does.
"""

from collections.abc import Iterable, Mapping

from streams.domain.network import Dependency


def domains_of(resources: Mapping[str, str], services: Mapping[str, str], depends: Mapping[str, tuple[Dependency, ...]]) -> dict[str, str]:
    """Return id -> domain for all; `resources` and `services` hold what was declared (domain or site), "" for nothing."""
    component = _components(resources, depends) if not all(resources.values()) else {}
    found = {id: declared or f"component:{component[id]}" for id, declared in resources.items()}
    found |= {id: declared for id, declared in services.items() if declared}
    inferred = {id: _first_beneath(id, found, depends) for id, declared in services.items() if not declared}
    return found | inferred


def _components(resources: Mapping[str, str], depends: Mapping[str, tuple[Dependency, ...]]) -> dict[str, str]:
    """Return each resource's component, by its smallest id; services join nothing: one over two networks welds neither."""
    leader = {id: id for id in resources}

    def lead(id: str) -> str:
        while leader[id] != id:
            leader[id] = id = leader[leader[id]]
        return id

    for id in resources:
        for other in _beneath(id, depends):
            if other in leader:
                first, second = sorted((lead(id), lead(other)))
                leader[second] = first
    return {id: lead(id) for id in resources}


def _first_beneath(service: str, found: Mapping[str, str], depends: Mapping[str, tuple[Dependency, ...]]) -> str:
    """Walk down to whatever has a domain; services that depend on each other are walked once."""
    domains, seen, ring = set[str](), {service}, [service]
    while ring:
        ring = [o for o in dict.fromkeys(o for s in ring for o in _beneath(s, depends)) if o not in seen]
        seen.update(ring)
        domains.update(found[o] for o in ring if o in found)
        ring = [o for o in ring if o not in found]
    return min(domains, default=f"component:{service}")


def _beneath(id: str, depends: Mapping[str, tuple[Dependency, ...]]) -> Iterable[str]:
    return (other for dependency in depends.get(id, ()) for other in dependency.on)
