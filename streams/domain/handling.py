"""Stage 4's part in customers' reports: a problem takes them in, tells their requesters of it, and does not close without them.

    ProblemReported -> opened by the report, or joined to a known problem       ReportExplained -> merged, or under a parent
    Diagnosed       -> what customers reported of services that it hurts is merged into it
    ReportOrdered   -> hold, resume, cancel, test, confirm, still-down (handling_orders.py)

- A problem that only customers reported has no alarms: its open reports are what is active in it, and its picture
  (`picture`) is that of a diagnosis, folded as one. So status, priority, trouble report and holds are as of any other.
- It holds its service as the customer says where the product is the only one on it, else not at all: one customer's
  word is no reason to tell a thousand others that they are down. Stage 5 knows of it all the same.
- Reports are rows of their own (any number); the problem's row has counts.
- A problem with reports waits at `resolved` until each is confirmed, or `confirm_within` is over, and then says so.
"""

from collections.abc import Callable

import msgspec

from streams.domain import hold, progress, reported_services
from streams.domain.alarm import Effect, Severity
from streams.domain.customer_report import ReportRef, report_key
from streams.domain.handling_messages import ProblemReported, ReportExplained, ReportPlaced
from streams.domain.handling_test import first_in
from streams.domain.handling_told import MOST, marked, tell
from streams.domain.hold import Holding
from streams.domain.instant import Instant
from streams.domain.messages import Cause, Diagnosed, HeldDown, Hurt
from streams.domain.network import Network
from streams.domain.problem import ENDED, Status
from streams.domain.problem_change import Change
from streams.domain.problem_due import keep, settle
from streams.domain.problem_handling import Handling, JoinedReport
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit, View, World, to_network

Diagnose = Callable[..., list[Emit]]
"""The normal path of a diagnosis (manage.py): (view, diagnosis, now, world, handling)."""
SUSPECTED = 0.5
"""Confidence of what several reports share: no alarm speaks for it (ours)."""
_replace = msgspec.structs.replace


def reported(view: View, m: ProblemReported, now: Instant, world: World, diagnose: Diagnose) -> list[Emit]:
    """Take a report in; one for a problem that is over is given back."""
    row = survivor(view, m.problem)
    if (row is None and not m.opens) or (row is not None and row.status in ENDED):
        return [_placed(m.ref.id, m.problem, m.domain, "gone", "The problem is over.", m.at)]
    if row is not None and view.joined_reports.get(report_key(row.id, m.ref.id)) is not None:
        return []
    ident = row.id if row is not None else m.problem
    handling = (row.handling if row is not None else None) or Handling(is_reported=row is None)
    view.joined_reports.put(report_key(ident, m.ref.id), JoinedReport(m.ref, m.effect, number=handling.joined))
    handling = _replace(handling, reports=handling.reports + 1, joined=handling.joined + 1, left=m.left or handling.left, suspect=m.suspect or handling.suspect, evidence=m.evidence or handling.evidence)
    if handling.is_reported:
        reported_services.add(view, m.ref.service, ident)
        out = _folded(view, ident, m.domain, row, handling, m.text, m.at, now, world, diagnose)
        out += first_in(view, view.problems.get(ident), m.ref, m.at, now, world) if row is None else []
    else:
        assert row is not None
        change = Change(row, _replace(row, last_at=max(row.last_at, m.at)), now, world)
        change.set(handling=handling)
        _count(change)
        settle(view, change)
        out = keep(view, change)
    return [*out, *_welcome(view, ident, m, is_new=row is None, now=now, world=world)]


def _folded(view: View, ident: str, domain: str, row: ProblemRecord | None, handling: Handling, text: str, at: Instant, now: Instant, world: World, diagnose: Diagnose) -> list[Emit]:
    """Fold the picture that a reported problem's reports make."""
    drawn = picture(view, ident, domain, handling, row.opened_at if row is not None else at, at, now, world, text)
    return marked(diagnose(view, drawn, now, world, handling))


def picture(view: View, ident: str, domain: str, handling: Handling, opened_at: Instant, at: Instant, now: Instant, world: World, text: str = "", active: int = -1) -> Diagnosed:
    """Draw a problem that only customers reported as a diagnosis would be."""
    network = world.network
    reports = [one for _, one in view.joined_reports.prefix(f"{ident}|", MOST)]
    standing = [] if handling.is_over else reports
    effects: dict[str, Effect] = {}
    for one in standing:
        effects[one.ref.service] = max(effects.get(one.ref.service, Effect.NONE), one.effect if _is_whole(network, one.ref) else Effect.NONE)
    held = tuple(sorted(effects.items()))
    node = network.nodes.get(handling.suspect)
    causes = (Cause(handling.suspect, node is not None and node.is_service, SUSPECTED, ("customer_reports",), (handling.evidence,)),) if handling.suspect else ()
    first = min((one.ref.since for one in reports), default=opened_at)
    return Diagnosed(
        "opened", ident, domain, at, min(opened_at, first), at, 0, len(standing), Severity.MAJOR if standing else Severity.CLEARED, causes, held,
        tuple(Hurt(service, effect) for service, effect in sorted(held, key=lambda h: (-h[1], h[0]))), first_cause="customer report",
        resources=tuple(effects), why=text, topology=network.version, clock=now)


def _is_whole(network: Network, ref: ReportRef) -> bool:
    """Whether a report speaks for the whole service: its product is the only one on it."""
    return len(network.products.get(ref.service, ())) <= 1


def _welcome(view: View, ident: str, m: ProblemReported, is_new: bool, now: Instant, world: World) -> list[Emit]:
    """Tell the desk where the report is, and its requester all that is known; ask at once where the problem is resolved."""
    row: ProblemRecord = view.problems.get(ident)
    joined: JoinedReport = view.joined_reports.get(report_key(ident, m.ref.id))
    why = f"Problem {ident} opened: nothing known explains it yet." if is_new else f"Problem {ident}, known since before, explains it."
    if not is_new and row.handling is not None and row.handling.is_reported:
        why = f"Joined problem {ident}, which other customers reported."
    out = [_placed(m.ref.id, ident, row.domain, "opened" if is_new else "joined", why, m.at)]
    if row.status is Status.RESOLVED:
        return out                                              # asked already whether it is restored
    view.joined_reports.put(report_key(ident, m.ref.id), _replace(joined, told=joined.told + 1))
    return [*out, tell(row, joined, "changed", m.at, why, world.network)]


def explained(view: View, m: ReportExplained, now: Instant, world: World, diagnose: Diagnose, merged: Callable[..., list[Emit]], is_seen: bool = False) -> list[Emit]:
    """Merge a reported problem into the one that explains it by itself, or that others reported; any other is its parent, and it ends with that.

    What explains it with others only, or from another domain, is heard whenever it is: so nothing hangs on it that this lane sees by
    itself (`is_seen`: this diagnosis tells it).
    """
    row: ProblemRecord | None = view.problems.get(m.problem)
    if row is None or row.status in ENDED or row.handling is None or not row.handling.is_reported:
        return []
    by = survivor(view, m.by) if m.by and m.by_domain == row.domain else None
    if by is not None and by.status is Status.RESOLVED and (left := survivor(view, row.handling.left)) is not None and left.id == by.id:
        return []                                               # What was restored for others is no reason why it is still down for this one.
    if by is not None and by.id != row.id and by.status not in ENDED and (is_seen or _takes_in(view, by, row)):
        drawn = picture(view, row.id, row.domain, row.handling, row.opened_at, max(m.at, row.last_at), now, world)
        out = merged(view, _replace(drawn, kind="merged", active=0, held=(), into=by.id, why=m.why), now, world)
        after: ProblemRecord = view.problems.get(by.id)
        if after.handling is not None and after.handling.is_reported:
            return out + _folded(view, after.id, after.domain, after, after.handling, "", after.last_at, now, world, diagnose)
        return out + hold.took_over(view, after, after.last_at, now, world.network)
    if not m.by and not row.handling.explained_by:
        return []
    handling = _replace(row.handling, explained_by=m.by, is_over=not m.by, over=m.why if not m.by else "")
    change = Change(row, _replace(row, last_at=max(row.last_at, m.at)), now, world)
    change.set(handling=handling, publish_at=now, **({"parent": m.by} if m.by else {}))
    change.tell(progress.ATTRIBUTE, m.why, ("parentProblem", m.by or row.parent))
    settle(view, change)
    out = keep(view, change)
    return out + _folded(view, row.id, row.domain, view.problems.get(row.id), handling, "", change.at, now, world, diagnose)


def _takes_in(view: View, by: ProblemRecord, row: ProblemRecord) -> bool:
    """Whether a problem was reported too, or hurts by itself what was reported in the other."""
    if by.handling is not None and by.handling.is_reported:
        return True
    hurt = {one.service for one in by.services if one.effect >= Effect.DEGRADED}
    return any(one.ref.service in hurt for _, one in view.joined_reports.prefix(f"{row.id}|", MOST))


def explain_reported(view: View, row: ProblemRecord, m: Diagnosed, told: list[Emit], now: Instant, world: World, diagnose: Diagnose, merged: Callable[..., list[Emit]]) -> list[Emit]:
    """Merge what customers reported of services that these alarms explain; `told`: what stage 5 is told of their holds.

    That a service is merely at risk explains nothing, nor does a problem that the customer was told is over.
    """
    holding: Holding | None = view.holdings.get(row.id)
    services = dict.fromkeys(emit.key for emit in told if isinstance(emit.value, HeldDown) and emit.value.held)
    services |= dict.fromkeys(holding.waiting if holding is not None else ())
    found = [(service, problem) for service in services for problem in reported_services.of(view, service)]
    effects = {one.service: one.effect for one in m.hurt} if found else {}
    out: list[Emit] = []
    for service, problem in found:
        if effects.get(service, Effect.NONE) >= Effect.DEGRADED:
            why = f"Alarms of problem {row.id} explain that {service} does not work."
            out += explained(view, ReportExplained(problem, row.domain, row.id, row.domain, why, row.last_at), now, world, diagnose, merged, is_seen=True)
    return out


def move_reports(view: View, merged: Change, into: str, now: Instant, world: World) -> list[Emit]:
    """Hand the reports of a merged problem to the survivor, and tell everybody."""
    loser = merged.frozen()
    merged.set(handling=_replace(loser.handling or Handling(), reports=0, unconfirmed=0))
    rows = [one for _, one in view.joined_reports.prefix(f"{loser.id}|", MOST)]
    other = survivor(view, into)
    out: list[Emit] = []
    why = f"Problem {loser.id} is one with {into}: {loser.status_why}"
    known = other.handling.joined if other is not None and other.handling is not None else 0
    for n, one in enumerate(rows):
        view.joined_reports.delete(report_key(loser.id, one.ref.id))
        reported_services.drop(view, one.ref.service, loser.id)
        if other is None or other.status in ENDED:
            out.append(_placed(one.ref.id, into, loser.domain, "gone", "The problem is over.", loser.last_at))
            continue
        one = _replace(one, is_asked=False, told=0, number=known + n)
        view.joined_reports.put(report_key(other.id, one.ref.id), _replace(one, told=1))
        if other.handling is not None and other.handling.is_reported:
            reported_services.add(view, one.ref.service, other.id)
        out += [tell(other, one, "changed", loser.last_at, why, world.network), _placed(one.ref.id, other.id, other.domain, "moved", why, loser.last_at)]
    if rows and other is not None and other.status not in ENDED:
        handling = other.handling or Handling()
        change = Change(other, _replace(other, last_at=max(other.last_at, loser.last_at)), now, world)
        change.set(handling=_replace(handling, reports=handling.reports + len(rows), joined=handling.joined + len(rows)))
        _count(change)
        settle(view, change)
        out += keep(view, change)
    return out


def survivor(view: View, problem: str) -> ProblemRecord | None:
    """Return the row of a problem, or of the one that it was merged into."""
    row: ProblemRecord | None = view.problems.get(problem)
    for _ in range(MOST):
        if row is None or not row.into:
            return row
        row = view.problems.get(row.into)
    return None


def _count(change: Change) -> None:
    assert change.row.handling is not None
    count = change.row.handling.reports
    change.set(publish_at=change.row.publish_at or change.now)
    change.tell(progress.ATTRIBUTE, f"{count} customer report{'s' if count != 1 else ''} joined it.", ("customerReportCount", str(count)))


def _placed(report: str, problem: str, domain: str, word: str, why: str, at: Instant) -> Emit:
    return to_network(ReportPlaced(report, problem, domain, word, why, at), at)
