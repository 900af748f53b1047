"""How well each candidate's failure explains who alarms and who is silent: a likelihood, one candidate at a time.

If a candidate fails, those that its effect reaches (`footprint`) alarm, most of those that are down and some of those at
risk; all others only by chance. How readily objects of one type tell, and how often they alarm by chance, is not known
beforehand and differs between networks, so both are integrated out (beta-binomial, by type of object; the chance around
what past problems taught, strays.py): that half of the
services never tell speaks less against their card than that one of ten line cards does not. It also means that many
alike are no independent witnesses. Types none of which alarms say nothing. An object whose alarms are all usual for it
(`Facts.fresh`) is neither a witness for anybody nor against. Nor is what belongs to another domain than the problem:
its alarms are a problem there, and the cause of both is found when the two are compared (kinship.py).
"""

from collections.abc import Mapping
from math import exp, lgamma, log

import msgspec

from streams.domain.alarm import Effect
from streams.domain.facts import TELLS, UNDECLARED, Facts, asked, footprint
from streams.domain.network import Network
from streams.domain.promptness import SILENT

TOLD = 2.5
"""Objects that the guess of how readily a type tells (`TELLS`) counts as."""
DOUBT = 4.0
"""Objects that the guess of how often they alarm by chance (`Facts.astray`) counts as."""
CLEAR = 6.0
"""Nats by which the best explains better than chance before it counts for two thirds."""
DAMPED = 1.5
"""Nats of likelihood that make one nat of belief: the model is not the network."""


class Explanation(msgspec.Struct, frozen=True):
    """What a failure of each candidate explains."""

    score: Mapping[str, float]
    """Candidate -> 0..1: how likely it is beside the best, times `share`."""
    share: float
    """0..1: how much better even the best one explains the alarms than chance does."""


def explanation(facts: Facts, network: Network) -> Explanation:
    """Explain the problem by each candidate; worked out once per `facts`."""
    if "explanation" not in facts.noted:
        facts.noted["explanation"] = _explain(facts, network)
    found: Explanation = facts.noted["explanation"]
    return found


def beside(facts: Facts, cause: str) -> tuple[float, float]:
    """Return how many objects that a failure of this candidate does not explain said something unusual, and how many could have."""
    reached = set(facts.explained[cause])
    apart = [name for name in facts.objects if name not in reached]
    strayed = sum(facts.fresh[name] for name in apart)
    prints = footprint(facts.network, cause)
    explained = sum(count for (kind, _), count in asked(facts, prints).items() if kind in facts.types) + (cause in facts.type_of)
    could = sum(facts.could.values()) - explained - (len(apart) - strayed)
    return strayed, max(strayed, could)


def _explain(facts: Facts, network: Network) -> Explanation:
    heard: dict[str, float] = dict.fromkeys(facts.types, 0.0)
    could: dict[str, float] = {kind: float(count) for kind, count in facts.could.items()}
    for name, fresh in facts.fresh.items():
        heard[facts.type_of[name]] += fresh
        could[facts.type_of[name]] -= 1 - fresh
    if not facts.candidates or not any(heard.values()):
        return Explanation({}, 0.0)
    found = {c: _likelihood(facts, network, c, heard, could) for c in facts.candidates}
    best = max(found.values())
    chance = sum(_by_chance(facts, heard[kind], could[kind]) for kind in facts.types)
    share = 1 - exp(-max(0.0, best - chance) / CLEAR)
    return Explanation({c: share * exp((likely - best) / DAMPED) for c, likely in found.items()}, share)


def _likelihood(facts: Facts, network: Network, candidate: str, heard: Mapping[str, float], could: Mapping[str, float]) -> float:
    """Return log P(who alarms, who is silent | candidate failed), of the types that alarm."""
    fresh, own_type = facts.fresh.get(candidate, 0.0), facts.type_of.get(candidate)
    silent = facts.silent.get(network.nodes.get(candidate, UNDECLARED).type, SILENT)
    likelihood = fresh * log(TELLS[Effect.DOWN]) + (1 - fresh) * log(silent)
    left_heard, left_could = dict(heard), dict(could)
    if own_type is not None:
        left_heard[own_type] -= fresh
        left_could[own_type] -= fresh
    if not facts.is_end(candidate):
        prints = footprint(network, candidate)
        told: dict[tuple[str, float], float] = {}
        usual: dict[tuple[str, float], float] = {}
        for name in facts.explained[candidate]:
            if name != candidate:
                group = facts.type_of[name], prints.tells[name]
                told[group] = told.get(group, 0.0) + facts.fresh[name]
                usual[group] = usual.get(group, 0.0) + 1 - facts.fresh[name]
        for (kind, likely), count in asked(facts, prints).items():
            if kind in heard:
                group = kind, likely
                said, could_say = told.get(group, 0.0), count - usual.get(group, 0.0)
                likelihood += _of(said, could_say, TOLD * likely, TOLD * (1 - likely))
                left_heard[kind] -= said
                left_could[kind] -= could_say
    return likelihood + sum(_by_chance(facts, left_heard[kind], left_could[kind]) for kind in facts.types)


def _by_chance(facts: Facts, heard: float, could: float) -> float:
    heard = max(0.0, heard)
    return _of(heard, max(heard, could), DOUBT * facts.astray, DOUBT * (1 - facts.astray))


def _of(heard: float, asked: float, yes: float, no: float) -> float:
    """Return log P(`heard` particular ones of `asked` alarm), where the share that does has a beta distribution with these counts."""
    if asked <= 0:
        return 0.0
    return lgamma(heard + yes) + lgamma(asked - heard + no) - lgamma(asked + yes + no) + lgamma(yes + no) - lgamma(yes) - lgamma(no)
