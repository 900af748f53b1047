"""Where networks are built: names, vendors, and which parts nobody watches."""

import random

from tests.simulator.plant import Bond, Element, Plant
from tests.simulator.vendors import EQUIPMENT_VENDORS

UNWATCHED = {"link": 0.5, "feed": 0.5, "duct": 1.0, "passive": 1.0, "path": 1.0, "tunnel": 0.6}
"""Role -> how often the elements of one type in one domain are not watched at all: an element manager covers them, or not."""
PROBED = 0.05
"""Share of services that somebody tests from outside."""
UNMANAGED = {"terminal": 0.3}
"""Role -> how often a single element of it is not watched."""


class Yard:
    """Collects elements and bonds; `plant()` hands over the network."""

    def __init__(self, family: str, dice: random.Random) -> None:
        self.family, self.dice = family, dice
        self._elements: dict[str, Element] = {}
        self._bonds: list[Bond] = []
        self._services: dict[str, str] = {}
        self._products: dict[str, str] = {}
        self._probes: dict[str, Element] = {}
        self._reserves: dict[str, float] = {}
        self._vendors: dict[tuple[str, str], str] = {}
        self._unwatched: dict[tuple[str, str], bool] = {}

    def add(self, name: str, type_: str, role: str, domain: str) -> str:
        """Add an element; those of one type in one domain are of one vendor, and watched or not."""
        ports = role in ("card", "port")
        vendor = self._vendors.setdefault(("box" if ports else type_, domain), self.dice.choice(EQUIPMENT_VENDORS))
        unwatched = self._unwatched.setdefault((type_, domain), self.dice.random() < UNWATCHED.get(role, 0.0))
        self._elements[name] = Element(name, type_, role, domain, vendor, unwatched or self.dice.random() < UNMANAGED.get(role, 0.0))
        return name

    def bond(self, dependent: str, to: str | list[str], kind: str = "connected", needs: int = 0) -> None:
        """`needs` 0: all of `to`."""
        needed = (to,) if isinstance(to, str) else tuple(to)
        self._bonds.append(Bond(dependent, needed, kind, needs or len(needed)))

    def serve(self, service: str, type_: str, to: str | list[str], needs: int = 0, products: int = 1) -> str:
        """Add a service on an element, or on several of which `needs` must work, with the product instances sold of it."""
        self._services[service] = type_
        self.bond(service, to, "hosted_on" if isinstance(to, str) else "connected", needs)
        for n in range(products):
            self._products[f"product-{service}" if products == 1 else f"product-{service}-{n}"] = service
        if self.dice.random() < PROBED:
            self._probes[service] = Element(service, type_, "probe", "probes", "probes", False)
        return service

    def battery(self, name: str, seconds: float) -> None:
        """Let an element go on for so long when its power fails."""
        self._reserves[name] = seconds

    def plant(self) -> Plant:
        return Plant(self.family, self._elements, self._bonds, self._services, self._products, self._probes, self._reserves)
