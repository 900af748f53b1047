"""Stage 4's part in jeopardy (eTOM 1.4.6.4.4): a problem's due time, its warnings and violations, and its escalation.

Clocks run in stage 5 (jeopardy_service.py), which tells how those of each service stand (`Clocked`). A problem may hurt
thousands of services: their due times lie in a few dozen rows beside it, each with its least, so that the least of all
costs the same however many there are. News is told at once, on `progress` once in a second of event time; of what else
comes in that second the problem tells, a moment later.

Each level tells each of its parties once. A problem that is not important enough for an escalation is escalated when its
priority rises. By age alone escalate the rules of topology.yaml `escalations`, whatever was bought.
"""

from collections.abc import Set

import msgspec

from streams.domain import jeopardy_dues, progress
from streams.domain.instant import SECOND, Instant, iso
from streams.domain.jeopardy_dues import Least
from streams.domain.jeopardy_figures import LevelFigures, count_levels
from streams.domain.jeopardy_messages import WITHDRAWN, Clocked, ClockNews
from streams.domain.jeopardy_record import PARTIES, VIOLATIONS, Awaited, Jeopardy
from streams.domain.plural import number
from streams.domain.problem import ENDED, OPEN
from streams.domain.problem_change import Change
from streams.domain.problem_figures import store
from streams.domain.problem_record import ProblemRecord
from streams.domain.sla import ESCALATION, VIOLATION, WARNING
from streams.domain.view import Emit, View, World

SECONDS = 32
"""Seconds remembered as told of: partitions of stage 5 may be that far apart for each to be told of once (ours)."""


class JeopardyWork(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is to be done and told of the jeopardy of one problem."""

    least: Least = ()
    told_at: Instant = 0
    """Event time of what was told last."""
    show_at: Instant = 0
    """When the problem is published for what it does not show yet, unless it was in the meantime; 0: it shows all, or will soon."""
    warned: int = 0
    violated: int = 0
    """Products not told of on `progress` yet; they are told with what comes in another second."""
    at: Instant = 0
    """Event time of the latest word."""
    due_told: Instant = 0
    stood_told: bool = False
    age_at: Instant = 0
    """When a rule of escalation by age is due."""
    seconds: tuple[tuple[str, Instant], ...] = ()
    """(warning or violation, the second) told of last, at most `SECONDS`."""

    @property
    def next_at(self) -> Instant:
        return min(filter(None, (self.show_at, self.age_at)), default=0)


TABLES = {
    "jeopardy-work": (JeopardyWork, lambda row: row.next_at or None, "problem id -> the due times of its services at a glance, and what of its jeopardy is to be told"),
    **jeopardy_dues.TABLES,
    "level-figures": (LevelFigures, None, "one row -> open problems by level of escalation"),
}


def clocked(view: View, m: Clocked, now: Instant, world: World) -> list[Emit]:
    """Fold how the clocks of one service stand; once a problem is over, only what was before its end is told, however late it is heard."""
    before = view.jeopardy_work.get(m.problem) or JeopardyWork()
    least = jeopardy_dues.placed(view, before.least, m)
    work = before if least is before.least else msgspec.structs.replace(before, least=least)
    row: ProblemRecord | None = view.problems.get(m.problem)
    if row is None or (row.status in ENDED and m.at > row.status_at):
        _keep_work(view, m.problem, work)
        return []
    change = Change(row, row, now, world)
    known = row.jeopardy or Jeopardy()
    if work is not before or row.jeopardy is None:
        due_at = min((due for _, due, _ in work.least if due), default=0)
        stood = msgspec.structs.replace(known, due_at=due_at, stands=not due_at and any(stands for _, _, stands in work.least))
        if row.jeopardy is None and stood == known and not m.news:
            return _kept(view, row, change, work)
        change.set(jeopardy=stood)
    for news in m.news:
        work = _heard(change, work, news)
    work = _say(change, msgspec.structs.replace(work, at=max(m.at, work.at)), m.at, {news.kind for news in m.news})
    if change.row.jeopardy != row.jeopardy and not (row.publish_at or work.show_at or any(emit.topic == "problems" for emit in change.out)):
        work = msgspec.structs.replace(work, show_at=max(now, max(row.published_at, work.told_at) + world.policy.manage.publish_every))
    return _kept(view, row, change, work)


def _kept(view: View, row: ProblemRecord, change: Change, work: JeopardyWork) -> list[Emit]:
    """Keep the row as it has become and what is left to be told; return what is told."""
    _keep_work(view, row.id, work)
    if row.status not in ENDED:
        count_levels(view, row.jeopardy, change.row.jeopardy)
    store(view, change.frozen())
    return change.out


def come_due(view: View, problem: str, work: JeopardyWork, now: Instant, world: World) -> list[Emit]:
    """Tell what is left to tell, and escalate by age."""
    row: ProblemRecord | None = view.problems.get(problem)
    if row is None:
        _keep_work(view, problem, msgspec.structs.replace(work, age_at=0, show_at=0))
        return []
    change = Change(row, row, now, world)
    if work.age_at and work.age_at <= now:
        _escalate_by_age(change, work.age_at)
        work = msgspec.structs.replace(work, age_at=_age_at(change))
    if work.show_at and work.show_at <= now:
        if not (row.publish_at or change.out) and row.published_at <= work.show_at - world.policy.manage.publish_every:
            change.publish_as_of(work.at)
            # By the lane's time: it may be seconds past what the words tell, and each would be due at once.
            work = msgspec.structs.replace(work, told_at=max(work.told_at, work.show_at))
        work = msgspec.structs.replace(work, show_at=0)
    return _kept(view, row, change, work)


def watch(view: View, change: Change) -> None:
    """See, whenever a problem has changed, whether a rule of escalation by age will be due, and whether one waited for its priority."""
    before, row = change.before, change.row
    if row.jeopardy is not None:
        if row.jeopardy.awaited and row.status not in ENDED:
            _escalate_awaited(change)
        was = before.jeopardy if before is not None and before.status not in ENDED else None
        count_levels(view, was, change.row.jeopardy if row.status not in ENDED else None)
    if not change.world.network.escalations:
        return
    work = view.jeopardy_work.get(change.row.id) or JeopardyWork()
    if (at := _age_at(change)) != work.age_at:
        _keep_work(view, change.row.id, msgspec.structs.replace(work, age_at=at))


def _keep_work(view: View, problem: str, work: JeopardyWork) -> None:
    if work.least or work.next_at or work.told_at:
        view.jeopardy_work.put(problem, work)
    elif view.jeopardy_work.get(problem) is not None:
        view.jeopardy_work.delete(problem)


def forget(view: View, problem: str) -> None:
    """Forget the rows of a problem that is forgotten itself."""
    work: JeopardyWork | None = view.jeopardy_work.get(problem)
    if work is not None:
        jeopardy_dues.forget(view, problem, work.least)
        view.jeopardy_work.delete(problem)


# --- news ---


def _heard(change: Change, work: JeopardyWork, news: ClockNews) -> JeopardyWork:
    """Note one step that a clock has passed."""
    known = change.row.jeopardy
    assert known is not None, "A clock was told of."
    if news.kind == ESCALATION:
        why = f"The clock of SLA {news.sla} has run so long that level {news.level} is told; due {iso(news.due_at)}."
        _escalate(change, Awaited(news.level, news.tell, news.priority, why), news.at)
        return work
    if news.kind == WARNING:
        change.set(jeopardy=msgspec.structs.replace(known, warned=known.warned + news.products))
        return msgspec.structs.replace(work, warned=work.warned + news.products)
    if news.kind == VIOLATION:
        ids = known.violations
        if len(ids) < VIOLATIONS:
            ids = tuple(dict.fromkeys((*ids, *news.violations)))[:VIOLATIONS]
        change.set(jeopardy=msgspec.structs.replace(known, violated=known.violated + news.products, violations=ids))
        return msgspec.structs.replace(work, violated=work.violated + news.products)
    assert news.kind == WITHDRAWN, news.kind
    ids = tuple(one for one in known.violations if one not in news.violations)
    change.set(jeopardy=msgspec.structs.replace(known, violated=max(known.violated - news.products, 0), violations=ids))
    why = f"Restored in time after all: {number(news.products, 'product')} of SLA {news.sla} at {iso(news.at)}, heard late; due was {iso(news.due_at)}."
    _tell(change, news.at, why, ("slaViolation", "withdrawn"))
    return work


def _say(change: Change, work: JeopardyWork, at: Instant, heard: Set[str]) -> JeopardyWork:
    """Tell of the first due time, and of warnings and violations once in a second of event time: how often depends on what was heard, not in which order."""
    jeopardy = change.row.jeopardy
    assert jeopardy is not None, "A clock was told of."
    said = len(change.out)
    if jeopardy.stands != work.stood_told or (jeopardy.due_at and not work.due_told):
        _tell(change, at, *_due(jeopardy))
        work = msgspec.structs.replace(work, due_told=jeopardy.due_at or work.due_told, stood_told=jeopardy.stands)
    second = at - at % SECOND
    if WARNING in heard and (WARNING, second) not in work.seconds:
        first = iso(jeopardy.due_at) if jeopardy.due_at else "a time not known"
        why = f"In jeopardy: the time to restore is running out, the first at {first}: {number(jeopardy.warned, 'product')} so far, {work.warned:,} since this was said last."
        _tell(change, at, why, ("jeopardyState", state(jeopardy)))
        work = msgspec.structs.replace(work, warned=0, seconds=(*work.seconds, (WARNING, second))[-SECONDS:])
        change.publish_as_of(at)
    if VIOLATION in heard and (VIOLATION, second) not in work.seconds:
        why = f"The time to restore has run out: of {number(jeopardy.violated, 'product')} so far, {work.violated:,} since this was said last."
        _tell(change, at, why, ("jeopardyState", state(jeopardy)), *(("slaViolation", one) for one in jeopardy.violations[-1:]))
        work = msgspec.structs.replace(work, violated=0, seconds=(*work.seconds, (VIOLATION, second))[-SECONDS:])
        change.publish_as_of(at)
    return work if len(change.out) == said else msgspec.structs.replace(work, told_at=at)


def _due(jeopardy: Jeopardy) -> tuple[str, tuple[str, str]]:
    if jeopardy.due_at:
        return f"To be restored by {iso(jeopardy.due_at)}, the earliest due time of its products.", ("jeopardyDueDate", iso(jeopardy.due_at))
    if jeopardy.stands:
        return "The clocks of its products stand.", ("jeopardyState", state(jeopardy))
    return "No clock of its products stands any more.", ("jeopardyState", state(jeopardy))


def state(jeopardy: Jeopardy) -> str:
    """Return how a problem stands, in one word: the worst that was told, else whether its clocks run."""
    if jeopardy.violated:
        return "violated"
    if jeopardy.stands:
        return "paused"
    if not jeopardy.due_at:
        return "none"
    return "warned" if jeopardy.warned else "running"


def _tell(change: Change, at: Instant, why: str, *changes: tuple[str, str], parties: tuple[tuple[int, str], ...] = ()) -> None:
    change.set(answers=change.row.answers + 1)
    change.out.append(Emit("progress", change.row.id, progress.of_answer(change.row, at, why, changes, parties=parties), at, traces=change.row.traces))


# --- escalation ---


def _escalate(change: Change, asked: Awaited, at: Instant) -> None:
    """Raise the level and tell the parties of it, each once; wait where the problem's priority is too low for it."""
    known = change.row.jeopardy
    assert known is not None, "An escalation is noted there."
    if change.row.priority > asked.priority:
        if asked not in known.awaited:
            change.set(jeopardy=msgspec.structs.replace(known, awaited=(*known.awaited, asked)[:PARTIES]))
        return
    parties = tuple((asked.level, party) for party in asked.tell if (asked.level, party) not in known.told)
    if not parties and asked.level <= known.level:
        return
    level = max(known.level, asked.level)
    change.set(jeopardy=msgspec.structs.replace(known, level=level, told=(*known.told, *parties)[:PARTIES]))
    who = f" Told: {', '.join(party for _, party in parties)}." if parties else ""
    _tell(change, at, f"{asked.why}{who}", ("problemEscalation", str(level)), parties=parties)
    change.publish_as_of(at)


def _escalate_awaited(change: Change) -> None:
    known = change.row.jeopardy
    assert known is not None
    ready = [one for one in known.awaited if change.row.priority <= one.priority]
    if ready:
        change.set(jeopardy=msgspec.structs.replace(known, awaited=tuple(one for one in known.awaited if one not in ready)))
        for one in ready:
            _escalate(change, msgspec.structs.replace(one, why=f"{one.why} It waited for priority {one.priority}, which the problem now has."), change.at)


def _age_at(change: Change) -> Instant:
    """Return when the next rule by age is due for a problem of this priority; 0 where none is."""
    row = change.row
    if row.status not in OPEN or row.standing:
        return 0
    passed = row.jeopardy.aged if row.jeopardy is not None else ()
    dues = [row.opened_at + rule.at for n, rule in enumerate(change.world.network.escalations) if n not in passed and row.priority <= rule.priority]
    return max(min(dues), change.now) if dues else 0


def _escalate_by_age(change: Change, at: Instant) -> None:
    for n, rule in enumerate(change.world.network.escalations):
        row = change.row
        known = row.jeopardy or Jeopardy()
        if row.status in OPEN and n not in known.aged and row.priority <= rule.priority and row.opened_at + rule.at <= at:
            change.set(jeopardy=msgspec.structs.replace(known, aged=(*known.aged, n)))
            why = f"Open since {iso(row.opened_at)} with priority {row.priority}: level {rule.level} is told."
            _escalate(change, Awaited(rule.level, rule.tell, rule.priority, why), at)
