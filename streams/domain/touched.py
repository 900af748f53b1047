"""Where a change of the network can matter to open problems and to services: what is looked at again, and nothing else."""

from collections.abc import Iterator, Mapping

import msgspec

from streams.domain.impact import cone, downstream_services
from streams.domain.inventory import Changed
from streams.domain.network import Network


class Touched(msgspec.Struct, frozen=True):
    """What one change of the network touches."""

    objects: tuple[str, ...] = ()
    """Objects of which a problem may now hold down something else, sorted."""
    services: tuple[str, ...] = ()
    """Services that may now be in another state, or have other products, sorted."""
    named: bool = False
    """Whether a name, or a domain, means something else."""


NOTHING = Touched()


def touched(before: Network, after: Network, changed: Changed) -> Touched:
    """Return what a change touches: all that changed objects stand on, and the services on them, before it or after."""
    below, above = set[str](), set(changed.services)
    for network in (before, after):
        above.update(downstream_services(network, sorted(changed.nodes)), changed.nodes)
        for one in (*changed.nodes, *changed.services):
            below.update(cone(network, one))
    return Touched(tuple(sorted(below)), tuple(sorted(above)), changed.named)


def differing(before: Network, after: Network) -> Changed:
    """Compare two whole networks (of two versions of topology.yaml), which costs their size."""
    nodes = set(_differing(before.nodes, after.nodes)) | set(_differing(before.depends, after.depends))
    services, slas = set(_differing(before.products, after.products)), set(_differing(before.slas, after.slas))
    if slas:
        services.update(service for service, products in after.products.items() if any(product.sla in slas for product in products))
    return Changed((), (), frozenset(nodes), True, frozenset(services))


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    yield from (key for key in before if before[key] != after.get(key))
    yield from (key for key in after if key not in before)
