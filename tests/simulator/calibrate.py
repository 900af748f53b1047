"""Fits how sure a ranking is (streams/domain/calibration.py) and shows the reliability curve on networks it was not fitted on.

    nice .venv/bin/python -m tests.simulator.calibrate [INCIDENTS]      some minutes; INCIDENTS a network, 60 where not given

Each true incident is located alone, in order of time, with the habits of those before it: how alarms are grouped is not
what is measured. Fitted on even seeds, shown on odd ones; the microservices weigh as much as all other families together.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import exp
from typing import NamedTuple

import msgspec

from streams.domain import calibration, promptness
from streams.domain.effect import effect_of
from streams.domain.explanation import beside
from streams.domain.facts import gather, settled
from streams.domain.habit import Habits, due_of, learn
from streams.domain.instant import MINUTE
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.rank import ranked
from streams.domain.strays import counted
from streams.edge.feed import Feed
from streams.edge.formats import parser_of
from streams.edge.formats.told import Told
from streams.edge.topology_file import from_text
from tests.builders import MemoryRows, an_alarm
from tests.simulator.families import FAMILIES
from tests.simulator.microservices import Problem, application
from tests.simulator.run import Asked, simulate

POLICY = LocalizePolicy()
SEEDS = 2
APPLICATIONS = 24


class Case(NamedTuple):
    family: str
    features: tuple[float, float, float]
    confidence: float
    right: bool


def simulated(family: str, incidents: int, seed: int) -> tuple[Network, list[Problem]]:
    """Return the incidents of one simulated network, each with its own alarms only."""
    made = simulate(Asked(family, incidents, seed))
    network = from_text(msgspec.json.encode(made.plant.document()).decode()).network
    parse = parser_of(Feed("raw-alarms", format="tmf642"))
    found: dict[str, dict[tuple[str, str, str], Member]] = defaultdict(dict)
    for line, raw in zip(made.lines, made.feed, strict=True):
        told = parse(raw)
        if line.incident and isinstance(told, Told) and not told.cleared:
            found[line.incident].setdefault((told.object, told.cause, told.qualifier), _member(line.incident, told, network))
    problems = [Problem(made.truth.incidents[name].roots, tuple(members.values())) for name, members in found.items()]
    return network, sorted(problems, key=lambda problem: min(m.raised_at for m in problem.members))


def _member(incident: str, told: Told, network: Network) -> Member:
    alarm = an_alarm(told.object, told.at, cause=told.cause, severity=told.severity, alarm_type=told.alarm_type)
    key = f"{told.object}|{told.cause}|{told.qualifier}"
    return Member(f"{incident}|{key}", key, told.object, told.object in network.nodes, told.alarm_type, told.cause, told.qualifier, told.severity,
                  effect_of(alarm, network), told.at, told.source_id, told.root_hint, told.parents, told.peer)


def cases(family: str, network: Network, problems: Iterable[Problem]) -> Iterator[Case]:
    rows, told, strays = MemoryRows(due_of), MemoryRows(promptness.due_of), None
    for problem in problems:
        node = network.nodes.get(problem.members[0].object)
        domain, now = node.domain if node else "", max(m.raised_at for m in problem.members)
        facts = gather(problem.members, network, POLICY, Habits(rows, domain, now, POLICY, strays, told))
        order, sums, _ = ranked(facts, network, POLICY)
        learn(rows, domain, problem.members, now + 15 * MINUTE, POLICY, network)
        if order:
            strays = counted(strays, *beside(facts, order[0]), now) if len(facts.objects) > 1 else strays
            share = settled(facts, order[0])
            values = [sums[c] for c in order]
            promptness.learn(told, domain, problem.members, order[0], calibration.confidence(values, share), now, network)
            yield Case(family, calibration.features(values, share), calibration.confidence(values, share), order[0] in problem.roots)


def all_cases(incidents: int, odd: int) -> list[Case]:
    """Return the cases of the even or the odd seeds of all families."""
    found: list[Case] = []
    for family in FAMILIES:
        for seed in range(odd, 2 * SEEDS, 2):
            found += cases(family, *simulated(family, incidents, seed))
    for seed in range(odd, 2 * APPLICATIONS, 2):
        found += cases("microservices", *application(seed, incidents))
    return found


def fit(told: list[Case], steps: int = 3000, rate: float = 0.3) -> list[float]:
    """Return base and weights (none below 0) of the likeliest logistic curve, by gradient descent."""
    many = Counter(case.family == "microservices" for case in told)
    weights = [calibration.BASE, calibration.LEAD, calibration.TOP, calibration.SETTLES]
    for _ in range(steps):
        slope = [0.0] * len(weights)
        for case in told:
            row = (1.0, *case.features)
            miss = 1 / (1 + exp(-sum(w * x for w, x in zip(weights, row, strict=True)))) - case.right
            for n, x in enumerate(row):
                slope[n] += miss * x / many[case.family == "microservices"] / len(many)
        weights = [weights[0] - rate * slope[0] / 4, *(max(0.0, w - rate * s / 4) for w, s in zip(weights[1:], slope[1:], strict=True))]
    return weights


def curve(told: list[Case]) -> tuple[float, list[str]]:
    """Return the expected calibration error over ten bins, and a line a bin: said, was, cases."""
    bins: dict[int, list[Case]] = defaultdict(list)
    for case in told:
        bins[min(9, int(case.confidence * 10))].append(case)
    error, lines = 0.0, []
    for n, cases_ in sorted(bins.items()):
        said, was = sum(c.confidence for c in cases_) / len(cases_), sum(c.right for c in cases_) / len(cases_)
        error += abs(said - was) * len(cases_) / len(told)
        lines.append(f"{n / 10:.1f} to {(n + 1) / 10:.1f}: said {said:.2f}, was {was:.2f}, {len(cases_)} cases")
    return error, lines


def main() -> None:
    incidents = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print("fitted:", *(f"{value:.2f}" for value in fit(all_cases(incidents, 0))), "in force:", calibration.BASE, calibration.LEAD, calibration.TOP, calibration.SETTLES)
    shown = all_cases(incidents, 1)
    for family in (*sorted({case.family for case in shown}), "all"):
        some = [case for case in shown if family in (case.family, "all")]
        error, lines = curve(some)
        print(f"{family}: {len(some)} cases, right {sum(c.right for c in some) / len(some):.2f}, said {sum(c.confidence for c in some) / len(some):.2f}, error {error:.3f}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
