"""What stages 5 and 6, operators and the ticketing system say about a problem: noted and told on, never decided on.

An answer comes whenever it comes; so it moves neither status nor priority nor a due time nor the lane's time.
"""

import msgspec

from streams.domain import progress
from streams.domain.instant import Instant
from streams.domain.messages import Answered
from streams.domain.problem_change import Change, told
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.view import Emit, View, World


def answered(view: View, m: Answered, now: Instant, world: World) -> list[Emit]:
    """Note an answer; one for a problem that is forgotten changes nothing."""
    row: ProblemRecord | None = view.problems.get(m.problem)
    if row is None:
        return []
    change = Change(row, row, now, world)
    attribute, value = _note(change, m)
    change.set(answers=row.answers + 1)
    why = ": ".join(filter(None, (f"{m.kind} {m.ref}".strip(), " ".join(filter(None, (m.word, m.text))))))
    out = [Emit("progress", row.id, progress.of_answer(change.row, m.at, why, ((attribute, value),)), m.at)]
    out += told(change, max(m.at, row.last_at))
    view.problems.put(row.id, change.frozen())
    return out


def _note(change: Change, m: Answered) -> tuple[str, str]:
    """Put the answer where it belongs in the row; return the attribute that changed and its value."""
    row = change.row
    words = " ".join(filter(None, (m.word, m.text)))
    if m.kind == "parent":
        if m.ref != row.id:  # a problem that became a parent is told of its own id
            change.set(parent=m.ref)
        return "parentProblem", m.ref
    if m.kind in ("command", "outcome"):
        change.set(command=m.ref, command_word=m.word, command_text=m.text)
        return "restorationCommand", f"{m.ref} {m.word}".strip()
    if m.kind == "report" and row.report is not None:
        change.set(report=msgspec.structs.replace(row.report, ticket=m.text or row.report.ticket, ticket_word=m.word, shows=()))
        return "troubleTicket", words
    change.set(notes=(*row.notes, Note(m.at, m.kind, words))[-change.world.policy.manage.notes:])
    return "note", words
