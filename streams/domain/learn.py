"""Learning which alarm types cause which, online, from the stream itself: part of stage 2 (ADR 0020).

An onset is an alarm that was not heard for `quiet`. It waits for `settle`, so that whatever arrives later in that time
is learnt in the order of event time all the same, and is then shared out among what may account for it: the alarms of
the last `window` on the same object and on its neighbours, each the less the longer ago (`decay`), and chance: how
often this alarm comes on this object anyway. Within `one_instant` nobody knows which came first, so a whole batch of
five-minute data teaches no direction.

    chance = onsets of it on this object so far x CHANCE x decay / time watched    (the alarm itself, if it often comes alone)
    share of an alarm d ago = exp(-d / decay) / (chance + sum over all)

Work per onset is bounded by `neighbours`, `types_per_object` and CANDIDATES, whatever the size of network, problem and
history; a repeat costs nothing. Of a storm the first `onsets` a minute are learnt from: it is one event. Figures fade
by `half_life`, and of all pairs the strongest are kept. All of it is a fold of the log: a replay learns the same.
"""

from collections.abc import Callable
from math import exp
from typing import Any

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmRecord
from streams.domain.impact import REMEMBERED
from streams.domain.instant import MINUTE, Instant
from streams.domain.learnt import Kind, Pair, grown, keep, pair_key, strengthened
from streams.domain.network import Network
from streams.domain.policy import LearnPolicy
from streams.domain.view import Rows, View, World

CHANCE = 10.0
"""An alarm that by itself comes once in so many decays is as likely by chance as because of one just before."""
CANDIDATES = 32
"""Alarms among which one onset is shared out, the likeliest."""
LONGEST_NAME = 256
"""Characters; longer names are texts, not types."""
NO_NAME = frozenset(("", "indeterminate", "unknown", "other"))
"""Probable causes that say nothing (X.733 has `indeterminate`); the absent never matches the absent."""
SPARE = 1.25
"""Rows are thrown out when there are so many times too many: seldom, so that it costs little per onset."""
_replace = msgspec.structs.replace


class Seen(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One alarm type on one object."""

    name: str
    at: Instant
    """Its last onset."""
    onsets: int
    began_at: Instant
    """When the chain began that its last onset belongs to."""


class Onsets(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was alarmed on one object; key: object."""

    seen: tuple[Seen, ...]
    since: Instant
    """Its first onset."""
    due: Instant
    """When it is forgotten."""
    era: int = 0
    """What was learnt has been reset so often when this was written."""


class Onset(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An onset that waits to be learnt from; key: object, SPLIT, type."""

    object: str
    name: str
    at: Instant
    due: Instant


class Learning(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How learning stands in this partition; one row."""

    frozen: bool = False
    era: int = 0
    minute: int = 0
    """Minute of event time ..."""
    onsets: int = 0
    """... and how many onsets of it were taken."""
    pairs: int = 0
    """Rows, about."""
    kinds: int = 0


TABLES: dict[str, tuple[type, Callable[[Any], Instant | None] | None, str]] = {
    "learnt-pairs": (Pair, None, "cause, effect -> how many onsets of the one alarm type the other accounts for, after how long"),
    "learnt-types": (Kind, None, "alarm type -> its onsets, how many others account for and it for others, how long chains to it take"),
    "learning": (Learning, None, "one row: whether learning is frozen, and how much is remembered"),
    "onsets": (Onsets, lambda row: row.due, "object -> which alarm types began there last, and how often"),
    "onsets-waiting": (Onset, lambda row: row.due, "object, alarm type -> an onset that is learnt from once what is late has come"),
}


def type_of(alarm: Alarm) -> str:
    """Name the type of an alarm: its specific problem, else its probable cause; "" where it says neither."""
    name = alarm.type_name
    return "" if len(name) > LONGEST_NAME or name.lower() in NO_NAME else name


def hear(view: View, alarm: Alarm, before: AlarmRecord | None, world: World) -> None:
    """Note a raise that may be an onset; `before`: the alarm's record, None where there was none."""
    policy = world.policy.learn
    if before is not None and alarm.at - before.heard_at <= policy.quiet:
        return
    learning: Learning = view.learning.get("") or Learning()
    name, minute = type_of(alarm), alarm.at // MINUTE
    taken = learning.onsets if learning.minute == minute else 0
    if not name or learning.frozen or alarm.standing or alarm.suspect_clock or taken >= policy.onsets:
        return
    view.learning.put("", _replace(learning, minute=minute, onsets=taken + 1))
    key = pair_key(alarm.object, name)
    waiting: Onset | None = view.onsets_waiting.get(key)
    if waiting is None or alarm.at < waiting.at:
        view.onsets_waiting.put(key, Onset(alarm.object, name, alarm.at, alarm.at + policy.settle))


def come_due(view: View, table: str, key: str, value: Any, world: World) -> None:
    """Learn from an onset that has waited, or forget an object that was not alarmed for long."""
    if table == "onsets":
        view.onsets.delete(key)
        return
    view.onsets_waiting.delete(key)
    learning: Learning = view.learning.get("") or Learning()
    if not learning.frozen:
        _learn(view, value, learning, world)


def _learn(view: View, onset: Onset, learning: Learning, world: World) -> None:
    policy = world.policy.learn
    own = _onsets(view, onset.object, learning.era) or Onsets((), onset.at, 0, learning.era)
    last = next((seen for seen in own.seen if seen.name == onset.name), None)
    if last is not None and abs(onset.at - last.at) <= policy.quiet:
        return
    candidates = _candidates(view, onset, learning.era, world.network, policy)
    watched = max(onset.at - own.since, policy.window)
    chance = (last.onsets if last else 0) * CHANCE * policy.decay / watched
    total = (chance + sum(likely for likely, *_ in candidates)) or 1.0
    best = candidates[0] if candidates else None
    began_at = best[2].began_at if best is not None and 2 * best[0] > total else onset.at
    _share_out(view, onset, began_at, [(likely / total, ago, seen, beside) for likely, ago, seen, beside in candidates], policy)
    seen = Seen(onset.name, onset.at, (last.onsets if last else 0) + 1, began_at)
    kept = sorted((*(each for each in own.seen if each is not last), seen), key=lambda each: (-each.at, each.name))[: policy.types_per_object]
    view.onsets.put(onset.object, _replace(own, seen=tuple(kept), due=max(own.due, onset.at + policy.remember)))


def _onsets(view: View, name: str, era: int) -> Onsets | None:
    found: Onsets | None = view.onsets.get(name)
    return found if found is not None and found.era == era else None


def _candidates(view: View, onset: Onset, era: int, network: Network, policy: LearnPolicy) -> list[tuple[float, int, Seen, bool]]:
    """Return (likelihood, how long ago, what, whether on the same object) of what may account for an onset, the likeliest first."""
    found = []
    for name in near(network, onset.object, policy.neighbours):
        if (row := _onsets(view, name, era)) is None:
            continue
        beside = name == onset.object
        for seen in row.seen:
            ago = onset.at - seen.at
            if 0 <= ago <= policy.window and not (beside and seen.name == onset.name):
                found.append((exp(-ago / max(1, policy.decay)), ago, seen, beside))
    found.sort(key=lambda each: (-each[0], each[2].name, each[3]))
    return found[:CANDIDATES]


def near(network: Network, name: str, most: int) -> tuple[str, ...]:
    """Return an object, what it depends on and what depends on it, at most so many neighbours; remembered."""
    known = network.memo.setdefault("learn-near", {})
    found: tuple[str, ...] | None = known.get((name, most))
    if found is None:
        if len(known) >= REMEMBERED:
            known.clear()
        beside = dict.fromkeys((*network.upstream(name), *network.carries.get(name, ())[: most + 1]))
        beside.pop(name, None)
        found = known[name, most] = (name, *tuple(beside)[:most])
    return found


def _share_out(view: View, onset: Onset, began_at: Instant, shares: list[tuple[float, int, Seen, bool]], policy: LearnPolicy) -> None:
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
