"""What is told on `progress` about an update of the ticketing system: taken over, or refused and why."""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import ReportUpdated
from streams.domain.view import Emit


class UpdateAnswered(msgspec.Struct, frozen=True, gc=False):
    """One answer to one update."""

    id: str
    update: str
    """The update's own id, else where it was read."""
    report: str
    problem: str
    domain: str
    number: str
    """The ticketing system's number, as far as it is known."""
    done: bool
    why: str
    """One sentence or more: what was taken over and what was not, or why nothing was and what to do about it."""
    at: Instant


def answer(m: ReportUpdated, done: bool, why: str, at: Instant, problem: str = "", number: str = "", key: str = "") -> Emit:
    """Answer an update, under the id of its problem, else of what it named, unless told otherwise."""
    ident = identify(m.domain, "report-update", m.position)
    problem = problem or m.problem
    return Emit("progress", key or problem or m.report or ident, UpdateAnswered(ident, m.update, m.report, problem, m.domain, m.number or number, done, why, at), at)
