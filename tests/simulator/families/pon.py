"""A passive optical network: what lies between line terminal and subscriber raises no alarm; the street's power is shared across offices."""

import random

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

OFFICES, TERMINALS, CARDS, PORTS, BRANCHES, SUBSCRIBERS = 2, 2, 2, 2, 3, 5


def build(dice: random.Random) -> Plant:
    yard = Yard("pon", dice)
    metro = yard.add("metro/router", "metro-router", "box", "metro")
    streets = [yard.add(f"street/power-{n}", "street-power", "feed", "street") for n in range(1, 13)]
    for o in range(1, OFFICES + 1):
        office = f"office{o}"
        feed = yard.add(f"{office}/power", "power-feed", "feed", office)
        switches = []
        for n in (1, 2):
            switch = yard.add(f"{office}/agg{n}", "aggregation-switch", "box", office)
            yard.bond(switch, feed, "powered_by")
            link = yard.add(f"metro/span-{office}-{n}", "fibre-span", "link", "metro")
            yard.bond(link, metro)
            yard.bond(switch, link)
            port = yard.add(f"{metro}/to-{office}-agg{n}", "port", "port", "metro")
            yard.bond(port, metro, "hosted_on")
            yard.bond(port, [link, switch], "terminates")
            switches.append(switch)
        for t in range(1, TERMINALS + 1):
            _terminal(yard, office, f"{office}/olt{t}", switches, feed, streets, dice)
    return yard.plant()


def _terminal(yard: Yard, office: str, olt: str, switches: list[str], feed: str, streets: list[str], dice: random.Random) -> None:
    yard.add(olt, "olt", "box", office)
    yard.bond(olt, switches, needs=1)
    yard.bond(olt, feed, "powered_by")
    for c in range(1, CARDS + 1):
        card = yard.add(f"{olt}/card{c}", "pon-card", "card", office)
        yard.bond(card, olt, "hosted_on")
        for p in range(1, PORTS + 1):
            port = yard.add(f"{card}/pon{p}", "pon-port", "port", office)
            yard.bond(port, card, "hosted_on")
            _tree(yard, office, port, card, streets, dice)


def _tree(yard: Yard, office: str, port: str, card: str, streets: list[str], dice: random.Random) -> None:
    """The fibres below a port. It loses its signal when all below it is dark."""
    feeder = yard.add(f"{port}/feeder", "feeder-fibre", "passive", office)
    yard.bond(feeder, card)
    first = yard.add(f"{port}/splitter", "splitter", "passive", office)
    yard.bond(first, feeder)
    yard.bond(port, [feeder, first], "terminates")
    for b in range(1, BRANCHES + 1):
        second = yard.add(f"{port}/splitter-{b}", "splitter", "passive", office)
        yard.bond(second, first)
        street = dice.choice(streets)
        for s in range(1, SUBSCRIBERS + 1):
            terminal = yard.add(f"{port}/ont-{b}-{s}", "ont", "terminal", office)
            yard.bond(terminal, second)
            yard.bond(terminal, street, "powered_by")
            yard.serve(f"fibre-{terminal}", "internet", terminal)
