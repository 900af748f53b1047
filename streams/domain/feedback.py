"""Feedback: what operators say of grouping and causes, kept under an id so that it is done once and can be taken back.

A request that comes again under its own id finds its feedback here and changes nothing. What was taken back stays known
until it would have faded, for the same reason.
"""

import msgspec

from streams.domain.action_answer import CannotDo
from streams.domain.alarm_record import AlarmLife, row_key
from streams.domain.group import Group, reach
from streams.domain.ids import identify
from streams.domain.instant import Instant, iso
from streams.domain.messages import OperatorRequest
from streams.domain.view import View


class Feedback(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One word of one operator; key: its id."""

    action: str
    target: str
    user: str
    at: Instant
    problem: str
    """The problem it was about."""
    due: Instant
    """When it has faded and is forgotten."""
    object: str = ""
    """The object said to be, or not to be, its cause."""
    into: str = ""
    """The problem that alarms went to."""
    is_made: bool = False
    """That problem was made for them."""
    keys: tuple[str, ...] = ()
    """Row keys of the alarms that went."""
    taught: tuple[str, ...] = ()
    """Rows that learnt of it (learned_links.py)."""
    taken_back_by: str = ""
    taken_back_at: Instant = 0
    undone: str = ""
    """Id of the request that took it back."""


def who(request: OperatorRequest) -> str:
    """Name the operator."""
    return request.user or "an operator"


def feedback_id(domain: str, request: str, action: str, target: str) -> str:
    """Name what a request says, by its own id: the same for one that comes again."""
    return identify(domain, "feedback", request, action, target)


def said_before(word: Feedback) -> str:
    """Answer a request that came again."""
    done = f"Done already at {iso(word.at)}"
    return f"{done}, and taken back by {word.taken_back_by} at {iso(word.taken_back_at)}." if word.taken_back_by else f"{done}; nothing is done twice."


def open_problem(view: View, ident: str) -> tuple[str, Group]:
    """Return the problem that an id stands for now, or that the alarm of this id is in; CannotDo where there is none that is told to anybody."""
    life: AlarmLife | None = view.alarm_lives.get(ident)
    problem, group = reach(view, ident if life is None else view.alarm_records.get(row_key(life.alarm)).problem)
    if group is None or not group.open:
        raise CannotDo(f"No problem {ident} is known in this domain: it is another domain's, it never was, or it has been forgotten")
    if group.withdrawn:
        raise CannotDo(f"Problem {problem} was cancelled or closed; it takes no more part")
    return problem, group


def live(view: View, ident: str) -> Feedback:
    """Return a word that can be taken back; CannotDo otherwise."""
    word: Feedback | None = view.feedback.get(ident)
    if word is None:
        raise CannotDo(f"No feedback {ident} is known: name the id that the answer on progress told in `feedback`")
    return word
