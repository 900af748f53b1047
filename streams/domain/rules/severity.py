"""Severity: where severities differ, the cause is sooner among the worst; where they do not, it says nothing.

A silent candidate counts as the worst of what its failure explains, if that is two objects or more.
"""

from collections.abc import Mapping

from streams.domain.alarm import Severity
from streams.domain.facts import Facts, Rule
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each candidate by where its worst alarm lies between the mildest and the worst of the problem."""
    least = min((t.worst for t in facts.objects.values()), default=0)
    most = max((t.worst for t in facts.objects.values()), default=0)
    if least == most:
        return {}
    return {c: (worst - least) / (most - least) for c in facts.candidates if (worst := _worst(facts, c)) is not None}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Name its severity and how many are milder."""
    worst = _worst(facts, candidate) or Severity.CLEARED
    milder = sum(t.worst < worst for t in facts.objects.values())
    whose = "Its worst alarm" if candidate in facts.objects else "The worst alarm that it explains"
    return f"{whose} is {worst.name.lower()}; {milder} of {len(facts.objects)} objects have only milder ones."


def _worst(facts: Facts, candidate: str) -> Severity | None:
    if candidate in facts.objects:
        return facts.objects[candidate].worst
    followed = [facts.objects[o].worst for o in facts.explained[candidate]]
    return max(followed) if len(followed) > 1 else None


RULE = Rule("severity", 1.5, judge, tell)
