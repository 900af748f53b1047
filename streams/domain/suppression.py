"""Why an active alarm is no problem's business, and until when: suppression is a view, never a stop of the updates.

A shelf goes before an outage: when it ends, the outage is asked again.
"""

from typing import NamedTuple

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.alarmed import PLANNED
from streams.domain.effect import effect_of
from streams.domain.instant import Instant
from streams.domain.planned_outage import explain
from streams.domain.view import View, World

SHELVED = "shelved"


class Suppression(NamedTuple):
    """What keeps an alarm out of problems."""

    reason: str
    until: Instant
    outage: str = ""
    """The announced work that explains it."""


def suppression(view: View, record: AlarmRecord, alarm: Alarm, life: AlarmLife, at: Instant, world: World) -> Suppression | None:
    """Return what suppresses an alarm at that time, None if nothing does. Work explains only what began while it is on."""
    if life.shelved_until > at:
        return Suppression(SHELVED, life.shelved_until)
    if found := explain(view, alarm, effect_of(alarm, world.network), record.raised_at, at, world):
        return Suppression(PLANNED, found.until, found.outage)
    return None
