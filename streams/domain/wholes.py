"""A whole speaks by its parts: what the replicas of a service, or the ports of a card, report alike is told of the whole.

Four instances that are ill in the same way, and not in their usual way, have one trouble and not four: each alone looks
like a lesser suspect than any single object with as much news. So the whole is weighed by what its parts say together,
as far as they agree; one ill part of four is its own trouble. Only declared wholes (`part_of`) are, and constant work
for each.
"""

from collections.abc import Iterable, Mapping
from math import fsum

import msgspec

from streams.domain.facts import Facts
from streams.domain.network import Network
from streams.domain.parts import parts_of


class Voice(msgspec.Struct, frozen=True, gc=False):
    """What the parts of one whole say together."""

    agreement: float
    """0..1: 1 where all of them report the same news, 0 where no two report any alike."""
    parts: tuple[str, ...]
    """Those that alarm, in declared order."""
    of: int
    """How many there are."""


def voices(facts: Facts, network: Network) -> Mapping[str, Voice]:
    """Return candidate -> the voice of its parts, where some agree; worked out once per `facts`."""
    if "voices" not in facts.noted:
        facts.noted["voices"] = {c: voice for c in facts.candidates if (voice := _voice(facts, network, c)) is not None}
    found: Mapping[str, Voice] = facts.noted["voices"]
    return found


def spoken(voice: Voice, values: Mapping[str, float]) -> float:
    """Return what the whole has of a figure of its parts: their sum, as far as they agree."""
    return voice.agreement * fsum(values.get(part, 0.0) for part in voice.parts)


def _voice(facts: Facts, network: Network, whole: str) -> Voice | None:
    parts = parts_of(network, whole)
    alarmed = tuple(part for part in parts if part in facts.objects)
    agreement = _agreement((_news(facts, part) for part in alarmed), len(parts)) if len(alarmed) > 1 else 0.0
    return Voice(agreement, alarmed, len(parts)) if agreement else None


def _news(facts: Facts, part: str) -> dict[tuple[str, str], float]:
    """Return (cause, qualifier) -> the news of it, of what a part says of itself."""
    found: dict[tuple[str, str], float] = {}
    for m in facts.objects[part].members:
        if not m.peer:
            found[m.cause, m.qualifier] = max(found.get((m.cause, m.qualifier), 0.0), facts.news[m.occurrence])
    return found


def _agreement(told: Iterable[Mapping[tuple[str, str], float]], parts: int) -> float:
    """Return how alike these vectors are, those of silent parts being 0: |sum|^2 less the sum of all |v|^2, over what it would be were all the same."""
    together: dict[tuple[str, str], float] = {}
    alone = 0.0
    for one in told:
        for kind, news in one.items():
            together[kind] = together.get(kind, 0.0) + news
            alone += news * news
    return max(0.0, min(1.0, (fsum(news * news for news in together.values()) - alone) / ((parts - 1) * alone))) if alone else 0.0
