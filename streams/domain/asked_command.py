"""Commands that rules of `actions` ask for about an alarm: judged like those of problems, by the same guardrails.

Each stands among the problems of stage 6 under its action's id, has no parent, and is told on `progress`; it ends with the
alarm's episode. One problem and one rule never work on the same object at once: the target is busy for the other.
"""

import msgspec

from streams.domain.dispatch import consider, expire, give_up, wait
from streams.domain.instant import Instant
from streams.domain.messages import ActionAsked, ProblemTold
from streams.domain.network import Action
from streams.domain.overseen import Overseen
from streams.domain.problem import Status
from streams.domain.view import Emit, View, World


def ask(view: View, asked: ActionAsked, at: Instant, world: World) -> list[Emit]:
    """Fold what a rule asks: a command once, or none any more."""
    row: Overseen | None = view.overseen_problems.get(asked.id)
    if asked.over:
        return [] if row is None else _end(view, row, at, world)
    if row is not None:
        return []
    told = ProblemTold(
        asked.id, asked.domain, Status.IN_PROGRESS, 1, asked.object, asked.cause, asked.object_type, 1.0, asked.at, asked.at, rule=asked.rule,
        alarm=asked.alarm)
    action = Action(asked.action, attempts=asked.attempts, cooldown=asked.cooldown, disrupts=asked.disrupts)
    out, row = consider(view, Overseen(told, asked=action), at, world)
    view.overseen_problems.put(asked.id, row)
    return out


def _end(view: View, row: Overseen, at: Instant, world: World) -> list[Emit]:
    out: list[Emit] = []
    while row.due and row.due <= at:
        more, row = expire(view, row, row.due, world)
        out += more
    more, row = give_up(view, msgspec.structs.replace(row, told=msgspec.structs.replace(row.told, status=Status.CLOSED)), "the alarm is over", at)
    row = wait(view, row, "")
    view.overseen_problems.delete(row.told.problem)
    return [*out, *more]
