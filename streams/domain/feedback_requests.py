"""Feedback that operators give, each request answered once, with the id by which it can be taken back.

    confirm-cause, reject-cause   an object is, or is not, the cause of a problem: stage 3 ranks anew at once (cause_verdict.py)
    move, split, merge, reject    alarms belong together, or not: regroup_requests.py; group and ungroup are TMF642's names
    undo                          takes back what an earlier request said, named by its feedback's id
"""

from collections.abc import Callable

import msgspec

from streams.domain.action_answer import CannotDo, answer
from streams.domain.cause_verdict import CauseVerdict
from streams.domain.feedback import Feedback, feedback_id, live, open_problem, said_before, who
from streams.domain.group import Group, reach
from streams.domain.group_told import change
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest
from streams.domain.regroup_requests import REGROUPING, Done, take_back
from streams.domain.view import Emit, View, World

_replace = msgspec.structs.replace


def heed(view: View, request: OperatorRequest, now: Instant, world: World) -> list[Emit]:
    """Do what is asked, unless it was done before; CannotDo where it cannot be."""
    if request.action == "undo":
        return _undo(view, request, now, world)
    ident = feedback_id(request.domain, request.id, request.action, request.target)
    known: Feedback | None = view.feedback.get(ident)
    if known is not None:
        return answer(request, True, said_before(known), max(request.at, known.at), feedback=ident)
    done, word, out = FEEDBACK[request.action](view, ident, request, now, world)
    view.feedback.put(ident, word)
    return [*out, *answer(request, True, done, word.at, feedback=ident)]


def _judge_cause(view: View, ident: str, request: OperatorRequest, now: Instant, world: World) -> Done:
    problem, group = open_problem(view, request.target)
    name = request.object
    if name not in world.network.nodes and view.alarmed.get(name) is None:
        raise CannotDo(f"{name!r} is no declared object, and no alarm of it is active here")
    at = max(request.at, group.opened_at)
    verdict = CauseVerdict(ident, name, request.action == "confirm-cause", who(request), at)
    word = Feedback(request.action, request.target, who(request), at, problem, at + world.policy.correlate.remember_feedback, object=name)
    return verdict.sentence, word, [_tell(problem, group, verdict, at, now)]


def _tell(problem: str, group: Group, verdict: CauseVerdict, at: Instant, now: Instant) -> Emit:
    told = change("judged", problem, group, (), at, now, verdict.sentence)
    return _replace(told, value=_replace(told.value, verdict=verdict))


def _undo(view: View, request: OperatorRequest, now: Instant, world: World) -> list[Emit]:
    word = live(view, request.target)
    at = max(request.at, word.at)
    if word.taken_back_by:
        if word.undone == request.id:
            return answer(request, True, said_before(word), at)
        raise CannotDo(f"It was taken back already, by {word.taken_back_by}")
    done, out = _UNDO[word.action](view, request, word, at, now, world)
    view.feedback.put(request.target, _replace(word, taken_back_by=who(request), taken_back_at=at, undone=request.id))
    return [*out, *answer(request, True, done, at)]


def _undo_cause(view: View, request: OperatorRequest, word: Feedback, at: Instant, now: Instant, world: World) -> tuple[str, list[Emit]]:
    """Take a word on a cause back, of the problem and of what was learnt; the problem may be long over."""
    problem, group = reach(view, word.problem)
    verdict = CauseVerdict(request.target, word.object, word.action == "confirm-cause", word.user, word.at, who(request), at)
    return verdict.sentence, [_tell(problem, group or Group(request.domain, word.at, word.at, 0), verdict, at, now)]


FEEDBACK: dict[str, Callable[[View, str, OperatorRequest, Instant, World], Done]] = {
    "confirm-cause": _judge_cause, "reject-cause": _judge_cause, **REGROUPING,
}
"""Action -> what it does."""
WORDS = frozenset((*FEEDBACK, "undo"))
"""All that is feedback."""
_UNDO: dict[str, Callable[[View, OperatorRequest, Feedback, Instant, Instant, World], tuple[str, list[Emit]]]] = {
    "confirm-cause": _undo_cause, "reject-cause": _undo_cause, **dict.fromkeys(REGROUPING, take_back),
}
