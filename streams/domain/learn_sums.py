"""The sums that learning keeps of types and pairs, and how many of them (learn.py)."""

from collections.abc import Callable
from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.domain.learn_memory import Learning, Onset, Seen
from streams.domain.learnt import Kind, Pair, grown, keep, pair_key, strengthened
from streams.domain.policy import LearnPolicy
from streams.domain.view import Rows, View

SPARE = 1.25
"""Rows are thrown out when there are so many times too many: seldom, so that it costs little per onset."""
_replace = msgspec.structs.replace


def share_out(view: View, onset: Onset, began_at: Instant, shares: list[tuple[float, int, Seen, bool]], policy: LearnPolicy) -> None:
    """Add an onset to its type, and what accounts for it to the pairs."""
    pairs: dict[tuple[str, str], list[float]] = {}
    explained: dict[str, list[float]] = {onset.name: [0.0, 0.0]}
    for share, ago, seen, beside in shares:
        if seen.name == onset.name:
            continue
        forth = [(seen.name, onset.name, share)]
        if ago <= policy.one_instant:
            forth = [(seen.name, onset.name, share / 2), (onset.name, seen.name, share / 2)]
        for cause, effect, weight in forth:
            sums = pairs.setdefault((cause, effect), [0.0, 0.0, 0.0])
            sums[0] += weight
            sums[1] += weight * ago
            sums[2] += weight if beside else 0.0
            explained.setdefault(effect, [0.0, 0.0])[0] += weight
            explained.setdefault(cause, [0.0, 0.0])[1] += weight
    for (cause, effect), (weight, delay, beside_) in sorted(pairs.items()):
        _add_pair(view, pair_key(cause, effect), onset.at, weight, delay, beside_, policy)
    chained = onset.at - began_at
    for name, (has, gives) in sorted(explained.items()):
        is_it = name == onset.name
        _add_kind(view, name, onset.at, 1.0 if is_it else 0.0, has, gives, float(is_it and chained > 0), float(chained if is_it else 0), policy)


def _add_pair(view: View, key: str, at: Instant, weight: float, delay: float, beside: float, policy: LearnPolicy) -> None:
    known: Pair | None = view.learnt_pairs.get(key)
    view.learnt_pairs.put(key, strengthened(known or Pair(), at, policy.half_life, weight, delay, beside))
    if known is None:
        learning: Learning = view.learning.get("") or Learning()
        rows = learning.pairs + 1
        if rows > SPARE * policy.pairs:
            rows = _thin_out(view.learnt_pairs, policy.pairs, lambda pair: pair.weight * keep(pair.at, at, policy.half_life))
        view.learning.put("", _replace(learning, pairs=rows))


def _add_kind(view: View, name: str, at: Instant, onsets: float, explained: float, explains: float, chains: float, chain_time: float, policy: LearnPolicy) -> None:
    known: Kind | None = view.learnt_types.get(name)
    view.learnt_types.put(name, grown(known or Kind(), at, policy.half_life, onsets, explained, explains, chains, chain_time))
    if known is None:
        learning: Learning = view.learning.get("") or Learning()
        rows = learning.kinds + 1
        if rows > SPARE * policy.types:
            rows = _thin_out(view.learnt_types, policy.types, lambda kind: kind.onsets * keep(kind.at, at, policy.half_life))
        view.learning.put("", _replace(learning, kinds=rows))


def _thin_out(rows: Rows[Any], most: int, weight_of: Callable[[Any], float]) -> int:
    """Throw out the weakest rows; return how many are left."""
    found = sorted(rows.prefix("", int(2 * SPARE * most)), key=lambda each: (-weight_of(each[1]), each[0]))
    for key, _ in found[most:]:
        rows.delete(key)
    return min(most, len(found))
