"""The accused: an alarm by a caller about its callee points at the callee.

Blame starts at everyone who complains, the more the less usual the complaint is, and moves on along the complaints: a callee that complains of another passes it
on, except that an object with alarms about its own body keeps half. Where it comes to rest, the cause is looked for.
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule, complaints, is_own
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy

KEPT = 0.5
"""Share of the blame that stays with an object which is ill itself and complains of others as well."""

LEAST = 0.1
"""What a complaint counts that is no news."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each object by its share of the blame that comes to rest."""
    if not facts.blames:
        return {}
    said = {caller: {peer: LEAST + news for peer, news in complaints(facts, caller).items()} for caller in facts.blames}
    moving = {caller: sum(peers.values()) for caller, peers in said.items()}
    ways = {caller: {peer: news / moving[caller] for peer, news in peers.items()} for caller, peers in said.items()}
    rest: dict[str, float] = {}
    for _ in range(policy.depth):
        coming: dict[str, float] = {}
        for caller, blame in moving.items():
            for peer, share in ways[caller].items():
                coming[peer] = coming.get(peer, 0.0) + blame * share
        moving = {}
        for peer, blame in coming.items():
            kept = 1.0 if peer not in facts.blames else KEPT if _ill(facts, peer) else 0.0
            rest[peer] = rest.get(peer, 0.0) + kept * blame
            if kept < 1:
                moving[peer] = (1 - kept) * blame
    total = sum(rest.values())
    return {peer: blame / total for peer, blame in rest.items() if blame} if total else {}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Count those who complain of it, and whether it complains itself."""
    accusers = sum(candidate in peers for peers in facts.blames.values())
    passes = len(set(facts.blames.get(candidate, ())))
    return f"{accusers} of {len(facts.blames)} complaining objects complain of it, and it complains of {passes} itself."


def _ill(facts: Facts, name: str) -> bool:
    told = facts.objects.get(name)
    return told is not None and any(is_own(m) for m in told.members)


RULE = Rule("accused", 0.7, judge, tell)
