"""Who is down, since when, because of whom: faults in order of time, carried through the plant."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.simulator.faults import Fault
from tests.simulator.plant import Condition, Plant
from tests.simulator.voices import Saying
from tests.simulator.voices import saying as heard


class Episode(NamedTuple):
    """One stretch of time in which something was so."""

    element: str
    state: str
    """failed, dead, cut, weak: what an alarm is told of; down: of a service."""
    saying: Saying | None
    """How it is heard; of a service without a probe None."""
    incident: str
    """Whose fault began it."""
    start: float
    end: float
    hops: int
    hidden: bool = False
    """Its box is cut off: what it says comes when that is over, or never."""


def follow(plant: Plant, faults: list[Fault]) -> list[Episode]:
    """Return all episodes, by start; services too."""
    broken: dict[str, Fault] = {}
    dark: dict[str, float] = {}
    standing: dict[tuple[str, Saying | None], Episode] = {}
    over: list[Episode] = []
    for at, change, incident, fault in sorted(_moments(plant, faults)):
        if change == "on":
            broken[incident] = fault
        elif change == "off":
            broken.pop(incident)
        found = _spoken(plant, broken, dark, at)
        for key in [key for key in standing if key not in found]:
            over.append(standing.pop(key)._replace(end=at))
        for (element, told), (state, hops, hidden) in found.items():
            if (element, told) not in standing:
                begun_by = incident if change != "off" else _left(plant, element, broken, incident)
                standing[element, told] = Episode(element, state, told, begun_by, at, at, hops, hidden)
    return sorted(over, key=lambda e: (e.start, e.element, e.saying.cause if e.saying else ""))


def _left(plant: Plant, element: str, broken: dict[str, Fault], ended: str) -> str:
    """Return whose fault it is that an element is still not well as another's fault ends: the latest that alone would hurt it, else the latest."""
    hurt = [fault for fault in broken.values() for alone in [plant.condition([fault.root], [])] if element in alone.down or element in alone.weak]
    return max(hurt or broken.values(), key=lambda fault: (fault.start, fault.incident)).incident if broken else ended


def _moments(plant: Plant, faults: list[Fault]) -> Iterator[tuple[float, str, str, Fault]]:
    """Yield when something changes: a fault begins, batteries run out, it ends."""
    reserves = sorted(set(plant.reserves.values()))
    for fault in faults:
        for on, off in fault.periods:
            yield on, "on", fault.incident, fault
            yield off, "off", fault.incident, fault
            for reserve in reserves if plant.elements[fault.root].role == "feed" else ():
                if on + reserve < off:
                    yield on + reserve, "out", fault.incident, fault


Spoken = dict[tuple[str, Saying | None], tuple[str, int, bool]]
"""(element, what it says) -> (state, hops, hidden)."""


def _spoken(plant: Plant, broken: dict[str, Fault], dark: dict[str, float], at: float) -> Spoken:
    """Return everything that is not as it should be; `dark`, who has had no power since when, is brought up to date."""
    roots = {fault.root: fault for fault in broken.values()}
    lifeless = [root for root, fault in roots.items() if fault.lifeless]
    unpowered = plant.unpowered(plant.condition(roots, lifeless, plant.reserves).down)
    for name in [name for name in dark if name not in unpowered]:
        dark.pop(name)
    for name in sorted(unpowered):
        dark.setdefault(name, at)
    now = plant.condition(roots, lifeless, {name for name, reserve in plant.reserves.items() if at < dark.get(name, at) + reserve})
    battery, probed = heard("box", "battery"), heard("probe", "down")
    found: Spoken = {(name, battery): ("battery", 1, name in now.down) for name in dark}
    for name in [*now.down, *sorted(now.weak)]:
        if name in plant.services:
            if name in now.down:
                found[name, None] = ("down", now.down[name], False)
                if name in plant.probes:
                    found[name, probed] = ("down", now.down[name], False)
            continue
        state = _state(name, now, roots)
        saying = heard(plant.elements[name].role, state, roots[name].kind if name in roots else "")
        if saying is not None:
            _say(plant, name, state, saying, now, roots, found)
    return found


def _say(plant: Plant, name: str, state: str, saying: Saying, now: Condition, roots: dict[str, Fault], found: Spoken) -> None:
    """Note what an element would say, unless it has no mouth left."""
    host = plant.hosts.get(name, "") if saying.by == "host" else name if saying.by == "self" and state == "weak" else ""
    if state != "failed" and host in now.dead:
        return
    found[name, saying] = (state, now.down.get(name, 0), state != "failed" and host in now.down)


def _state(name: str, now: Condition, roots: dict[str, Fault]) -> str:
    if name in roots:
        return "failed"
    return "dead" if name in now.dead else "cut" if name in now.down else "weak"
