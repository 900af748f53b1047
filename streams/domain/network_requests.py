"""What operators ask of all restoration commands: halt, resume, reset the breaker, approve; and commands that waited for it.

A halt takes back every command that has not begun, and stands until somebody resumes: it is a row like any other.
"""

from collections.abc import Iterator

import msgspec

from streams.domain import breaker, etr_learnt, figures_desk, impaired
from streams.domain.action_answer import answer
from streams.domain.around import would_drop
from streams.domain.breaker import Guard
from streams.domain.dispatch import UNDER_WAY, call_back, caught_up, consider
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest
from streams.domain.overseen import GUARD, IssuedCommand, Overseen, Stand
from streams.domain.plural import number
from streams.domain.restoration import Word
from streams.domain.view import Emit, View, World

RELEASED = 1_000
"""Waiting commands judged at one go; more than this wait for the next tick or request, far beyond any breaker."""


def request(view: View, message: OperatorRequest, at: Instant, world: World) -> list[Emit]:
    """Fold an operator's action and answer it; actions on alarm records and problems are not for this stage."""
    guard, who = view.command_guard.get(GUARD) or Guard(), message.user or "an operator"
    if message.action == "halt":
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, halted_by=who, halted_at=at))
        out = _call_all_back(view, f"commands were halted by {who}", at)
        taken = sum(emit.topic == "restoration-commands" for emit in out)
        return [*answer(message, True, f"All restoration commands are halted by {who}; {number(taken, 'command')} taken back.", at), *out]
    if message.action == "resume":
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, halted_by="", halted_at=0))
        return [*answer(message, True, f"Restoration commands are resumed by {who}.", at), *release(view, Word.HALTED, at, world)]
    if message.action == "reset-breaker":
        view.command_guard.put(GUARD, breaker.reset(guard))
        return [*answer(message, True, f"The breaker is reset by {who}.", at), *release(view, Word.BREAKER, at, world)]
    if message.action in etr_learnt.ORDERS:
        etr_learnt.ORDERS[message.action](view)
        return []       # Stage 2 answers for all that learn.
    if message.action == "report-figures":
        return figures_desk.report(view, message, at)
    if message.action == "approve":
        out = _approve(view, message.target, at, world)
        issued = any(emit.topic == "restoration-commands" for emit in out)
        why = f"Approved by {who}." if issued else "Nothing waits for approval under this id, or a guardrail holds it back."
        return [*answer(message, issued, why, at), *out]
    return answer(message, False, f"{message.action!r} is no action on restoration commands.", at)


def _approve(view: View, target: str, at: Instant, world: World) -> list[Emit]:
    """Let the proposed command of a problem go; `target` is the proposal's id or the problem's."""
    proposal: IssuedCommand | None = view.issued_commands.get(target)
    problem = proposal.problem if proposal is not None else target
    out, row = caught_up(view, problem, at, world)
    if row is None or not row.wants_command or row.stand != Stand.IDLE or not row.proposed:
        return out
    if proposal is not None and proposal.action != row.proposed:
        return out                                  # Another command is proposed by now: nobody approved that one.
    more, row = consider(view, msgspec.structs.replace(row, approved=row.attempt + 1), at, world)
    view.overseen_problems.put(problem, row)
    return out + more


def release(view: View, why: Word, at: Instant, world: World) -> list[Emit]:
    """Judge the commands that waited for one reason again, the oldest problem first."""
    waiting = view.waiting_commands.prefix(f"{why}:", RELEASED)
    out: list[Emit] = []
    for _, one in sorted(waiting, key=lambda w: (w[1].opened_at, w[1].problem)):
        more, row = consider(view, view.overseen_problems.get(one.problem), at, world)
        view.overseen_problems.put(one.problem, row)
        out += more
    return out


def forbid(view: View, at: Instant, world: World) -> list[Emit]:
    """Take back what takes its target out and has not begun, where something that stands on it would lose what it needs by now."""
    out: list[Emit] = []
    for row, issued in _under_way(view):
        if not issued.disrupts or issued.outcome:
            continue
        known = impaired.state(view, world.network, at, ignoring=row.command)
        if why := would_drop(world.network, issued.target, known, world.policy.oversee.around):
            more, row = call_back(view, row, f"it takes {issued.target} out: {why}", at)
            view.overseen_problems.put(row.told.problem, row)
            out += more
    return out


def _call_all_back(view: View, why: str, at: Instant) -> list[Emit]:
    out: list[Emit] = []
    for row, _ in _under_way(view):
        more, row = call_back(view, row, why, at)
        view.overseen_problems.put(row.told.problem, row)
        out += more
    return out


def _under_way(view: View) -> Iterator[tuple[Overseen, IssuedCommand]]:
    """Yield every problem with a command under way, and the command."""
    after = ""
    while page := view.waiting_commands.prefix(f"{UNDER_WAY}:", RELEASED, after):
        after = page[-1][0]
        for _, one in page:
            row: Overseen = view.overseen_problems.get(one.problem)
            if (issued := view.issued_commands.get(row.command)) is not None:
                yield row, issued
