"""A random walk with restart over the candidates of one problem: where it stays is where the trouble comes from.

It starts at alarmed objects, in proportion to their news, and steps to what they depend on or complain of, the sooner
the more news there is; back to dependents it goes seldom (`BACK`); it stays where an object reports news of its own
body, and from one that hears nothing it goes to what feeds it (reception.py). Each step may start anew (`RESTART`), so
that it stays near what alarms. (Personalised PageRank; for the causes of alarms: MonitorRank, Kim et al., SIGMETRICS
2013.) Costs `STEPS` times the dependencies among the candidates.
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, complaints, is_own, surprise
from streams.domain.network import Network
from streams.domain.reception import WORDS, fed_by

RESTART = 0.15
STEPS = 10
"""After so many the walk has mostly forgotten where it started (0.85^10 = 20 %)."""
BACK = 0.1
"""How likely it goes back, beside forward."""
LEAST = 0.1
"""News that every place counts as at least: a silent object can be walked over."""

SLIGHT = 1e-6
"""Share of the walk that is not followed any further."""

Ways = dict[str, list[tuple[str, float]]]
"""Candidate -> where the walk goes from there, each with its probability."""


def visits(facts: Facts, network: Network) -> dict[str, float]:
    """Return candidate -> how often the walk is there, of all the times; {} where nothing is news or nobody else could be the cause."""
    heard = {o: surprise(facts, t.members) for o, t in facts.objects.items()}
    start = {c: heard[c] for c in facts.candidates if heard.get(c)}
    total = sum(start.values())
    if len(facts.candidates) < 2 or not total:
        return {}
    ways = _ways(facts, network, heard)
    places = {c: n for n, c in enumerate(facts.candidates)}
    steps = [[(places[other], (1 - RESTART) * likely) for other, likely in ways.get(c, ())] for c in facts.candidates]
    anew = [RESTART * start.get(c, 0.0) / total for c in facts.candidates]
    there = [start.get(c, 0.0) / total for c in facts.candidates]
    for _ in range(STEPS):
        coming = anew.copy()
        for place, share in enumerate(there):
            if share > SLIGHT:
                for other, likely in steps[place]:
                    coming[other] += share * likely
        there = coming
    return {c: share for c, share in zip(facts.candidates, there, strict=True) if share}


def _ways(facts: Facts, network: Network, heard: Mapping[str, float]) -> Ways:
    known = set(facts.candidates)
    ways: dict[str, dict[str, float]] = {c: {} for c in facts.candidates}
    for c in facts.candidates:
        told = facts.objects.get(c)
        _add(ways[c], c, LEAST + (surprise(facts, (m for m in told.members if is_own(m))) if told else 0.0))
        for other in network.upstream(c):
            if other in known and other != c:
                _add(ways[c], other, LEAST + heard.get(other, 0.0))
                _add(ways[other], c, BACK * (LEAST + heard.get(c, 0.0)))
        if told and (nothing_heard := [m for m in told.members if m.cause in WORDS]):
            news, feeders = surprise(facts, nothing_heard), [one for one in fed_by(network, c) if one in known]
            for feeder in feeders:
                _add(ways[c], feeder, news / len(feeders))
        if c in facts.blames:
            for peer, news in complaints(facts, c).items():
                if peer in known:
                    _add(ways[c], peer, news)
    return {c: [(other, weight / total) for other, weight in to.items()] for c, to in ways.items() if (total := sum(to.values()))}


def _add(to: dict[str, float], other: str, weight: float) -> None:
    to[other] = to.get(other, 0.0) + weight
