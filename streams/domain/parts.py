"""Wholes and parts as declared (`part_of`): a service and its replicas, a card and its ports."""

from streams.domain.impact import REMEMBERED
from streams.domain.network import Network

PART_OF = "part_of"


def parts_of(network: Network, whole: str) -> tuple[str, ...]:
    """Return the parts of an object that has several, in declared order."""
    return next((d.on for d in network.depends.get(whole, ()) if d.kind == PART_OF and len(d.on) > 1), ())


def wholes(network: Network, name: str) -> tuple[str, ...]:
    """Return what an object is one of several parts of, sorted; remembered."""
    known = network.memo.setdefault("wholes", {})
    found: tuple[str, ...] | None = known.get(name)
    if found is None:
        if len(known) >= REMEMBERED:
            known.clear()
        found = known[name] = tuple(other for other in network.carries.get(name, ()) if name in parts_of(network, other))
    return found
