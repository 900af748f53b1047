"""What arrives in network-inbox, the inbox of stage 6, besides words on problems; `messages.py` says what `at` and `clock` are."""

from streams.domain.instant import Instant, Span
from streams.domain.wire import Wire


class ActionAsked(Wire, frozen=True):
    """A rule of topology.yaml `actions` asks for a command about an alarm; it goes through all guardrails of restoration."""

    id: str
    """Of the action: of one rule and one episode of the alarm."""
    rule: str
    alarm: str
    """Alarm record id."""
    domain: str
    object: str
    """The alarm's: what the command is to act on."""
    object_type: str
    cause: str
    action: str
    attempts: int
    cooldown: Span
    at: Instant
    over: bool = False
    """The alarm's episode has ended: no further attempt."""
    clock: Instant = 0
    told_at: Instant = 0
    """The lane's clock when it was asked, as in ProblemTold."""
    disrupts: bool = False
    """The command takes its target out of work."""


class ResultHeard(Wire, frozen=True):
    """What an executor says of a command (topic restoration-results)."""

    command: str
    outcome: str
    """restored, workaround, failed, accepted, refused."""
    text: str
    at: Instant
    clock: Instant = 0
    position: str = ""
    """Where it was read."""


class ObjectTested(Wire, frozen=True):
    """A test is under way on an object until then, or (0) over: nothing that protects it is taken out meanwhile."""

    object: str
    test: str
    until: Instant
    at: Instant
    clock: Instant = 0


class OutageMatched(Wire, frozen=True):
    """What one partition made of an announcement of planned work; stage 6 sums up the answers of all."""

    outage: str
    asked: str
    """Where the announcement was read."""
    lanes: int
    """How many partitions answer."""
    refused: str
    """Why it was refused, "" where it was not."""
    objects: int
    """Objects in scope; only one of the partitions counts them."""
    explained: int
    released: int
    withdrawn: int
    """Problems cancelled."""
    at: Instant
    clock: Instant = 0
