"""A network as it is: elements, what each needs to work, services and what customers bought.

Two things pass along dependencies. Death (no power, no light, no hardware beneath) passes along PHYSICAL bonds; being cut off
(healthy, but of no use) passes along all. Who is dead cannot speak; who is cut off can, if somebody can hear him.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

from tests.simulator.voices import effects

PHYSICAL = frozenset({"powered_by", "hosted_on", "runs_in", "terminates"})
"""Kinds of bond that pass death: power, the box beneath, the duct around, the light of the far end."""

class Element(NamedTuple):
    """Something that may break or say that it does not work."""

    id: str
    type: str
    role: str
    """How it behaves (voices.py): box, card, port, link, feed, duct, passive, path, tunnel, terminal, cell, application."""
    domain: str
    vendor: str
    mute: bool
    """Whether nobody watches it: no alarm will ever name it."""


class Bond(NamedTuple):
    """`dependent` works while `needs` of `to` work."""

    dependent: str
    to: tuple[str, ...]
    kind: str
    needs: int


class Condition(NamedTuple):
    """How things stand at one moment."""

    down: dict[str, int]
    """Element or service -> hops from what broke."""
    dead: frozenset[str]
    weak: frozenset[str]
    """Work, but lost some of their redundancy."""


class Plant:
    """One network."""

    def __init__(self, family: str, elements: dict[str, Element], bonds: list[Bond], services: dict[str, str], products: dict[str, str],
                 probes: dict[str, Element], reserves: dict[str, float]) -> None:
        self.family, self.elements, self.bonds = family, elements, bonds
        self.services = services
        """Service -> its type."""
        self.products = products
        """Product instance -> its service."""
        self.probes = probes
        """Service -> what tests it from outside and says that it does not work; few have it."""
        self.reserves = reserves
        """Element -> seconds for which its battery holds."""

    @cached_property
    def above(self) -> dict[str, list[Bond]]:
        """Element -> the bonds in which it is needed."""
        found: dict[str, list[Bond]] = defaultdict(list)
        for bond in self.bonds:
            for to in bond.to:
                found[to].append(bond)
        return found

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        direct: dict[str, set[str]] = defaultdict(set)
        for bond in self.bonds:
            direct[bond.dependent].update(bond.to)
        return direct

    def needed(self, names: Iterable[str]) -> set[str]:
        """Return all that any of `names` needs, near and far, themselves included."""
        queue = list(names)
        seen = set(queue)
        for here in queue:
            for to in self._below.get(here, ()):
                if to not in seen:
                    seen.add(to)
                    queue.append(to)
        return seen

    @cached_property
    def hosts(self) -> dict[str, str]:
        """Card, port, ... -> the box it sits in."""
        on = {b.dependent: b.to[0] for b in self.bonds if b.kind == "hosted_on" and len(b.to) == 1 and b.dependent in self.elements}
        found = {}
        for name in on:
            below = on[name]
            while below in on:
                below = on[below]
            found[name] = below
        return found

    def condition(self, broken: Iterable[str], lifeless: Iterable[str], held: Container[str] = ()) -> Condition:
        """Return who is down, dead and weak while `broken` do not work, of whom `lifeless` have no life in them; `held` run on battery if need be."""
        down: dict[str, int] = dict.fromkeys(sorted(broken), 0)
        weak: set[str] = set()
        queue = list(down)
        for lost in queue:
            for bond in self.above.get(lost, ()):
                if bond.kind == "powered_by" and bond.dependent in held:
                    continue
                if sum(to not in down for to in bond.to) >= bond.needs:
                    weak.add(bond.dependent)
                elif bond.dependent not in down:
                    down[bond.dependent] = down[lost] + 1
                    queue.append(bond.dependent)
        return Condition(down, self._dead(lifeless, held), frozenset(weak - down.keys()))

    def _dead(self, lifeless: Iterable[str], held: Container[str]) -> frozenset[str]:
        queue = sorted(lifeless)
        dead = set(queue)
        for lost in queue:
            for bond in self.above.get(lost, ()):
                if bond.kind == "powered_by" and bond.dependent in held:
                    continue
                if bond.kind in PHYSICAL and bond.dependent not in dead and sum(to not in dead for to in bond.to) < bond.needs:
                    dead.add(bond.dependent)
                    queue.append(bond.dependent)
        return frozenset(dead)

    def unpowered(self, down: Container[str]) -> set[str]:
        """Return those with a battery whose power is gone while `down` are."""
        return {bond.dependent for name in self.reserves for bond in self._power.get(name, ()) if sum(to not in down for to in bond.to) < bond.needs}

    @cached_property
    def _power(self) -> dict[str, list[Bond]]:
        found: dict[str, list[Bond]] = defaultdict(list)
        for bond in self.bonds:
            if bond.kind == "powered_by":
                found[bond.dependent].append(bond)
        return found

    def fallen(self, root: str, lasts: float = inf) -> frozenset[str]:
        """Return all that is down in the end while `root` alone is broken for `lasts` seconds, itself included."""
        return frozenset(self.condition([root], [], {name for name, reserve in self.reserves.items() if reserve >= lasts}).down)

    def document(self) -> dict[str, Any]:
        """Return the content of topology.yaml: what an operator would know."""
        return {
            "feeds": [{"topic": "alarms", "format": "tmf642", "home": min(e.domain for e in self.elements.values()), "first_contact": "alarming"}],
            "network": {
                "resources": [{"id": e.id, "type": e.type, "domain": e.domain} for e in self.elements.values()],
                "dependencies": [_declared(bond) for bond in self.bonds],
            },
            "services": [{"id": name, "type": kind} for name, kind in self.services.items()],
            "products": [{"id": product, "service": service, "customer": f"customer-of-{product}"} for product, service in self.products.items()],
            "effects": effects(),
        }


def _declared(bond: Bond) -> dict[str, Any]:
    told: dict[str, Any] = {"from": bond.dependent, "to": list(bond.to) if len(bond.to) > 1 else bond.to[0], "kind": bond.kind}
    return told if bond.needs == len(bond.to) else {**told, "needs": bond.needs}
