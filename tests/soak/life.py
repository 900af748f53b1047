"""The life of an operator's network, day by day, with everything in it that is new each day: what a table could keep for ever.

Each day has about as many alarms as the one before: faults of elements, some for days, noise, records that cannot be read; and
names that were never heard before and never are again: objects that nobody declared (of which some never clear), sessions
as an alarm's qualifier, planned work, customers' reports, operators' and testers' words, services that are sold and ended.
"""

import json
import random
from datetime import timedelta
from typing import NamedTuple

from streams.domain.instant import DAY, Instant, instant
from tests.chaos import network as made
from tests.chaos.network import START, Asked, County, Json, Line, Storyteller, alarm_of, iso
from tests.chaos.oracle import Outputs
from tests.chaos.outside import People

SECONDS = 86_400.0
STRANGERS, SESSIONS, UNREADABLE, WORKS, SOLD = 6, 6, 3, 2, 2
"""A day: objects that nobody declared, sessions, records that cannot be read, planned works, services sold."""
REPEATS = 10
"""Faults are the same every ten days: what is compared on two days is what was kept, not what happened."""
LATELY = 40
"""Customers' reports that customers still speak of."""
SOLD_FOR = 5
"""Days after which a service that was sold is ended."""


class Day(NamedTuple):
    """One day: what is fed, what is asked while it is, and when it ends."""

    lines: list[Line]
    asked: list[Asked]
    until: Instant


class Life:
    """Writes one day after the other; the same seed, the same life."""

    def __init__(self, network: list[County], alarms: int, seed: int) -> None:
        self._network, self._alarms, self._dice = network, alarms, random.Random(seed)
        self._people = People(network, seed)
        self._seed = seed
        self._later: dict[int, Storyteller] = {}

    def day(self, number: int, told: Outputs) -> Day:
        """Return the day's events; `told`: what was told of late, that people speak of."""
        self._dice.seed(f"{self._seed} {number % REPEATS}")
        teller, begins = self._teller(number), number * SECONDS
        self._faults(teller, number, begins)
        self._news(teller, number, begins)
        lines = teller.lines(f"d{number}-")
        for n in range(UNREADABLE):
            lines.insert(self._dice.randrange(len(lines)), Line(self._network[0].name, f"day {number} rubbish {n}".encode()))
        half = self._network[number % 2::2]
        self._people.forget(LATELY)
        asked = [*self._people.speak(told, {each.name for each in half}, begins), *self._works(number, begins), *self._inventory(number, begins)]
        return Day(lines, asked, instant(START) + (number + 1) * DAY)

    def _teller(self, number: int) -> Storyteller:
        return self._later.pop(number, None) or Storyteller(self._dice)

    def _faults(self, teller: Storyteller, number: int, begins: float) -> None:
        dice = self._dice
        for _ in range(2):      # of days
            each, days = dice.choice(self._network), dice.choice((2, 3))
            later = self._later.setdefault(number + days, Storyteller(dice))
            teller.fault(each, dice.choice(list(each.kinds)), begins + dice.random() * 40_000, SECONDS, 2, clears=later, cleared=begins + days * SECONDS + 600 * dice.random())
        while teller.told < self._alarms:
            each, at = dice.choice(self._network), begins + dice.random() * 70_000
            root = dice.choice(list(each.kinds))
            if dice.random() < 0.2:
                teller.tell(at, each.name, alarm_of(root, "thresholdCrossed", "minor", at))
                teller.tell(at + 200, each.name, alarm_of(root, "thresholdCrossed", "minor", at, cleared=at + 200))
            else:
                teller.fault(each, root, at, 200 + 2400 * dice.random(), dice.choice((0, 2, 6)), is_backwards=dice.random() < 0.2)

    def _news(self, teller: Storyteller, number: int, begins: float) -> None:
        """Objects and sessions of this day alone; half of each clear."""
        dice = self._dice
        for n in range(STRANGERS):
            each, at = dice.choice(self._network), begins + dice.random() * 70_000
            name = f"{each.name}/switch-0/guest-{number}-{n}" if n % 3 else f"stray-{number}-{n}"
            teller.tell(at, each.name, alarm_of(name, "lossOfSignal", "major" if n % 2 else "minor", at))
            if n < STRANGERS // 2:
                teller.tell(at + 900, each.name, alarm_of(name, "lossOfSignal", "minor", at, cleared=at + 900))
        for n in range(SESSIONS):
            each, at = dice.choice(self._network), begins + dice.random() * 70_000
            session = {"specificProblem": f"session {number}-{n}"}
            teller.tell(at, each.name, alarm_of(f"{each.name}/switch-1", "connectionEstablishmentError", "major", at) | session)
            if n < SESSIONS // 2:
                teller.tell(at + 900, each.name, alarm_of(f"{each.name}/switch-1", "connectionEstablishmentError", "major", at, cleared=at + 900) | session)

    def _works(self, number: int, begins: float) -> list[Asked]:
        return [_asked("planned-outages", {
            "id": f"work-{number}-{n}", "objects": [f"{self._dice.choice(self._network).name}/switch-2"],
            "startsAt": iso(begins + 20_000 + 9_000 * n), "endsAt": iso(begins + 26_000 + 9_000 * n)}) for n in range(WORKS)]

    def _inventory(self, number: int, begins: float) -> list[Asked]:
        """Services that are sold today, each with a product, and those that end."""
        at = (START + timedelta(seconds=begins)).isoformat().replace("+00:00", "Z")
        told: list[Json] = []
        for n in range(SOLD):
            each = self._network[(number + n) % len(self._network)]
            told.append({"@type": "Service", "id": f"sold-{number}-{n}", "serviceType": "access", "state": "active", "supportingResource": [{"id": f"{each.name}/switch-0/card-0"}], "lastUpdate": at})
            told.append({"@type": "Product", "id": f"bought-{number}-{n}", "status": "active", "realizingService": [{"id": f"sold-{number}-{n}"}],
                         "relatedParty": [{"id": f"customer:{each.name}", "role": "customer"}], "lastUpdate": at})
            if number >= SOLD_FOR:
                gone = f"{number - SOLD_FOR}-{n}"
                told.append({"@type": "Product", "id": f"bought-{gone}", "status": "terminated", "lastUpdate": at})
                told.append({"@type": "Service", "id": f"sold-{gone}", "state": "terminated", "lastUpdate": at})
        return [_asked("inventory", one) for one in told]


def _asked(topic: str, told: Json) -> Asked:
    return Asked(topic, json.dumps(told).encode())


__all__ = ["Day", "Life", "made"]
