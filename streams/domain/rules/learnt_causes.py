"""Learnt causes: an alarmed object whose alarm is known to make the alarms of those that its failure reaches.

Known is what the stream taught of alarm types (domain/learn.py), across objects and often enough. Each other alarmed
object in reach counts by its best pair: how strong that is, and how much stronger than the same pair the other way
round, so what comes in both orders says little. Where nothing is learnt it says nothing.
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.learnt import Learnt
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy

FULL = 0.3
"""Strength of a pair that is as good as certain: half of the onsets of either are accounted for, and few of the cause's."""
Types = frozenset[str]


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each alarmed candidate by the share of the other objects that are learnt to follow it."""
    scores, worth, types, causing = {}, dict[tuple[Types, Types], float](), _types(facts), dict[str, set[str]]()
    for cause, effect in facts.learnt:
        causing.setdefault(cause, set()).add(effect)
    for candidate in facts.candidates if facts.learnt and len(facts.objects) > 1 else ():
        if not (own := types.get(candidate, frozenset()).intersection(causing)):
            continue
        follow = set[str]().union(*(causing[cause] for cause in own))
        others = [told for name in facts.explained[candidate] if name != candidate and (told := types[name].intersection(follow))]
        for each in set(others) - {told for causes, told in worth if causes == own}:
            worth[own, each] = max((found for found, _ in _pairs(facts, own, each)), default=0.0)
        if followed := sum([worth[own, each] for each in others]):
            scores[candidate] = followed / (len(facts.objects) - 1)
    return scores


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say of how many objects, and name the best pair with what it rests on."""
    types = _types(facts)
    found = [max(pairs) for name in facts.explained[candidate] if name != candidate and (pairs := _pairs(facts, types[candidate], types[name]))]
    pair = facts.learnt[max(found)[1]]
    return (f"Its alarms are learnt to make those of {len(found)} of {len(facts.objects) - 1} other objects, most of all {pair.cause} makes {pair.effect}: "
            f"{pair.support:.0f} times so far, {pair.delay / 1e6:.0f} s later on average.")


def _pairs(facts: Facts, causes: Types, effects: Types) -> list[tuple[float, tuple[str, str]]]:
    """Return what each learnt pair between two objects' alarms is worth, at most 1, where it leans towards the effect."""
    found = [(pair, facts.learnt.get((b, a))) for a in causes for b in effects if a != b and (pair := facts.learnt.get((a, b))) is not None]
    return [(min(1.0, pair.strength / FULL) * lean, (pair.cause, pair.effect)) for pair, back in found if (lean := _lean(pair, back)) > 0]


def _lean(pair: Learnt, back: Learnt | None) -> float:
    return 1 - (back.strength / pair.strength if back is not None else 0.0)


def _types(facts: Facts) -> dict[str, Types]:
    return {name: frozenset(m.qualifier or m.cause for m in told.members) for name, told in facts.objects.items()}


RULE = Rule("learnt_causes", 0.5, judge, tell)
