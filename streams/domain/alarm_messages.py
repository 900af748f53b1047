"""What arrives in alarm-events (key, route: domain), the inbox of stage 2; `messages.py` says what `at` and `clock` are."""

from streams.domain.alarm import Alarm, Position
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.instant import Instant, Span
from streams.domain.learnt import Kind, Pair
from streams.domain.network_change import NetworkTurned
from streams.domain.probe import ProbeSent
from streams.domain.wire import Tick, Wire


class AlarmHeard(Wire, frozen=True):
    """One alarm notification, normalised."""

    alarm: Alarm
    source: Position
    clock: Instant = 0
    sent_on: bool = False
    """It went to where its object was before, and was sent on from there (rehome.py)."""

    @property
    def at(self) -> Instant:
        return self.alarm.at


class OutageAnnounced(Wire, frozen=True):
    """Planned work; alarms it explains are no problems. Copied to every partition, unless an object told of itself.

    A later one of the same id takes its place; a cancelled one needs nothing but the id.
    """

    id: str
    domain: str
    """Of work that an object announced itself, else ""."""
    objects: tuple[str, ...]
    """Resources and services by id; names that nobody declared as they are reported."""
    starts_at: Instant
    ends_at: Instant
    cancelled: bool
    at: Instant
    clock: Instant = 0
    by_source: bool = False
    """Told by the object's own feed (VES stateChange): there it was counted. Its end is told with `starts_at` 0."""
    parts: tuple[tuple[str, str], ...] = ()
    """(reported name, declared object it is a part of): only that part is worked on."""
    sites: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()
    """Services that the work is announced not to touch."""
    lane: int = 0
    """Which of the partitions that were told this one is ..."""
    lanes: int = 1
    """... and of how many."""
    position: str = ""
    """Where it was read: the name of this announcement among others of its id."""


class OperatorRequest(Wire, frozen=True):
    """An operator's action on alarm records, problems or commands (topic operator-actions)."""

    id: str
    action: str
    """ack, unack, clear, comment, close, halt, resume, reset-breaker, ..."""
    target: str
    """Alarm record id or problem id; "" for the network's."""
    user: str
    text: str
    at: Instant
    domain: str = ""
    clock: Instant = 0
    until: Instant = 0
    """Until when a shelved alarm stays shelved; 0 where the action has no end."""
    into: str = ""
    """Alarm record to group the target with, or problem to move or merge it into."""
    episode: int = 0
    """The episode of the alarm that is meant, 0 for whichever it is in."""
    position: str = ""
    """Where the request was read: what makes its answer's id."""
    by_source: bool = False
    """Done at the alarm's source and told by its feed: there it was counted, and nobody waits for an answer."""
    object: str = ""
    """The object that is, or is not, the cause of the target."""
    others: tuple[str, ...] = ()
    """Further alarm records that go with the target: those of one split."""
    copy: bool = False
    """It goes to every partition, and another one answers."""
    into_domain: str = ""
    """Domain of `into`, where that is a problem that the target is put under."""


class SourceSpoke(Wire, frozen=True):
    """A source, or a feed, gave a sign of life, or an expected notification came; stage 2 notices when they stop.

    It goes to the domain that would raise the alarm, and a copy to every partition, since alarms of the source may be in
    any (silence.py).
    """

    feed: str
    source: str
    """Name of the source as its feed tells it; "" for the feed itself."""
    interval: Span
    """What it promises between two signs, or what topology.yaml expects of it; 0 where nobody says."""
    at: Instant
    """When it came by its feed's time, whatever the source's clock says."""
    domain: str = ""
    """Where an alarm about it belongs: that of the source's object, else the feed's home."""
    clock: Instant = 0
    object: str = ""
    """Declared object that the source is, "" where it is none."""
    kind: str = "heartbeat"
    """heartbeat: of `source`; feed: anything the feed told; expected: a notification that rule `source` awaits."""
    arms: bool = False
    """No sign: from now on one is awaited, if none was before."""
    copy: bool = False
    """For a partition that only marks its alarms."""


class AlarmListTold(Wire, frozen=True):
    """A source says something of its whole list of alarms (TS 28.532 12.2, RFC 8632 last-changed); goes to every partition.

    kind: `rebuilt` (the alarms that stand are told next, one by one), `begins` and `ends` (those between are the whole
    list), `faulty` (what it said before may be wrong, a rebuilt list follows).
    """

    feed: str
    source: str
    """"" for all sources of the feed."""
    kind: str
    at: Instant
    clock: Instant = 0
    alarming: bool = False
    """What the first list brings counts like any other: the feed says so (`first_contact`)."""


class TopologyChanged(Wire, frozen=True):
    """From now on a feed partition reads under this version of topology.yaml; goes to every partition (rehome.py)."""

    version: str
    at: Instant
    clock: Instant = 0


class KnowledgeGiven(Wire, frozen=True):
    """What was learnt of alarm types elsewhere; from here on it is all that is known, and nothing is added (learn_orders.py). Goes to every partition."""

    kinds: tuple[tuple[str, Kind], ...]
    """By name, sorted."""
    pairs: tuple[tuple[str, Pair], ...]
    """By key, sorted."""
    domain: str
    """A route to the partition."""
    at: Instant
    clock: Instant = 0


class Rehomed(Wire, frozen=True):
    """An active alarm record on its way to the domain that its object now belongs to; `life.alarm` is as it is there."""

    record: AlarmRecord
    life: AlarmLife
    at: Instant
    clock: Instant = 0


AlarmEvent = AlarmHeard | OutageAnnounced | OperatorRequest | SourceSpoke | AlarmListTold | KnowledgeGiven | TopologyChanged | Rehomed | NetworkTurned | ProbeSent | Tick
