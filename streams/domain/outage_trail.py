"""What follows from every change of an alarm record for announced work: what failed, what is held down, who is looked at again."""

from collections.abc import Iterable

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmChanged, AlarmLife, AlarmRecord, row_key
from streams.domain.alarmed import follow
from streams.domain.instant import Instant
from streams.domain.outage_sweep import stir
from streams.domain.outage_work import steps_of, tell_steps
from streams.domain.view import Emit, View, World


def trail(view: View, told: Iterable[Emit], now: Instant, world: World) -> list[Emit]:
    """Follow every alarm that a step told of to where it stands now."""
    out: list[Emit] = []
    for emit in told:
        change = emit.value
        if type(change) is AlarmChanged and change.kind != "deleted":
            key = row_key(change.life.alarm)
            record: AlarmRecord | None = view.alarm_records.get(key)
            life: AlarmLife | None = view.alarm_lives.get(record.id) if record is not None else None
            followed = follow(view, key, change.life.alarm.object, record, life, world)
            if followed is not None:
                stir(view, followed, emit.at, world.network)
                out += tell_steps(view, steps_of(followed, record, life), emit.at, now)
    return out


def moved(view: View, key: str, record: AlarmRecord, alarm: Alarm, now: Instant, world: World) -> list[Emit]:
    """Take an alarm off the object it was told of before, where a feed's alarm key leaves the object out."""
    life: AlarmLife | None = view.alarm_lives.get(record.id)
    if life is None or life.alarm.object == alarm.object:
        return []
    followed = follow(view, key, life.alarm.object, None, None, world)
    return tell_steps(view, steps_of(followed, record, life), alarm.at, now)


def moved_away(view: View, key: str, record: AlarmRecord, now: Instant, world: World) -> list[Emit]:
    """Take an alarm off its object whose record goes to another partition."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    followed = follow(view, key, life.alarm.object, None, None, world)
    return tell_steps(view, steps_of(followed, record, life), now, now) if followed is not None else []
