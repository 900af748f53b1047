"""A data-centre fabric: leaves over four spines, racks on two power strips, servers, instances, services that want some of several and call others."""

import random

from tests.simulator.plant import Plant
from tests.simulator.yard import Yard

PODS, SPINES, RACKS, SERVERS, INSTANCES, CLUSTERS = 3, 4, 5, 4, 3, 16


def build(dice: random.Random) -> Plant:
    yard = Yard("fabric", dice)
    for feed in ("a", "b"):
        yard.add(f"facility/ups-{feed}", "ups", "feed", "facility")
    spines = [yard.add(f"spine/s{n}", "spine-switch", "box", "spine") for n in range(1, SPINES + 1)]
    for spine in spines:
        yard.bond(spine, ["facility/ups-a", "facility/ups-b"], "powered_by", needs=1)
    for p in range(1, PODS + 1):
        _pod(yard, f"pod{p}", spines, dice)
    return yard.plant()


def _pod(yard: Yard, pod: str, spines: list[str], dice: random.Random) -> None:
    instances: list[str] = []
    for r in range(1, RACKS + 1):
        rack = f"{pod}/rack{r}"
        strips = [yard.add(f"{rack}/pdu-{feed}", "pdu", "feed", pod) for feed in "ab"]
        for strip, feed in zip(strips, "ab", strict=True):
            yard.bond(strip, f"facility/ups-{feed}", "powered_by")
        leaf = yard.add(f"{rack}/leaf", "leaf-switch", "box", pod)
        yard.bond(leaf, strips, "powered_by", needs=1)
        yard.bond(leaf, [_uplink(yard, pod, leaf, spine) for spine in spines], needs=1)
        for s in range(1, SERVERS + 1):
            server = yard.add(f"{rack}/srv{s}", "server", "box", pod)
            # A cheap server has one power supply.
            if dice.random() < 0.3:
                yard.bond(server, dice.choice(strips), "powered_by")
            else:
                yard.bond(server, strips, "powered_by", needs=1)
            link = yard.add(f"{leaf}/eth{s}", "port", "port", pod)
            yard.bond(link, leaf, "hosted_on")
            yard.bond(link, server, "terminates")
            yard.bond(server, leaf)
            for i in range(1, INSTANCES + 1):
                instance = yard.add(f"{server}/vm{i}", "instance", "application", pod)
                yard.bond(instance, server, "hosted_on")
                instances.append(instance)
    _services(yard, pod, instances, dice)


def _uplink(yard: Yard, pod: str, leaf: str, spine: str) -> str:
    link = yard.add(f"{leaf}--{spine.split('/')[1]}", "fabric-link", "link", pod)
    yard.bond(link, spine)
    for end, far, domain in ((leaf, spine, pod), (spine, leaf, "spine")):
        port = yard.add(f"{end}/to-{far.replace('/', '.')}", "port", "port", domain)
        yard.bond(port, end, "hosted_on")
        yard.bond(port, [link, far], "terminates")
    return link


def _services(yard: Yard, pod: str, instances: list[str], dice: random.Random) -> None:
    """Each cluster takes instances of its own: one that works alone, two of which one must, three of which two must; a third call another."""
    free = dice.sample(instances, len(instances))
    clusters: list[str] = []
    for n in range(1, CLUSTERS + 1):
        size, needs = dice.choice(((1, 1), (1, 1), (2, 1), (3, 2)))
        members = [free.pop() for _ in range(min(size, len(free)))]
        service = yard.serve(f"app-{pod}-{n}", "application-service", members if size > 1 else members[0], needs if size > 1 else 0, products=2)
        if clusters and dice.random() < 0.33:
            yard.bond(service, dice.choice(clusters), "calls")
        clusters.append(service)
