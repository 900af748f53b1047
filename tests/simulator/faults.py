"""What breaks, when and for how long: incidents as a Poisson process, so that some overlap, also in one domain."""

import random
from collections import defaultdict
from typing import NamedTuple

from tests.simulator.plant import Plant

GAP = 75 * 60.0
"""Seconds from one incident to the next on average, in a network of a few hundred elements: a bad week, in which every eighth fault meets another."""
KINDS: dict[str, tuple[float, tuple[str, ...], bool]] = {
    # Kind of fault: (how often, roles it befalls, whether it takes the life out of them).
    "node": (0.25, ("box",), True),
    "link": (0.25, ("link",), True),
    "card": (0.15, ("card",), True),
    "software": (0.10, ("box", "application"), False),
    "power": (0.08, ("feed",), True),
    "duct": (0.07, ("duct", "passive"), True),
    "terminal": (0.04, ("terminal", "cell", "port"), True),
    "intermittent": (0.06, ("link", "card"), True),
}


class Fault(NamedTuple):
    """One incident: one thing breaks, once or again and again."""

    incident: str
    kind: str
    root: str
    lifeless: bool
    periods: tuple[tuple[float, float], ...]
    """Seconds from the start of the simulation: broken from, to."""

    @property
    def start(self) -> float:
        return self.periods[0][0]

    @property
    def end(self) -> float:
        return self.periods[-1][1]


def happen(plant: Plant, count: int, dice: random.Random, gap: float = GAP) -> list[Fault]:
    """Return `count` faults by time. What is down already does not break; nothing breaks twice within two hours."""
    by_role: dict[str, list[str]] = defaultdict(list)
    for element in plant.elements.values():
        by_role[element.role].append(element.id)
    kinds = {kind: share for kind, (share, roles, _) in KINDS.items() if any(by_role[role] for role in roles)}
    # Feeds are few at the top and many below, and it is the top that matters: it fails as often as all of a storey below it.
    weight = {name: len(plant.fallen(name)) ** 0.7 if role == "feed" else 1.0 for role, names in by_role.items() for name in names}
    faults: list[Fault] = []
    open_: list[Fault] = []
    at = 3600.0
    while len(faults) < count:
        at += dice.expovariate(1 / gap)
        kind = dice.choices(list(kinds), list(kinds.values()))[0]
        _, roles, lifeless = KINDS[kind]
        roots = [name for role in roles for name in by_role[role]]
        open_ = [fault for fault in open_ if fault.end > at - 7200]
        taken = {fault.root for fault in open_}.union(*(plant.fallen(fault.root) for fault in open_ if fault.end > at))
        root = next((r for r in dice.choices(roots, [weight[r] for r in roots], k=20) if r not in taken), None)
        if root is not None:
            faults.append(Fault(f"i{len(faults) + 1:05}", kind, root, lifeless, _periods(kind, at, dice)))
            open_.append(faults[-1])
    return faults


def _periods(kind: str, at: float, dice: random.Random) -> tuple[tuple[float, float], ...]:
    if kind != "intermittent":
        return ((at, at + min(4 * 3600.0, max(240.0, dice.lognormvariate(7.8, 0.7)))),)
    periods = []
    for _ in range(dice.randint(3, 8)):
        lasts = dice.uniform(15, 90)
        periods.append((at, at + lasts))
        at += lasts + dice.uniform(40, 240)
    return tuple(periods)
