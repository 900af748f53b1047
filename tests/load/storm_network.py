"""The network of the storm: one metro domain whose core site is lost, beside the small domains of the bench."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from streams.bench import load

DOMAIN = "storm"
ROOT = "storm/core-site"
"""What is lost: both cores stand on it, and all else on them."""
CORES, PER_CORE, PER_AGG, PER_ACCESS = 2, 20, 10, 10
CAUSES = ("lossOfSignal", "communicationsProtocolError", "remoteNodeTransmissionError", "degradedSignal", "callSetUpFailure")
SECONDS = 2.0
"""Of event time from the first alarm of the storm to the last: what is not told at once is told when the element manager is back."""


def topology(others: int, probes: int, feed: str) -> str:
    """Write topology.yaml: `others` domains of the bench, its probes, and the metro domain."""
    plain: dict[str, Any] = json.loads(load.topology(domains=others, probes=probes, feed=feed))
    resources, dependencies = plain["network"]["resources"], plain["network"]["dependencies"]
    for name, kind in metro():
        resources.append({"id": name, "type": kind, "domain": DOMAIN, "site": "storm-city"})
    dependencies += [{"from": name, "to": on, "kind": kind} for name, on, kind in stands()]
    plain["services"] += [{"id": f"{port}/svc", "type": "internet", "domain": DOMAIN} for port, kind in metro() if kind == "port"]
    dependencies += [{"from": f"{port}/svc", "to": port, "kind": "hosted_on"} for port, kind in metro() if kind == "port"]
    plain["products"] += [{"id": f"{port}/prod", "service": f"{port}/svc", "customer": f"{port}/cust", "sla": "gold"} for port, kind in metro() if kind == "port"]
    return json.dumps(plain)


def metro() -> Iterator[tuple[str, str]]:
    """Yield (object, type), from the site down to the ports."""
    yield ROOT, "site"
    for core in range(CORES):
        yield f"storm/core-{core}", "core"
    for agg in range(CORES * PER_CORE):
        yield f"storm/agg-{agg}", "agg"
    for access in range(CORES * PER_CORE * PER_AGG):
        yield f"storm/acc-{access}", "access"
    for port in range(CORES * PER_CORE * PER_AGG * PER_ACCESS):
        yield f"storm/port-{port}", "port"


def stands() -> Iterator[tuple[str, str, str]]:
    """Yield (object, what it stands on, kind)."""
    for core in range(CORES):
        yield f"storm/core-{core}", ROOT, "hosted_on"
    for agg in range(CORES * PER_CORE):
        yield f"storm/agg-{agg}", f"storm/core-{agg // PER_CORE}", "connected"
    for access in range(CORES * PER_CORE * PER_AGG):
        yield f"storm/acc-{access}", f"storm/agg-{access // PER_AGG}", "connected"
    for port in range(CORES * PER_CORE * PER_AGG * PER_ACCESS):
        yield f"storm/port-{port}", f"storm/acc-{port // PER_ACCESS}", "hosted_on"


def storm(count: int, begin: datetime, seed: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """Yield (domain, alarm): everything that stands on the site, in no order, as many element managers tell it, each object with one problem after the other.

    The site's own equipment is heard after a hundred others.
    """
    objects = [each for each in metro() if each[0] != ROOT]
    random.Random(seed).shuffle(objects)
    objects.insert(100, (ROOT, "site"))
    for n in range(count):
        turn, place = divmod(n, len(objects))
        name, kind = objects[place]
        at = begin + timedelta(seconds=SECONDS * n / count)
        cause = "powerProblem" if kind == "site" else CAUSES[turn % len(CAUSES)]
        yield DOMAIN.encode(), load.alarm(n, name, cause, "critical" if kind in ("site", "core", "agg") else "major", at, at, problem=f"storm-{turn}")
