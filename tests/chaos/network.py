"""A made-up operator for chaos runs: counties with rings, protected services and products, and a day of faults.

    supply --> trunk-l, trunk-r --> ring switches (either trunk will do) --> line cards --> services --> products

    land: feed (raises no alarm) --> hub --> trunk-r of its counties; feed --> their supplies

Every county is a correlation domain, and so is a land. Some services are protected by two switches, some of these by
switches of two counties. A fault takes an element down, what depends on it follows within seconds, repeats itself and
clears; a fault of a land is one in several domains, some faults flap, some are told from the far end (so that what looked
like several problems becomes one), some alarms are told late. Times are event times: nothing here knows how fast it will be fed.
"""

import heapq
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

START = datetime(2026, 3, 1, tzinfo=UTC)
CAUSES = {"hub": "lossOfSignal", "supply": "powerProblem", "trunk": "equipmentMalfunction", "switch": "equipmentMalfunction", "card": "lossOfSignal"}
FOLLOWS = {"hub": "lossOfSignal", "supply": "powerProblem", "trunk": "lossOfSignal", "switch": "lossOfSignal", "card": "underlyingResourceUnavailable"}
Json = dict[str, Any]


class Line(NamedTuple):
    """One alarm as it is fed: the county it is keyed by, and its JSON."""

    key: str
    value: bytes


class Asked(NamedTuple):
    """One record of a topic of requests."""

    topic: str
    value: bytes
    again: bool = False
    """The very same was said before."""


class County(NamedTuple):
    """One correlation domain; `on` says what each element needs: any one of them."""

    name: str
    kinds: dict[str, str]
    on: dict[str, tuple[str, ...]]
    counties: tuple["County", ...] = ()
    """Of a land: those that stand on it."""


def county(number: int, rings: int, cards: int) -> County:
    name = f"county-{number:03d}"
    kinds = {f"{name}/supply": "supply"}
    on: dict[str, tuple[str, ...]] = {}
    for side in "lr":
        kinds[f"{name}/trunk-{side}"] = "trunk"
        on[f"{name}/trunk-{side}"] = (f"{name}/supply",) if side == "l" else ()
    for ring in range(rings):
        switch = f"{name}/switch-{ring}"
        kinds[switch] = "switch"
        on[switch] = (f"{name}/trunk-l", f"{name}/trunk-r")
        for card in range(cards):
            kinds[f"{switch}/card-{card}"] = "card"
            on[f"{switch}/card-{card}"] = (switch,)
    return County(name, kinds, on)


def counties(count: int, rings: int = 3, cards: int = 3, land: int = 0) -> list[County]:
    """Make counties; `land`: as many at a time stand on one land, which comes after them."""
    made = [county(number, rings, cards) for number in range(count)]
    lands = []
    for first in range(0, count, land) if land else ():
        name, there = f"land-{first // land:03d}", tuple(made[first:first + land])
        for each in there:
            each.on[f"{each.name}/supply"], each.on[f"{each.name}/trunk-r"] = (f"{name}/feed",), (f"{name}/hub",)
        lands.append(County(name, {f"{name}/feed": "feed", f"{name}/hub": "hub"}, {f"{name}/hub": (f"{name}/feed",)}, there))
    return made + lands


def topology(network: list[County], feed: str, partitions: int, feed_partitions: int = 0) -> Json:
    """Return topology.yaml's content: modes, network, services on every card, protected ones within and across counties."""
    resources = [{"id": i, "type": kind, "domain": each.name} for each in network for i, kind in each.kinds.items()]
    depends: list[Json] = []
    for each in network:
        for i, needed in each.on.items():
            if needed:
                depends.append({"from": i, "to": list(needed), "kind": "connected", "needs": 1})
    services, products = [], []

    def serve(service: str, domain: str, to: list[str], sla: str) -> None:
        services.append({"id": service, "type": "access", "domain": domain})
        depends.append({"from": service, "to": to, "kind": "hosted_on", "needs": 1} if len(to) > 1 else {"from": service, "to": to[0], "kind": "hosted_on"})
        products.append({"id": f"product:{service}", "service": service, "customer": f"customer:{domain}", "sla": sla})

    for n, each in enumerate(network):
        cards = [i for i, kind in each.kinds.items() if kind == "card"]
        switches = [i for i, kind in each.kinds.items() if kind == "switch"]
        if not cards:
            continue
        for c, card in enumerate(cards):
            serve(f"{each.name}/line-{c}", each.name, [card], "plain")
        serve(f"{each.name}/protected", each.name, switches[:2], "fast")
        if len(network) > 1 and n % 2 == 0 and (other := network[(n + 1) % len(network)]).on and not other.counties:
            serve(f"{each.name}/crossing", each.name, [switches[0], f"{other.name}/switch-0"], "fast")
    lanes = ("alarm-events", "problem-changes", "problem-inbox", "service-effects", "alarm-records")
    return {
        "mode": "act",
        "feeds": [{"topic": feed, "format": "tmf642", "home": network[0].name}],
        "streams": {**{topic: {"partitions": partitions} for topic in lanes}, feed: {"partitions": feed_partitions or partitions}},
        "network": {"resources": resources, "dependencies": depends}, "services": services, "products": products,
        "slas": {"fast": {"restore_within": "4h", "warn_at": "75%"}, "plain": {"restore_within": "24h", "warn_at": "75%"}},
        # The breaker is for the whole network: which commands it lets through depends on the order of counties, which is no law.
        "policy": {"oversee": {"breaker_commands": 1_000_000}},
        "restoration": [{"cause": "equipmentMalfunction", "on_type": "switch", "action": "restart", "attempts": 2, "cooldown": "5m"}],
    }


def fallen(each: County, root: str) -> dict[str, int]:
    """Return what stops working with `root`, and how far it is from it."""
    down, moved = {root: 0}, True
    depends = {i: needed for one in (each, *each.counties) for i, needed in one.on.items()}
    while moved:
        moved = False
        for i, needed in depends.items():
            if needed and i not in down and all(n in down for n in needed):
                down[i], moved = 1 + max(down[n] for n in needed), True
    return down


class Storyteller:
    """Writes alarms in the order in which they are fed."""

    def __init__(self, dice: random.Random, late: float = 0.02) -> None:
        self.dice, self.late = dice, late
        self._heap: list[tuple[float, int, str, Json]] = []

    def tell(self, at: float, key: str, alarm: Json) -> None:
        """Note an alarm of second `at`; a share of `late` is delivered up to a minute later."""
        late = self.dice.random() * 60 if self.dice.random() < self.late else 0.0
        heapq.heappush(self._heap, (at + late, len(self._heap), key, alarm))

    @property
    def told(self) -> int:
        """How many alarms."""
        return len(self._heap)

    def fault(self, each: County, root: str, at: float, lasts: float, repeats: int, is_backwards: bool = False, clears: "Storyteller | None" = None, cleared: float = 0.0) -> None:
        """Tell of a fault of `root`; `is_backwards`: what is furthest from it says so first; `clears` tells that it is over, at `cleared`."""
        kinds, dice = {i: kind for one in (each, *each.counties) for i, kind in one.kinds.items()}, self.dice
        down = fallen(each, root)
        for object_, steps in down.items():
            if (steps and dice.random() < 0.1) or kinds[object_] == "feed":
                continue
            kind, county_ = kinds[object_], object_.split("/")[0]
            far = max(down.values()) - steps if is_backwards else steps
            cause = CAUSES[kind] if not steps else FOLLOWS[kind]
            raised = at + far * (0.5 + 3 * dice.random())
            severity = "critical" if kind in ("trunk", "supply") else "major"
            self.tell(raised, county_, alarm_of(object_, cause, severity, raised))
            for _ in range(repeats):
                again = raised + 5 + dice.random() * lasts
                if again < at + lasts:
                    self.tell(again, county_, alarm_of(object_, cause, severity, raised, changed=again))
            over = max(raised + 1, (cleared or at + lasts) + 5 * dice.random())
            (clears or self).tell(over, county_, alarm_of(object_, cause, severity, raised, cleared=over))

    def times(self) -> list[float]:
        """Return the second at which each line is delivered."""
        return [at for at, *_ in sorted(self._heap, key=lambda told: told[:2])]

    def lines(self, prefix: str = "n") -> list[Line]:
        """Return everything told, in the order of delivery; `prefix` begins the ids."""
        told = sorted(self._heap, key=lambda told: told[:2])
        return [Line(key, json.dumps(alarm | {"id": f"{prefix}{n}"}, separators=(",", ":")).encode()) for n, (_, _, key, alarm) in enumerate(told)]


def iso(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alarm_of(object_: str, cause: str, severity: str, raised: float, changed: float = 0.0, cleared: float = 0.0) -> Json:
    told: Json = {"alarmType": "communicationsAlarm" if cause != "powerProblem" else "environmentalAlarm", "alarmedObject": {"id": object_},
                  "perceivedSeverity": "cleared" if cleared else severity, "probableCause": cause, "alarmRaisedTime": iso(raised),
                  "serviceAffecting": severity != "minor", "state": "cleared" if cleared else "updated" if changed else "raised", "sourceSystemId": "made-up"}
    if cleared:
        told["alarmClearedTime"] = iso(cleared)
    elif changed:
        told["alarmChangedTime"] = iso(changed)
    return told


def day(network: list[County], alarms: int, seed: int, hours: float = 24.0) -> list[Line]:
    """Return about `alarms` lines: faults, flapping ones, minor noise."""
    dice = random.Random(seed)
    teller, told = Storyteller(dice), 0
    while told < alarms:
        each = dice.choice(network)
        root, at = dice.choice(list(each.kinds)), dice.random() * hours * 3600
        shape = dice.random()
        if shape < 0.1:
            for again in range(4):
                teller.fault(each, root, at + 40 * again, 4 + 20 * dice.random(), 0)
        elif shape < 0.25:
            teller.tell(at, each.name, alarm_of(root, "thresholdCrossed", "minor", at))
            teller.tell(at + 200 * dice.random(), each.name, alarm_of(root, "thresholdCrossed", "minor", at, cleared=at + 200))
        else:
            teller.fault(each, root, at, 200 + 2400 * dice.random(), dice.choice((2, 6, 20)), is_backwards=shape < 0.4)
        told = teller.told
    return teller.lines()


def closing(network: list[County], seed: int, hours: float) -> list[Line]:
    """Return an hour two days later: it drives every county's clock past all that was due before."""
    dice = random.Random(seed)
    teller = Storyteller(dice)
    for each in network:
        for n in range(6):
            # Three alarms far ahead must agree before time moves by more than an hour: the first ones count as suspect.
            at = (hours + 48) * 3600 + n * 400 + 100 * dice.random()
            teller.tell(at, each.name, alarm_of(next(i for i in reversed(each.kinds)), "thresholdCrossed", "minor", at))
    return teller.lines()
