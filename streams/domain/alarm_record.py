"""The alarm record: one alarm over all its episodes, with its two lives kept apart (RFC 8632).

    resource's life (alarm_fold)  CLEARED --raise--> ACTIVE --clear at or after the last raise--> CLEARED --24 h--> gone
                                                     (HELD, SUPPRESSED: active, but no problem's business yet)
                                  raised again and again --> TOGGLING: one episode, active as far as problems go; whether
                                                     the alarm is raised (`is_raised`) goes on being told --quiet--> either
    operator's life (AlarmLife)   none <-> ack, closed; an acknowledgement ends with the episode it was given in
                                  shelved until a time: no problem's business, in this and later episodes

Event time decides, never the order of arrival. A record is two rows: `AlarmRecord` is small and flat because every
repeat rewrites it; `AlarmLife` holds what only changes on a change.
"""

from enum import IntEnum, StrEnum

import msgspec

from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.ids import identify
from streams.domain.instant import Instant, Span
from streams.domain.policy import CorrelatePolicy


class Standing(IntEnum):
    """Where the resource's life stands."""

    CLEARED = 0
    ACTIVE = 1
    HELD = 2
    """Active; a lesser alarm within its hold-down: may yet turn out transient."""
    SUPPRESSED = 3
    """Active; shelved, or explained by a planned outage, until `due`."""
    UNRAISED = 4
    """A clear whose raise was never heard, remembered for the lateness."""
    TOGGLING = 5
    """Raised and cleared again and again: in its problem until it has kept still until `due`."""


class Verdict(StrEnum):
    """What one notification was to its record."""

    NEW = "new"
    CHANGED = "changed"
    REPEAT = "repeat"
    CLEARED = "cleared"
    CLEAR_WITHOUT_RAISE = "clear-without-raise"
    LATE = "late"
    TOGGLING = "toggling"


class Teller(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Who told a time, so that two times can be put in order (alarm_fold.came_before)."""

    clock: str = ""
    """The source whose clock it is, "" for none of them."""
    sequence: int = 0
    """The source's own order, 0 for none."""
    source: Position | None = None
    """Where it was read."""


NOBODY = Teller()


class AlarmRecord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The hot row of one alarm; key: domain|alarm key."""

    id: str
    """Deterministic, from domain and alarm key."""
    standing: Standing
    severity: Severity
    """As last told while raised."""
    raised_at: Instant
    """When the present or last episode began."""
    heard_at: Instant
    """Latest time a raise told, by its source's clock; a clear counts iff it is not before this."""
    cleared_at: Instant
    """Time of the last clear, by its source's clock, 0 if never."""
    told_at: Instant
    """Event time of the last publication on alarm-records."""
    slid_at: Instant
    """Event time up to which this alarm has extended its problem's quiet period."""
    due: Instant
    """When something has to be done with it (hold ends, outage ends, closes), 0 for nothing."""
    count: int
    """Raises heard, repeats included."""
    episodes: int = 1
    """Occurrences begun, renewals included."""
    began_at: Instant = 0
    """When the present occurrence began."""
    occurrence: str = ""
    problem: str = ""
    """Group of the present or last occurrence, "" for none (groups that were merged are followed)."""
    held: Position | None = None
    """Where the held raise was read, while its disposition is open."""
    heard: Teller = NOBODY
    """Who told `heard_at`."""
    cleared: Teller = NOBODY
    """Who told `cleared_at`."""
    clear_heard_at: Instant = 0
    """The partition's clock when that clear was heard."""
    is_raised: bool = True
    """Of a toggling alarm: whether it is raised at present."""
    listed: int = 0
    """The last resync of its source in which it was told (resync.py)."""
    paused: Span = 0
    """How long it had not been told when it was last raised anew, without a clear between."""

    @property
    def is_cleared(self) -> bool:
        """Whether the alarm is clear at its resource, whatever that means for its problem."""
        return self.standing is Standing.CLEARED or not self.is_raised

    @property
    def ended_at(self) -> Instant:
        """When the last episode ended: not before it began, whatever the clocks say."""
        return max(self.cleared_at, self.began_at)


class StatusChange(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change of severity or clearance."""

    at: Instant
    severity: Severity
    """CLEARED for a clear."""
    text: str

    @property
    def is_clear(self) -> bool:
        return self.severity is Severity.CLEARED


class Comment(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What an operator said."""

    at: Instant
    user: str
    text: str


class AlarmLife(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The cold row of one alarm: what it said in full, its bounded history, and the operator's life."""

    alarm: Alarm
    """The last raise that made it new or changed it."""
    first_heard_at: Instant
    changed_at: Instant
    history: tuple[StatusChange, ...] = ()
    """Oldest first, at most `CorrelatePolicy.history`."""
    revision: int = 1
    """Publications that came of a change."""
    operator_state: str = "none"
    """none, ack or closed."""
    operator_user: str = ""
    operator_at: Instant = 0
    comments: tuple[Comment, ...] = ()
    cleared_by: str = ""
    """The operator who cleared it, "" where the resource did."""
    suppressed: str = ""
    """Why it is no problem: shelved, planned-outage, or ""."""
    suspect: bool = False
    """Its episode began, as told, before its last clear: its source's clock is not to be trusted."""
    cleared_why: str = ""
    """Why we cleared it ourselves: `resync`, ..., "" where the resource or an operator did."""
    shelved_until: Instant = 0
    """It is no problem's business before this, in whichever episode; 0: not shelved."""
    shelved_by: str = ""
    standing: bool = False
    """It stood before we listened: its problem alarms nobody until it is released (first contact)."""
    raises: tuple[Instant, ...] = ()
    """Latest raises, where a hold rule counts them (hold_down.py)."""
    outage: str = ""
    """The announced work that explains it; until when is the record's `due`."""
    unknown_since: Instant = 0
    """Since when the source that told it is silent: whether it still stands is unknown; 0: not so (state_unknown.py)."""
    placed_why: str = ""
    """Why the present occurrence was put into its group, "" where it began the group (grouping.py)."""


class AlarmChanged(msgspec.Struct, frozen=True, gc=False):
    """What is published on alarm-records; `edge/records/alarm_event.py` renders it.

    kind: `created`, `state` (raised again or cleared), `changed` (anything else), `deleted`.
    """

    kind: str
    record: AlarmRecord
    life: AlarmLife
    problem: str
    """Problem it is in, "" for none (a candidate is none)."""
    at: Instant


def row_key(alarm: Alarm) -> str:
    """Return the key of the alarm's rows; the domain first, so that a domain's rows can be moved together."""
    return f"{alarm.domain}|{alarm.key}"


def occurrence_id(alarm: Alarm, began_at: Instant, episode: int) -> str:
    """Name an active period by what makes it: alarm key, when it began, how many the record had."""
    return identify(alarm.domain, alarm.key, began_at, episode)


def live_on(life: AlarmLife | None, alarm: Alarm, verdict: Verdict, policy: CorrelatePolicy, suspect: bool = False) -> AlarmLife:
    """Carry the cold row over a NEW, CHANGED, CLEARED or TOGGLING notification; a new episode re-arms the operator's life."""
    entry = StatusChange(alarm.at, alarm.severity, alarm.text)
    if life is None:
        return AlarmLife(alarm, alarm.at, alarm.at, (entry,), suspect=suspect, standing=alarm.standing)
    history = (*life.history, entry)[-policy.history:]
    changed_at, revision = max(life.changed_at, alarm.at), life.revision + 1
    if alarm.cleared:
        return msgspec.structs.replace(life, history=history, changed_at=changed_at, revision=revision)
    if verdict is not Verdict.NEW:
        return msgspec.structs.replace(life, alarm=alarm, history=history, changed_at=changed_at, revision=revision)
    return AlarmLife(
        alarm, life.first_heard_at, alarm.at, history, revision, comments=life.comments, suspect=suspect, shelved_until=life.shelved_until,
        shelved_by=life.shelved_by, standing=alarm.standing)
