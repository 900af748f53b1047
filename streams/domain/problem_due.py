"""What time makes of a problem: resolved, closed, falling priority, its report, publication, forgotten.

While the partition catches up a report that is due waits in the table `waiting`; when it has caught up, those still
justified are made and of the others it is said that they were missed.
"""

from collections.abc import Callable, Iterable

import msgspec

from streams.domain import closing, handling_told, hold, jeopardy, jeopardy_suppliers, progress, report, report_figures, report_follow, report_index
from streams.domain.closing import closes_at
from streams.domain.hold import Holding
from streams.domain.instant import SECOND, Instant
from streams.domain.problem import ENDED, OPEN, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_figures import drop, store
from streams.domain.problem_fold import set_priority
from streams.domain.problem_handling import Handling
from streams.domain.problem_record import ProblemRecord, due_of, next_due
from streams.domain.problem_tests import prove
from streams.domain.view import Emit, View, World


class Waiting(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem whose report or service effects wait until the partition has caught up."""

    since: Instant
    look_at: Instant
    """When it is looked at again should no live Tick come before; later each time."""


def settle(view: View, change: Change) -> None:
    """Do all that is due by now, in order of time; each at its own time, never before what was told already."""
    while (due := next_due(change.row)) is not None and due[0] <= change.now:
        at, name = due
        change.set(**{name: 0, "last_at": max(at, change.row.last_at)})
        _DUE[name](view, change, at)


def keep(view: View, change: Change, effects: Iterable[Emit] = ()) -> list[Emit]:
    """Keep the row unless it has been forgotten; tell stage 6 what concerns it; return all that is told, `effects` on services last."""
    if change.row.status in ENDED and due_of(change.row) is None:
        drop(view, change.row)
        jeopardy.forget(view, change.row.id)
        return [*change.out, *effects]
    told = _heed_reports(view, change, change.row.handling) if change.row.handling is not None else []
    jeopardy.watch(view, change)
    jeopardy_suppliers.watch(view, change)
    store(view, change.frozen())
    change.tell_network()
    return [*change.out, *told, *effects, *hold.restated(view, change.row, change.at, change.now, change.world.network)]


def _heed_reports(view: View, change: Change, reports: Handling) -> list[Emit]:
    """Ask the requesters of a resolved problem, whatever resolved it; return what they are told of all that changed."""
    if change.row.status is Status.RESOLVED:
        if reports.unconfirmed < reports.reports:
            handling_told.ask(view, change)
        if reports.is_reported:
            let_go(view, change)
    elif reports.unconfirmed and change.row.status in OPEN:
        change.set(handling=msgspec.structs.replace(reports, unconfirmed=0))
    return handling_told.forward(view, change.row, change.out, change.world)


def _resume(view: View, change: Change, due: Instant) -> None:
    change.move(Turn.RESUMED, "Goes on: the time for which it was stopped is over.")


def _resolve(view: View, change: Change, due: Instant) -> None:
    if closing.held_back(change):
        return
    if proof := prove(view, change):
        resolved(view, change, due, proof)


def resolved(view: View, change: Change, due: Instant, proof: str) -> None:
    """Resolve a problem that is clear; `proof`: what its final tests said, or that there is no tester."""
    policy, row = change.world.policy, change.row
    asked_for = handling_told.restored(row)
    why = f"{asked_for} {proof[0].upper()}{proof[1:]}." if asked_for else f"All alarms have been clear for {policy.manage.quiet_moment / SECOND:g} s: {proof}."
    if row.command_word in ("restored", "workaround"):
        why += f" Command {row.command}: {row.command_word}."
    change.move(Turn.RESTORED, why, close_at=closes_at(due, policy))
    handling_told.ask(view, change)


def _close(view: View, change: Change, due: Instant) -> None:
    if change.row.active:
        return      # Under a work-around: it closes when they are clear, since correlation still adds alarms to it.
    turn, why = handling_told.closing(change.row, change.world.policy.handling)
    change.move(turn, why, forget_at=due + change.world.policy.manage.forget_after)
    let_go(view, change)


def let_go(view: View, change: Change) -> None:
    """Tell the services that an ended problem still held down that it holds them no more."""
    holding: Holding | None = view.holdings.get(change.row.id)
    if holding is not None:
        change.out += hold.release(holding, change.row.id, change.row.domain, change.at, change.now)
        view.holdings.delete(change.row.id)


def _fall(view: View, change: Change, due: Instant) -> None:
    set_priority(change, change.row.wanted)
    if at := report.due(change.row, change.world):
        change.set(report_at=at)


def _report(view: View, change: Change, due: Instant) -> None:
    if not report.due(change.row, change.world):
        return
    if view.live:
        open_report(change, change.at)
    else:
        change.set(waiting=True)
        wait(view, change)


def open_report(change: Change, at: Instant, is_asked: bool = False) -> None:
    """Make the report of a problem that has none, or whose last one was withdrawn."""
    made = report.opened(change.row, change.world, at, is_asked)
    change.set(report=made, publish_at=change.now)
    change.tell(progress.ATTRIBUTE, f"Trouble report {made.id} opened.", ("troubleTicket", made.id))


def _desk(view: View, change: Change, due: Instant) -> None:
    report_figures.count(view, unaccepted=report_follow.come_due(change, view.live))
    change.set(publish_at=change.now)


def _publish(view: View, change: Change, due: Instant) -> None:
    change.publish()


def _forget(view: View, change: Change, due: Instant) -> None:
    change.out.append(Emit("problems", change.row.id, None, change.at))
    change.out += [Emit("trouble-reports", ident, None, change.at) for ident in report_index.ever_made(change.row)]


_DUE: dict[str, Callable[[View, Change, Instant], None]] = {
    "resume_at": _resume, "resolve_at": _resolve, "close_at": _close, "fall_at": _fall, "report_at": _report, "desk_at": _desk, "publish_at": _publish, "forget_at": _forget,
}


def wait(view: View, change: Change) -> None:
    """Mark that something of this problem waits for the backlog to be worked off."""
    if view.waiting.get(change.row.id) is None:
        view.waiting.put(change.row.id, Waiting(change.now, change.now + SECOND))


def release(view: View, problem: str, now: Instant, world: World) -> list[Emit]:
    """Make the report that waited if it is still justified, else say that it was missed; tell the services still held."""
    view.waiting.delete(problem)
    row: ProblemRecord | None = view.problems.get(problem)
    if row is None:
        return []
    change = Change(row, msgspec.structs.replace(row, waiting=False, last_at=max(now, row.last_at)), now, world)
    if row.waiting and (report.wanted if row.crosses else report.due)(change.row, world):
        open_report(change, change.at, is_asked=row.crosses)
    elif row.waiting:
        change.tell(progress.ATTRIBUTE, "No trouble report: the problem had cleared before the backlog was worked off.", ("troubleTicket", "missed"))
    effects: list[Emit] = []
    holding: Holding | None = view.holdings.get(problem)
    if holding is not None and holding.waiting:
        wanted = (*holding.services, *holding.waiting)
        kept, effects = hold.retell(holding, problem, row.domain, holding.held, wanted, change.at, now, world.network, True, hold.stand_of(row, world.network))
        view.holdings.put(problem, kept)
        effects = handling_told.marked(effects) if row.handling is not None and row.handling.is_reported else effects
    settle(view, change)
    return keep(view, change, effects)
