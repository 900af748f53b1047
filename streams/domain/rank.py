"""One ranking out of all rules: the weighed scores of each candidate added up, and how far the first is to be trusted.

Weights are in nats: a candidate that leads by 1 is e times as likely. The first one's confidence is calibrated
(calibration.py); what is left of it the others share with "something else" (`ELSE`), so all of them add up to less than
1. Where the first is not even likely by `NAMED`, no cause is named: unknown is an answer. Ties go to the earlier
onset, then to the smaller id: never to the order of arrival.
"""

from collections.abc import Mapping, Sequence
from math import exp

from streams.domain.calibration import confidence
from streams.domain.facts import Facts, Rule, gather, settled
from streams.domain.habit import Habits
from streams.domain.impact import REMEMBERED
from streams.domain.learnt import UNTAUGHT, Learnt
from streams.domain.messages import Cause, Member
from streams.domain.network import Network
from streams.domain.past_causes import NOTHING, Heed
from streams.domain.policy import LocalizePolicy
from streams.domain.rules import RULES
from streams.domain.rules.cause_words import telling

ELSE = 1.0
"""Sum of "something else, or nobody told us"."""
NAMED = 0.1
"""Confidence that a first cause has at least: below, nothing explains."""
NEVER = 1 << 62
"""Onset of an object that did not alarm: after all that did."""


def locate(members: Sequence[Member], network: Network, policy: LocalizePolicy, habits: Habits | None = None, heed: Heed = NOTHING,
           learnt: Mapping[tuple[str, str], Learnt] = UNTAUGHT) -> tuple[Cause, ...]:
    """Return the best causes of a problem with these members, best first.

    What a lone alarm means does not depend on when it came, so it is worked out once: in a storm most problems are new.
    """
    if not members:
        return ()                                               # operators moved all of them
    if len(members) != 1 or not heed.is_empty:
        return rank(gather(members, network, policy, habits, heed, learnt), network, policy)
    one = members[0]
    known = network.memo.setdefault("lone", {})
    if len(known) >= REMEMBERED:
        known.clear()
    key = (one.object, one.alarm_type, one.cause, one.root_hint, one.peer, policy.depth, policy.candidates)
    found: tuple[Cause, ...] | None = known.get(key)
    if found is None:
        found = known[key] = rank(gather(members, network, policy), network, policy)
    return found


def ranked(facts: Facts, network: Network, policy: LocalizePolicy) -> tuple[list[str], dict[str, float], list[tuple[Rule, Mapping[str, float]]]]:
    """Return the candidates, best first, the sum of each, and what each rule said."""
    verdicts = [(rule, rule.judge(facts, network, policy)) for rule in RULES]
    sums = dict.fromkeys(facts.candidates, 0.0)
    for rule, scores in verdicts:
        for candidate, score in scores.items():
            if candidate in sums:
                sums[candidate] += rule.weight * score
    onset = {c: facts.objects[c].onset if c in facts.objects else NEVER for c in sums}
    return sorted(sums, key=lambda c: (-round(sums[c], 9), onset[c], c)), sums, verdicts


def rank(facts: Facts, network: Network, policy: LocalizePolicy) -> tuple[Cause, ...]:
    """Return the best causes, best first, with the rules that spoke for each and their evidence."""
    order, sums, verdicts = ranked(facts, network, policy)
    if not order:
        return ()
    first = confidence([sums[c] for c in order], settled(facts, order[0]))
    if first < NAMED:
        return ()
    rest = exp(ELSE) + sum([exp(sums[c]) for c in order[1:]])
    sure = {c: min(first, (1 - first) * exp(sums[c]) / rest) for c in order[1:policy.candidates]} | {order[0]: first}
    best = order[: policy.candidates]
    causes = []
    for candidate in best:
        spoke = sorted(((-rule.weight * scores[candidate], n) for n, (rule, scores) in enumerate(verdicts) if scores.get(candidate, 0.0) > 0))
        rules = [verdicts[n][0] for _, n in spoke]
        node, told = network.nodes.get(candidate), facts.objects.get(candidate)
        causes.append(Cause(
            candidate, node is not None and node.is_service, round(sure[candidate], 4),
            tuple(r.name for r in rules), tuple(r.tell(facts, network, candidate) for r in rules),
            telling(told.members).cause if told else "", tuple(round(-weight, 2) for weight, _ in spoke)))
    return tuple(causes)
