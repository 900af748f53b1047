"""Stage 6's desk for Problem Handling: takes customers' reports in, places them, and answers each request once.

                     nothing known is named              the problem that holds the service, found by stage 5
    HandlingAsked -> INCOMPLETE --completed--> SOUGHT -> PLACED in it; else in one of its own, or in the one that others share
                         |                       |         |  ^ detached (still down), gone: sought a problem of its own
                         | nothing came          |         v  |
                         +---------------------> CLOSED <--+  closed with its problem, confirmed, cancelled, not answered
                                                 (announced work explains it)

- One request is one report for each service its product stands on; the same request again gets the first answer again.
- What concerns a report that is in a problem is done in that problem's lane (handling.py), and answered from here.
- Stage 5's answers are taken in the order of the questions (handling_turns.py): so the first customer of an area opens the
  problem that the others join, whichever partition answers first.
- Requests wait until this partition's clock is at their time, which all lanes have then reached: so a report finds the
  problem that began before it, whatever was read first.
"""

from collections.abc import Callable

import msgspec

from streams.domain import handling_shared, handling_turns
from streams.domain.customer_report import PARTS, ReportRef, own_problem, request_id
from streams.domain.handling_book import REPORT, CustomerReport, Order, State, accept, answered, close, refusal, repeat, tell
from streams.domain.handling_messages import (
    DeskEvent,
    HandlingAsked,
    HolderAsked,
    HolderFound,
    ProblemReported,
    ReportAnswered,
    ReportExplained,
    ReportOrdered,
    ReportPlaced,
)
from streams.domain.handling_shared import SharedReports, Suspect
from streams.domain.handling_turns import Question
from streams.domain.instant import HOUR, Instant
from streams.domain.view import Emit, View, World

ORDERS = 16
"""Requests about one report whose answers are remembered, the last ones."""
_replace = msgspec.structs.replace


TABLES: dict[str, tuple[type, Callable[..., Instant | None] | None, str]] = {
    "customer-reports": (CustomerReport, lambda row: row.due or None, "report -> a customer's report of one service, where it is, and what was answered"),
    "shared-reports": (SharedReports, lambda row: row.due, "object -> the latest reports of services that stand on it which nothing explained"),
    **handling_turns.TABLES,
}


def step(view: View, m: DeskEvent, at: Instant, world: World) -> list[Emit]:
    """Fold one message; what is said of a report that is forgotten changes nothing.

    Errors: none. Every request is answered once on `progress`, and again with the same words when it comes again.
    Standard: eTOM 1.4.6.1; TMF656 v5 ServiceProblemInformationRequiredEvent.
    """
    if isinstance(m, HandlingAsked):
        return _report(view, m, at, world) if m.action == REPORT else _order(view, m, at, world)
    row: CustomerReport | None = view.customer_reports.get(m.report)
    if row is None:
        return []
    if isinstance(m, HolderFound):
        return [emit for one in handling_turns.answered(view, row.question, m) for emit in _found(view, one, at, world)]
    return _placed(view, row, m, at, world) if isinstance(m, ReportPlaced) else answered(view, row, m, at)


def come_due(view: View, key: str, row: CustomerReport | Question, at: Instant, world: World) -> list[Emit]:
    """Give up a report that nobody completed, or to wait for an answer; forget a report that is closed."""
    if isinstance(row, Question):
        return [emit for one in handling_turns.come_due(view, at) for emit in _found(view, one, at, world)]
    if row.state is State.CLOSED:
        view.customer_reports.delete(key)
        return []
    why = f"The information asked for did not come within {world.policy.handling.information_within // HOUR} h."
    return close(view, row, why, at, world)


# --- taking reports in ---


def _report(view: View, m: HandlingAsked, at: Instant, world: World) -> list[Emit]:
    """Take a report in, complete one, or answer the same request again."""
    ident = m.report.partition(".")[0] or request_id(m.owner, m.external)
    known = view.customer_reports.prefix(f"{ident}.", PARTS)
    first: CustomerReport | None = known[0][1] if known else None
    if first is None and m.report:
        return [refusal(m, at, f"No report {m.report[:64]!r} is known; name it by the id that the answer told.")]
    if first is not None and first.state is not State.INCOMPLETE:
        return [emit for _, row in known for emit in repeat(view, row, m.request, at)]
    if first is not None:
        m = _replace(m, product=m.product or first.ref.product, since=m.since or first.ref.since, text=m.text or first.text, external=first.ref.external, owner=first.ref.owner)
    services = m.services or ((first.ref.service, first.domain),) if first is not None and first.ref.service else m.services
    missing = tuple(path for path, value in (("/relatedEntity", services), ("/description", m.text)) if not value)
    out: list[Emit] = []
    for n, (service, domain) in enumerate((services or (("", ""),))[: 1 if missing else PARTS]):
        ref = ReportRef(f"{ident}.{n}", m.external, m.owner, m.product, service, m.since or (first.at if first is not None else m.at))
        orders = first.orders if first is not None else ()
        if all(order.request != m.request for order in orders):
            orders = (*orders, Order(m.request, REPORT))[-ORDERS:]
        row = CustomerReport(ref, State.SOUGHT, domain, m.effect, m.text, m.at, orders, told=first.told if first is not None else 0)
        out += _ask_for(view, row, missing, m.doubt, at, world) if missing else _seek(view, row, at)
    return out


def _ask_for(view: View, row: CustomerReport, missing: tuple[str, ...], doubt: str, at: Instant, world: World) -> list[Emit]:
    """Ask for what is missing."""
    wanted = {"/relatedEntity": "the product, its number, or the service", "/description": "what does not work"}
    why = " ".join(filter(None, (doubt, f"Tell {' and '.join(wanted[path] for path in missing)}.")))
    row, said = tell(_replace(row, state=State.INCOMPLETE, due=at + world.policy.handling.information_within), "information", at, why, row.orders[-1], required=missing)
    view.customer_reports.put(row.ref.id, row)
    return [said]


def _seek(view: View, row: CustomerReport, at: Instant) -> list[Emit]:
    """Ask stage 5 which problem holds the service."""
    view.customer_reports.put(row.ref.id, _replace(row, state=State.SOUGHT, due=0, question=handling_turns.ask(view, at)))
    return [Emit("service-effects", row.ref.service, HolderAsked(row.ref.service, row.ref.id, row.ref.since, at), at)]


def _found(view: View, m: HolderFound, at: Instant, world: World) -> list[Emit]:
    """Have the problem that explains a report take it in; open one where there is none."""
    row: CustomerReport | None = view.customer_reports.get(m.report)
    if row is None or row.state is not State.SOUGHT:
        return []
    if m.outage:
        why = f"Announced work {m.outage} explains it; it ends with that. Report again should it outlast the work."
        out, row = accept(row, why, at)
        return [*out, *close(view, row, why, at, world)]
    if m.problem:
        return [_to(row, m.problem, m.domain, at)]
    return _open(view, row, at, world)


def _open(view: View, row: CustomerReport, at: Instant, world: World) -> list[Emit]:
    """Open a problem for a report, or put it with the others that share something with it."""
    suspects = handling_shared.register(view, row.ref.id, row.ref.product, row.ref.service, at, world.network, world.policy.handling)
    for suspect in suspects:
        others = [other for one in suspect.reports if one.report != row.ref.id and (other := view.customer_reports.get(one.report)) is not None and other.is_alone]
        products = {other.ref.product or other.ref.service for other in others} | {row.ref.product or row.ref.service}
        if len(products) >= world.policy.handling.shared_reports:
            return _gather(view, row, suspect, others, at, world)
    row = _with_own_problem(row)
    view.customer_reports.put(row.ref.id, row)
    return [_to(row, row.problem, row.domain, at, opens=True)]


def _with_own_problem(row: CustomerReport) -> CustomerReport:
    """Return the report with the problem that is to open for it."""
    return _replace(row, opened=row.opened + 1, problem=own_problem(row.domain, row.ref.id, row.opened + 1), problem_domain=row.domain)


def _gather(view: View, row: CustomerReport, suspect: Suspect, others: list[CustomerReport], at: Instant, world: World) -> list[Emit]:
    """Have the oldest of several problems that share something take all of their reports in."""
    first, minutes = others[0], max(1, -(-(at - others[0].at) // 60_000_000))
    evidence = f"{len(others) + 1} customers reported within {minutes} min what stands on {suspect.object}, and no alarm tells of it."
    out = [_to(row, first.problem, first.problem_domain, at, suspect=suspect.object, evidence=evidence)]
    for other in others[1:]:
        explained = ReportExplained(other.problem, other.problem_domain, first.problem, first.problem_domain, evidence, at)
        out.append(Emit("problem-inbox", other.problem, explained, at, other.problem_domain))
    return out


def _to(row: CustomerReport, problem: str, domain: str, at: Instant, opens: bool = False, suspect: str = "", evidence: str = "", text: str = "", left: str = "") -> Emit:
    reported = ProblemReported(problem, domain, row.ref, row.effect, at, opens, text or row.text, suspect, evidence, left=left)
    return Emit("problem-inbox", problem, reported, at, domain)


def _placed(view: View, row: CustomerReport, m: ReportPlaced, at: Instant, world: World) -> list[Emit]:
    """Note where a report now is, and answer its request the first time."""
    if row.state is State.CLOSED:
        return []
    if m.word == "closed":
        return close(view, row, "", at, world)
    if m.word == "gone":
        return _open(view, row, at, world)
    if m.word == "detached":
        row = _replace(_with_own_problem(row), state=State.SOUGHT)
        view.customer_reports.put(row.ref.id, row)
        return [_to(row, row.problem, row.domain, at, opens=True, text=f"still down after problem {m.problem}", left=m.problem)]
    row = _replace(row, state=State.PLACED, problem=m.problem, problem_domain=m.domain)
    out, row = accept(row, m.why, at)
    view.customer_reports.put(row.ref.id, row)
    return out


# --- requests about reports ---


def _order(view: View, m: HandlingAsked, at: Instant, world: World) -> list[Emit]:
    """Hand a request about a report to its problem's lane; refuse it where there is none."""
    known = [(m.report, view.customer_reports.get(m.report))] if "." in m.report else view.customer_reports.prefix(f"{m.report or request_id(m.owner, m.external)}.", PARTS)
    rows = [row for _, row in known if row is not None]
    if not rows:
        return [refusal(m, at, "No such report is known; name it by the id that its answer told, or by its externalIdentifier.")]
    out: list[Emit] = []
    for row in rows:
        if any(order.request == m.request and order.action == m.action for order in row.orders):
            out += repeat(view, row, m.request, at)
            continue
        row = _replace(row, orders=(row.orders[0], *row.orders[1:][-ORDERS + 2:], Order(m.request, m.action)))
        view.customer_reports.put(row.ref.id, row)
        if row.state is State.PLACED:
            order = ReportOrdered(row.problem, row.problem_domain, row.ref.id, m.request, m.action, m.text, at)
            out.append(Emit("problem-inbox", row.problem, order, at, row.problem_domain))
        elif row.state is State.INCOMPLETE and m.action == "cancel":
            out += answered(view, row, ReportAnswered(row.ref.id, m.request, True, "The report is withdrawn.", at), at)
            out += close(view, view.customer_reports.get(row.ref.id), "Withdrawn by its requester.", at, world)
        else:
            why = "The report is closed; report again what does not work." if row.state is State.CLOSED else "The report is in no problem yet; ask again once its answer has come."
            out += answered(view, row, ReportAnswered(row.ref.id, m.request, False, why, at), at)
    return out


