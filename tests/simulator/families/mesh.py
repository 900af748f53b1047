"""A backbone as a mesh: tunnels between its edges with a working and a standby path, cards on which the links end, links that share ducts."""

import random
from collections import deque

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

AREAS, ROUTERS, CHORDS, TUNNELS = ("west", "east"), 8, 5, 26

Links = dict[str, tuple[str, str]]


def build(dice: random.Random) -> Plant:
    yard = Yard("mesh", dice)
    links: Links = {}
    routers: list[str] = []
    for area in AREAS:
        names = [_router(yard, area, n, dice) for n in range(1, ROUTERS + 1)]
        routers += names
        pairs = [(names[n], names[(n + 1) % ROUTERS]) for n in range(ROUTERS)]
        while len(pairs) < ROUTERS + CHORDS:
            one, other = sorted(dice.sample(names, 2))
            if (one, other) not in pairs and (other, one) not in pairs:
                pairs.append((one, other))
        for pair in pairs:
            _link(yard, area, *pair, links, dice)
        _ducts(yard, area, [name for name, (one, _) in links.items() if one.startswith(area)], dice)
    for n in (1, 4, 7):
        _link(yard, "west", f"west/p{n}", f"east/p{n}", links, dice)
    for n in range(1, TUNNELS + 1):
        _tunnel(yard, n, *dice.sample(routers, 2), links)
    for router in routers:
        for n in (1, 2):
            customer = yard.add(f"{router}/ce{n}", "customer-edge", "terminal", router.split("/")[0])
            yard.bond(customer, f"{router}/card{n}")
            yard.serve(f"access-{customer}", "internet-access", customer)
    return yard.plant()


def _router(yard: Yard, area: str, n: int, dice: random.Random) -> str:
    router = yard.add(f"{area}/p{n}", "core-router", "box", area)
    feed = f"{area}/pop{(n + 1) // 2}/power"
    if n % 2:
        yard.add(feed, "power-feed", "feed", area)
    yard.bond(router, feed, "powered_by")
    for c in (1, 2):
        yard.bond(yard.add(f"{router}/card{c}", "line-card", "card", area), router, "hosted_on")
    return router


def _link(yard: Yard, area: str, one: str, other: str, links: Links, dice: random.Random) -> None:
    link = yard.add(f"{area}/{one.replace('/', '.')}--{other.replace('/', '.')}", "wavelength", "link", area)
    links[link] = (one, other)
    cards = [f"{end}/card{dice.choice((1, 2))}" for end in (one, other)]
    yard.bond(link, cards)
    for end, (card, far) in enumerate(zip(cards, reversed(cards), strict=True)):
        port = yard.add(f"{card}/to-{(other, one)[end].replace('/', '.')}", "port", "port", (one, other)[end].split("/")[0])
        yard.bond(port, card, "hosted_on")
        yard.bond(port, [link, far], "terminates")


def _ducts(yard: Yard, area: str, links: list[str], dice: random.Random) -> None:
    """Lay most links in ducts of two or three."""
    rest = dice.sample(links, len(links))
    number = 1
    while len(rest) > 3:
        duct = yard.add(f"{area}/duct{number}", "duct", "duct", area)
        for _ in range(dice.choice((2, 2, 3))):
            yard.bond(rest.pop(), duct, "runs_in")
        number += 1


def _tunnel(yard: Yard, n: int, one: str, other: str, links: Links) -> None:
    tunnel = yard.add(f"{one.split('/')[0]}/lsp-{n}", "tunnel", "tunnel", one.split("/")[0])
    working = _way(one, other, links, frozenset())
    standby = _way(one, other, links, frozenset(working))
    paths = []
    for name, way in (("working", working), ("standby", standby)):
        if way:
            path = yard.add(f"{tunnel}/{name}", "tunnel-path", "path", one.split("/")[0])
            yard.bond(path, way)
            paths.append(path)
    yard.bond(tunnel, paths, needs=1)
    yard.bond(tunnel, [one, other])
    yard.serve(f"vpn-{n}", "vpn", tunnel, products=2)


def _way(one: str, other: str, links: Links, avoided: frozenset[str]) -> list[str]:
    """Return the links of a shortest way that uses none of `avoided`, or nothing."""
    came: dict[str, tuple[str, str]] = {one: ("", "")}
    queue = deque([one])
    while queue and other not in came:
        here = queue.popleft()
        for link, ends in links.items():
            far = ends[1] if ends[0] == here else ends[0]
            if here in ends and link not in avoided and far not in came:
                came[far] = (here, link)
                queue.append(far)
    way: list[str] = []
    here = other if other in came else one
    while here != one:
        here, link = came[here]
        way.append(link)
    return way[::-1]
