"""Metro rings with protection: every node is reached both ways round; a cut leaves all of it in service, two cuts what lies between.

A node reaches the hub over its west and its east path; each path is the span beside it, the neighbour, and the neighbour's path.
"""

import random

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

METROS, RINGS, NODES = 3, 2, 7


def build(dice: random.Random) -> Plant:
    yard = Yard("ring", dice)
    core = yard.add("backbone/core", "core-router", "box", "backbone")
    for m in range(1, METROS + 1):
        metro = f"metro{m}"
        hub = yard.add(f"{metro}/hub", "hub-router", "box", metro)
        yard.bond(hub, yard.add(f"{metro}/hub-site", "power-feed", "feed", metro), "powered_by")
        spans = [yard.add(f"backbone/wave-{metro}-{way}", "wavelength", "link", "backbone") for way in ("a", "b")]
        for span in spans:
            yard.bond(span, core)
            port = yard.add(f"backbone/core/{span.rsplit('/', 1)[-1]}", "port", "port", "backbone")
            yard.bond(port, core, "hosted_on")
            yard.bond(port, [span, hub], "terminates")
        yard.bond(hub, spans, needs=1)
        for r in range(1, RINGS + 1):
            _ring(yard, metro, hub, f"{metro}/r{r}", dice)
    return yard.plant()


def _ring(yard: Yard, metro: str, hub: str, ring: str, dice: random.Random) -> None:
    nodes = [yard.add(f"{ring}/n{n}", "ring-node", "box", metro) for n in range(1, NODES + 1)]
    spans = [yard.add(f"{ring}/span{n}", "fibre-span", "link", metro) for n in range(NODES + 1)]
    duct = yard.add(f"{ring}/duct", "duct", "duct", metro)
    shared = sorted(dice.sample(range(NODES + 1), 2))
    for n in shared:
        yard.bond(spans[n], duct, "runs_in")
    around = [hub, *nodes, hub]
    for way, order in (("west", range(NODES)), ("east", range(NODES - 1, -1, -1))):
        path = ""
        for n in order:
            span, neighbour = (spans[n], around[n]) if way == "west" else (spans[n + 1], around[n + 2])
            here = yard.add(f"{nodes[n]}/{way}", "ring-path", "path", metro)
            yard.bond(here, [span, neighbour, *([path] if path else [])])
            path = here
    for n, span in enumerate(spans):
        for end, far in ((around[n], around[n + 1]), (around[n + 1], around[n])):
            port = yard.add(f"{end}/{span.rsplit('/', 1)[-1]}" if end != hub else f"{hub}/{span[len(metro) + 1:].replace('/', '-')}", "port", "port", metro)
            yard.bond(port, end, "hosted_on")
            yard.bond(port, [span, far], "terminates")
    for n, node in enumerate(nodes):
        yard.bond(node, [f"{node}/west", f"{node}/east"], needs=1)
        yard.bond(node, yard.add(f"{node}/site", "power-feed", "feed", metro), "powered_by")
        for a in (1, 2):
            _access(yard, metro, node, f"{node}-acc{a}")
        if n + 1 < NODES:
            yard.serve(f"vpn-{ring}-{n + 1}", "vpn", [node, nodes[n + 1]], needs=1)


def _access(yard: Yard, metro: str, node: str, name: str) -> None:
    yard.add(name, "access-switch", "box", metro)
    card = yard.add(f"{node}/card-{name[-4:]}", "line-card", "card", metro)
    yard.bond(card, node, "hosted_on")
    port = yard.add(f"{card}/p1", "port", "port", metro)
    yard.bond(port, card, "hosted_on")
    link = yard.add(f"{name}/uplink", "fibre-link", "link", metro)
    yard.bond(link, card)
    yard.bond(name, link)
    yard.bond(name, f"{node}/site", "powered_by")
    yard.bond(port, [link, name], "terminates")
    for n in (1, 2, 3):
        yard.serve(f"line-{name}-{n}", "leased-line", name)
