"""Who has stopped speaking: sources by their heartbeats, whole feeds, notifications that are expected again and again.

    SourceSpoke --> Source (feed|source): heard at, due --tick at due--> silent: an alarm of ours, state unknown
                                              ^                              |
                                              +-------- any sign ------------+  the alarm is cleared, the marks removed

- A source is silent after `heartbeats_missed` intervals, a feed or an expected notification after its interval and the
  share of it within which signs are not told anew (`SHARES`): so never too early.
- Every partition has a copy of each row, since it marks its own alarms (state_unknown.py); the one whose row has a
  `domain` raises the alarm, through the normal record path. Such an alarm is no input and has no disposition.
- Rows come due by ticks only (`TICKED` in correlate.py): signs cross partitions, and a tick alone says that all feeds are
  read up to its time. What signs mean is decided then and not before (`Source.runs`), the return as well: so the same feeds
  give the same silences, whatever the order in which they were read and however seldom ticks come.
"""

from collections.abc import Callable

import msgspec

from streams.domain.alarm import OURS, OWN, Alarm, AlarmType, Position, Severity
from streams.domain.alarm_record import Standing, row_key
from streams.domain.instant import DAY, SECOND, Instant, Span, iso
from streams.domain.messages import AlarmHeard, SourceSpoke
from streams.domain.network import Network
from streams.domain.plural import number
from streams.domain.policy import CorrelatePolicy
from streams.domain.state_unknown import begin_sweep
from streams.domain.view import Emit, View, World

CAUSES = {"heartbeat": "heartbeatLost", "feed": "feedSilent", "expected": "notificationMissing"}
"""Kind of what is watched -> probable cause of its alarm."""
SHARES = {"feed": 4, "expected": 100}
"""Kind -> a sign is passed on at most once in this part of the interval."""
RUNS = 32
"""Runs of signs remembered until a tick comes; beyond, silences between the later ones are not seen."""
FORGOTTEN = 30 * DAY
"""A source silent for this long is watched no more; its alarm stands until somebody clears it, or it returns."""
_TYPES = {"heartbeat": AlarmType.COMMUNICATIONS, "feed": AlarmType.COMMUNICATIONS, "expected": AlarmType.PROCESSING_ERROR}
_replace = msgspec.structs.replace

Hear = Callable[[View, AlarmHeard, Instant, World], list[Emit]]
"""The normal path of an alarm (correlate.py)."""


class Source(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is watched for silence; key: feed|source, feed| for the feed itself, feed|!name for an expected notification."""

    kind: str
    heard_at: Instant
    """Last sign before it is silent, or was; 0 before a tick has told the time of the first."""
    interval: Span
    due: Instant
    """When it is silent unless a sign comes before; of a silent one: when it was back, else when it is forgotten."""
    domain: str = ""
    """"" in the copies of other partitions."""
    object: str = ""
    since: Instant = 0
    """Since when it is silent, 0 while it speaks."""
    runs: tuple[tuple[Instant, Instant], ...] = ()
    """(first, last) sign of each run that came after a silence, while no tick has told the time of it; in order of time."""


def source_key(feed: str, source: str, kind: str = "heartbeat") -> str:
    """Return the key of a source's row."""
    return f"{feed}|!{source}" if kind == "expected" else f"{feed}|{source}"


def spoke(view: View, message: SourceSpoke, now: Instant, world: World, hear: Hear) -> list[Emit]:
    """Take in a sign of life; what it means is decided when a tick has told its time."""
    key, policy = source_key(message.feed, message.source, message.kind), world.policy.correlate
    row: Source | None = view.sources.get(key)
    out: list[Emit] = []
    if row is None:
        if not message.interval:
            return []
        row = Source(message.kind, message.at if message.arms else 0, message.interval, 0)
        if not message.copy and _stands(view, key, message):
            row = _replace(row, since=message.at)
    elif row.domain and row.domain != message.domain:
        out = _told(view, key, row, max(message.at, now), now, True, world, hear, "Watched in another domain.") if row.since else []
        row = _replace(row, domain="")
    row = _replace(
        row, interval=message.interval or row.interval, domain=row.domain if message.copy else message.domain, object=message.object or row.object)
    if not message.arms and message.at > row.heard_at:
        row = _heard(row, message.at, patience(row.kind, row.interval, policy))
    view.sources.put(key, _timed(row, policy))
    return out


def _heard(row: Source, at: Instant, within: Span) -> Source:
    """Add a sign: to the present run of signs, or to one that begins after a silence which no tick has told yet."""
    if not row.since and row.heard_at and at <= row.heard_at + within:
        heard_at, runs = at, list(row.runs)
        while runs and runs[0][0] <= heard_at + within:
            heard_at = max(heard_at, runs.pop(0)[1])
        return _replace(row, heard_at=heard_at, runs=tuple(runs))
    at = max(at, row.since)
    runs = []
    for first, last in sorted((*row.runs, (at, at))):
        if runs and (first <= runs[-1][1] + within or len(runs) == RUNS):
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return _replace(row, runs=tuple(runs))


def _timed(row: Source, policy: CorrelatePolicy) -> Source:
    """Write down when it is silent next, is back, or is forgotten."""
    if not row.since and row.heard_at:
        return _replace(row, due=row.heard_at + patience(row.kind, row.interval, policy))
    return _replace(row, due=row.runs[0][0] if row.runs else row.since + FORGOTTEN)


def patience(kind: str, interval: Span, policy: CorrelatePolicy) -> Span:
    """Return how long after its last sign something is silent."""
    return interval * policy.heartbeats_missed if kind == "heartbeat" else interval + interval // SHARES[kind]


def source_due(view: View, key: str, row: Source, now: Instant, world: World, hear: Hear) -> list[Emit]:
    """Find a source silent or back, or forget one that was silent for long or is watched no more; the lane may be further than its due time."""
    at, policy = row.due, world.policy.correlate
    if not _is_watched(key, row, world.network):
        view.sources.delete(key)
        if row.since:
            begin_sweep(view, at)
        return _told(view, key, row, at, now, True, world, hear, "Watched no more.") if row.since and row.domain else []
    is_first, is_back = not row.since and not row.heard_at, bool(row.since and row.runs)
    if is_first or is_back:
        row = _replace(row, since=0, heard_at=row.runs[0][1], runs=row.runs[1:])
    elif row.since:
        view.sources.delete(key)
        return []
    else:
        row = _replace(row, since=at)
    view.sources.put(key, _timed(row, policy))
    if is_first:
        return []
    if row.kind != "expected":
        begin_sweep(view, at)
    return _told(view, key, row, at, now, is_back, world, hear) if row.domain else []


def _is_watched(key: str, row: Source, network: Network) -> bool:
    feed, _, source = key.partition("|")
    if row.kind == "expected":
        return source[1:] in network.expects
    declared = network.feeds.get(feed)
    return declared is not None and bool(declared.silent_after or row.kind == "heartbeat")


def _stands(view: View, key: str, message: SourceSpoke) -> bool:
    """Whether an alarm about a source that was forgotten still stands."""
    record = view.alarm_records.get(f"{message.domain}|{_alarm_key(key, message.kind)}")
    return record is not None and record.standing is not Standing.CLEARED


def _alarm_key(key: str, kind: str) -> str:
    return f"spm|{key}|{CAUSES[kind]}|"


def _told(view: View, key: str, row: Source, at: Instant, now: Instant, cleared: bool, world: World, hear: Hear, text: str = "") -> list[Emit]:
    """Raise or clear the alarm about a source, as if we had heard it from ourselves."""
    alarm = _alarm(key, row, at, cleared, world.network, text)
    if cleared and ((record := view.alarm_records.get(row_key(alarm))) is None or record.standing is Standing.CLEARED):
        return []                                               # an operator was faster
    return hear(view, AlarmHeard(alarm, Position("spm", view.partition, at, OWN)), now, world)


def _alarm(key: str, row: Source, at: Instant, cleared: bool, network: Network, text: str) -> Alarm:
    feed, _, source = key.partition("|")
    declared, expected = network.feeds.get(feed), network.expects.get(source[1:])
    severity = expected.severity if row.kind == "expected" and expected else declared.silence if declared else "major"
    where = row.object or (f"feed:{feed}" if row.kind == "feed" else f"expected:{source[1:]}" if row.kind == "expected" else source)
    if not text:
        text = "Heard again." if cleared else _since(row, len(network.behind.get(where, ())))
    cause = CAUSES[row.kind]
    return Alarm(
        _alarm_key(key, row.kind), where, row.domain, cause, Severity.CLEARED if cleared else Severity[severity.upper()], cleared, at, at,
        _TYPES[row.kind], resolved=where in network.nodes, feed=feed, source=OURS, source_id=f"{cause}:{key}",
        service_affecting=None if cleared else False, text=text)


def _since(row: Source, behind: int) -> str:
    what = {"heartbeat": "No heartbeat", "feed": "Nothing", "expected": "Not come"}[row.kind]
    said = f"{what} since {iso(row.heard_at)}; expected every {row.interval // SECOND} s."
    return f"{said} The state of {number(behind, 'object that is', 'objects that are')} seen through it alone is unknown." if behind else said
