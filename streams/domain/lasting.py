"""What an alarm follows from however late it comes: a failure beneath it that lasts.

Batteries run out after hours: what breaks with an object that is still down, or lives on its batteries, belongs to the
problem of that object, and so does what an object says beside no less. Who was at risk for any other reason and now fails
has met another fault, as has who says less now than before. Only what nothing near explains is looked for here, at the
few nodes that it stands on (support.py).
"""

from collections.abc import Iterable
from typing import NamedTuple

from streams.domain.alarm import Effect
from streams.domain.alarm_book import Entrant
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.alarmed import Alarmed
from streams.domain.group import Group, reach
from streams.domain.instant import HOUR, SECOND, Instant, Span
from streams.domain.reception import living
from streams.domain.support import Support
from streams.domain.view import View, World

LASTS = 8 * HOUR
"""A failure that began longer ago explains nothing new: batteries hold for less, and its clear may be lost (ours)."""


ENERGY = frozenset({
    "powerProblem", "powerSupplyFailure", "commercialPowerFailure", "rectifierFailure", "rectifierLowVoltage", "generatorFailure", "engineFailure", "fuseFailure",
    "batteryDischarging", "batteryFailure", "batteryChargingFailure", "lowBatteryThreshold"})
"""Probable causes (X.733, M.3100) that say that an object lives on what energy is left; other words that name a battery do too."""


class Lasting(NamedTuple):
    """A problem that accounts for an alarm, and why."""

    problem: str
    group: Group
    why: str
    began_at: Instant
    """When that failure, or the problem of it, began."""


def lasting(view: View, who: Entrant, standing_on: Iterable[Support], precedes: Span, world: World) -> Lasting | None:
    """Return the problem of the nearest failure that lasts beneath an alarm's object, None where there is none; it may have been told up to `precedes` after the alarm."""
    if who.effect is Effect.NONE:
        return None
    lives = living(world.network, who.alarm.object, who.alarm.cause)
    best: tuple[int, int, str] | None = None
    found: Lasting | None = None
    for support in standing_on:
        if not support.breaks or support.node in lives or (best is not None and support.distance > best[0]):
            continue
        row: Alarmed | None = view.alarmed.get(support.node)
        for entry in row.entries if row is not None else ():
            if entry.outage or entry.key == who.key:
                continue
            record: AlarmRecord | None = view.alarm_records.get(entry.key)
            if record is None or not record.problem or record.standing not in (Standing.ACTIVE, Standing.TOGGLING) or not -precedes <= who.at - record.began_at <= LASTS:
                continue
            is_down = entry.effect is Effect.DOWN if support.distance else entry.effect is who.effect
            if not is_down and not (who.effect is Effect.DOWN and _runs_out(view, record)):
                continue
            problem, group = reach(view, record.problem)
            rank = (support.distance, -record.began_at, problem)
            if group is None or group.domain != who.alarm.domain or not group.open or group.alone or group.withdrawn or group.is_over_by(who.at) or (best is not None and best <= rank):
                continue
            best = rank
            state = "down" if is_down else "on what energy it has left"
            found = Lasting(problem, group, f"{support.node}, {support.distance} from {who.alarm.object}, has been {state} for {max(who.at - record.began_at, 0) // SECOND} s", record.began_at)
    return found


def _runs_out(view: View, record: AlarmRecord) -> bool:
    """Whether an alarm says that its object's energy runs out."""
    life: AlarmLife = view.alarm_lives.get(record.id)
    return life.alarm.cause in ENERGY or "battery" in life.alarm.cause.lower()
