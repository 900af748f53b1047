"""What was learnt of alarm types: which cause which, how surely and after how long; which are noise; how long chains take.

What is remembered are sums (`Kind` of a type, `Pair` of two), so those of several partitions add up. `weigh` makes
strengths of them:

    strength(a, b) = sqrt((N(a, b) + BACK N(b, a)) / sqrt((n(a) + PRIOR) (n(b) + PRIOR))) (1 - share of a that others explain)

N(a, b) is how many onsets of b alarms of type a just before and nearby account for (learn.py), n(a) the onsets of a. The
root over both frequencies penalises what is merely frequent, PRIOR what was seen a few times, the last factor what
comes as a consequence itself: a cause comes by itself. BACK: management systems tell what follows before what it
follows from often enough that the pair counts for something even against the order. ADR 0020 has the figures.
"""

from collections.abc import Iterable, Mapping
from math import sqrt

import msgspec

from streams.domain.instant import Instant, Span

BACK = 0.2
"""What an onset counts for a pair that it speaks against by its order."""
PRIOR = 5.0
"""Onsets that every type is taken to have had without any relation."""
LEAST_OWN = 0.02
"""Share of a type that comes by itself at least."""
NOISE_FROM = 50.0
"""Onsets of a type before it may be called noise."""
NOISE_BELOW = 0.1
"""Share of the onsets of a type, at most, that has to do with any other type where it is noise."""
SPLIT = "\x1f"
"""Between the two names of a pair's key."""


class Kind(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One alarm type; key: its name. All figures faded (`faded`)."""

    onsets: float = 0.0
    explained: float = 0.0
    """Onsets that alarms of other types account for."""
    explains: float = 0.0
    """Onsets of other types that it accounts for."""
    chains: float = 0.0
    """Onsets that stand at the end of a chain: an alarm just before explains more than half of it, and so on back."""
    chain_time: float = 0.0
    """Sum over them: microseconds since the first alarm of the chain."""
    at: Instant = 0
    """What the figures are faded to."""


class Pair(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One type before another; key: cause, SPLIT, effect."""

    weight: float = 0.0
    """N: onsets of the effect that the cause accounts for."""
    delay: float = 0.0
    """Sum over them: microseconds between the two."""
    beside: float = 0.0
    """N where the two are on one object; the rest is on neighbours."""
    at: Instant = 0


class Learnt(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One pair as it is told."""

    cause: str
    effect: str
    strength: float
    support: float
    """Onsets of the effect that the cause accounts for."""
    delay: Span
    """Between the two, on average."""
    beside: float
    """Share of it on one object."""


UNTAUGHT: Mapping[tuple[str, str], Learnt] = {}
"""What is known before anything is."""


def pair_key(cause: str, effect: str) -> str:
    """Return the key of a pair's row."""
    return f"{cause}{SPLIT}{effect}"


def keep(since: Instant, at: Instant, half_life: Span) -> float:
    """Return what is left of a figure of `since` at `at`; of an earlier time all of it."""
    return 0.5 ** ((at - since) / half_life) if half_life and since and at > since else 1.0


def grown(kind: Kind, at: Instant, half_life: Span, onsets: float = 0.0, explained: float = 0.0, explains: float = 0.0, chains: float = 0.0, chain_time: float = 0.0) -> Kind:
    """Fade a type to a time and add to it."""
    left = keep(kind.at, at, half_life)
    return Kind(left * kind.onsets + onsets, left * kind.explained + explained, left * kind.explains + explains, left * kind.chains + chains,
                left * kind.chain_time + chain_time, max(kind.at, at))


def strengthened(pair: Pair, at: Instant, half_life: Span, weight: float = 0.0, delay: float = 0.0, beside: float = 0.0) -> Pair:
    """Fade a pair to a time and add to it."""
    left = keep(pair.at, at, half_life)
    return Pair(left * pair.weight + weight, left * pair.delay + delay, left * pair.beside + beside, max(pair.at, at))


class Knowledge(msgspec.Struct):
    """All of it: types by name, pairs by (cause, effect)."""

    kinds: dict[str, Kind] = msgspec.field(default_factory=dict)
    pairs: dict[tuple[str, str], Pair] = msgspec.field(default_factory=dict)


def added_up(parts: Iterable[tuple[Mapping[str, Kind], Mapping[str, Pair]]], half_life: Span) -> Knowledge:
    """Add up what several partitions learnt, faded to the latest time of any."""
    told = [(dict(kinds), dict(pairs)) for kinds, pairs in parts]
    at = max((moment for kinds, pairs in told for moment in (*(kind.at for kind in kinds.values()), *(pair.at for pair in pairs.values()))), default=0)
    found = Knowledge()
    for kinds, pairs in told:
        for name, kind in sorted(kinds.items()):
            here = grown(kind, at, half_life)
            found.kinds[name] = grown(found.kinds.get(name, Kind()), at, half_life, here.onsets, here.explained, here.explains, here.chains, here.chain_time)
        for key, pair in sorted(pairs.items()):
            cause, _, effect = key.partition(SPLIT)
            one = strengthened(pair, at, half_life)
            found.pairs[cause, effect] = strengthened(found.pairs.get((cause, effect), Pair()), at, half_life, one.weight, one.delay, one.beside)
    return found


def weigh(known: Knowledge) -> list[Learnt]:
    """Return the pairs, the strongest first; of equal ones by name."""
    found = []
    for cause, effect in sorted({*known.pairs, *((b, a) for a, b in known.pairs)}):
        forth, back = known.pairs.get((cause, effect), Pair()), known.pairs.get((effect, cause), Pair())
        a, b = known.kinds.get(cause, Kind()), known.kinds.get(effect, Kind())
        both = forth.weight + BACK * back.weight
        own = max(LEAST_OWN, 1 - a.explained / a.onsets) if a.onsets else LEAST_OWN
        strength = round(sqrt(both / sqrt((a.onsets + PRIOR) * (b.onsets + PRIOR))) * own, 6)
        if strength > 0:
            delay = int(forth.delay / forth.weight) if forth.weight else 0
            found.append(Learnt(cause, effect, strength, round(forth.weight, 3), delay, round(forth.beside / forth.weight, 3) if forth.weight else 0.0))
    return sorted(found, key=lambda pair: (-pair.strength, pair.cause, pair.effect))


def is_noise(kind: Kind) -> bool:
    """Tell whether a type is so frequent, and has so little to do with any other, that it tells nothing."""
    return kind.onsets >= NOISE_FROM and kind.explained + kind.explains <= NOISE_BELOW * kind.onsets
