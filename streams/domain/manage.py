"""Stage 4, manage_problems: the life of each problem, its reports, and who is told what.

In: Diagnosed (localization, the lane), ProblemAsked (operators, down the lane), Answered (stages 5 and 6), ReportUpdated (the
ticketing system), customers' reports (handling.py), Tick. Out: `problems`, `trouble-reports`, `progress`, `service-effects`
(stage 5), `network-inbox` (stage 6).

Whatever happens by time is a due time of the row: a message is folded into the row (`problem_fold`), and then what is
due by now is done in order of time (`problem_due`); `come_due` does the same when nothing is heard. Answers are noted
(`problem_answer`), operators obeyed (`problem_request`), what the ticketing system says is taken over or refused
(`report_update`). What a problem holds down is told in `hold`.
"""

import msgspec

from streams.domain import handling, hold, jeopardy, jeopardy_suppliers, planned_hold, probe, problem_figures, problem_tests, progress, testing
from streams.domain.handling import move_reports
from streams.domain.handling_messages import ProblemReported, ReportExplained, ReportOrdered
from streams.domain.handling_orders import order
from streams.domain.hold import Holding
from streams.domain.instant import MINUTE, SECOND, Instant
from streams.domain.jeopardy import JeopardyWork
from streams.domain.jeopardy_suppliers import SupplierClocks
from streams.domain.messages import (
    Answered,
    Clocked,
    Diagnosed,
    NetworkTurned,
    ProbeSent,
    ProblemAsked,
    ProblemEvent,
    ReportUpdated,
    TestAsked,
    TestHeard,
    Tick,
)
from streams.domain.opening import Opening, settles_at, settles_with
from streams.domain.plural import number
from streams.domain.problem import ENDED, Turn
from streams.domain.problem_answer import answered
from streams.domain.problem_change import Change
from streams.domain.problem_due import Waiting, keep, release, settle, wait
from streams.domain.problem_fold import begun, fold, judged
from streams.domain.problem_handling import Handling, JoinedReport
from streams.domain.problem_record import ProblemRecord, due_of
from streams.domain.problem_request import asked
from streams.domain.report_figures import ReportFigures
from streams.domain.report_index import ReportOf
from streams.domain.report_update import updated
from streams.domain.reported_services import ReportedService
from streams.domain.service_test import ServiceTest
from streams.domain.view import Emit, View, World

TABLES = {
    "problems": (ProblemRecord, due_of, "problem id -> the problem, its report and what is due"),
    "holdings": (Holding, None, "problem id -> which services were told of what it holds down"),
    "joined-reports": (JoinedReport, None, "problem|report -> a customer's report that is in the problem"),
    "reported-services": (ReportedService, None, "service -> problems that only customers of it reported"),
    "waiting": (Waiting, lambda row: row.look_at, "problem id -> its report or service effects wait for the backlog to be worked off"),
    "service-tests": (ServiceTest, lambda row: row.due, "test id -> the test, how it stands, and when no result has come"),
    "reports": (ReportOf, None, "report id -> its problem"),
    "openings": (Opening, lambda row: row.until, "domain -> the last problem that opened in it"),
    "report-figures": (ReportFigures, None, "one row -> reports not accepted in time, and updates of the ticketing system by how they were answered"),
    **problem_figures.TABLES,
    **jeopardy.TABLES,
    **jeopardy_suppliers.TABLES,
}


def step(view: View, message: ProblemEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one message.

    Shapes: outputs of one problem in order: progress, problem, trouble report, stage 6, stage 5.
    Errors: none for late or repeated messages; IllegalTransition would be a bug of this stage.
    Standard: TMF656 v5 ServiceProblem, TMF621 v5 TroubleTicket; eTOM 1.4.6.1, .4, .5 and .6.
    """
    if isinstance(message, Diagnosed):
        return _merged(view, message, now, world) if message.into else _diagnosed(view, message, now, world)
    if isinstance(message, Answered):
        return answered(view, message, now, world)
    if isinstance(message, ProblemAsked):
        return asked(view, message, now, world)
    if isinstance(message, TestHeard):
        return testing.heard(view, message, now, world)
    if isinstance(message, TestAsked):
        return testing.asked(view, message, now, world)
    if isinstance(message, ReportUpdated):
        return updated(view, message, now, world)
    if isinstance(message, ProblemReported):
        return handling.reported(view, message, now, world, _folded)
    if isinstance(message, ReportExplained):
        return handling.explained(view, message, now, world, _folded, _merged)
    if isinstance(message, ReportOrdered):
        return order(view, message, now, world, _folded)
    if isinstance(message, Clocked):
        return jeopardy.clocked(view, message, now, world)
    if isinstance(message, ProbeSent):
        return probe.part(message, world)
    if isinstance(message, NetworkTurned):
        jeopardy_suppliers.agree(view, max(message.at, now), world)
    if not isinstance(message, Tick) or not message.live:
        return []
    return [emit for problem, _ in view.waiting.prefix("", 1_000_000) for emit in _release(view, problem, now, world)]


def come_due(view: View, table: str, key: str, row: ProblemRecord | Waiting | JeopardyWork | ServiceTest | Opening, now: Instant, world: World) -> list[Emit]:
    """Do what is due of one row at its due time."""
    if isinstance(row, SupplierClocks):
        return jeopardy_suppliers.come_due(view, key, row, now, world)
    if isinstance(row, JeopardyWork):
        return jeopardy.come_due(view, key, row, now, world)
    if isinstance(row, ServiceTest):
        return testing.come_due(view, row, now, world)
    if isinstance(row, Opening):
        view.openings.delete(key)
        return []
    if isinstance(row, Waiting):
        if view.live:
            return _release(view, key, now, world)
        view.waiting.put(key, Waiting(row.since, now + min(max(now - row.since, SECOND), 10 * MINUTE)))
        return []
    change = Change(row, row, now, world)
    settle(view, change)
    return keep(view, change)


def _release(view: View, ident: str, now: Instant, world: World) -> list[Emit]:
    """Do what waited for the partition to catch up, of a problem or of announced work."""
    holding: Holding | None = view.holdings.get(ident)
    if holding is None or not holding.planned:
        return release(view, ident, now, world)
    view.waiting.delete(ident)
    return planned_hold.release(view, ident, holding, now, world)


def _diagnosed(view: View, m: Diagnosed, now: Instant, world: World) -> list[Emit]:
    if m.planned:
        return planned_hold.hold_down(view, m, now, world)
    before: ProblemRecord | None = view.problems.get(m.problem)
    if before is not None and before.status in ENDED:
        return _too_late(view, before, m, now, world)
    return _folded(view, m, now, world, before.handling if before is not None else None)


def _folded(view: View, m: Diagnosed, now: Instant, world: World, reports: Handling | None) -> list[Emit]:
    """Fold a diagnosis, or what customers' reports make one of."""
    before: ProblemRecord | None = view.problems.get(m.problem)
    row = begun(before, m)
    if before is None and reports is None:
        row = msgspec.structs.replace(row, settles_at=settles_at(view, row.domain, row.opened_at, now, world))
    if reports is not row.handling:
        row = msgspec.structs.replace(row, handling=reports)
    change = Change(before, row, now, world)
    fold(change, m)
    problem_tests.follow(view, change)
    effects = _hold(view, change, m)
    planned_hold.withdraw(change, m)
    settle(view, change)
    out = keep(view, change, effects)
    return out if reports is not None and reports.is_reported else out + handling.explain_reported(view, change.row, m, effects, now, world, _folded, _merged)


def _hold(view: View, change: Change, m: Diagnosed) -> list[Emit]:
    """Tell stage 5 which services' holds changed; a standing problem holds nothing that anybody is told of."""
    if m.standing:
        return []
    known: Holding | None = view.holdings.get(m.problem)
    wanted = tuple(one.service for one in m.hurt) if m.holds else ()
    if known is None and not wanted:
        return []
    holding, out = hold.retell(known or Holding(), m.problem, m.domain, m.holds, wanted, change.at, change.now, change.world.network, view.live,
                               hold.stand_of(change.row, change.world.network))
    if not (holding.services or holding.waiting):
        view.holdings.delete(m.problem)
    elif holding is not known:
        view.holdings.put(m.problem, holding)
    if holding.waiting:
        wait(view, change)
    if known is not None and (missed := set(known.waiting).difference(wanted)):
        why = f"{number(len(missed), 'service was', 'services were')} hurt and freed again before the backlog was worked off; nobody was told."
        change.tell(progress.ATTRIBUTE, why, ("affectedService", "missed"))
    return out


def _merged(view: View, m: Diagnosed, now: Instant, world: World) -> list[Emit]:
    """End a problem that went into another; what it holds down goes over with the survivor's next diagnosis."""
    before: ProblemRecord | None = view.problems.get(m.problem)
    if before is not None and before.status in ENDED:
        return []
    change = Change(before, begun(before, m), now, world)
    if before is None:
        fold(change, m)
    row, most = change.row, world.policy.manage.references
    change.set(members=max(m.members, row.members), alarms=m.alarms[:most] or row.alarms, resources=m.resources[:most] or row.resources)
    why = f"Merged into {m.into}: {m.why}" if m.why else f"Merged into {m.into}."
    change.move(Turn.MERGED, why, ("mergedInto", m.into), into=m.into, active=0)
    view.waiting.delete(m.problem)
    effects: list[Emit] = []
    if (holding := view.holdings.get(m.problem)) is not None:
        view.holdings.delete(m.problem)
        survivor: ProblemRecord | None = view.problems.get(m.into)
        if survivor is not None and survivor.status in ENDED:
            effects = hold.release(holding, m.problem, m.domain, change.at, now)
        elif holding.services or holding.inherited:
            view.holdings.put(m.into, hold.hand_over(holding, m.problem, view.holdings.get(m.into) or Holding()))
    if (survivor := view.problems.get(m.into)) is not None:
        view.problems.put(m.into, msgspec.structs.replace(survivor, grouping=survivor.grouping.with_one(m.problem), settles_at=settles_with(survivor, before)))
    moved = move_reports(view, change, m.into, now, world) if change.row.handling is not None else []
    settle(view, change)
    return [*keep(view, change, effects), *moved]


def _too_late(view: View, row: ProblemRecord, m: Diagnosed, now: Instant, world: World) -> list[Emit]:
    """Say on `progress` that an ended problem was told of active alarms: it takes none, and somebody should know. What operators say of its cause it takes."""
    if m.kind == "judged":
        change = Change(row, begun(row, m), now, world)
        judged(change, m)
        settle(view, change)
        return keep(view, change)
    if not m.active:
        return []
    change = Change(row, begun(row, m), now, world)
    change.tell(progress.ATTRIBUTE, f"{m.active} active alarms came after the problem was {row.status}; nothing was changed.", ("alarmCount", str(m.members)))
    return keep(view, change)
