"""A mobile radio network: sites in chains of microwave hops behind hub sites, three cells a site, power shared across regions."""

import random

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

REGIONS, HUBS, SITES = 3, 3, 6


def build(dice: random.Random) -> Plant:
    yard = Yard("ran", dice)
    gateway = yard.add("core/gateway", "packet-gateway", "box", "core")
    grids = [yard.add(f"grid/substation-{n}", "substation", "feed", "grid") for n in range(1, 6)]
    for r in range(1, REGIONS + 1):
        region = f"ran{r}"
        aggregation = yard.add(f"{region}/agg", "aggregation-router", "box", region)
        trunk = yard.add(f"core/trunk-{region}", "trunk", "link", "core")
        yard.bond(trunk, gateway)
        yard.bond(aggregation, trunk)
        for h in range(1, HUBS + 1):
            hub = _site(yard, region, f"{region}/hub{h}", aggregation, "fibre-link", dice.choice(grids))
            behind = [hub]
            for s in range(1, SITES + 1):
                behind.append(_site(yard, region, f"{hub}-s{s}", dice.choice(behind[-3:]), "microwave-hop", dice.choice(grids)))
    return yard.plant()


def _site(yard: Yard, region: str, name: str, above: str, medium: str, grid: str) -> str:
    """Add a site: its power, its router over a hop to the one above, its base station with three cells. Returns the router."""
    feed = yard.add(f"{name}/power", "site-power", "feed", region)
    yard.bond(feed, grid, "powered_by")
    hop = yard.add(f"{name}/hop", medium, "link", region)
    yard.bond(hop, above)
    router = yard.add(name, "cell-site-router", "box", region)
    yard.bond(router, feed, "powered_by")
    yard.bond(router, hop)
    for end, far in ((router, above), (above, router)):
        port = yard.add(f"{end}/{'up' if end == router else name.rsplit('/', 1)[-1]}", "radio-port", "port", region)
        yard.bond(port, end, "hosted_on")
        yard.bond(port, [hop, far], "terminates")
    station = yard.add(f"{name}/bts", "base-station", "box", region)
    yard.bond(station, router)
    yard.bond(station, feed, "powered_by")
    if yard.dice.random() < 0.6:
        holds = yard.dice.choice((300.0, 900.0, 2400.0))
        yard.battery(router, holds)
        yard.battery(station, holds)
    cells = []
    for n in (1, 2, 3):
        card = yard.add(f"{name}/bts/radio{n}", "radio-unit", "card", region)
        yard.bond(card, station, "hosted_on")
        cells.append(yard.add(f"{name}/cell{n}", "cell", "cell", region))
        yard.bond(cells[-1], card)
        yard.serve(f"wireless-{name}-{n}", "fixed-wireless", cells[-1])
    yard.serve(f"coverage-{name}", "coverage", cells, needs=1)
    return router
