"""What is to be found: per line its incident, per incident the roots that may be named, who is hit, and how long products were down."""

from collections import defaultdict
from typing import NamedTuple

from tests.simulator.course import Episode
from tests.simulator.faults import Fault
from tests.simulator.plant import Plant

Spans = list[tuple[float, float]]


class Incident(NamedTuple):
    """One fault as it ought to be found."""

    fault: Fault
    roots: frozenset[str]
    """What broke, and what nobody could tell from it by any alarm."""
    products: frozenset[str]
    """Product instances that it takes down, alone or with what was broken already."""
    domains: frozenset[str]
    """Correlation domains of all that falls and is watched."""


class Truth(NamedTuple):
    """Of one simulated run."""

    incidents: dict[str, Incident]
    down: dict[str, Spans]
    """Product instance -> spans of time in which it was down, merged."""


def truth(plant: Plant, faults: list[Fault], episodes: list[Episode]) -> Truth:
    sold: dict[str, list[str]] = defaultdict(list)
    for product, service in plant.products.items():
        sold[service].append(product)
    hit: dict[str, set[str]] = defaultdict(set)
    spans: dict[str, Spans] = defaultdict(list)
    for episode in episodes:
        if episode.saying is None:
            hit[episode.incident].update(sold[episode.element])
            for product in sold[episode.element]:
                spans[product].append((episode.start, episode.end))
    incidents = {}
    for fault in faults:
        fallen = plant.fallen(fault.root, max(off - on for on, off in fault.periods))
        alone = {product for service in fallen & plant.services.keys() for product in sold[service]}
        domains = frozenset(plant.elements[name].domain for name in _seen(plant, fault.root))
        incidents[fault.incident] = Incident(fault, acceptable(plant, fault.root), frozenset(hit[fault.incident] | alone), domains)
    return Truth(incidents, {product: merged(times) for product, times in sorted(spans.items())})


def acceptable(plant: Plant, root: str) -> frozenset[str]:
    """Return the root and, where nobody watches it, all whose failure would make the very same elements speak."""
    if not plant.elements[root].mute:
        return frozenset({root})
    seen = _seen(plant, root)
    if not seen:
        return frozenset({root})
    # Whoever makes the same speak is needed by each of them, or is one of them.
    near = plant.needed([min(seen)]) | plant.fallen(root)
    return frozenset({root} | {name for name in near if name in plant.elements and _seen(plant, name) == seen})


def _seen(plant: Plant, root: str) -> frozenset[str]:
    return frozenset(name for name in plant.fallen(root) if name in plant.elements and not plant.elements[name].mute)


def merged(spans: Spans) -> Spans:
    """Return the union of spans of time, in order."""
    union: Spans = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union
