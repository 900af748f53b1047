"""Incidents in the network, told by feeds that leave a share of the names unresolvable: how many problems each becomes.

An incident is one OLT that fails: it, its cards and the lines on them alarm within half a minute. Half an hour lies
between two incidents of a site, so that more than one problem an incident is the names' doing.
"""

import random
from typing import Any

import msgspec

from streams.domain.instant import iso
from streams.edge.topology_file import Topology, from_text
from streams.edge.words import time
from streams.replay import play
from tests.naming.inventory import CARDS, SITES, sites

START = time("2026-01-01T00:00:00Z")
MINUTE = 60_000_000


def a_network() -> Topology:
    """OLTs with cards that depend on them, and lines on the cards."""
    resources: list[dict[str, Any]] = []
    dependencies: list[dict[str, Any]] = []
    for site in sites():
        for olt in site.olts:
            resources.append({"id": olt, "domain": site.name})
            for card in range(1, CARDS + 1):
                resources.append({"id": f"{olt}/{card}", "domain": site.name})
                dependencies.append({"from": f"{olt}/{card}", "to": olt})
    return from_text(msgspec.json.encode({"feeds": [{"topic": "alarms", "format": "tmf642"}], "network": {"resources": resources, "dependencies": dependencies}}).decode())


def alarms(seed: int, incidents: int, unresolved: float) -> list[bytes]:
    """Return the alarms of so many incidents in order of time; of each name the share `unresolved` is one that nobody knows."""
    dice = random.Random(seed)
    told: list[tuple[int, bytes]] = []
    for n in range(incidents):
        site = sites()[n % len(SITES)]
        olt, began = dice.choice(site.olts), START + n // len(SITES) * 60 * MINUTE + n % len(SITES) * 3 * MINUTE
        told.append(_alarm(olt, began, "lossOfSignal", "critical", dice, unresolved))
        for card in range(1, CARDS + 1):
            told.append(_alarm(f"{olt}/{card}", began + dice.randrange(20) * 1_000_000, "underlyingResourceUnavailable", "major", dice, unresolved))
            told += [_alarm(f"{olt}/{card}/{line}", began + dice.randrange(30) * 1_000_000, "lossOfFrame", "major", dice, unresolved) for line in range(3)]
    return [line for _, line in sorted(told, key=lambda pair: pair[0])]


def _alarm(name: str, at: int, cause: str, severity: str, dice: random.Random, unresolved: float) -> tuple[int, bytes]:
    shown = name if dice.random() >= unresolved else "legacy-" + name.replace("olt-", "").replace("/", "-").replace("-", "x")
    return at, msgspec.json.encode({
        "id": f"{shown}:{cause}", "alarmType": "communicationsAlarm", "perceivedSeverity": severity, "probableCause": cause, "alarmedObject": {"id": shown},
        "state": "raised", "sourceSystemId": "ems", "alarmRaisedTime": iso(at)})


def problems_per_incident(seed: int, incidents: int, unresolved: float) -> float:
    """Play the incidents and count the problems that came of them and were not merged away."""
    told = play(a_network(), [("alarms", line) for line in alarms(seed, incidents, unresolved)])
    last = {key: value for key, _, value in told["problems"] if value is not None}
    merged = {key for key, value in last.items() if any(c.get("name") == "mergedInto" for c in value.get("characteristic", ()))}
    return (len(last) - len(merged)) / incidents
