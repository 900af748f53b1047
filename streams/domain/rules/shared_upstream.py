"""The shared upstream cause: what explains most of the alarmed objects and least of the silent ones.

Each candidate is taken as failed and its effect followed through `needs`. What it reaches should alarm; all else should
alarm no more often than by chance, and chance is as large as it must be to explain the rest: a hub that reaches many
alarmed objects is no explanation where those it does not reach alarm as well. Scores are relative to the best candidate
and scaled by what even that one explains beyond mere chance. Alarms of one problem are no independent witnesses: n count
as their root. A silent object may be the cause, at the price of its own silence.
"""

from collections.abc import Mapping
from math import exp, fsum, log, sqrt

from streams.domain.facts import ODDS, Facts, Rule, footprint
from streams.domain.habit import BY_CHANCE
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy

PRIOR = 10
"""Objects that the prior guess of chance counts as: a handful of others proves little."""
MOST = 0.7
"""Chance at most, below what a failure does: that everything alarms by itself is no explanation."""
SILENT = 0.85
"""What is left of the score of a candidate that does not alarm itself: many a duct or power feed cannot tell."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each candidate by its likelihood relative to the best one."""
    end = _by_chance(len(facts.objects) - 1, max(0, facts.others - len(facts.objects)))
    found = {c: end if facts.is_end(c) else _likelihood(facts, network, c) for c in facts.candidates}
    best = max(found.values(), default=0.0)
    scale = 2 * sqrt(max(1, len(facts.objects)))
    explains = max(0.0, 1 - best / _by_chance(len(facts.objects), facts.others - len(facts.objects)))
    return {c: explains * exp((value - best) / scale) * (1 if c in facts.objects else SILENT) for c, value in found.items()}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say how much of the problem it explains."""
    reached = len(facts.explained[candidate])
    silent = sum(footprint(network, candidate).counts.get(kind, 0) for kind in facts.types) - reached + (candidate in facts.objects)
    silence = "" if candidate in facts.objects else "; it is silent itself"
    return f"Its failure explains {reached} of {len(facts.objects)} alarmed objects, and {silent} that should have alarmed with them did not{silence}."


def _likelihood(facts: Facts, network: Network, candidate: str) -> float:
    """Return log P(who alarms, who is silent | candidate), of all that could have alarmed, itself apart."""
    prints, objects = footprint(network, candidate), facts.objects
    reached = [ODDS[prints.tells[n]] for n in facts.explained[candidate] if n != candidate]
    within = sum([prints.silence.get(kind, 0.0) for kind in facts.types]) + fsum(reached)
    alarmed = len(objects) - len(reached) - (candidate in objects)
    silent = max(0, facts.others - sum([prints.counts.get(kind, 0) for kind in facts.types]) - alarmed - 1)
    return within + _by_chance(alarmed, silent)


def _by_chance(alarmed: int, silent: int) -> float:
    """Return log P(so many alarm, so many do not) where nothing but chance makes them alarm."""
    chance = min(MOST, (alarmed + PRIOR * BY_CHANCE) / (alarmed + silent + PRIOR))
    return alarmed * log(chance) + silent * log(1 - chance)


RULE = Rule("shared_upstream", 6.0, judge, tell)
