"""Why an active alarm is no problem's business, and until when: suppression is a view, never a stop of the updates.

A shelf goes before an outage: when it ends, the outage is asked again.
"""

from typing import NamedTuple

from streams.domain.alarm import Alarm
from streams.domain.alarm_record import AlarmLife
from streams.domain.instant import Instant
from streams.domain.planned_outage import outage_until
from streams.domain.view import View

SHELVED = "shelved"
PLANNED = "planned-outage"


class Suppression(NamedTuple):
    """What keeps an alarm out of problems."""

    reason: str
    until: Instant


def suppression(view: View, key: str, alarm: Alarm, life: AlarmLife, at: Instant) -> Suppression | None:
    """Return what suppresses an alarm at that time, None if nothing does."""
    if life.shelved_until > at:
        return Suppression(SHELVED, life.shelved_until)
    if until := outage_until(view, alarm, key, at):
        return Suppression(PLANNED, until)
    return None
