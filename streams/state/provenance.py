"""How far a mirrored state had read the feeds, told by what it holds itself; offsets of another cluster are never taken on trust.

Of one feed partition and one lane two things say that all before a place was folded:

- provenance: each alarm row names the record it was read from. A lane has a feed partition's records in order, so the
  newest named one was folded with all before it. The record is looked for in the mirrored feed by what it says
  (alarm and time): where it stands there is where the lane was, whatever its offset was on the lost cluster.
- the lane's clock: it told a time only when all that had arrived before it had been read, but for `SLACK`.

The further of the two counts, of all lanes the one that was least far. What is read twice is a repeat to its record.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.domain.alarm_record import AlarmRecord, Teller
from streams.domain.instant import HOUR, MINUTE, Instant

SLACK = MINUTE
"""Records younger than the clock by this may not have been folded: marks are seconds old (engine/clock.py), clocks of machines differ."""
LONGEST = HOUR
"""A lane further behind the newest one than this is taken for idle, not for mirrored so late."""

Saying = tuple[str, Instant, bool]
"""Alarm record, time told, whether it cleared: what a record of a feed says, as a row remembers it."""


class Seen(NamedTuple):
    """The newest record of one feed partition that the rows of one lane name."""

    offset: int
    """On the lost cluster."""
    saying: Saying


def newest(rows: Iterable[AlarmRecord]) -> dict[tuple[str, int], Seen]:
    """Return for each feed partition the newest record that rows of one lane name."""
    found: dict[tuple[str, int], Seen] = {}
    for row in rows:
        for teller, at, cleared in ((row.heard, row.heard_at, False), (row.cleared, row.cleared_at, True)):
            _take(found, row, teller, at, cleared)
    return found


def _take(found: dict[tuple[str, int], Seen], row: AlarmRecord, teller: Teller, at: Instant, cleared: bool) -> None:
    where = teller.source
    if where is not None and where.part >= 0:
        known = found.get((where.topic, where.partition))
        if known is None or where.offset > known.offset:
            found[where.topic, where.partition] = Seen(where.offset, (row.id, at, cleared))


def folded_until(clocks: Iterable[Instant]) -> Instant:
    """Return the time before which everything that arrived was folded in all lanes; 0 where no lane tells."""
    known = [clock for clock in clocks if clock]
    return max(min(known), max(known) - LONGEST) - SLACK if known else 0


class Lane(NamedTuple):
    """What one lane says of one feed partition: places are those of the mirrored feed."""

    by_clock: int
    """First record that may not have been folded, by the lane's clock."""
    named: int | None
    """Where the newest record that its rows name stands; None: it lies before `by_clock`, or was not mirrored."""


def goes_on(lanes: Iterable[Lane]) -> int:
    """Return where reading goes on: nothing before it is unknown to any lane."""
    return min((max(lane.by_clock, lane.named + 1 if lane.named is not None else 0) for lane in lanes), default=0)


def placed(seen: Mapping[int, Mapping[tuple[str, int], Seen]], feed: tuple[str, int], said: Mapping[Saying, int]) -> dict[int, int | None]:
    """Return lane -> where the newest record it names stands in the mirrored feed; `said`: what the records say -> the first that does."""
    return {lane: said.get(named[feed].saying) if feed in named else None for lane, named in seen.items()}
