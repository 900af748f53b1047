"""An access network as a tree: a backbone, then aggregation, access and line cards, each link in a duct, each site on one feed."""

import random

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

REGIONS, AGGREGATIONS, ACCESSES, CARDS, LINES = 3, 3, 3, 2, 4


def build(dice: random.Random) -> Plant:
    yard = Yard("tree", dice)
    yard.add("backbone/core", "core-router", "box", "backbone")
    for r in range(1, REGIONS + 1):
        _region(yard, f"region{r}")
    return yard.plant()


def _region(yard: Yard, region: str) -> None:
    """One correlation domain; its uplink belongs to the backbone's."""
    edge = f"{region}/edge"
    yard.add(f"{region}/site", "power-feed", "feed", region)
    yard.add(edge, "edge-router", "box", region)
    yard.bond(edge, f"{region}/site", "powered_by")
    uplink = yard.add(f"backbone/span-{region}", "span", "link", "backbone")
    yard.bond(uplink, "backbone/core")
    yard.bond(edge, uplink)
    port = yard.add(f"backbone/core/to-{region}", "port", "port", "backbone")
    yard.bond(port, "backbone/core", "hosted_on")
    yard.bond(port, [uplink, edge], "terminates")
    ducts = [yard.add(f"{region}/duct-{n}", "duct", "duct", region) for n in range(1, 3)]
    for a in range(1, AGGREGATIONS + 1):
        aggregation = _below(yard, region, edge, f"{region}/agg{a}", "aggregation-switch", ducts[a % 2])
        for n in range(1, ACCESSES + 1):
            access = _below(yard, region, aggregation, f"{aggregation}-acc{n}", "access-switch", "", f"{aggregation}/site")
            for c in range(1, CARDS + 1):
                card = yard.add(f"{access}/card{c}", "line-card", "card", region)
                yard.bond(card, access, "hosted_on")
                for t in range(1, LINES + 1):
                    terminal = yard.add(f"{access}/cpe{c}-{t}", "cpe", "terminal", region)
                    yard.bond(terminal, card)
                    yard.serve(f"internet-{terminal}", "internet", terminal)


def _below(yard: Yard, region: str, above: str, name: str, type_: str, duct: str, feed: str = "") -> str:
    """Add a switch below another: its link, the port above that sees it, its power."""
    if not feed:
        feed = yard.add(f"{name}/site", "power-feed", "feed", region)
    yard.add(name, type_, "box", region)
    yard.bond(name, feed, "powered_by")
    if type_ == "access-switch" and yard.dice.random() < 0.3:
        yard.battery(name, 1200.0)
    link = yard.add(f"{name}/uplink", "fibre-link", "link", region)
    if duct:
        yard.bond(link, duct, "runs_in")
    yard.bond(link, above)
    yard.bond(name, link)
    port = yard.add(f"{above}/to-{name.rsplit('/', 1)[-1]}", "port", "port", region)
    yard.bond(port, above, "hosted_on")
    yard.bond(port, [link, name], "terminates")
    return name
