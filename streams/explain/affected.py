"""Which part of the network a picture shows: the cause, the paths from it, who alarmed, who kept silent, which services it hits.

At most `MOST` objects, the nearest to the cause first; all others are counted. Silent are objects that the cause's failure
reaches and whose like did alarm: the silence of any other type says nothing (domain/facts.py). Customers are not shown.
"""

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from schemas.explanation import ProblemExplanation
from streams.domain import impact
from streams.domain.alarm import Effect, Severity
from streams.domain.implied import path_to
from streams.domain.network import Network

MOST = 60
"""Objects in one picture (ours): more cannot be read."""
FOR_ALARMED, FOR_SERVICES = 36, 48
"""Objects once alarmed ones have been taken, and once services have; what is left is for the silent."""
HITS = ("", "none", "planned", "at-risk", "degraded", "down")
NAMED = 0.05
"""Confidence from which a runner-up is marked as one."""


class Box(msgspec.Struct):
    """One object of the picture."""

    name: str
    is_cause: bool = False
    is_alarmed: bool = False
    is_service: bool = False
    is_silent: bool = False
    """It should have alarmed and did not."""
    words: str = ""
    """What is told of it, in a few words."""


class Edge(msgspec.Struct, frozen=True):
    """`dependent` depends on `on`."""

    on: str
    dependent: str
    explains: bool
    """It lies on a path by which the cause explains an alarm or hits a service."""
    is_protected: bool
    """The dependent works while enough others of what it depends on do."""


class Affected(msgspec.Struct):
    """What is drawn."""

    boxes: dict[str, Box]
    edges: list[Edge]
    omitted: dict[str, int]
    """What was left out, by kind."""


def affected(problem: ProblemExplanation, network: Network) -> Affected:
    """Choose what is drawn of a problem."""
    alarmed, hit = _alarmed(problem), _hit(problem)
    cause = problem.cause.object if problem.cause else ""
    chosen = _Chosen(network)
    if cause:
        chosen.add((cause,), MOST)
    near = sorted(alarmed, key=lambda name: (impact.cone(network, name).get(cause, len(network.nodes)), name))
    for name in near:
        chosen.add(_path(network, name, (cause,)), FOR_ALARMED)
    ways = {name: _path(network, name, (cause, *near)) for name in hit}
    for name in sorted(hit, key=lambda name: (-HITS.index(hit[name]), len(ways[name]), name)):
        chosen.add(ways[name], FOR_SERVICES)
    silent = _silent(network, cause, alarmed, hit)
    for name in silent:
        chosen.add(_path(network, name, (cause,)), MOST)
    for name in near:
        chosen.add((name,), MOST)
    boxes = {name: Box(name, name == cause, name in alarmed, name in hit or impact.is_service(network, name), name in silent, _words(name, problem, alarmed, hit, silent)) for name in chosen.names}
    omitted = {kind: left for kind, names in (("alarmed", alarmed), ("silent", silent), ("services", hit)) if (left := sum(name not in boxes for name in names))}
    if problem.omitted:
        omitted["alarm records"] = problem.omitted
    return Affected(boxes, chosen.edges(), omitted)


class _Chosen:
    """Objects taken so far, and the paths they were taken with."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.names: dict[str, None] = {}
        self._paths: set[tuple[str, str]] = set()

    def add(self, path: tuple[str, ...], limit: int) -> None:
        """Take a whole path, from an object down to what explains it, or nothing of it."""
        new = [name for name in path if name not in self.names]
        if len(self.names) + len(new) <= limit:
            self.names |= dict.fromkeys(new)
            self._paths |= set(pairwise(path))

    def edges(self) -> list[Edge]:
        """Return every dependency between the chosen, and the steps of a path that are none (a link declared both ways)."""
        found = {}
        for name in self.names:
            for dependency in self._network.depends.get(name, ()):
                for on in dependency.on:
                    if on in self.names and on != name:
                        found[on, name] = Edge(on, name, (name, on) in self._paths, dependency.needs < len(dependency.on))
        return [found[key] for key in sorted(found)]


def _path(network: Network, name: str, ends: Iterable[str]) -> tuple[str, ...]:
    """Return the way from an object down to the first of `ends` that it stands on; itself alone where it stands on none."""
    under = impact.cone(network, name)
    for end in ends:
        if end and end != name and end in under:
            return path_to(network, name, end)
    return (name,)


def _alarmed(problem: ProblemExplanation) -> dict[str, tuple[Severity, bool, str]]:
    """Return alarmed object -> its worst severity, whether an alarm is active, and the cause it told with it."""
    found: dict[str, tuple[Severity, bool, str]] = {}
    for alarm in problem.alarms:
        told = (Severity[alarm.severity.upper()], alarm.state == "active", alarm.probable_cause)
        known = found.get(alarm.object)
        found[alarm.object] = told if known is None else max(known, told, key=lambda one: (one[1], one[0]))
    return found


def _hit(problem: ProblemExplanation) -> dict[str, str]:
    """Return service -> how it was hit at worst."""
    return {each.service: max(("", *(product.worst for product in each.products)), key=HITS.index) for each in problem.services}


def _silent(network: Network, cause: str, alarmed: Iterable[str], hit: Iterable[str]) -> dict[str, None]:
    """Return what the cause's failure reaches and whose like alarmed, nearest first."""
    if not cause or cause not in network.nodes:
        return {}
    types = {network.nodes[name].type for name in alarmed if name in network.nodes}
    told = {*alarmed, *hit, cause}
    reached = impact.spread(network, {cause: Effect.DOWN})
    return {name: None for name in reached if name not in told and name in network.nodes and network.nodes[name].type in types}


def _words(name: str, problem: ProblemExplanation, alarmed: dict[str, tuple[Severity, bool, str]], hit: dict[str, str], silent: dict[str, None]) -> str:
    told = []
    if problem.cause is not None and name == problem.cause.object:
        told.append(f"cause {problem.cause.confidence:.2f}")
    told += [f"cause no. {place} {other.confidence:.2f}" for place, other in enumerate(problem.runners_up, 2) if other.object == name and other.confidence >= NAMED]
    if name in hit:
        told.append(hit[name] or "hit")
    if name in alarmed:
        severity, is_active, cause = alarmed[name]
        told.append(f"{severity.name.lower()}{'' if is_active else ', clear'}: {cause}")
    elif name in silent or not told or (problem.cause is not None and name == problem.cause.object):
        told.append("silent")
    return "; ".join(told)
