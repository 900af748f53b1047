"""One feed as topology.yaml declares it (`feeds:`), and what a record of it looks like when it reaches stage 1."""

import msgspec

from streams.domain.instant import Instant, Span
from streams.edge.mapping import Mapping


class Naming(msgspec.Struct, frozen=True):
    """Ways of writing names that a feed has, and that would be a guess if nobody said so (`names:` of a feed)."""

    case: str = "ignore"
    """`exact` where `CELL-a` and `CELL-A` are two things of which only one may be declared."""
    suffixes: tuple[str, ...] = ()
    """DNS domains in which a host has the same name as without: `olt-7.ber.example.net` is olt-7."""
    separators: str = ""
    """What stands between a device and its parts; "": any of `/ , :` and blank, and `.` unless a DNS domain may follow."""
    parts: tuple[str, ...] = ()
    """Attribute types of a distinguished name whose value is the name of the object: ManagedElement."""


class Encoding(msgspec.Struct, frozen=True):
    """How the records of a feed are encoded (encodings/)."""

    kind: str = "json"
    """json, avro or protobuf."""
    registry: str = ""
    """URL of the schema registry whose ids the records carry, "" where `schema` reads all of them."""
    schema: bytes = b""
    """The schema file as it is: Avro's JSON, or a protobuf FileDescriptorSet."""
    message: str = ""
    framed: bool = False
    """Five bytes with a schema id stand before each record (Confluent's wire format)."""


class Feed(msgspec.Struct, frozen=True):
    """A topic of alarms and how to read it."""

    topic: str
    format: str = "auto"
    """auto, tmf642, ves, ..."""
    namespace: str = ""
    """Part of every alarm key and of name resolution, so that two feeds may use one name for two things."""
    home: str = "unresolved"
    """Correlation domain of what does not resolve, and of the feed's heartbeats."""
    key: tuple[str, ...] = ("object", "cause", "qualifier")
    """Fields that make the alarm key."""
    first_contact: str = "standing"
    """What alarms are that were raised before we listened: `standing`, or `alarming` like any other."""
    tombstone: str = "refuse"
    """What a null value means: `refuse` or `clear` (the record's key then names the alarm)."""
    rewrite: tuple[tuple[str, str], ...] = ()
    """(regular expression, replacement) applied to a name that is neither an id nor an alias, first match wins."""
    partitions: int = 0
    """Declared partition count, 0 where `streams:` or the default says."""
    names: Naming = Naming()
    masks: tuple[tuple[str, str], ...] = ()
    """(key field, regular expression) whose matches count as the same."""
    encoding: Encoding = Encoding()
    clears: str = "by_key"
    """`by_id`: a clear may carry nothing but the source's own id (raised_ids.py)."""
    mapping: Mapping | None = None
    """How records are read where `format` is mapped."""
    heartbeat: Span = 0
    """What is expected between two heartbeats of a source that tells no interval; 0: such a source is not watched."""
    silent_after: Span = 0
    """The feed is silent when nothing came for this long; 0: it may be."""
    silence: str = "major"
    """Severity of an alarm about silence."""
    covers: tuple[str, ...] = ()
    """Domains, sites or objects that are seen through this feed alone."""

    @property
    def recalls(self) -> bool:
        """Whether what alarms were is remembered for clears that do not say it (raised_ids.py)."""
        return self.clears != "by_key" or self.tombstone == "clear"


class Raw(msgspec.Struct, frozen=True, gc=False):
    """One record of a feed or request topic, undecoded."""

    topic: str
    partition: int
    offset: int
    arrived_at: Instant
    """LogAppendTime of the broker; for a replay 0."""
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    clock: Instant = 0

    @property
    def position(self) -> str:
        """Where it was read, as answers and dead letters name it."""
        return f"{self.topic}/{self.partition}/{self.offset}"
