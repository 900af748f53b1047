"""Bursts: whether a problem that has been going on for a while is seen to begin a second time.

A fault shows as a burst of alarms that were not there before. When alarms that nothing in the problem explains come in
much faster than before, some time after it began, another fault has begun beside it. Times are those of the sources, in
slots of five seconds, so that late and held alarms count where they belong.
"""

from typing import NamedTuple

import msgspec

from streams.domain.instant import SECOND, Instant

SLOT = 5 * SECOND
WINDOW = 4
"""Slots of a burst: 20 s."""
BEFORE = 12
"""Slots before it that it is compared with: a minute."""
KEPT = 60
"""Slots remembered: five minutes, longer than an alarm is held."""
ENOUGH = 16
"""Alarms that make a burst (ours: fewer are no evidence of a second fault)."""
STIR = 4
"""Alarms that may be the beginning of one."""
FASTER = 4
"""Times the rate before."""
SETTLED = 100 * SECOND
"""A fault's own cascade lasts this long at least: within it nothing is a second burst (ours)."""
NAMED = 64
"""Alarms remembered by name, the latest: those that can be taken along."""


class Fresh(NamedTuple):
    """An alarm that counts."""

    at: Instant
    key: str
    """Of its row."""


class Burst(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What came lately into one problem; key: problem id."""

    counts: tuple[tuple[int, int], ...] = ()
    """(slot, alarms), sorted."""
    fresh: tuple[Fresh, ...] = ()
    """By time."""

    def add(self, at: Instant, key: str) -> "Burst":
        """Count an alarm, once: held alarms are counted when they are raised, and come when they are let go."""
        if (at, key) in self.fresh:
            return self
        slot, counts, fresh = at // SLOT, self.counts, self.fresh
        if counts and counts[-1][0] == slot:
            counts = (*counts[:-1], (slot, counts[-1][1] + 1))
        else:
            by_slot = dict(counts)
            by_slot[slot] = by_slot.get(slot, 0) + 1
            oldest = max(by_slot) - KEPT
            counts = tuple(sorted(each for each in by_slot.items() if each[0] > oldest))
        fresh = (*fresh, Fresh(at, key))
        if len(fresh) > 1 and fresh[-2] > fresh[-1]:
            fresh = tuple(sorted(fresh))
        return Burst(counts, fresh[-NAMED:])

    def onset(self, at: Instant, began_at: Instant, enough: int = ENOUGH) -> Instant:
        """Return when a second burst of so many alarms began, seen with the alarm of this time; 0 for none."""
        slot = at // SLOT
        if (slot + 1) * SLOT < began_at + SETTLED or sum(n for s, n in self.counts if s > slot - WINDOW) < enough:
            return 0
        counts = dict(self.counts)
        for end in range(slot, slot + WINDOW):
            window = range(end - WINDOW + 1, end + 1)
            now = sum(counts.get(s, 0) for s in window)
            before = sum(counts.get(s, 0) for s in range(end - WINDOW - BEFORE + 1, end - WINDOW + 1))
            if now >= enough and now * BEFORE > FASTER * WINDOW * before:
                begin = next(s for s in window if counts.get(s)) * SLOT
                if begin >= began_at + SETTLED:
                    return begin
        return 0

    def since(self, onset: Instant) -> tuple[Fresh, ...]:
        """Return the alarms of a burst, as far as they are known by name."""
        return tuple(each for each in self.fresh if each.at >= onset)
