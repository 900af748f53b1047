"""What a format makes of a record: an alarm as told, something that is no alarm, several of them, or a refusal.

A format is a function `parse(value: bytes) -> Reading` that raises `Refused` and nothing else, whatever the bytes.
Names are not yet resolved and clocks not yet believed here: that is `streams/edge/intake.py`.
"""

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import Instant, Span


class Refused(Exception):
    """A record, or one alarm of it, that cannot be read; becomes a dead letter."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(field, reason, remedy)
        self.field = field
        """What was missing or unreadable, in the format's own spelling."""
        self.reason = reason
        """One of few words: it names the disposition `refused:<reason>` and a metric."""
        self.remedy = remedy
        """What the sender can do about it, one sentence."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """One alarm as its source told it; the fields are those of `domain.alarm.Alarm` before names and clocks."""

    object: str
    """"" only in a clear that carries nothing but `source_id`; then `cause` may be "" too."""
    cause: str
    severity: Severity
    cleared: bool
    at: Instant
    """0 where the format has no time at all (Grafana before 9): it then happened when it arrived."""
    raised_at: Instant
    alarm_type: str = ""
    qualifier: str = ""
    source: str = ""
    source_id: str = ""
    service_affecting: bool | None = None
    root_hint: bool | None = None
    parents: tuple[str, ...] = ()
    peer: str = ""
    text: str = ""
    identity: str = ""
    """What the format itself tells alarms of one object apart by (3GPP alarmId, Prometheus labels); "": cause and qualifier."""
    sequence: int = 0
    """The source's own order among what it tells of one time, from 1; 0 where it tells none."""
    will_clear: bool | None = None
    doubt: str = ""
    """What the reader was not sure of, one sentence for the sender (the HTTP answer): an unknown severity, a list cut short."""


class NoAlarm(msgspec.Struct, frozen=True, gc=False):
    """A record that is well-formed and carries no alarm: `heartbeat`, or `event:<what it is>`."""

    disposition: str
    source: str = ""
    at: Instant = 0
    interval: Span = 0
    """Of a heartbeat: what the source promises between two (VES heartbeatInterval, 3GPP heartbeatNtfPeriod); 0 where it says nothing."""


class Acted(msgspec.Struct, frozen=True, gc=False):
    """What somebody did to an alarm at its source; the alarm is told by what makes its key."""

    action: str
    """ack, unack, comment; of RFC 8632 also close, shelve, unshelve."""
    object: str
    """"" where the source names the alarm by `source_id` alone."""
    at: Instant
    cause: str = ""
    qualifier: str = ""
    source: str = ""
    source_id: str = ""
    identity: str = ""
    user: str = ""
    text: str = ""


class ListTold(msgspec.Struct, frozen=True, gc=False):
    """What a source says of its whole list of alarms; `kind` as in `domain.messages.AlarmListTold`."""

    kind: str
    source: str
    at: Instant


class Maintained(msgspec.Struct, frozen=True, gc=False):
    """An object went into maintenance by its own word, or came out of it (VES stateChange)."""

    object: str
    begins: bool
    at: Instant
    source: str = ""


Signal = NoAlarm | Acted | ListTold | Maintained
"""What a record can carry besides alarms."""
Part = Told | Signal | Refused
Reading = Told | Signal | list[Part]
"""A list where the record held several (VES eventList, an array): each part is told, no alarm, or refused by itself."""
