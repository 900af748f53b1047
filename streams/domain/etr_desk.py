"""Stage 6 follows every problem that it is told of: forecasts when it will be restored, and learns how long it took.

A forecast is told when a problem is first heard of, at once when its class changes (another cause), when it goes on after
a pause, and shortly before the last promise would pass; otherwise no more often than `etr_every`. Where nothing was learnt
of such problems nothing is told until what policy promised (`ProblemTold.etr`) is about to pass.
"""

import msgspec

from streams.domain import etr_learnt
from streams.domain.forecast import Forecast, Source
from streams.domain.instant import SECOND, Instant, Span, iso
from streams.domain.messages import Answered, ProblemTold
from streams.domain.problem import ENDED, OPEN, PAUSED, Status, Turn
from streams.domain.report import by_priority
from streams.domain.view import Emit, View, World

AHEAD = 30 * SECOND
"""A promise is revised this long before it passes, so that nobody reads one that has gone by."""
LONGER = 4
"""A problem that outlasts all that is known of is given a further quarter of the time it has taken."""


class Pursued(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem that is not over."""

    domain: str
    opened_at: Instant
    status: str
    priority: int
    classes: tuple[str, ...] = ()
    since: Instant = 0
    """When it would have begun had it never paused."""
    paused_at: Instant = 0
    """When its present pause began, 0: it has none."""
    etr: Instant = 0
    """The last promise told, by us or by policy."""
    source: Source = Source.POLICY
    told_at: Instant = 0
    """When we told it; 0: we have not."""
    due: Instant = 0
    """When it is to be revised."""
    first_etr: Instant = 0
    """The first promise of all."""
    reopened: int = 0

    def elapsed(self, at: Instant) -> Span:
        """How long it has lasted, pauses left out."""
        return max((self.paused_at or at) - self.since, 0)


TABLES = {"pursued-problems": (Pursued, lambda row: row.due or None, "problem -> since when it lasts, and what was promised"), **etr_learnt.TABLES}


def pursue(view: View, told: ProblemTold, at: Instant, world: World) -> list[Emit]:
    """Take a word on a problem."""
    before: Pursued | None = view.pursued_problems.get(told.problem)
    if before is None and told.status in ENDED:
        return []
    row = _fold(before, told)
    _count_open(view, told.problem, before, row)
    if told.status in ENDED:
        if told.status == Status.CLOSED and told.turn != Turn.MERGED and told.resolved_at:
            etr_learnt.learn(view, row.classes, max(told.resolved_at - row.since, 0), world.policy.oversee)
        view.pursued_problems.delete(told.problem)
        return []
    out: list[Emit] = []
    if told.status in OPEN:
        row, out = _promise(view, told.problem, before, row, at, world)
    view.pursued_problems.put(told.problem, row)
    return out


def revise(view: View, problem: str, row: Pursued, at: Instant, world: World) -> list[Emit]:
    """Tell a new promise: the last one is about to pass, or a revision was put off."""
    row, out = _revised(view, problem, row, at, world)
    view.pursued_problems.put(problem, row)
    return out


def _fold(before: Pursued | None, told: ProblemTold) -> Pursued:
    row = before or Pursued(told.domain, told.opened_at, told.status, told.priority)
    pausing = told.status in PAUSED
    paused_at = (row.paused_at or told.at) if pausing else 0
    due = row.due if told.status in OPEN else 0
    return msgspec.structs.replace(
        row, opened_at=told.opened_at, status=told.status, priority=told.priority, classes=etr_learnt.classes_of(told), since=told.opened_at + told.paused,
        paused_at=paused_at, due=due, reopened=told.reopened, etr=row.etr if row.told_at else told.etr)


def _count_open(view: View, problem: str, before: Pursued | None, row: Pursued) -> None:
    """Keep the open problems of its classes: it is one of them while somebody works on it."""
    was = (before.classes, before.since) if before is not None and _is_running(before) else ((), 0)
    now = (row.classes, row.since) if _is_running(row) else ((), 0)
    if was != now:
        etr_learnt.leave(view, was[0], problem)
        etr_learnt.enter(view, now[0], problem, now[1])


def _is_running(row: Pursued) -> bool:
    return row.status in OPEN and row.status not in PAUSED


def _promise(view: View, problem: str, before: Pursued | None, row: Pursued, at: Instant, world: World) -> tuple[Pursued, list[Emit]]:
    """Forecast where that is called for, now or as soon as it may be."""
    anew = before is None or before.classes != row.classes
    goes_on = before is not None and not _is_running(before) and _is_running(row)
    may = row.told_at + world.policy.oversee.etr_every if row.told_at else 0
    if anew or (goes_on and may <= at):
        found = etr_learnt.forecast(view, row.classes, problem, row.elapsed(at), at, world.policy.oversee)
        if found is not None or row.source is Source.LEARNT:
            return _told(problem, row, found or _by_policy(row, at, world), at)
    due = row.etr - AHEAD if row.etr else 0
    if goes_on and not anew:
        due = min(due, max(may, at)) if due else may
    return msgspec.structs.replace(row, due=due, first_etr=row.first_etr or row.etr), []


def _revised(view: View, problem: str, row: Pursued, at: Instant, world: World) -> tuple[Pursued, list[Emit]]:
    policy = world.policy.oversee
    found = etr_learnt.forecast(view, row.classes, problem, row.elapsed(at), at, policy)
    if found is None and row.source is Source.LEARNT:
        found = Forecast(at, at + max(row.elapsed(at) // LONGER, policy.etr_every), Source.LEARNT)
    return _told(problem, row, found or _by_policy(row, at, world), at)


def _by_policy(row: Pursued, at: Instant, world: World) -> Forecast:
    """Promise what policy does, from the beginning of the problem, or where that has gone by, from now."""
    span = by_priority(world.policy.manage.restore_in, row.priority)
    etr = row.opened_at + span
    return Forecast(at, etr if etr > at + world.policy.oversee.etr_every else at + max(span, world.policy.oversee.etr_every), Source.POLICY)


def _told(problem: str, row: Pursued, said: Forecast, at: Instant) -> tuple[Pursued, list[Emit]]:
    row = msgspec.structs.replace(row, etr=said.etr, source=said.source, told_at=at, due=said.etr - AHEAD, first_etr=row.first_etr or said.etr)
    answer = Answered("etr", problem, row.domain, "", iso(said.etr), _sentence(row, said), at, forecast=said)
    return row, [Emit("problem-inbox", problem, answer, at, route=row.domain)]


def _sentence(row: Pursued, said: Forecast) -> str:
    if said.source is Source.POLICY:
        return f"by policy for priority {row.priority}"
    if not said.cases:
        return "it has lasted longer than any such problem known"
    return f"learnt from {said.cases} such problems ({said.kind.replace('|', ', ') or 'of any cause'}); by then at least {said.confidence:.0%} of them were restored"
