"""Microservice applications with noise that never ends: the problems of a random call graph, as stage 3 sees them.

Services call services further down, each is made of instances, instances run on hosts. A fault makes an instance, all of a
service or a host report some of its metrics; callers tell slow calls, with the callee as peer. Many metrics alarm again
and again for no reason, and in some applications now and then one shifts and alarms in nearly every problem for a while. Everything that varies between applications is drawn from the seed.
"""

import random
from typing import NamedTuple

from streams.domain.alarm import Effect, Severity
from streams.domain.instant import HOUR, SECOND
from streams.domain.messages import Member
from streams.domain.network import Network
from tests.builders import a_network

METRICS = ("cpuCyclesLimitExceeded", "outOfMemory", "thresholdCrossed", "congestion", "storageCapacityProblem", "resourceAtOrNearingCapacity")
SLOW = "responseTimeExcessive"


class Problem(NamedTuple):
    """The alarms of one fault and of the noise beside it."""

    roots: frozenset[str]
    members: tuple[Member, ...]


class _Application:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        services = [f"s{n}" for n in range(dice.randint(4, 18))]
        self.instances = {s: [f"i{s}x{k}" for k in range(dice.randint(1, 4))] for s in services}
        self.service = {i: s for s, found in self.instances.items() for i in found}
        self.hosts = [f"h{n}" for n in range(dice.randint(2, 6))]
        self.host = {i: dice.choice(self.hosts) for i in self.service}
        calls = {s: dice.sample(services[n + 1:], min(len(services) - n - 1, dice.choice((1, 1, 2, 3)))) for n, s in enumerate(services)}
        self.callers = {s: [i for other, called in calls.items() if s in called for i in self.instances[other]] for s in services}
        dependencies: list[tuple[str, list[str], int, str]] = [(s, found, 1, "part_of") for s, found in self.instances.items()]
        dependencies += [(i, [called], 1, "calls") for s in services for called in calls[s] for i in self.instances[s]]
        if dice.random() < 0.5:
            dependencies += [(i, [host], 1, "hosted_on") for i, host in self.host.items()]
        self.network = a_network(*dependencies)
        self.polled = dice.choice((0, 60, 300)) * SECOND
        self.spread, self.tells = dice.uniform(0.3, 0.9), dice.uniform(0.5, 0.95)
        noisy = dice.choice((0.0, 0.03, 0.08, 0.15))
        self.usual = {(o, metric): self._rate(noisy) for o in (*self.service, *self.hosts) for metric in METRICS}
        self.shifts, self.lasts = dice.choice((0.0, 0.002, 0.005, 0.01)), dice.choice((5, 15, 40))
        """How likely a metric shifts from one problem to the next, and for how many, on average."""
        self.shifted: dict[tuple[str, str], float] = {}

    def _rate(self, noisy: float) -> float:
        draw = self.dice.random()
        return self.dice.uniform(0.2, 0.9) if draw < noisy else self.dice.uniform(0, 0.06) if draw < 0.5 else 0.003

    def problem(self, number: int) -> Problem:
        dice, found = self.dice, dict[tuple[str, str, str], int]()
        for key in self.usual:
            if key not in self.shifted and dice.random() < self.shifts:
                self.shifted[key] = dice.uniform(0.6, 1.0)
            elif dice.random() < 1 / self.lasts:
                self.shifted.pop(key, None)
        for (name, metric), rate in self.usual.items():
            if dice.random() < max(rate, self.shifted.get((name, metric), 0.0)):
                found[name, metric, ""] = round(dice.uniform(-120, 540) * SECOND)
        roots, ill = self._fault()
        for name in ill:
            for metric in dice.sample(METRICS, dice.randint(1, 3)):
                if dice.random() < self.tells:
                    found[name, metric, ""] = round(dice.uniform(0, 90) * SECOND)
        seen, waiting = set[str](), [(i, 1.0) for i in ill if i in self.service]
        while waiting:
            name, strength = waiting.pop(0)
            if name in seen or strength < 0.1:
                continue
            seen.add(name)
            for caller in self.callers[self.service[name]]:
                if dice.random() < strength * self.spread:
                    found.setdefault((caller, SLOW, self.service[name]), round(dice.uniform(0, 60) * SECOND))
                    waiting.append((caller, strength * self.spread))
        return Problem(roots, tuple(self._member(number, *key, after) for key, after in sorted(found.items())))

    def _fault(self) -> tuple[frozenset[str], list[str]]:
        where = self.dice.choices(("instance", "service", "host"), (0.4, 0.35, 0.25))[0]
        if where == "host":
            host = self.dice.choice(self.hosts)
            return frozenset((host,)), [host, *(i for i in self.service if self.host[i] == host and self.dice.random() < 0.4)]
        service = self.dice.choice(sorted(self.instances))
        ill = self.instances[service] if where == "service" else [self.dice.choice(self.instances[service])]
        return frozenset((*ill, service) if where == "service" else ill), list(ill)

    def _member(self, number: int, name: str, cause: str, peer: str, after: int) -> Member:
        at = (number + 1) * HOUR + after
        at = (at // self.polled + 1) * self.polled if self.polled else at
        kind = "qualityOfServiceAlarm" if cause == SLOW else "equipmentAlarm" if name in self.hosts else "processingErrorAlarm"
        key = f"{name}|{cause}|{peer}"
        return Member(f"{number}|{key}", key, name, True, kind, cause, peer, Severity.MINOR, Effect.NONE, at, peer=peer)


def application(seed: int, problems: int) -> tuple[Network, list[Problem]]:
    """Make up an application and what happens to it; the same for the same arguments."""
    made = _Application(random.Random(f"microservices/{seed}"))
    told = [made.problem(n) for n in range(problems)]
    return made.network, [problem for problem in told if problem.members]
