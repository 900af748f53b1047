"""The shared upstream cause: what explains most of the alarmed objects and least of the silent ones.

Each candidate is taken as failed and its effect followed through `needs`: what it reaches should alarm, all else only by
chance (domain/explanation.py). Scores are relative to the best candidate and scaled by what even that one explains
beyond mere chance. A silent object may be the cause, at the price of its own silence.
"""

from collections.abc import Mapping

from streams.domain.explanation import explanation
from streams.domain.facts import Facts, Rule, asked, footprint
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each candidate by its likelihood relative to the best one."""
    return explanation(facts, network).score


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say how much of the problem it explains."""
    reached = len(facts.explained[candidate])
    silent = sum(count for (kind, _), count in asked(facts, footprint(network, candidate)).items() if kind in facts.types) - reached + (candidate in facts.objects)
    silence = "" if candidate in facts.objects else "; it is silent itself"
    return f"Its failure explains {reached} of {len(facts.objects)} alarmed objects, and {silent} that should have alarmed with them did not{silence}."


RULE = Rule("shared_upstream", 3.2, judge, tell)
