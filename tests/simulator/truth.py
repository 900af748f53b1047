"""What is to be found: per line its incident, per incident the roots that may be named, who is hit, and how long products were down.

A product is hit by what takes it down alone, and where nothing does alone (two cuts of a protected path) by the last of them.
To say that the others, without which it would work, share in that is right as well; it used to count as wrong.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
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
    sharing: frozenset[str] = frozenset()
    """Product instances that a later one takes down, and would not have without it."""


class Truth(NamedTuple):
    """Of one simulated run."""

    incidents: dict[str, Incident]
    down: dict[str, Spans]
    """Product instance -> spans of time in which it was down, merged."""
    misled: frozenset[str] = frozenset()
    """Product instances that stand on something of which a clear was lost."""


def truth(plant: Plant, faults: list[Fault], episodes: list[Episode], heard: Container[tuple[str, str]], uncleared: Iterable[str] = ()) -> Truth:
    """Return the truth of a history; `heard`: (incident, element) where an alarm of it arrived; `uncleared`: of whom a clear was lost."""
    sold: dict[str, list[str]] = defaultdict(list)
    for product, service in plant.products.items():
        sold[service].append(product)
    hit: dict[str, set[str]] = defaultdict(set)
    shared: dict[str, set[str]] = defaultdict(set)
    spans: dict[str, Spans] = defaultdict(list)
    for episode in episodes:
        if episode.saying is None:
            hit[episode.incident].update(sold[episode.element])
            for incident in _sharing(plant, faults, episode):
                shared[incident].update(sold[episode.element])
            for product in sold[episode.element]:
                spans[product].append((episode.start, episode.end))
    incidents = {}
    for fault in faults:
        fallen = plant.fallen(fault.root, max(off - on for on, off in fault.periods))
        alone = {product for service in fallen & plant.services.keys() for product in sold[service]}
        domains = frozenset(plant.elements[name].domain for name in _seen(plant, fault.root))
        incidents[fault.incident] = Incident(fault, acceptable(plant, fault.root, (fault.incident, fault.root) in heard), frozenset(hit[fault.incident] | alone), domains, frozenset(shared[fault.incident]))
    watched = {name.split("/if-")[0] for name in uncleared} & plant.elements.keys()
    misled = {product for name in watched for service in plant.fallen(name) & plant.services.keys() for product in sold[service]}
    return Truth(incidents, {product: merged(times) for product, times in sorted(spans.items())}, frozenset(misled))


def _sharing(plant: Plant, faults: list[Fault], episode: Episode) -> set[str]:
    """Return the incidents without which a service that none of them takes down alone would work."""
    broken = [fault for fault in faults if any(on <= episode.start < off for on, off in fault.periods)]
    if len(broken) < 2 or any(episode.element in plant.fallen(fault.root) for fault in broken):
        return set()
    others = {fault.incident: [other.root for other in broken if other is not fault] for fault in broken}
    return {incident for incident, roots in others.items() if episode.element not in plant.condition(roots, []).down}


def acceptable(plant: Plant, root: str, spoke: bool) -> frozenset[str]:
    """Return the root and, where nothing was heard of itself, all whose failure would make the very same elements speak."""
    seen = _seen(plant, root) - {root}
    if spoke or not seen:
        return frozenset({root})
    # Whoever makes the same speak is needed by each of them, or is one of them.
    near = plant.needed([min(seen)]) | plant.fallen(root)
    return frozenset({root} | {name for name in near if name in plant.elements and _seen(plant, name) - {root} == seen})


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
