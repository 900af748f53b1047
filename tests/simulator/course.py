"""Who is down, since when, because of whom: faults in order of time, carried through the plant."""

from typing import NamedTuple

from tests.simulator.faults import Fault
from tests.simulator.plant import Condition, Plant
from tests.simulator.voices import FAILED_AS, SPEECH


class Episode(NamedTuple):
    """One stretch of time in which something was so."""

    element: str
    state: str
    """failed, dead, cut, weak: what an alarm is told of; down: of a service."""
    cause: str
    """Of voices.CAUSES; of a service "" ."""
    incident: str
    """Whose fault began it."""
    start: float
    end: float
    hops: int
    hidden: bool = False
    """Its box is cut off: what it says comes when that is over, or never."""


def follow(plant: Plant, faults: list[Fault]) -> list[Episode]:
    """Return all episodes, by start; services too."""
    moments = sorted((at, began, fault.incident, fault) for fault in faults for on, off in fault.periods for at, began in ((on, True), (off, False)))
    broken: dict[str, Fault] = {}
    standing: dict[tuple[str, str], Episode] = {}
    over: list[Episode] = []
    for at, began, incident, fault in moments:
        if began:
            broken[fault.incident] = fault
        else:
            broken.pop(fault.incident)
        found = _spoken(plant, broken)
        for key in [key for key in standing if key not in found]:
            over.append(standing.pop(key)._replace(end=at))
        for (element, cause), (state, hops, hidden) in found.items():
            if (element, cause) not in standing:
                standing[element, cause] = Episode(element, state, cause, incident, at, at, hops, hidden)
    return sorted(over, key=lambda e: (e.start, e.element, e.cause))


def _spoken(plant: Plant, broken: dict[str, Fault]) -> dict[tuple[str, str], tuple[str, int, bool]]:
    """Return (element, cause) -> (state, hops, hidden) of everything that is not as it should be."""
    roots = {fault.root: fault for fault in broken.values()}
    now = plant.condition(roots, (root for root, fault in roots.items() if fault.lifeless))
    found: dict[tuple[str, str], tuple[str, int, bool]] = {}
    for name in [*now.down, *sorted(now.weak)]:
        if name in plant.services:
            if name in now.down:
                found[name, ""] = ("down", now.down[name], False)
            continue
        state = _state(name, now, roots)
        saying = SPEECH[plant.elements[name].role].get(state)
        if saying is None:
            continue
        host = plant.hosts.get(name, "") if saying.by == "host" else name if saying.by == "self" and state == "weak" else ""
        if host in now.dead and state != "failed":
            continue
        cause = FAILED_AS.get(roots[name].kind, saying.cause) if state == "failed" else saying.cause
        found[name, cause] = (state, now.down.get(name, 0), host in now.down and state != "failed")
    return found


def _state(name: str, now: Condition, roots: dict[str, Fault]) -> str:
    if name in roots:
        return "failed"
    return "dead" if name in now.dead else "cut" if name in now.down else "weak"
