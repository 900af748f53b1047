"""A source tells its present list of alarms: what is missing from it is gone, and what is in it counts as no repeat.

    begins --alarms of the source--> ends          the whole list: those not told between are cleared by us
    rebuilt --alarms of the source, `resync_within`--> over      the same, if any alarm was told at all: silence is no list
    faulty                                         noted; a rebuilt list is to follow (TS 28.532)

The clears are ours: `cleared_why` is `resync`, and a raise that was on its way opens the alarm again. Alarms that the
first list of a source brings stood before: they are `standing`, unless its feed says that all counts alike. A list that ends goes through the partition's records
in pages, one a due time, however many there are. Keys: feed|source; source "" stands for all of the feed.
"""

from typing import Any

import msgspec

from streams.domain.alarm import OWN, Severity
from streams.domain.alarm_course import clear_alarm
from streams.domain.alarm_fold import clear
from streams.domain.alarm_record import NOBODY, AlarmLife, AlarmRecord, Standing
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard, AlarmListTold
from streams.domain.view import Emit, View, World

PAGE = 2_000
"""Records looked at for one due time: some milliseconds of work."""
_replace = msgspec.structs.replace


class Resync(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The last list of one source; key: feed|source."""

    number: int = 0
    at: Instant = 0
    """When it began, by the source."""
    kind: str = ""
    """begins or rebuilt while it is told, `sweeping` while what is missing is cleared, faulty, "" when it is over."""
    told: int = 0
    """Alarms told in it so far."""
    cursor: str = ""
    """The record up to which was swept."""
    due: Instant = 0
    missing: int = 0
    """Alarms cleared because the list lacked them."""
    alarming: bool = False
    """What it brings counts like any other, though it is the first."""

    @property
    def is_open(self) -> bool:
        return self.kind in ("begins", "rebuilt")


def hear_list(view: View, message: AlarmListTold, now: Instant, world: World) -> None:
    """Take in what a source says of its list."""
    key = f"{message.feed}|{message.source}"
    row: Resync = view.resyncs.get(key) or Resync()
    if message.kind == "rebuilt" and message.at < row.at:
        return  # It announces a list older than the one that came already.
    if message.kind in ("begins", "rebuilt"):
        row = Resync(row.number + 1, message.at, message.kind, due=max(now, message.at) + world.policy.correlate.resync_within, alarming=message.alarming)
    elif message.kind == "ends" and row.kind == "begins":
        row = _replace(row, kind="sweeping", due=now + 1)
    elif message.kind == "faulty":
        row = _replace(row, kind="faulty", at=message.at, due=0)
    view.resyncs.put(key, row)
    view.memo.pop("resyncs", None)


def listing(view: View, message: AlarmHeard) -> tuple[str, Resync] | None:
    """Return the open list that an alarm is part of, None where its source tells none; an alarm of ours is in no list."""
    alarm = message.alarm
    if message.source.part == OWN:
        return None
    memo: dict[str, Any] = view.memo
    open_: dict[str, None] | None = memo.get("resyncs")
    if open_ is None:
        open_ = memo["resyncs"] = {key: None for key, row in view.resyncs.prefix("", 100_000) if row.is_open}
    if not open_:
        return None
    key = next((k for k in (f"{alarm.feed}|{alarm.source}", f"{alarm.feed}|") if k in open_), None)
    return None if key is None else (key, view.resyncs.get(key))


def listed(view: View, message: AlarmHeard, key: str, row: Resync) -> AlarmHeard:
    """Count an alarm of a list; what the first list of a source brings stood before."""
    view.resyncs.put(key, _replace(row, told=row.told + 1))
    if row.number > 1 or row.alarming or message.alarm.raised_at > row.at:
        return message
    return _replace(message, alarm=_replace(message.alarm, standing=True))


def resync_due(view: View, key: str, row: Resync, now: Instant, world: World) -> list[Emit]:
    """Begin or go on with the clearing of what was missing; a list that never ended, or told nothing, clears nothing."""
    view.memo.pop("resyncs", None)
    if row.kind == "rebuilt" and row.told and not _is_silent(view, key):
        row = _replace(row, kind="sweeping")
    if row.kind != "sweeping":
        view.resyncs.put(key, _replace(row, kind="", due=0))
        return []
    out: list[Emit] = []
    page = view.alarm_records.prefix("", PAGE, row.cursor)
    feed, _, source = key.partition("|")
    missing = 0
    for name, record in page:
        if _is_missing(view, record, feed, source, row):
            out += _clear(view, name, record, row, now, world)
            missing += 1
    after = _replace(row, missing=row.missing + missing, cursor=page[-1][0] if page else "", due=row.due + 1)
    view.resyncs.put(key, after if len(page) == PAGE else _replace(after, kind="", cursor="", due=0))
    return out


def _is_silent(view: View, key: str) -> bool:
    """Whether the source fell silent while it told its list: what it did not come to is unknown, not gone."""
    feed = key.partition("|")[0]
    return any(row is not None and bool(row.since) for row in (view.sources.get(key), view.sources.get(f"{feed}|")))


def _is_missing(view: View, record: AlarmRecord, feed: str, source: str, row: Resync) -> bool:
    """Whether a raised alarm of the source was not told in its list; one that its source raised since then is no matter of the list."""
    where = record.heard.source
    if record.listed == row.number or (record.heard.clock == source != "" and record.heard_at > row.at) or record.is_cleared or record.standing is Standing.UNRAISED:
        return False
    if where is None or where.topic != feed or where.part == OWN:
        return False
    if not source or record.heard.clock == source:
        return True
    if record.heard.clock:
        return False
    life: AlarmLife = view.alarm_lives.get(record.id)
    return life.alarm.source == source


def _clear(view: View, name: str, record: AlarmRecord, row: Resync, now: Instant, world: World) -> list[Emit]:
    life: AlarmLife = view.alarm_lives.get(record.id)
    at = max(row.at, record.heard_at, record.began_at)
    told = _replace(life.alarm, at=at, cleared=True, severity=Severity.CLEARED, text="Missing from the list of alarms that its source told.")
    return clear_alarm(view, name, record, clear(record, at, NOBODY, now, world.policy.correlate), told, now, world, why="resync")
