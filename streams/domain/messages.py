"""What travels between the stages: one union per inbox, msgspec arrays on the wire (`streams/topology.py` names the codecs).

alarm-events     (key, route: domain)      those of `alarm_messages.py`, Tick                       -> 2 correlate
(all of them)                              NetworkTurned                                            -> the engine, then the stage
problem-changes  (key: problem, route: domain)  ProblemChange, CausesLearnt, ProblemAsked, Tick     -> 3 localize
problem-inbox    (key: problem, route: domain)  Diagnosed, Answered, ProblemAsked, ReportUpdated, Clocked, those of handling_messages.py, Tick -> 4 manage
service-effects  (key: service)            HeldDown, HolderAsked, ImpactsAsked, Tick                -> 5 watch
network-inbox    (one partition)           ProblemTold, ActionAsked, ResultHeard, ObjectTested, OutageAnnounced, OperatorRequest, those of handling_messages.py, Tick  -> 6 oversee

Every message has `at` (event time of what it tells) and `clock` (what the reader's clock may advance to because of it:
all that will ever be written to that partition later has a clock at or after it; 0 where nobody can promise that).
Lanes: partition p of alarm-events feeds p of problem-changes feeds p of problem-inbox, so stages 2 to 4 set the clock
of what they send to their own (`now`); messages that cross partitions carry clock 0 and time comes by Tick.
"""

import msgspec

from streams.domain.alarm import Effect, Position, Severity
from streams.domain.alarm_messages import (
    AlarmEvent,
    AlarmHeard,
    AlarmListTold,
    KnowledgeGiven,
    OperatorRequest,
    OutageAnnounced,
    Rehomed,
    SourceSpoke,
    TopologyChanged,
)
from streams.domain.cause_verdict import CauseVerdict
from streams.domain.forecast import Forecast
from streams.domain.forgotten import ProductForgotten
from streams.domain.handling_messages import DeskEvent, HolderAsked, ProblemReported, ReportExplained, ReportOrdered
from streams.domain.impact_messages import ImpactsAsked, ImpactsTold
from streams.domain.instant import Instant
from streams.domain.jeopardy_messages import Clocked
from streams.domain.learnt import Learnt
from streams.domain.network_change import InventoryTold, NetworkTurned, TopologyAsked
from streams.domain.network_messages import ActionAsked, ObjectTested, OutageMatched, ResultHeard
from streams.domain.probe import ProbeSent
from streams.domain.problem_told import Claim, ProblemTold
from streams.domain.report_messages import ReportUpdated
from streams.domain.test_evidence import ObjectVerdict
from streams.domain.test_messages import TestAsked, TestHeard
from streams.domain.wire import Tick, Wire

__all__ = [
    "ActionAsked", "AlarmEvent", "AlarmHeard", "AlarmListTold", "Answered", "Cause", "CausesLearnt", "Claim", "Clocked", "Diagnosed", "HeldDown",
    "Hurt", "InventoryTold", "Judged", "KnowledgeGiven", "Member", "NetworkEvent", "NetworkTurned", "ObjectTested", "ObjectVerdict",
    "OperatorRequest", "OutageAnnounced", "OutageMatched", "Placed", "ProbeSent", "ProblemAsked", "ProblemChange", "ProblemChangeEvent", "ProblemEvent",
    "ProblemTold", "Rehomed", "ReportUpdated", "ResultHeard", "ServiceEvent", "SourceSpoke", "TestAsked", "TestHeard", "Tick", "TopologyAsked",
    "TopologyChanged", "Wire",
]


# --- problem-changes ---


class Member(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One occurrence of an alarm as part of a problem: all that localization needs to know of it."""

    occurrence: str
    """Deterministic id of this active period."""
    alarm: str
    """Alarm record id."""
    object: str
    resolved: bool
    alarm_type: str
    cause: str
    qualifier: str
    severity: Severity
    effect: Effect
    """What it means for its object (network.effects, the alarm's own word, defaults by type: domain/effect.py)."""
    raised_at: Instant
    """When this occurrence began (event time)."""
    source_id: str = ""
    root_hint: bool | None = None
    parents: tuple[str, ...] = ()
    peer: str = ""
    cleared_at: Instant = 0
    """0 while active."""
    standing: bool = False
    """It stood before we listened, and nobody has released it."""
    trace: str = ""
    """The trace context that its alarm came with."""


class ProblemChange(Wire, frozen=True):
    """What became of a group of alarms. Members are those this change is about, not the whole group (constant size).

    kind: `opened` (members: the first), `joined`, `changed` (severity or effect), `cleared` (cleared_at set),
    `left` (renewed elsewhere, or moved by hand),
    `moved` (they were never this problem's: another began beside it), `merged` (this problem went into `into`; its members are not repeated: the
    reader folds what it knows of `problem` into `into`), `quiet` (takes no more alarms), `explained` (announced work
    explains all that was active in it: it is to be cancelled), `released` (no longer standing, by an operator), `judged` (an
    operator said what its cause is or is not, or takes that back: `verdict`), `tested` (a test passed or failed: `tested`), `renewed` (nothing of its alarms changed, but the
    network did where they are).
    """

    kind: str
    problem: str
    domain: str
    at: Instant
    members: tuple[Member, ...] = ()
    active: int = 0
    """Members still active, after this change (of `into` for `merged`)."""
    into: str = ""
    why: str = ""
    """Why it joined, merged or left, in words with numbers: hop path, gap."""
    recurrence_of: str = ""
    clock: Instant = 0
    planned: str = ""
    """The announced work whose alarms these are: then this is no problem (outage_work.py)."""
    verdict: CauseVerdict | None = None
    window_end: Instant = 0
    """Of announced work: when its window ends."""
    tested: ObjectVerdict | None = None
    """What a test said of an object (`tested`)."""


class CausesLearnt(Wire, frozen=True):
    """What stage 2 of this partition has learnt of alarm types so far (learn.py): the pairs worth anything, the strongest first."""

    pairs: tuple[Learnt, ...]
    at: Instant
    clock: Instant = 0


class ProblemAsked(Wire, frozen=True):
    """What an operator asks of a problem's life; it travels down the lane, so that it meets the problem as its alarms had made it by then."""

    problem: str
    domain: str
    request: OperatorRequest
    at: Instant
    clock: Instant = 0


# --- problem-inbox ---


class Cause(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One candidate cause."""

    object: str
    is_service: bool
    confidence: float
    """0..1; all candidates' add up to at most 1."""
    rules: tuple[str, ...]
    """Names of the rules that spoke for it, strongest first."""
    evidence: tuple[str, ...]
    """One sentence per rule, with numbers."""
    cause: str = ""
    """Probable cause told on the object itself (the word `restoration` matches), "" where the object is silent."""
    weights: tuple[float, ...] = ()
    """What each of `rules` adds to the sum that confidence is made of (rank.py), two digits; () where nothing was summed."""


class Hurt(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A service that the problem alone, judged by itself, hurts or puts at risk."""

    service: str
    effect: Effect


class Diagnosed(Wire, frozen=True):
    """The state of one problem as localization sees it; whole, so that only the last one counts.

    kind: that of the ProblemChange that led here, or `revised` (a diagnosis due by time), `merged` (see `into`).
    """

    kind: str
    problem: str
    domain: str
    at: Instant
    opened_at: Instant
    """Raised_at of the earliest member."""
    last_alarm_at: Instant
    members: int
    active: int
    """Active members that count: beside those that say more, murmurs do not (domain/effect.py)."""
    worst: Severity
    """Of the active members; CLEARED where none is."""
    causes: tuple[Cause, ...] = ()
    held: tuple[tuple[str, Effect], ...] = ()
    """Objects with an active alarm whose effect is not none, sorted, with the worst effect: what the problem holds down."""
    hurt: tuple[Hurt, ...] = ()
    """Services, worst first then by id; what `held` does to them through `needs` (domain/impact.py)."""
    alarms: tuple[str, ...] = ()
    """Alarm record ids, the first 100 by time of joining."""
    resources: tuple[str, ...] = ()
    """Alarmed objects, the first 100."""
    first_alarm: str = ""
    """Alarm record id of the earliest member."""
    first_cause: str = ""
    """Its probable cause."""
    sites: tuple[str, ...] = ()
    into: str = ""
    why: str = ""
    recurrence_of: str = ""
    topology: str = ""
    """Version of the network it was decided under."""
    clock: Instant = 0
    planned: str = ""
    """The announced work that holds these objects down: then this is no problem (outage_work.py)."""
    standing: bool = False
    """All its alarms stood before we listened and nobody released it: it alarms nobody."""
    verdicts: tuple[CauseVerdict, ...] = ()
    """What operators say of its cause, oldest first."""
    window_end: Instant = 0
    """Of announced work: when its window ends."""
    traces: tuple[str, ...] = ()
    """Trace contexts that its alarms came with, the first alarm's first (domain/traces.py)."""
    murmuring: tuple[str, ...] = ()
    """Those of `resources` that do no more than murmur (domain/effect.py), where others say more."""
    silent: str = ""
    """The best cause where it says nothing itself and must be down (domain/silent_cause.py)."""
    behind: tuple[str, ...] = ()
    """What such a cause takes down of this domain where it lies in another, sorted; then `silent` is ""."""

    @property
    def holds(self) -> tuple[tuple[str, Effect], ...]:
        """All that the problem holds down: `held`, and the silent cause or what it takes down; sorted."""
        silent = (self.silent,) if self.silent else self.behind
        return tuple(sorted((dict(self.held) | dict.fromkeys(silent, Effect.DOWN)).items())) if silent else self.held


class Answered(Wire, frozen=True):
    """An answer of stage 5 or 6, or of another process, about one problem.

    kind: `parent` (ref: the parent's id, or the problem itself when it became a parent), `cause` (ref: the object that explains
    it and its relatives, "" when it no longer does, word: the confidence), `family-report` (word: open or withdraw), `family-priority` (ref: the parent
    that its report stands for, "" for none, word: its priority), `work` (ref: the object
    that others are to be asked to work on, "" for none), `etr` (word: the time of restoration expected, `forecast`: how it was found), `command` (ref: command id,
    word: issued, approval-wanted or the guardrail that refused it), `outcome` (ref: command id, word: restored,
    workaround, failed), `underlying` (ref: a problem that an operator put under it, word: joined or left), `operator`.
    """

    kind: str
    problem: str
    domain: str
    ref: str
    word: str
    text: str
    at: Instant
    clock: Instant = 0
    forecast: Forecast | None = None


# --- service-effects ---


class HeldDown(Wire, frozen=True):
    """What one problem holds down of all that a service stands on; the whole set, the last one counts; empty: released."""

    service: str
    problem: str
    domain: str
    """Correlation domain of the problem."""
    held: tuple[tuple[str, Effect], ...]
    at: Instant
    mergers: tuple[str, ...] = ()
    """Problems merged into this one: their hold on the service ends with this message."""
    clock: Instant = 0
    planned: str = ""
    """The announced work that holds it, where no problem does."""
    reported: bool = False
    """Customers reported the problem, no alarm did; what it holds may have the effect NONE (handling.py)."""
    status: str = ""
    """Of the problem, where an SLA may have its clocks stand in it; "" else."""
    is_around: bool = False
    """A work-around restored the service."""
    window_end: Instant = 0
    """Of announced work: when its window ends."""
    told_at: Instant = 0
    """The lane's clock when it was told: what lies ahead of the others' is folded in this order (lanes_apart.py); 0: at once."""


ProblemChangeEvent = ProblemChange | CausesLearnt | ProblemAsked | NetworkTurned | ProbeSent | Tick
ProblemEvent = Diagnosed | Answered | TestAsked | TestHeard | ProblemAsked | ReportUpdated | Clocked | ProblemReported | ReportExplained | ReportOrdered | NetworkTurned | ProbeSent | Tick
ServiceEvent = HeldDown | HolderAsked | ImpactsAsked | ProductForgotten | NetworkTurned | ProbeSent | Tick
NetworkEvent = ProblemTold | ActionAsked | ResultHeard | ObjectTested | OperatorRequest | OutageAnnounced | OutageMatched | DeskEvent | InventoryTold | TopologyAsked | ImpactsTold | NetworkTurned | ProbeSent | Tick


# --- trace (spm replay only) ---


class Judged(Wire, frozen=True):
    """The disposition of one input (conservation law, design section 2)."""

    source: Position
    alarm: str
    """Alarm record id or ""."""
    occurrence: str
    """Occurrence it belongs to or ""."""
    disposition: str


class Placed(Wire, frozen=True):
    """From now on this occurrence is in this problem ("": in none)."""

    occurrence: str
    problem: str
    at: Instant
