"""The trouble report of a problem (TMF621 serviceTrouble): when it is due, its time to restore, how it follows.

A report is made once, when the problem has lasted `report_after` by priority, later where it began beside another
(opening.py). From then on it says what the problem says: status, priority, cause, resolved, closed. It is told only when
something in it changed.
"""

from collections.abc import Mapping

import msgspec

from streams.domain.etr import promise
from streams.domain.ids import identify
from streams.domain.instant import Instant, Span
from streams.domain.policy import ManagePolicy
from streams.domain.problem import OPEN, Status
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_record import Report, StatusChange
from streams.domain.report_rules import SERVICE, Facts, group_of
from streams.domain.view import World

HISTORY = 32
"""Status changes kept (the bound RFC 8632 has for alarms)."""
ETRS = 16


def report_id(domain: str, problem: str, number: int = 0) -> str:
    """Return the id of a problem's report: it has at most one that is not withdrawn; `number`: how many were."""
    return identify(domain, problem, "report", number) if number else identify(domain, problem, "report")


def by_priority(spans: Mapping[int, Span], priority: int) -> Span:
    """Read a table by priority: a priority not listed takes the next higher number listed, else the last."""
    for number in sorted(spans):
        if number >= priority:
            return spans[number]
    return spans[max(spans)] if spans else 0


def due(row: ProblemRecord, world: World) -> Instant:
    """Return when the report is due, 0 where none is: made already, waiting, stage 6 decides (it crosses domains), not wanted."""
    return 0 if row.report is not None or row.waiting or row.crosses else wanted(row, world)


def wanted(row: ProblemRecord, world: World) -> Instant:
    """Return when a report would be due by the problem's priority, 0 where none is wanted (observed only, cleared, over, standing)."""
    if row.standing or not row.active or row.status not in OPEN:
        return 0
    if world.network.mode_for(row.domain, row.cause.cause if row.cause else "") == "observe":
        return 0
    return max(row.opened_at + by_priority(world.policy.manage.report_after, row.priority), row.settles_at)


def expected(row: ProblemRecord, policy: ManagePolicy, at: Instant) -> Instant:
    """Return the time to restore that a report made at `at` promises: never one that has gone by already."""
    promised = promise(row, at).etr
    return promised if promised > at else at + by_priority(policy.restore_in, row.priority)


def opened(row: ProblemRecord, world: World, at: Instant, is_asked: bool = False) -> Report:
    """Make the report of a problem; `is_asked`: on the word of stage 6."""
    why = f"The problem has lasted {(at - row.opened_at) // 1_000_000} s with priority {row.priority}."
    number = row.report.number + 1 if row.report is not None else 0
    new = msgspec.structs.replace(made(row, report_id(row.domain, row.id, number), world.policy.manage, at, why), number=number, is_asked=is_asked)
    return assigned(new, row, located_at(row), world, SERVICE, at)


def located_at(row: ProblemRecord) -> str:
    """Return the object that a problem is about: its best cause, else what alarmed first."""
    causes = row.ranked
    return causes[0].object if causes else next(iter(row.resources), "")


def made(row: ProblemRecord, ident: str, policy: ManagePolicy, at: Instant, why: str) -> Report:
    """Make a report that nobody has been told to act on yet."""
    return Report(ident, at, expected(row, policy, at), (StatusChange(row.status, at, why),), accept_by=at + by_priority(policy.accept_within, row.priority))


def assigned(report: Report, row: ProblemRecord, target: str, world: World, kind: str, at: Instant) -> Report:
    """Return the report with the group that must act from `at` on, by the rules of topology.yaml."""
    group = group_of(world.network.reports, kind, facts_of(row, target, world, at))
    return report if group == report.group else msgspec.structs.replace(report, group=group)


def facts_of(row: ProblemRecord, target: str, world: World, at: Instant) -> Facts:
    """Return what rules look at in a problem whose work is to be done on `target`."""
    network, node = world.network, world.network.nodes.get(target)
    cause = next((one.cause for one in row.ranked if one.object == target and one.cause), row.first_cause)
    return Facts(
        node.domain if node is not None else row.domain, node.type if node is not None else "", network.reports.vendors.get(target, ""), cause, row.priority,
        row.jeopardy.level if row.jeopardy is not None else 0, at)


def withdrawn(report: Report, why: str, at: Instant) -> Report:
    """Return the report withdrawn: that of the parent problem stands for it. It is told once more, and then follows no longer."""
    last = StatusChange(Status.CANCELLED, max(at, report.history[-1].at), why)
    return msgspec.structs.replace(report, withdrawn=True, history=(*report.history, last)[-HISTORY:], shows=())


def follow(report: Report, row: ProblemRecord, at: Instant, is_own: bool = True) -> Report:
    """Return the report as it stands after what became of its problem; equal where there is nothing to tell. `is_own`: the problem's own, no request."""
    if report.withdrawn and report.shows:
        return report
    history = report.history
    if history[-1].status != row.status and not report.withdrawn:
        history = (*history, StatusChange(row.status, max(at, history[-1].at), row.status_why))[-HISTORY:]
    promised = promise(row, at).etr
    etr = promised if promised > at and row.status in OPEN else report.etr
    shows: tuple[str, ...] = (str(row.report_priority), row.worst.name, str(row.service_count), row.head, row.into)
    if is_own:
        shows = (*shows, str(row.jeopardy.due_at if row.jeopardy is not None else 0), row.command_word, *(c.object for c in row.ranked), *(row.desk.ids if row.desk is not None else ()))
    etrs = report.etrs if etr in report.etrs else (*report.etrs, etr)[-ETRS:]
    return msgspec.structs.replace(report, history=history, etr=etr, shows=shows, etrs=etrs)
