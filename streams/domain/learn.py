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

from math import exp
from typing import Any

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmRecord
from streams.domain.impact import REMEMBERED
from streams.domain.instant import MINUTE, Instant
from streams.domain.learn_memory import TABLES, Learning, Onset, Onsets, Seen
from streams.domain.learn_sums import share_out
from streams.domain.learnt import added_up, pair_key, weigh
from streams.domain.messages import CausesLearnt
from streams.domain.network import Network
from streams.domain.policy import LearnPolicy
from streams.domain.view import Emit, View, World

CHANCE = 10.0
"""An alarm that by itself comes once in so many decays is as likely by chance as because of one just before."""
CANDIDATES = 8
"""Alarms among which one onset is shared out, the likeliest."""
LONGEST_NAME = 256
"""Characters; longer names are texts, not types."""
NO_NAME = frozenset(("", "indeterminate", "unknown", "other"))
"""Probable causes that say nothing (X.733 has `indeterminate`); the absent never matches the absent."""
LEARNT = "learnt"
"""Key of what localization is told."""
MOST = 10_000
"""Rows of a table read at once; policy keeps them far below."""
__all__ = ["TABLES", "come_due", "hear", "near", "tell", "type_of"]
_replace = msgspec.structs.replace


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
        view.onsets_waiting.put(key, Onset(alarm.object, name, alarm.at, alarm.at + policy.settle, alarm.domain))


def come_due(view: View, table: str, key: str, value: Any, now: Instant, world: World) -> list[Emit]:
    """Learn from an onset that has waited, and tell localization of it now and then; or forget an object that was not alarmed for long."""
    if table == "onsets":
        view.onsets.delete(key)
        return []
    view.onsets_waiting.delete(key)
    learning: Learning = view.learning.get("") or Learning()
    if learning.frozen:
        return []
    _learn(view, value, learning, world)
    if value.at - learning.told_at < world.policy.learn.tell_every:
        return []
    return tell(view, value.domain, value.at, now, world)


def tell(view: View, domain: str, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Tell localization the pairs that are worth anything, unless there were and are none; `domain`: any that this partition has."""
    policy = world.policy.learn
    known = added_up([(dict(view.learnt_types.prefix("", MOST)), dict(view.learnt_pairs.prefix("", MOST)))], policy.half_life)
    pairs = [pair for pair in weigh(known) if pair.support * (1 - pair.beside) >= policy.least_support][: policy.pairs_told]
    learning: Learning = view.learning.get("") or Learning()
    view.learning.put("", _replace(learning, told_at=at, told=len(pairs)))
    return [Emit("problem-changes", LEARNT, CausesLearnt(tuple(pairs), at, now), at, domain)] if pairs or learning.told else []


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
    share_out(view, onset, began_at, [(likely / total, ago, seen, beside) for likely, ago, seen, beside in candidates], policy)
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
