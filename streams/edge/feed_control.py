"""What is said of a feed itself, not in it: how far its time is, when listening began, that it is read again.

Such a record carries a header of ours and no alarm. A feed partition that is mostly unreadable is paused, and told by an alarm of ours.
"""

from msgspec.structs import replace

from streams.domain.alarm import OWN, Alarm, Position, Severity
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard
from streams.domain.view import Emit, View
from streams.edge.feed import Feed, Raw
from streams.edge.feed_clock import FeedClock
from streams.edge.formats import Refused
from streams.edge.words import time

MARK = "spm-mark"
"""Header of a record that only tells how far time has come; its value is ignored."""
START = "spm-start"
"""Header of a record by which a feeder in event time says when listening began: alarms raised before are `standing`."""
PROBE = "spm-probe"
"""Header of a record by which a worker sends a probe down a lane, its number (domain/probe.py)."""
RESUME = "spm-resume"
"""Header of a record by which an operator has a paused feed read again."""


def controlled(view: View, row: FeedClock, feed: Feed, raw: Raw) -> list[Emit] | None:
    """Do what a record's header asks of the feed; None for a record that has none of these headers. Raises Refused."""
    if any(name == RESUME for name, _ in raw.headers):
        resume(view, raw.topic)
        return [own_alarm(feed, raw, row.clock, cleared=True)] if row.paused else []
    if mark := told_by(raw, MARK):
        if mark > row.clock:
            view.feed_clock.put(raw.topic, replace(row, clock=mark, votes=()))
        return []
    if start := told_by(raw, START):
        view.feed_clock.put(raw.topic, replace(row, since=start))
        return []
    return None


def own_alarm(feed: Feed, raw: Raw, clock: Instant, cleared: bool) -> Emit:
    """Say that a feed partition is mostly unreadable and waits, or that it is read again: an alarm of ours, in the feed's home."""
    at = clock or raw.arrived_at
    where = f"feed:{feed.topic}/{raw.partition}"
    alarm = Alarm(
        f"spm|{where}|corruptData|", where, feed.home, "corruptData", Severity.CLEARED if cleared else Severity.MAJOR, cleared, at, at,
        "processingErrorAlarm", resolved=False, feed=feed.topic, source="spm", source_id=where, service_affecting=None if cleared else False,
        text="Read again." if cleared else "Over half of the last 1,000 records were unreadable: see dead-letters; tried again each minute.")
    return Emit("alarm-events", feed.home, AlarmHeard(alarm, Position(raw.topic, raw.partition, raw.offset, OWN)), at, feed.home)


def probed(raw: Raw) -> int | None:
    """Return the lane that a probe is sent down; None for a record that is none."""
    told = next((value for name, value in raw.headers if name == PROBE), b"")
    return int(told) if told.isdigit() and len(told) < 6 else None


def told_by(raw: Raw, header: str) -> Instant:
    """Return the time a header tells, 0 for a record that has none of that name."""
    told = next((value for name, value in raw.headers if name == header), None)
    if told is None:
        return 0
    at = time(told.decode("utf-8", "replace"))
    if not at:
        raise Refused(header, "no-time", f"Give the header {header} an ISO 8601 time.")
    return at


def watermark(view: View, topic: str = "") -> Instant:
    """Return the event time that a feed has reached in this partition; of all feeds: the least of those that have one.

    0: none was heard yet; a feed partition that never held a record does not hold time back, and one that held nothing but
    probes has the time of the last of them.
    """
    rows = [view.feed_clock.get(topic)] if topic else [row for _, row in view.feed_clock.prefix("")]
    return min((at for row in rows if row is not None and (at := row.clock or row.probed)), default=0)


def paused(view: View, topic: str) -> bool:
    """Whether the feed was mostly unreadable in this partition and is only tried again each minute."""
    row = view.feed_clock.get(topic)
    return row is not None and row.paused


def resume(view: View, topic: str) -> None:
    """Read the feed again, and judge it anew."""
    row = view.feed_clock.get(topic)
    if row is not None:
        view.feed_clock.put(topic, replace(row, heard=0, refused=0, refused_before=-1, paused=False))
