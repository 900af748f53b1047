"""What operators ask of a problem's life, done or refused with the reason, and answered once.

    hold      waits on us or a supplier      wait     waits on the requester     resume   goes on
              (both, where `until` or `for` says so, until then: it goes on by itself)
    resolve   restored, though no alarm said so           reopen   taken up again, from resolved only
    cancel    it was a false alarm                        close    over, from resolved, before its time
    comment   a note, whatever the status                 problem-group, problem-ungroup   under another, or not (problem_group.py)

They come down the lane (problem_orders.py), so they move the problem as its alarms do. A request that comes again,
under its own id, gets the first answer.
"""

from collections.abc import Callable

import msgspec

from streams.domain import problem_group, progress
from streams.domain.action_answer import CannotDo, answer
from streams.domain.closing import closes_at
from streams.domain.instant import Instant, iso
from streams.domain.messages import ProblemAsked
from streams.domain.plural import number
from streams.domain.problem import Turn, refusal
from streams.domain.problem_change import Change
from streams.domain.problem_due import keep, let_go, settle
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.request_answered import RequestAnswered
from streams.domain.view import Emit, View, World

REMEMBERED = 16
"""Answered requests kept per problem, the last ones (ours)."""
_TURNS = {
    "hold": (Turn.BLOCKED, "Held by"), "wait": (Turn.WAITS, "Waits on its requester, says"), "resume": (Turn.RESUMED, "Resumed by"),
    "resolve": (Turn.RESTORED, "Resolved by"), "reopen": (Turn.REOPENED, "Reopened by"), "cancel": (Turn.WITHDRAWN, "Cancelled as a false alarm by"),
    "close": (Turn.SIGNED_OFF, "Closed by")}
"""Action -> what it does to the status, and how that is told."""


def asked(view: View, m: ProblemAsked, now: Instant, world: World) -> list[Emit]:
    """Do what is asked, or say why not."""
    request, row = m.request, view.problems.get(m.problem)
    if row is None:
        return answer(request, False, f"No problem {m.problem} is known: it never was, or it has been forgotten.", m.at)
    if (known := next((a for a in row.answered if (a.request, a.action) == (request.id, request.action)), None)) is not None:
        return answer(request, known.done, known.why, max(m.at, known.at))
    change = Change(row, msgspec.structs.replace(row, last_at=max(m.at, row.last_at)), now, world)
    try:
        done, why = True, _do(view, change, m)
    except CannotDo as refused:
        done, why = False, str(refused)
    kept = (*row.answered, RequestAnswered(request.id, request.action, done, why, change.at))[-REMEMBERED:]
    change.set(answered=kept)
    settle(view, change)
    return [*keep(view, change), *answer(request, done, why, change.at)]


def _do(view: View, change: Change, m: ProblemAsked) -> str:
    """Carry an action out and say what was done; CannotDo with a whole sentence otherwise."""
    request, row = m.request, change.row
    who, text = request.user or "an operator", f": {request.text}" if request.text else ""
    if request.action in problem_group.ACTIONS:
        why, changed = problem_group.regroup(view, change, request)
        change.tell(progress.ATTRIBUTE, why, changed)
        return why
    if request.action == "comment":
        return _comment(change, who, request.text)
    turn, word = _TURNS[request.action]
    if row.into:
        raise CannotDo(f"It was merged into {row.into}; name that problem.")
    if why := refusal(row.status, turn):
        raise CannotDo(why)
    if (check := _CHECKS.get(turn)) is not None:
        check(row)
    until = _until(request.until, change.at) if turn in _STOPS else 0
    why = f"{word} {who}{text}{f', until {iso(until)}' if until else ''}."
    change.move(turn, why, resume_at=until, **_FIELDS[turn](change) if turn in _FIELDS else {})
    if turn in (Turn.WITHDRAWN, Turn.SIGNED_OFF):
        let_go(view, change)
    return why


def _until(asked: Instant, at: Instant) -> Instant:
    if 0 < asked <= at:
        raise CannotDo(f"`until` ({iso(asked)}) is over; say for how long it is to be stopped from now on.")
    return asked


def _comment(change: Change, who: str, text: str) -> str:
    if not text:
        raise CannotDo("Say in `text` what is to be noted.")
    notes = (*change.row.notes, Note(change.at, who, text))[-change.world.policy.manage.notes:]
    change.set(notes=notes, publish_at=change.now)
    change.tell(progress.ATTRIBUTE, f"Note by {who}: {text}", ("note", text))
    return f"Noted by {who}."


def _is_clear(row: ProblemRecord) -> None:
    if row.active and not (row.handling is not None and row.handling.is_reported):
        raise CannotDo(f"{number(row.active, 'alarm is', 'alarms are')} active in it; clear what is no longer true, or cancel the problem if it was a false alarm.")


def _closes(change: Change) -> dict[str, object]:
    policy = change.world.policy
    fields: dict[str, object] = {"close_at": closes_at(change.now, policy)}
    if (reports := change.row.handling) is not None and reports.is_reported:
        fields |= {"active": 0, "handling": msgspec.structs.replace(reports, is_over=True, over="An operator resolved it.")}
    return fields


_STOPS = (Turn.BLOCKED, Turn.WAITS)
_CHECKS: dict[Turn, Callable[[ProblemRecord], None]] = {Turn.RESTORED: _is_clear, Turn.SIGNED_OFF: _is_clear}
_FIELDS: dict[Turn, Callable[[Change], dict[str, object]]] = {Turn.RESTORED: _closes, Turn.WITHDRAWN: lambda change: {"active": 0}}
