"""What stages 5 and 6 and operators say about a problem: noted and told on, never decided on.

An answer comes whenever it comes; so it moves neither status nor priority nor a due time nor the lane's time. When the
report of a problem that crosses domains opens, stage 6 decides by event times alone: it is made as of the time decided,
whatever became of the problem until its answer was read.
"""

from streams.domain import closing, handling_told, hold, problem_group, progress, report, report_follow
from streams.domain.instant import Instant
from streams.domain.messages import Answered, Cause
from streams.domain.network import Network
from streams.domain.problem_change import Change, told
from streams.domain.problem_course import Attempt, attempted
from streams.domain.problem_due import keep, settle, wait
from streams.domain.problem_figures import store
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.view import Emit, View, World


def answered(view: View, m: Answered, now: Instant, world: World) -> list[Emit]:
    """Note an answer; one for a problem that is forgotten changes nothing."""
    row: ProblemRecord | None = view.problems.get(m.problem)
    if row is None:
        return []
    change = Change(row, row, now, world, as_of=m.at)
    attribute, value = _report(view, change, m) if m.kind == "family-report" else _note(change, m)
    change.set(answers=row.answers + 1)
    subject = f"Trouble report {value}" if m.kind == "family-report" else f"{m.kind} {m.ref}".strip()
    why = ": ".join(filter(None, (subject, m.text if m.kind == "family-report" else " ".join(filter(None, (m.word, m.text))))))
    change.out.append(Emit("progress", row.id, progress.of_answer(change.row, m.at, why, ((attribute, value),)), m.at, traces=row.traces))
    if m.kind == "outcome":
        closing.outcome(change, m.ref, m.word, m.at)
    if (change.row.status, change.row.resolve_at) != (row.status, row.resolve_at):
        settle(view, change)
        return keep(view, change)
    if m.kind == "etr":
        change.out += handling_told.forward(view, change.row, change.out, world)
    change.out += told(change, change.at)
    store(view, change.frozen())
    return change.out + hold.restated(view, change.row, max(m.at, row.opened_at), now, world.network)


def _note(change: Change, m: Answered) -> tuple[str, str]:
    """Put the answer where it belongs in the row; return the attribute that changed and its value."""
    row = change.row
    words = " ".join(filter(None, (m.word, m.text)))
    if m.kind == "parent":
        change.set(parent=m.ref if m.ref != row.id else "")  # a problem that became a parent is told of its own id, and is nobody's child any more
        return "parentProblem", m.ref
    if m.kind == "cause":
        change.set(family=_shared(m, change.world.network))
        return "rootCauseResource", ", ".join(cause.object for cause in change.row.ranked)
    if m.kind == "repair":
        change.set(repair=m.word)
        return "repair", words
    if m.kind == "work":
        if row.report is not None and not row.report.withdrawn:
            report_follow.turn_to(change, m.ref)
        return "troubleTicket", f"work on {m.ref}" if m.ref else "no work"
    if m.kind in ("command", "outcome"):
        change.set(command=m.ref, command_word=m.word, command_text=m.text, course=attempted(row.course, Attempt(m.at, m.ref, m.word, m.text)))
        return "restorationCommand", f"{m.ref} {m.word}".strip()
    if m.kind == "family-priority":
        change.set(lent=int(m.word))
        return "troubleTicket", f"priority {m.word}" if m.ref else "own priority"
    if m.kind == "underlying":
        change.set(grouping=problem_group.heard(row.grouping, m.ref, m.word))
        return "underlyingProblem", words
    if m.kind == "etr":
        change.set(forecast=m.forecast)
        return "expectedResolutionDate", m.word
    change.set(notes=(*row.notes, Note(m.at, m.kind, words))[-change.world.policy.manage.notes:])
    return "note", words


def _shared(m: Answered, network: Network) -> Cause | None:
    """Return the cause that stage 6 found for problems of several domains, None where it takes it back."""
    node = network.nodes.get(m.ref)
    return Cause(m.ref, node is not None and node.is_service, float(m.word), ("shared_by_domains",), (m.text,)) if m.ref else None


def _report(view: View, change: Change, m: Answered) -> tuple[str, str]:
    """Open or withdraw the report as stage 6 decided; what is done already is not done again."""
    row, made = change.row, change.row.report
    if m.word in ("withdraw", "missed"):
        change.set(waiting=False)
        if m.word == "missed" or made is None or made.withdrawn:
            return "troubleTicket", m.word
        change.set(report=report.withdrawn(made, m.text, m.at), lent=0)
        return "troubleTicket", f"{made.id} withdrawn"
    if made is not None and not made.withdrawn:
        return "troubleTicket", made.id
    if not view.live:
        change.set(waiting=True)
        wait(view, change)
        return "troubleTicket", "waits"
    made = report.opened(row, change.world, m.at, is_asked=True)
    change.set(report=made)
    return "troubleTicket", f"{made.id} opened"
