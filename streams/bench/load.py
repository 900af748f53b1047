"""The bench's network and its alarms: a plain access network, TMF642 alarms of about 600 bytes, a given share of repeats."""

import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

DOMAINS, AGGREGATIONS, ACCESS = 100, 4, 40
_NOTE = "Signal lost on the uplink; the far end reports no received power and protection did not switch. " * 2


def topology(domains: int = DOMAINS, access: int = ACCESS, spare: int = 0, probes: int = 0, feed: str = "raw-alarms") -> str:
    """Write the network as topology.yaml (JSON is YAML): per domain a core, aggregations, access nodes, one service and product each.

    `spare` adds that many leaves (ports) a domain, each on one of its access nodes and without a service, for loads with many active alarms. `probes`
    adds nodes with a service and a product, each in a domain of its own: an alarm on one is a problem of its own.
    """
    resources, dependencies, services, products = [], [], [], []
    for d in range(domains):
        name = f"d{d:03d}"
        resources.append({"id": f"{name}-core", "type": "core", "domain": name})
        for g in range(AGGREGATIONS):
            resources.append({"id": f"{name}-agg-{g}", "type": "agg", "domain": name})
            dependencies.append({"from": f"{name}-agg-{g}", "to": f"{name}-core", "kind": "connected"})
        for a in range(access):
            node, service = f"{name}-acc-{a}", f"{name}-svc-{a}"
            resources.append({"id": node, "type": "access", "domain": name})
            dependencies.append({"from": node, "to": f"{name}-agg-{a % AGGREGATIONS}", "kind": "connected"})
            services.append({"id": service, "type": "internet", "domain": name})
            dependencies.append({"from": service, "to": node, "kind": "hosted_on"})
            products.append({"id": f"{name}-prod-{a}", "service": service, "customer": f"{name}-cust-{a}", "sla": "gold"})
        resources += [{"id": f"{name}-leaf-{n}", "type": "leaf", "domain": name} for n in range(spare)]
        dependencies += [{"from": f"{name}-leaf-{n}", "to": f"{name}-acc-{n % access}", "kind": "connected"} for n in range(spare)]
    for name in (probe(n) for n in range(probes)):
        resources.append({"id": name, "type": "access", "domain": name})
        services.append({"id": f"{name}-svc", "type": "internet", "domain": name})
        dependencies.append({"from": f"{name}-svc", "to": name, "kind": "hosted_on"})
        products.append({"id": f"{name}-prod", "service": f"{name}-svc", "customer": f"{name}-cust", "sla": "gold"})
    return json.dumps({
        "feeds": [{"topic": feed, "format": "tmf642", "first_contact": "alarming"}], "network": {"resources": resources, "dependencies": dependencies},
        "services": services, "products": products, "slas": {"gold": {"restore_within": "4h", "warn_at": "75%"}},
    })


def probe(number: int) -> str:
    """Name a probe: its node, and the domain that it alone makes up."""
    return f"probe-{number:05d}"


def probe_alarm(number: int, at: datetime) -> tuple[bytes, bytes]:
    """Return (domain, alarm) of a probe: critical, nothing to hold it down, a customer behind it who waits no longer than 4 h."""
    return probe(number).encode(), alarm(number, probe(number), "lossOfSignal", "critical", at, at)


def alarm(number: int, obj: str, cause: str, severity: str, raised: datetime, at: datetime, *, cleared: bool = False, repeat: bool = False, problem: str = "uplink") -> bytes:
    """Write one TMF642 v4 alarm, some 600 bytes."""
    iso = at.isoformat(timespec="milliseconds")[:23] + "Z"
    return json.dumps({
        "id": f"bench-{number}", "externalAlarmId": f"bench-{number}", "alarmType": "communicationsAlarm", "perceivedSeverity": "cleared" if cleared else severity,
        "probableCause": cause, "specificProblem": problem, "alarmedObject": {"id": obj, "href": f"/resource/{obj}"}, "alarmedObjectType": "access",
        "alarmRaisedTime": raised.isoformat(timespec="milliseconds")[:23] + "Z", ("alarmClearedTime" if cleared else "alarmChangedTime"): iso, "sourceSystemId": "bench-ems", "reportingSystemId": "bench-oss",
        "state": "cleared" if cleared else "updated" if repeat else "raised", "serviceAffecting": True, "alarmDetails": _NOTE[:150],
    }, separators=(",", ":")).encode()


def mixture(count: int, repeats: float, seed: int = 1, domains: int = DOMAINS, access: int = ACCESS, start: datetime | None = None, rate: float = 25_000.0) -> Iterator[tuple[bytes, bytes]]:
    """Yield (domain, alarm): `repeats` of them repeat an active alarm, the others raise and clear in turn."""
    rng = random.Random(seed)
    begin = start or datetime.now(UTC) - timedelta(seconds=count / rate)
    objects = [(f"d{d:03d}", f"d{d:03d}-acc-{a}") for d in range(domains) for a in range(access)]
    rng.shuffle(objects)
    active: list[tuple[str, str, datetime]] = []
    for n in range(count):
        at = begin + timedelta(seconds=n / rate)
        if active and rng.random() < repeats:
            domain, obj, raised = active[rng.randrange(len(active))]
            yield domain.encode(), alarm(n, obj, "lossOfSignal", "major", raised, at, repeat=True)
        elif objects and (not active or rng.random() < 0.5 or len(active) < len(objects) // 4):
            domain, obj = objects.pop(rng.randrange(len(objects)))
            active.append((domain, obj, at))
            yield domain.encode(), alarm(n, obj, "lossOfSignal", "major", at, at)
        else:
            domain, obj, raised = active.pop(rng.randrange(len(active)))
            objects.append((domain, obj))
            yield domain.encode(), alarm(n, obj, "lossOfSignal", "major", raised, at, cleared=True)


def all_new(count: int, domains: int = DOMAINS, spare: int = 1000, start: datetime | None = None, rate: float = 25_000.0) -> Iterator[tuple[bytes, bytes]]:
    """Yield (domain, alarm): every one is new and stays active, on `spare` leaves a domain; with more alarms than leaves, several on each."""
    begin = start or datetime.now(UTC) - timedelta(seconds=count / rate)
    for n in range(count):
        domain = f"d{n % domains:03d}"
        at = begin + timedelta(seconds=n / rate)
        turn, leaf = divmod(n // domains, spare)
        yield domain.encode(), alarm(n, f"{domain}-leaf-{leaf}", "lossOfSignal", "major", at, at, problem=f"uplink-{turn}")


def with_probes(load: Iterable[tuple[bytes, bytes]], every: int, start: datetime, rate: float) -> Iterator[tuple[bytes, bytes]]:
    """Yield a load with a probe's alarm before each `every` of its alarms, from the first on."""
    for n, told in enumerate(load):
        if n % every == 0:
            yield probe_alarm(n // every, start + timedelta(seconds=n / rate))
        yield told
