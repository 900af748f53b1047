"""The walk: following dependencies and complaints from what alarms, who is come to most often (domain/walk.py).

It finds the cause in a chain of calls where everyone alarms a little: blame moves on to what is depended on, as long as
there is more news there than here. Where the parts of a whole agree, the whole is where the walk is at them (domain/wholes.py).
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.walk import visits
from streams.domain.wholes import spoken, voices


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each candidate by how often the walk is there, against the one where it is most often."""
    found = facts.noted["visits"] = visits(facts, network)
    found |= {whole: found.get(whole, 0.0) + spoken(voice, found) for whole, voice in voices(facts, network).items() if found}
    most = max(found.values(), default=0.0)
    return {c: often / most for c, often in found.items()} if most else {}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say how often, and from whom directly."""
    share = facts.noted["visits"][candidate]
    from_ = sum(candidate != o and (candidate in network.upstream(o) or candidate in facts.blames.get(o, ())) for o in facts.objects)
    return f"A walk along dependencies and complaints from what alarms is here {share:.0%} of the time; {from_} of {len(facts.objects)} alarmed objects lead here directly."


RULE = Rule("walk", 2.6, judge, tell)
