"""Stage 6, oversee_network: what only the whole network can decide. One partition, one order.

network-inbox --> ProblemTold, ActionAsked, ResultHeard, OperatorRequest, Tick --> restoration-commands (key: target), problem-inbox

- Restoration: at most one command under way per problem and per target, judged by domain/restoration.py, carried out by
  domain/dispatch.py; every refusal is told back to the problem, once.
- Parents: problems of different domains with one cause get one parent, one cause and one report (domain/parents.py,
  relate.py, family_report.py).
- An operator halts and resumes all commands, resets the breaker, approves what mode `advise` proposed.
- Messages come from many partitions with clock 0: what is due for a problem by a message's time is done before it.
- Words on problems come from many lanes in whatever order; each waits until this partition's clock (which all lanes have
  then reached) is at the time it was told: so who gets a target first depends on times alone, live and in any replay.
"""

from collections.abc import Iterable

import msgspec

from streams.domain import family_report
from streams.domain.action_answer import answer
from streams.domain.asked_command import ask
from streams.domain.dispatch import GUARD, BusyTarget, IssuedCommand, Overseen, Stand, WaitingCommand, consider, expire, hear, withdraw
from streams.domain.family_report import Kin
from streams.domain.instant import Instant
from streams.domain.messages import ActionAsked, NetworkEvent, OperatorRequest, OutageMatched, ProblemTold, ResultHeard
from streams.domain.outage_answer import OutageSum, add_up, tell_sum
from streams.domain.parents import SharedCause
from streams.domain.problem import ENDED, OPEN, Status
from streams.domain.relate import judge, regard, review
from streams.domain.restoration import Guard, Word
from streams.domain.view import Emit, View, World

RELEASED = 1_000
"""Waiting commands judged at one go; more than this wait for the next tick or request, far beyond any breaker."""


class ToldLater(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A word on a problem that lies ahead of this partition's clock."""

    told: ProblemTold | ActionAsked


class Arrivals(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many words have waited so far: words told at the same time are folded as they came."""

    count: int = 0


TABLES = {
    "overseen-problems": (Overseen, lambda row: row.due or None, "problem -> the last word on it, and how its restoration stands"),
    "shared-causes": (SharedCause, None, "object -> the problems of which it may be the cause, and the families among them"),
    "issued-commands": (IssuedCommand, lambda row: row.forget_at, "command -> whose it is and what became of it"),
    "busy-targets": (BusyTarget, lambda row: row.until, "object -> the command that works on it, or whose cooldown runs"),
    "waiting-commands": (WaitingCommand, None, "reason:problem -> a command or a report that waits: behind, halted, breaker, report"),
    "command-guard": (Guard, None, "network -> halted by whom, breaker latched when, commands lately issued"),
    "arrivals": (Arrivals, None, "network -> how many words on problems have waited"),
    "outage-sums": (OutageSum, lambda row: row.due, "where planned work was announced -> what partitions have answered so far"),
    "words-ahead": (ToldLater, lambda row: row.told.told_at, "number of arrival -> a word on a problem that waits for the clock to reach it"),
    "kin": (Kin, lambda row: row.due or None, "problem -> the objects it is registered at, and its report where that is decided here"),
}


def step(view: View, message: NetworkEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one message of the network's inbox.

    Errors: none. Results and requests for what is not known here change nothing.
    """
    if isinstance(message, ProblemTold | ActionAsked):
        if message.told_at > now:
            return _postpone(view, message)
        return _asked(view, message, max(now, message.at), world)
    if isinstance(message, ResultHeard):
        return _result(view, message, max(now, message.at), world)
    if isinstance(message, OutageMatched):
        return add_up(view, message, now)
    if isinstance(message, OperatorRequest):
        return _request(view, message, max(now, message.at), world)
    return [*_release(view, Word.BEHIND, now, world), *family_report.release(view, now, RELEASED)] if message.live else []


def come_due(view: View, table: str, key: str, value: msgspec.Struct, now: Instant, world: World) -> list[Emit]:
    """Try again, give up, or forget."""
    if isinstance(value, ToldLater):
        view.words_ahead.delete(key)
        return _asked(view, value.told, now, world)
    if isinstance(value, OutageSum):
        return tell_sum(view, key, value, now)
    if isinstance(value, Kin):
        if value.due == value.report_at:
            return family_report.open_(view, key, now)
        out, again = (review if value.due == value.review_at else judge)(view, key, value, now, world)
        return out + _act(view, again, now, world)
    if not isinstance(value, Overseen):
        getattr(view, table.replace("-", "_")).delete(key)
        return []
    out, row = expire(view, value, now, world)
    view.overseen_problems.put(key, row)
    return out


def _asked(view: View, message: ProblemTold | ActionAsked, at: Instant, world: World) -> list[Emit]:
    return ask(view, message, at, world) if isinstance(message, ActionAsked) else _problem(view, message, at, world)


def _postpone(view: View, told: ProblemTold | ActionAsked) -> list[Emit]:
    """Keep a word until the clock has reached it."""
    number = (view.arrivals.get(GUARD) or Arrivals()).count + 1
    view.arrivals.put(GUARD, Arrivals(number))
    view.words_ahead.put(f"{number:012d}", ToldLater(told))
    return []


def _caught_up(view: View, problem: str, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Do what is due for a problem by the time of a message about it, at its due time, before the message is folded."""
    row: Overseen | None = view.overseen_problems.get(problem)
    out: list[Emit] = []
    while row is not None and row.due and row.due <= at:
        more, row = expire(view, row, row.due, world)
        view.overseen_problems.put(problem, row)
        out += more
    return out, row


def _problem(view: View, told: ProblemTold, at: Instant, world: World) -> list[Emit]:
    """Fold what stage 4 says of a problem."""
    out, row = _caught_up(view, told.problem, told.at, world)
    if row is None:
        if told.status in ENDED:
            return out
        row = Overseen(told)
    returned = row.told.status == Status.RESOLVED and told.status in OPEN
    row = msgspec.structs.replace(row, told=told, stand=Stand.IDLE if returned else row.stand)
    if told.status not in OPEN:
        more, row = withdraw(view, row, at)
        out += more
    view.overseen_problems.put(told.problem, row)
    more, again = regard(view, told, at, world)
    out += more
    if told.status in ENDED:
        view.overseen_problems.delete(told.problem)
    return out + _act(view, dict.fromkeys((told.problem, *again)), at, world)


def _act(view: View, problems: Iterable[str], at: Instant, world: World) -> list[Emit]:
    """Judge the next command of problems that may act now."""
    out: list[Emit] = []
    for problem in problems:
        more, row = _caught_up(view, problem, at, world)
        out += more
        if row is not None and row.open and row.stand == Stand.IDLE:
            more, row = consider(view, row, at, world)
            view.overseen_problems.put(problem, row)
            out += more
    return out


def _result(view: View, message: ResultHeard, at: Instant, world: World) -> list[Emit]:
    """Fold an executor's word; one on a command nobody knows (any more) changes nothing."""
    issued = view.issued_commands.get(message.command)
    if issued is None:
        return []
    out, row = _caught_up(view, issued.problem, message.at, world)
    issued = view.issued_commands.get(message.command)
    more, row = hear(view, message, row, issued, at, world)
    if row is not None:
        view.overseen_problems.put(issued.problem, row)
    return out + more


def _request(view: View, message: OperatorRequest, at: Instant, world: World) -> list[Emit]:
    """Fold an operator's action and answer it; actions on alarm records and problems are not for this stage."""
    guard, who = view.command_guard.get(GUARD) or Guard(), message.user or "an operator"
    if message.action == "halt":
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, halted_by=who, halted_at=at))
        return answer(message, True, f"All restoration commands are halted by {who}.", at)
    if message.action == "resume":
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, halted_by="", halted_at=0))
        return [*answer(message, True, f"Restoration commands are resumed by {who}.", at), *_release(view, Word.HALTED, at, world)]
    if message.action == "reset-breaker":
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, latched_at=0, issued=()))
        return [*answer(message, True, f"The breaker is reset by {who}.", at), *_release(view, Word.BREAKER, at, world)]
    if message.action == "approve":
        out = _approve(view, message.target, at, world)
        issued = any(emit.topic == "restoration-commands" for emit in out)
        why = f"Approved by {who}." if issued else "Nothing waits for approval under this id, or a guardrail holds it back."
        return [*answer(message, issued, why, at), *out]
    return answer(message, False, f"{message.action!r} is no action on restoration commands.", at)


def _approve(view: View, target: str, at: Instant, world: World) -> list[Emit]:
    """Let the proposed command of a problem go; `target` is the proposal's id or the problem's."""
    proposal = view.issued_commands.get(target)
    problem = proposal.problem if proposal is not None else target
    out, row = _caught_up(view, problem, at, world)
    if row is None or not row.open or row.stand != Stand.IDLE or row.word != Word.APPROVAL_WANTED:
        return out
    more, row = consider(view, msgspec.structs.replace(row, approved=row.attempt + 1), at, world)
    view.overseen_problems.put(problem, row)
    return out + more


def _release(view: View, why: Word, at: Instant, world: World) -> list[Emit]:
    """Judge the commands that waited for one reason again, the oldest problem first."""
    waiting = view.waiting_commands.prefix(f"{why}:", RELEASED)
    out: list[Emit] = []
    for _, one in sorted(waiting, key=lambda w: (w[1].opened_at, w[1].problem)):
        more, row = consider(view, view.overseen_problems.get(one.problem), at, world)
        view.overseen_problems.put(one.problem, row)
        out += more
    return out
