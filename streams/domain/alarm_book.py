"""Reading, writing and telling of alarm rows: what all parts of stage 2 need, and decides nothing."""

from typing import NamedTuple

import msgspec

from streams.domain.alarm import OWN, Alarm, Effect, Position
from streams.domain.alarm_record import AlarmChanged, AlarmLife, AlarmRecord, Standing
from streams.domain.group import reach
from streams.domain.instant import Instant
from streams.domain.messages import Judged, Member
from streams.domain.view import Emit, View, World


class Count(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many inputs of this partition had a disposition; key: the disposition. `held`: those not decided yet."""

    n: int


class Entrant(NamedTuple):
    """An occurrence on its way into a group."""

    key: str
    record: AlarmRecord
    alarm: Alarm
    effect: Effect
    at: Instant
    """The event time it is grouped by."""
    told: Instant
    """The event time of what is told of it: later than `at` where it was held."""
    standing: bool = False
    """It stood before we listened."""
    why: str = ""
    """Why it comes only now, "" where it just came."""


def count(view: View, disposition: str, by: int = 1) -> None:
    """Count one input's disposition."""
    row: Count | None = view.dispositions.get(disposition)
    view.dispositions.put(disposition, Count(by if row is None else row.n + by))


def count_held(view: View, source: Position | None, by: int) -> None:
    """Count an alarm whose disposition is open (1), or open no more (-1)."""
    if source is None or source.part != OWN:
        count(view, "held", by)


def judge(view: View, world: World, source: Position | None, record: AlarmRecord, disposition: str) -> list[Emit]:
    """Count the final disposition of one alarm and, where asked for, tell it; alarms of ours are no inputs."""
    if source is not None and source.part == OWN:
        return []
    count(view, disposition)
    if not world.trace or source is None:
        return []
    return [Emit("trace", "", Judged(source, record.id, record.occurrence, disposition), record.heard_at or record.cleared_at)]


def publish(kind: str, record: AlarmRecord, life: AlarmLife, problem: str, at: Instant) -> Emit:
    """Tell what became of an alarm record."""
    return Emit("alarm-records", record.id, AlarmChanged(kind, record, life, problem, at), at)


def named_problem(view: View, record: AlarmRecord) -> str:
    """Return the problem that a record may name to others: not a candidate's, nor one it is kept out of by now, and the one it was merged into."""
    if not record.problem or record.standing in (Standing.HELD, Standing.SUPPRESSED):
        return ""
    problem, group = reach(view, record.problem)
    return problem if group is not None and group.open else ""


def released(view: View, record: AlarmRecord, life: AlarmLife) -> AlarmLife:
    """Return the life of an alarm as it goes on elsewhere: no longer standing if the problem it is or was in has been released."""
    if not life.standing or not record.problem:
        return life
    _, group = reach(view, record.problem)
    return msgspec.structs.replace(life, standing=False) if group is not None and group.released else life


def member_of(record: AlarmRecord, alarm: Alarm, effect: Effect, cleared_at: Instant = 0, standing: bool = False) -> Member:
    """Write an occurrence as localization needs it."""
    return Member(
        record.occurrence, record.id, alarm.object, alarm.resolved, alarm.alarm_type, alarm.cause, alarm.qualifier, record.severity,
        effect, record.began_at, alarm.source_id, alarm.root_hint, alarm.parents, alarm.peer, cleared_at, standing, alarm.trace)
