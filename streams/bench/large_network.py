"""A large network for measuring: domains of an access network, three dependencies for each object.

Per domain: two cores, a platform that all its services call, power feeds, aggregations under both cores (protected),
access nodes under two aggregations each and on a power feed, ports, services. All cores stand on one backbone.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

DOMAIN = 10_000
"""Objects of a domain where the network has more than one."""
ACCESS_PER_FEED, PORTS_PER_ACCESS = 10, 10


class Shape(NamedTuple):
    """How many objects of each kind one domain has."""

    power: int
    aggregations: int
    access: int
    ports: int
    services: int


def shape(objects: int) -> Shape:
    """Divide a domain of so many objects: a port and a service for each customer line, ten lines an access node."""
    access = max(2, objects // 22)
    power = max(1, access // ACCESS_PER_FEED)
    aggregations = max(2, access // 25)
    ports = min(access * PORTS_PER_ACCESS, (objects - 3 - power - aggregations - access) // 2)
    return Shape(power, aggregations, access, ports, objects - 3 - power - aggregations - access - ports)


def domain_of(n: int) -> str:
    """Name a domain."""
    return f"metro-{n:03d}"


def write(folder: Path, objects: int, domain_size: int = DOMAIN) -> Path:
    """Write topology.yaml with its network in a file beside it, a row a line, and return its path."""
    domains = max(1, objects // domain_size)
    with (folder / "network.json").open("w") as out:
        out.write('{"resources": [\n')
        _lines(out, (row for d in range(domains) for row in _resources(d, shape(objects // domains))), {"id": "backbone", "type": "backbone", "domain": "backbone"})
        out.write('], "dependencies": [\n')
        _lines(out, (row for d in range(domains) for row in _dependencies(d, shape(objects // domains))))
        out.write('], "services": [\n')
        _lines(out, ({"id": f"{domain_of(d)}/svc-{n}", "type": "internet", "domain": domain_of(d)} for d in range(domains) for n in range(shape(objects // domains).services)))
        out.write('], "products": [\n')
        _lines(out, ({"id": f"{domain_of(d)}/prod-{n}", "service": f"{domain_of(d)}/svc-{n}", "customer": f"cust-{d}-{n}", "sla": "gold"}
                     for d in range(domains) for n in range(0, shape(objects // domains).services, 10)))
        out.write("]}\n")
    path = folder / "topology.yaml"
    path.write_text(json.dumps({
        "feeds": [{"topic": "raw-alarms", "format": "tmf642", "first_contact": "alarming"}], "network": {"file": "network.json"},
        "slas": {"gold": {"restore_within": "4h"}}}))
    return path


def _lines(out: Any, rows: Iterable[dict[str, Any]], *first: dict[str, Any]) -> None:
    separator = ""
    for row in chain(first, rows):
        out.write(separator + json.dumps(row, separators=(",", ":")))
        separator = ",\n"
    out.write("\n")


def _resources(d: int, has: Shape) -> Iterator[dict[str, Any]]:
    name = domain_of(d)
    kinds = (("core", "core", 2), ("platform", "platform", 1), ("power", "power", has.power), ("agg", "aggregation", has.aggregations),
             ("acc", "access", has.access), ("port", "port", has.ports))
    for short, kind, count in kinds:
        for n in range(count):
            yield {"id": f"{name}/{short}-{n}", "type": kind, "domain": name, "site": f"{name}/site-{n // 50}"}


def _dependencies(d: int, has: Shape) -> Iterator[dict[str, Any]]:
    name = domain_of(d)
    for n in range(2):
        yield {"from": f"{name}/core-{n}", "to": "backbone", "kind": "connected"}
    yield {"from": f"{name}/platform-0", "to": [f"{name}/core-0", f"{name}/core-1"], "kind": "connected", "needs": 1}
    for n in range(has.aggregations):
        agg = f"{name}/agg-{n}"
        yield {"from": agg, "to": [f"{name}/core-0", f"{name}/core-1"], "kind": "connected", "needs": 1}
        yield {"from": agg, "to": f"{name}/power-{n % has.power}", "kind": "powered"}
    for n in range(has.access):
        access, under = f"{name}/acc-{n}", n % has.aggregations
        yield {"from": access, "to": [f"{name}/agg-{under}", f"{name}/agg-{(under + 1) % has.aggregations}"], "kind": "connected", "needs": 1}
        yield {"from": access, "to": f"{name}/power-{n // ACCESS_PER_FEED % has.power}", "kind": "powered"}
    for n in range(has.ports):
        port, on = f"{name}/port-{n}", n // PORTS_PER_ACCESS % has.access
        yield {"from": port, "to": f"{name}/acc-{on}", "kind": "hosted_on"}
        yield {"from": port, "to": f"{name}/power-{on // ACCESS_PER_FEED % has.power}", "kind": "powered"}
    for n in range(has.services):
        service, line = f"{name}/svc-{n}", n % has.ports
        on = line // PORTS_PER_ACCESS % has.access
        yield {"from": service, "to": f"{name}/port-{line}", "kind": "hosted_on"}
        yield {"from": service, "to": f"{name}/platform-0", "kind": "calls"}
        yield {"from": service, "to": f"{name}/acc-{on}", "kind": "served"}
        yield {"from": service, "to": f"{name}/agg-{on % has.aggregations}", "kind": "served"}
