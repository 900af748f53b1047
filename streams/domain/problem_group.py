"""Problems that an operator puts under another (TMF656 tasks problemGroup and problemUngroup): each stays a problem of its own.

    problem-group     parentProblem of the target is `into`, and the target is an underlyingProblem of that
    problem-ungroup   not any more

Nothing of what a problem holds down, of its reports or of its life changes; a merged problem counts as underlying too.
What an operator says goes before the parent that stage 6 finds. A parent of another domain is not known here: its id is
believed, and the word to it finds nobody where it never was.
"""

import msgspec

from streams.domain.action_answer import CannotDo
from streams.domain.instant import Instant
from streams.domain.messages import Answered, OperatorRequest
from streams.domain.problem_change import Change
from streams.domain.problem_grouping import Grouping
from streams.domain.view import Emit, View

ACTIONS = frozenset(("problem-group", "problem-ungroup"))
_replace = msgspec.structs.replace


def regroup(view: View, change: Change, request: OperatorRequest) -> tuple[str, tuple[str, str]]:
    """Put a problem under another, or take it out; return what is told, and the attribute that changed. CannotDo with a whole sentence."""
    grouping, row = change.row.grouping, change.row
    who = request.user or "an operator"
    if request.action == "problem-group":
        if request.into == row.id:
            raise CannotDo("A problem cannot be put under itself.")
        if request.into_domain == row.domain and view.problems.get(request.into) is None:
            raise CannotDo(f"No problem {request.into} is known: it never was, or it has been forgotten.")
        if grouping.parent == request.into:
            raise CannotDo(f"It is under {request.into} already.")
        before = _word(change, grouping, "left") if grouping.parent else []
        after = _replace(grouping, parent=request.into, domain=request.into_domain)
        change.set(grouping=after, publish_at=change.now)
        change.out += [*before, *_word(change, after, "joined")]
        return f"Put under {request.into} by {who}.", ("parentProblem", request.into)
    if not grouping.parent:
        raise CannotDo("No operator put it under another problem.")
    change.set(grouping=_replace(grouping, parent="", domain=""), publish_at=change.now)
    change.out += _word(change, grouping, "left")
    return f"Taken out from under {grouping.parent} by {who}.", ("parentProblem", change.row.head)


def heard(grouping: Grouping, problem: str, word: str) -> Grouping:
    """Take a child's word that it joined or left."""
    return grouping.with_one(problem) if word == "joined" else grouping.without(problem)


def _word(change: Change, grouping: Grouping, word: str) -> list[Emit]:
    at: Instant = change.at
    told = Answered("underlying", grouping.parent, grouping.domain, change.row.id, word, "", at)
    return [Emit("problem-inbox", grouping.parent, told, at, route=grouping.domain)]
