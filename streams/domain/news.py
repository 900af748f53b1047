"""How much an alarm tells: its surprise, given what its object usually reports and what others of its type report now.

What everybody reports is the weather, what an object reports in every other problem is its habit; what is neither is
news. An alarm's chance is that of its habit (habit.py) or of the weather, whichever makes it; its news is how far the
surprise (-log chance, nats) goes beyond `EXPECTED`, so that the usual counts nothing and the never seen counts most.

What an alarm means for its object (domain/effect.py) counts beside how often it comes. One that says that its object
does not work as it should is never a mere habit: whatever fails every week fails again (`LOSS`). Where there is such a
one, those that say nothing of the kind (a temperature, a door, a load) speak softly (`MURMUR`); where there is none,
they are all there is to go by.
"""

from collections import Counter
from collections.abc import Mapping
from math import exp, log

from streams.domain.alarm import Effect
from streams.domain.habit import BY_CHANCE, Habits
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.parts import wholes

EXPECTED = 1.0
"""Surprise that an alarm has to exceed to be news: what is there in a third of the problems is none."""
OTHERS = 2
"""Silent objects of its type that are assumed beyond those declared: in a handful, what two report is no weather yet."""
FRESH = -log(BY_CHANCE) - EXPECTED
"""News of an alarm of which nothing is known: it is as fresh as can be."""
LOSS = 0.8
"""How fresh (0..1) it is at least that an object says it is down or degraded, and how much of `FRESH` its news at least (ours; 0.5 to 1 are as good)."""
MURMUR = 0.3
"""What an alarm without effect counts beside such a one (ours; 0.1 to 0.5 are nearly as good)."""
RAREST = exp(-5)
"""Chance at least: a rarer alarm tells no more."""


def news_of(objects: Mapping[str, tuple[Member, ...]], network: Network, habits: Habits | None) -> tuple[dict[str, float], dict[str, float]]:
    """Return occurrence -> its news, and object -> how fresh (0..1) it is that it alarms; of the members of one problem by object (sorted)."""
    known = population(network)
    types = {name: (node.domain, node.type) if (node := network.nodes.get(name)) else ("", "") for name in objects}
    of = {name: found[0] if (found := wholes(network, name)) else name for name in objects}
    replicas = Counter((of[name], *kind) for name, members in objects.items() for kind in {(m.cause, m.qualifier) for m in members})
    reporters = Counter((*types[name], *kind) for name, members in objects.items() for kind in {(m.cause, m.qualifier) for m in members})
    onsets = [m.raised_at for members in objects.values() for m in members]
    lasts = max(onsets) - min(onsets) if onsets else 0
    news, fresh = {}, {}
    soft = MURMUR if any(m.effect >= Effect.DEGRADED for members in objects.values() for m in members) else 1.0
    for name, members in objects.items():
        many = max(known.get(types[name], 0), 1)
        least, worst = 1.0, Effect.NONE
        for m in members:
            usual = habits.chance(name, m.cause, m.qualifier, many, lasts) if habits else BY_CHANCE
            least = min(least, usual)
            alike = reporters[*types[name], m.cause, m.qualifier]
            weather = (alike - replicas[of[name], m.cause, m.qualifier]) / (max(many, alike) + OTHERS)
            told = max(0.0, -log(max(RAREST, 1 - (1 - usual) * (1 - weather))) - EXPECTED)
            news[m.occurrence] = told if m.effect is Effect.AT_RISK else max(LOSS * FRESH, told) if m.effect else soft * told
            worst = max(worst, m.effect)
        surprise = min(1.0, max(0.0, -log(least) - EXPECTED) / FRESH)
        fresh[name] = surprise if worst is Effect.AT_RISK else max(LOSS, surprise) if worst else soft * surprise
    return news, fresh


def population(network: Network) -> Counter[tuple[str, str]]:
    """Count the objects of each domain by type."""
    known = network.memo.setdefault("population", {})
    if not known:
        known[0] = Counter((node.domain, node.type) for node in network.nodes.values())
    found: Counter[tuple[str, str]] = known[0]
    return found


