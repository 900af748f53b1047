"""Own alarms: an object that reports trouble of its own body speaks for itself, one that only complains of calls does not.

Each trouble counts by how few report it: what everybody reports is the weather, what one alone reports is news. Many
alarms of one probable cause (a log full of errors) are one trouble, and it counts by its rarest.
"""

from collections import Counter
from collections.abc import Mapping
from math import log

from streams.domain.facts import Facts, Rule, Told, is_own
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each object by its kinds of own alarms, the rare ones more, against the one with most."""
    kinds = {o: found for o, t in facts.objects.items() if (found := _kinds(t))}
    reporters = facts.noted["reporters"] = Counter(kind for found in kinds.values() for kind in found)
    news = {o: _news(found, reporters, len(facts.objects)) for o, found in kinds.items()}
    most = max(news.values(), default=0.0)
    return {o: value / most for o, value in news.items()}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Count them, and those that nobody else reports."""
    kinds = _kinds(facts.objects[candidate])
    alone = sum(facts.noted["reporters"][kind] == 1 for kind in kinds)
    word = next(m for m in facts.objects[candidate].members if is_own(m)).cause
    return f"{len(kinds)} kinds of its alarms are about itself, the first {word}; {alone} of them no other object reports."


def _news(kinds: set[tuple[str, str]], reporters: Mapping[tuple[str, str], int], objects: int) -> float:
    rarest: dict[str, int] = {}
    for cause, qualifier in kinds:
        rarest[cause] = min(rarest.get(cause, objects), reporters[cause, qualifier])
    return sum(log((1 + objects) / rarest[cause]) for cause in sorted(rarest))


def _kinds(told: Told) -> set[tuple[str, str]]:
    return {(m.cause, m.qualifier) for m in told.members if is_own(m)}


RULE = Rule("own_alarms", 1.0, judge, tell)
