"""The canonical alarm: what a feed said, one shape for every format, and the words of X.733.

Identity (RFC 8632): alarmed object, alarm type (here: probable cause), qualifier (specific problem). See `Alarm.key`.
"""

from enum import IntEnum, StrEnum

import msgspec

from streams.domain.instant import Instant


class Severity(IntEnum):
    """Perceived severity with RFC 8632's numbers; 1 is used in notifications only: cleared is a state."""

    CLEARED = 1
    INDETERMINATE = 2
    WARNING = 3
    MINOR = 4
    MAJOR = 5
    CRITICAL = 6


class Effect(IntEnum):
    """What an alarm, or a problem, means for an object or service; the larger is the worse."""

    NONE = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3


class AlarmType(StrEnum):
    """The ten categories of X.733 8.1.1 / TS 32.111-2, spelt as MEF W148 spells them."""

    COMMUNICATIONS = "communicationsAlarm"
    PROCESSING_ERROR = "processingErrorAlarm"
    ENVIRONMENTAL = "environmentalAlarm"
    QUALITY_OF_SERVICE = "qualityOfServiceAlarm"
    EQUIPMENT = "equipmentAlarm"
    INTEGRITY_VIOLATION = "integrityViolation"
    OPERATIONAL_VIOLATION = "operationalViolation"
    PHYSICAL_VIOLATION = "physicalViolation"
    SECURITY = "securityServiceOrMechanismViolation"
    TIME_DOMAIN_VIOLATION = "timeDomainViolation"


SECURITY_TYPES = frozenset({
    AlarmType.INTEGRITY_VIOLATION, AlarmType.OPERATIONAL_VIOLATION, AlarmType.PHYSICAL_VIOLATION, AlarmType.SECURITY, AlarmType.TIME_DOMAIN_VIOLATION})
"""The five types of security alarm (X.736)."""


OURS = "spm"
"""Source of alarms that we raise ourselves."""
OWN = -2
"""`Position.part` of an alarm of ours: no input, so it is not counted among them."""


class Position(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Where a record was read: provenance, and the first half of every dead letter."""

    topic: str
    partition: int
    offset: int
    """Offset in the partition; for `spm replay` the line number, from 0."""
    part: int = 0
    """Index within a record that held several alarms (VES eventList), from 0."""


class Alarm(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One alarm notification as its source told it (domain terms: TMF642 v4, X.733, RFC 8632)."""

    key: str
    """What makes two notifications the same alarm: namespace|object|probable cause|qualifier, or what the feed declares."""
    object: str
    """Alarmed object: the declared id it resolved to, else the reported name."""
    domain: str
    """Correlation domain that handles it."""
    cause: str
    """Probable cause in MEF camelCase where X.733 knows it, else the vendor's word; never empty."""
    severity: Severity
    """Severity told; CLEARED iff `cleared`."""
    cleared: bool
    at: Instant
    """When the thing told happened at the source (raised, changed or cleared), corrected where the clock is absurd."""
    raised_at: Instant
    """When the episode began at the source, as told; equals `at` where not told."""
    alarm_type: str = ""
    """A value of AlarmType, or "" where the source says none."""
    qualifier: str = ""
    """Specific problem; "" is a value (RFC 8632)."""
    reported: str = ""
    """The object's name as reported where it differs from `object`, else ""."""
    resolved: bool = True
    """Whether the object is declared in the network."""
    feed: str = ""
    """Topic of the feed."""
    source: str = ""
    """The reporting system (sourceSystemId)."""
    source_id: str = ""
    """The source's own id of the alarm, for reference and for clears that carry nothing else."""
    service_affecting: bool | None = None
    """The alarm's own word (serviceAffecting); None where it says nothing."""
    root_hint: bool | None = None
    """isRootCause / rootCauseIndicator; None where not told."""
    parents: tuple[str, ...] = ()
    """Source ids of the alarms it says it follows from (parentAlarm, correlatedNotifications)."""
    peer: str = ""
    """Declared object at the other end of what failed (a call's callee, a link's far end), else ""."""
    text: str = ""
    """Details for people, at most 256 characters."""
    suspect_clock: bool = False
    """True where `at` had to be corrected: the time may be wrong, the alarm is not."""
    sequence: int = 0
    """The source's own order among what it tells of one time (VES sequence, 3GPP notificationId); 0: it tells none."""
    will_clear: bool | None = None
    """False where the source says that this type of alarm is never cleared (RFC 8632 will-clear); None where it says nothing."""
    standing: bool = False
    """Told at first contact: it stood before we listened, so nobody is to be alarmed by it until it is released."""
    trace: str = ""
    """W3C trace context that it came with (`traceparent`), "" for none."""
    told_at: Instant = 0
    """In event mode, where `at` had to be corrected: the time that its source told, which later alarms may prove; else 0."""

    @property
    def type_name(self) -> str:
        """What learning calls this type of alarm: its specific problem, else its probable cause (replay contract)."""
        return self.qualifier or self.cause
