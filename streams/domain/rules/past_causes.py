"""Past causes: what operators confirmed, or rejected, as the cause of an earlier problem with the same kinds of alarms.

A word speaks most of its own object; less of another of the same type that told the same of itself then as the blamed
one did now, silence included. It fades with time and with what differs, and it never counts for more than one rule.
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.instant import iso
from streams.domain.network import Network
from streams.domain.past_causes import Recall
from streams.domain.plural import number
from streams.domain.policy import LocalizePolicy

KIN = 0.4
"""What a word on another object of the same type weighs (ours)."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Add up what was said of each candidate, and of its like."""
    scores: dict[str, float] = {}
    for candidate in facts.candidates if facts.past else ():
        said = _said(facts, network, candidate)
        if said:
            score = sum((1.0 if r.word.object == candidate else KIN) * (r.weight if r.word.confirmed else -r.weight) for r in said)
            scores[candidate] = max(-1.0, min(1.0, score))
    return scores


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Name the last word for it: of which problem, by whom and when."""
    said = [r for r in _said(facts, network, candidate) if r.word.confirmed]
    own = [r for r in said if r.word.object == candidate] or said
    last = own[-1]
    where = "It" if last.word.object == candidate else f"Its like {last.word.object}, with the same alarms of its own,"
    return (f"{where} was confirmed as the cause of {number(len(own), 'similar problem')}, last {last.word.problem} by {last.word.user or 'an operator'} "
            f"at {iso(last.word.at)} ({last.similar:.0%} of the kinds of alarms are the same).")


def _said(facts: Facts, network: Network, candidate: str) -> list[Recall]:
    node = network.nodes.get(candidate)
    kind = node.type if node is not None else ""
    return [r for r in facts.past if r.word.object == candidate or (kind and r.word.type == kind and r.word.own == _own(facts, candidate))]


def _own(facts: Facts, candidate: str) -> tuple[str, ...]:
    told = facts.objects.get(candidate)
    return tuple(sorted({m.cause for m in told.members if not m.peer})) if told is not None else ()


RULE = Rule("past_causes", 3.0, judge, tell)
