"""Stage 2's part in what operators ask of a problem's life: passed down the lane; what it ends takes no more alarms.

Stage 4 decides by the problem's status and answers (problem_request.py). Stage 2 cannot know the status, only the
alarms: a problem that was cancelled or closed takes none from then on, and what is active in it stays in it while it
stands. Should stage 4 refuse, an alarm that comes back opens a problem that names this one, where it would have reopened it.
"""

import msgspec

from streams.domain.action_answer import CannotDo
from streams.domain.feedback import open_problem
from streams.domain.group import Group, looked_at_next
from streams.domain.group_told import change
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest, ProblemAsked
from streams.domain.plural import number
from streams.domain.view import Emit, View, World

PROBLEM_ORDERS = frozenset(("hold", "wait", "resume", "resolve", "reopen", "cancel", "close", "comment", "problem-group", "problem-ungroup"))
"""Actions on a problem."""
_NEEDS_CLEAR = frozenset(("resolve", "close"))
_ENDS = frozenset(("cancel", "close"))


def pass_on(view: View, request: OperatorRequest, is_alarm: bool, now: Instant, world: World) -> list[Emit]:
    """Send a request down the lane to its problem; `is_alarm`: its target is an alarm record, and the problem that this is in is meant."""
    problem = open_problem(view, request.target)[0] if is_alarm else request.target
    group: Group | None = view.groups.get(problem)
    at = max(request.at, group.opened_at) if group is not None else request.at
    out: list[Emit] = []
    if group is not None and group.open and not group.into:
        if group.active and request.action in _NEEDS_CLEAR:
            raise CannotDo(f"{number(group.active, 'alarm is', 'alarms are')} active in it; clear what is no longer true, or cancel the problem if it was a false alarm")
        if request.action in _ENDS:
            due = looked_at_next(group, at, world)
            out += [change("quiet", problem, group, (), at, now, "")] if not group.quiet else []
            view.groups.put(problem, msgspec.structs.replace(group, withdrawn=True, quiet=True, due=due))
    asked = ProblemAsked(problem, request.domain, request, at, now)
    return [*out, Emit("problem-changes", problem, asked, at, request.domain)]
