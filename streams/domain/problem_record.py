"""What is remembered of one problem, and what is told of it on `problems`: one bounded row per problem."""

import msgspec

from streams.domain.alarm import Effect, Severity
from streams.domain.cause_verdict import CauseVerdict, confirmed, rejected
from streams.domain.forecast import Forecast
from streams.domain.instant import Instant
from streams.domain.jeopardy_record import Jeopardy
from streams.domain.messages import Cause, Claim, Hurt
from streams.domain.problem import Status
from streams.domain.problem_course import Course
from streams.domain.problem_grouping import Grouping
from streams.domain.problem_handling import Handling
from streams.domain.relief import Relief
from streams.domain.report_desk import Desk
from streams.domain.report_record import Report
from streams.domain.request_answered import RequestAnswered
from streams.domain.revision import Revision
from streams.domain.tested import Tested
from streams.domain.ticket import Ticket

NAMED = 5
"""Causes named in a record at most (replay contract)."""


class Note(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A word of an operator or of another process."""

    at: Instant
    author: str
    text: str


class ProblemRecord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One problem. Lists hold at most `policy.manage.references` (design section 2: bounded).

    Status, priority and causes are functions of what the lane said (operators' requests come down it) and of due times;
    what stages 5 and 6 answer (`parent`, `family`, `command`, `forecast`, `notes`, the report of a problem that crosses
    domains) stands beside them and never moves them, nor any due time: so a run under kills and an undisturbed one
    agree, whenever answers come. Who else may move the status does so by `problem.py`'s table, as of the time it says:
    a work-around and the repair that follows it (closing.py), a final test, the ticketing system, Problem Handling.
    """

    id: str
    domain: str
    opened_at: Instant
    """When its earliest alarm was raised."""
    created_at: Instant
    """Event time of the message that made it a problem."""
    last_at: Instant
    """Event time reached by the lane; what is told later is never told as earlier."""
    status: Status = Status.ACKNOWLEDGED
    status_at: Instant = 0
    status_why: str = ""
    resolved_at: Instant = 0
    priority: int = 10
    """1..10, 1 the highest."""
    priority_at: Instant = 0
    """Partition clock of the last change of priority."""
    wanted: int = 10
    """The priority that impact and urgency give now; a lower one waits for `fall_at`."""
    impact: int = 0
    """Class of impact, `priority.impact_of`."""
    worst: Severity = Severity.INDETERMINATE
    """Worst severity of the active alarms; the last one known where none is."""
    members: int = 0
    active: int = 0
    causes: tuple[Cause, ...] = ()
    services: tuple[Hurt, ...] = ()
    """The first ones, worst first; what was hurt last where nothing is active."""
    service_count: int = 0
    alarms: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    first_alarm: str = ""
    first_cause: str = ""
    topology: str = ""
    recurrence_of: str = ""
    into: str = ""
    """The problem it was merged into."""
    reopened: int = 0
    etr: Instant = 0
    """Expected resolution by policy; what is told is `etr.promise`."""
    parent: str = ""
    command: str = ""
    """Last restoration command told of, and what became of it."""
    command_word: str = ""
    command_text: str = ""
    notes: tuple[Note, ...] = ()
    report: Report | None = None
    waiting: bool = False
    """A report is due but the partition is catching up: see table `waiting`."""
    sequence: int = 0
    """Progress records told because of the lane or of time."""
    answers: int = 0
    """Progress records told because of answers; counted apart, so that the others' ids do not depend on them."""
    told_members: int = 0
    told_services: int = 0
    published_at: Instant = 0
    """Partition clock of the last publication that was not an answer's."""
    resolve_at: Instant = 0
    close_at: Instant = 0
    fall_at: Instant = 0
    report_at: Instant = 0
    publish_at: Instant = 0
    forget_at: Instant = 0
    standing: bool = False
    """All its alarms stood before we listened: no report, command or impact until it is released."""
    claims: tuple[Claim, ...] = ()
    """What, shared with other domains, would explain it (domain/kinship.py)."""
    alarmed: int = 0
    """Objects that ever alarmed, when the claims were last worked out."""
    kinds: tuple[str, ...] = ()
    """Their types."""
    crosses: bool = False
    """It has, or had, such a claim: stage 6 decides when its report opens."""
    is_down: bool = False
    """An alarm of the located cause said that it does not work."""
    family: Cause | None = None
    """What stage 6 found to be the cause of it and of problems of other domains."""
    verdicts: tuple[CauseVerdict, ...] = ()
    """What operators say of its cause, oldest first."""
    revisions: tuple[Revision, ...] = ()
    """How the cause came to be what it is, oldest first; bounded (domain/revision.py)."""
    weak: tuple[str, ...] = ()
    """Types of its objects that say no more than that they are at risk; `kinds` are those of the others."""
    ticket: Ticket | None = None
    """What the ticketing system says of its report; None until it said something."""
    held_down: tuple[tuple[str, Effect], ...] = ()
    """What it holds down, the worst hundred; only where commands depend on it."""
    tested: Tested = Tested()
    """What tests said of it."""
    repair: str = ""
    """open: a work-around stands, the definitive repair is to come; done."""
    desk: Desk | None = None
    """What others were asked to do about it; None until it was reported."""
    desk_at: Instant = 0
    """When to look at its reports again (report_follow.py)."""

    answered: tuple[RequestAnswered, ...] = ()
    """What operators asked of its life lately, and what they were told."""
    handling: Handling | None = None
    """The customers' reports in it; None where there never was one."""
    jeopardy: Jeopardy | None = None
    """Due time, violations and escalation; None while no clock ran and nobody was told."""
    course: Course = Course()
    """How it came to be what it is."""
    relief: Relief = Relief()
    """The work-around that it rests on."""
    grouping: Grouping = Grouping()
    """What operators put it under, and what is under it."""
    forecast: Forecast | None = None
    """When stage 6 expects it to be restored, where it knows better than policy (`etr`)."""
    traces: tuple[str, ...] = ()
    """Trace contexts of its alarms (traces.py)."""
    resume_at: Instant = 0
    """When it goes on by itself: an operator held it, or has it wait, for so long."""
    lent: int = 0
    """Priority of the parent problem that its reports stand for too; 0: they stand for none."""
    settles_at: Instant = 0
    """It began beside another problem of its domain: no report before this (opening.py); 0: it did not."""

    @property
    def report_priority(self) -> int:
        """The priority of its reports: its own, or that of the parent that they stand for."""
        return min(self.priority, self.lent or self.priority)

    @property
    def head(self) -> str:
        """Its parent: the one an operator put it under, else the one that stage 6 found; what was merged has that of its survivor."""
        return "" if self.into else self.grouping.parent or self.parent

    @property
    def cause(self) -> Cause | None:
        """Best located cause, as its own domain sees it."""
        return self.causes[0] if self.causes else None

    @property
    def ranked(self) -> tuple[Cause, ...]:
        """The causes as they are told: the one it shares with problems of other domains first, unless operators say otherwise."""
        if self.family is None or confirmed(self.verdicts) is not None or self.family.object in rejected(self.verdicts):
            return self.causes
        return (self.family, *(cause for cause in self.causes if cause.object != self.family.object))[:NAMED]


DUES = ("resume_at", "resolve_at", "close_at", "fall_at", "report_at", "desk_at", "publish_at", "forget_at")
"""Due times of a row in the order in which they are dealt with where several are due at once; 0: not pending."""


def due_of(row: ProblemRecord) -> Instant | None:
    """Return the earliest due time, None where nothing is pending."""
    first = 0
    for at in (row.resume_at, row.resolve_at, row.close_at, row.fall_at, row.report_at, row.desk_at, row.publish_at, row.forget_at):
        if at and (not first or at < first):
            first = at
    return first or None


def next_due(row: ProblemRecord) -> tuple[Instant, str] | None:
    """Return the earliest due time and which one it is; of several at once the first in `DUES`."""
    first = due_of(row)
    return None if first is None else (first, next(name for name in DUES if getattr(row, name) == first))
