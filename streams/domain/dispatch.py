"""The commands of one problem at a time: issue, wait, hear the result, try again; the rows of stage 6 that this needs.

                     judged: issued                 restored, workaround
   IDLE (due: when   ------------->  ISSUED (due:  --------------------->  DONE
   to judge again)   <-------------  not_after)                              |
          ^            failed, refused, no result                            |
          +------------------------------------------------------------------+  the problem was resolved and came back
"""

from enum import IntEnum

import msgspec

from streams.domain.alarm_action import ActionTold
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import Answered, ProblemTold, ResultHeard
from streams.domain.network import Action
from streams.domain.problem import OPEN
from streams.domain.restoration import SILENT, WAITS, Circumstances, Guard, Verdict, Word, command_id, judge, order, recent, seconds
from streams.domain.view import Emit, View, World

GUARD = "network"
"""The one key of the table command-guard."""
RESTORED = ("restored", "workaround")


class Stand(IntEnum):
    """Where the restoration of a problem stands."""

    IDLE = 0
    ISSUED = 1
    DONE = 2


class Overseen(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem that is not closed, and its restoration."""

    told: ProblemTold
    """The last word on it."""
    stand: Stand = Stand.IDLE
    attempt: int = 0
    """Commands issued so far."""
    command: str = ""
    """The last one's id."""
    approved: int = 0
    """Attempt that an operator approved."""
    not_before: Instant = 0
    """No next command before."""
    word: str = ""
    """Last refusal told, so that it is told once."""
    waits: str = ""
    """Why a command waits (see WAITS), the prefix of its key in waiting-commands; "" where none does."""
    due: Instant = 0
    """When to judge again, or when the command under way counts as failed; 0: never."""
    cause_object: str = ""
    """The object that explains it and problems of other domains, "" where none does."""
    parent: str = ""
    """Head of its family, itself where it is the head."""
    asked: Action | None = None
    """No problem: the command that a rule asks for about an alarm (asked_command.py)."""

    @property
    def open(self) -> bool:
        return self.told.status in OPEN


class BusyTarget(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An object that a command works on, or whose cooldown runs."""

    command: str
    problem: str
    until: Instant


class IssuedCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A command, or a proposal for one, for as long as somebody may refer to it."""

    problem: str
    domain: str
    target: str
    cooldown: int
    forget_at: Instant
    outcome: str = ""
    told: ProblemTold | None = None
    """Of a command that a rule asked for: about what."""


class WaitingCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem whose command waits."""

    problem: str
    opened_at: Instant


def answer(told: ProblemTold, kind: str, ref: str, word: str, text: str, at: Instant) -> Emit:
    """Tell stage 4 something about a problem, or on `progress` what became of a command that a rule asked for."""
    if told.rule:
        return Emit("progress", told.alarm, ActionTold(
            identify(told.domain, told.problem, word, ref, at), told.problem, told.rule, "command", word, told.domain, told.alarm, told.cause_object,
            told.cause, text[:256] or f"{word}.", at, ref), at)
    return Emit("problem-inbox", told.problem, Answered(kind, told.problem, told.domain, ref, word, text, at), at, route=told.domain)


def consider(view: View, row: Overseen, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Judge the next command of an open, idle problem and carry the verdict out."""
    told, policy = believed(view, row.told, world), world.policy.oversee
    busy = view.busy_targets.get(told.cause_object) if told.cause_object else None
    guard = view.command_guard.get(GUARD) or Guard()
    verdict = judge(world.network, policy, told, Circumstances(
        at, row.attempt + 1, row.approved == row.attempt + 1, row.not_before,
        busy.until if busy is not None and busy.problem != told.problem else 0, parent_acts(view, row), view.live, guard), row.asked)
    row = _wait(view, msgspec.structs.replace(row, due=verdict.until), verdict.word if verdict.word in WAITS else "")
    if verdict.word == Word.ISSUED:
        return _issue(view, row, verdict, guard, at, world)
    if verdict.word == Word.BREAKER and not guard.latched_at:
        view.command_guard.put(GUARD, msgspec.structs.replace(guard, latched_at=at))
    if verdict.word in SILENT or verdict.word == row.word:
        return [], row
    ref = row.command
    if verdict.action is not None:
        ref = command_id(told, verdict.action, row.attempt + 1)
        view.issued_commands.put(ref, IssuedCommand(told.problem, told.domain, told.cause_object, verdict.action.cooldown, at + policy.remember_command, told=told if told.rule else None))
    return [answer(told, "command", ref, verdict.word, verdict.text, at)], msgspec.structs.replace(row, word=verdict.word)


def _issue(view: View, row: Overseen, verdict: Verdict, guard: Guard, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Send the command and remember all that keeps it from being sent again."""
    assert verdict.action is not None
    policy, action, told = world.policy.oversee, verdict.action, believed(view, row.told, world)
    command = order(told, action, row.attempt + 1, at, policy)
    pause = command.not_after + action.cooldown
    view.command_guard.put(GUARD, msgspec.structs.replace(guard, issued=(*recent(guard, at, policy), max((at, *guard.issued[-1:])))))
    view.issued_commands.put(command.id, IssuedCommand(told.problem, told.domain, command.target, action.cooldown, at + policy.remember_command, told=told if told.rule else None))
    view.busy_targets.put(command.target, BusyTarget(command.id, told.problem, pause))
    row = msgspec.structs.replace(row, stand=Stand.ISSUED, attempt=command.attempt, command=command.id, word="", due=command.not_after, not_before=pause)
    return [Emit("restoration-commands", command.target, command, at), answer(told, "command", command.id, verdict.word, verdict.text, at)], row


def hear(view: View, message: ResultHeard, row: Overseen | None, issued: IssuedCommand, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Take an executor's word on a command; `row` is None once the problem is closed.

    A success counts whenever it comes, a failure only once and not after a success; `accepted` changes nothing.
    """
    word = message.outcome if message.outcome in RESTORED else "failed"
    if message.outcome == "accepted" or issued.outcome == word or issued.outcome in RESTORED:
        return [], row
    text = message.text if message.outcome in (word, "") else f"{message.outcome}: {message.text}"
    return _conclude(view, message.command, row, issued, word, text, at, world)


def expire(view: View, row: Overseen, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Do what is due for a problem: its command had no result in time, or it is time to judge again."""
    if row.stand != Stand.ISSUED:
        return consider(view, row, at, world)
    issued = view.issued_commands.get(row.command)
    if issued is None:  # The policy forgets commands before their results are due: the attempt counts as failed all the same.
        issued = IssuedCommand(row.told.problem, row.told.domain, row.told.cause_object, 0, at, told=row.told if row.told.rule else None)
    text = f"no result within {seconds(world.policy.oversee.result_within)} s"
    out, after = _conclude(view, row.command, row, issued, "failed", text, at, world)
    assert after is not None
    return out, after


def _conclude(view: View, command: str, row: Overseen | None, issued: IssuedCommand, word: str, text: str, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Note the outcome of a command, tell it, and go on from there."""
    pause = at + issued.cooldown
    view.issued_commands.put(command, msgspec.structs.replace(issued, outcome=word))
    busy = view.busy_targets.get(issued.target)
    if busy is not None and busy.command == command:
        view.busy_targets.put(issued.target, msgspec.structs.replace(busy, until=pause))
    out = [Emit("problem-inbox", issued.problem, Answered("outcome", issued.problem, issued.domain, command, word, text, at), at, route=issued.domain)]
    if issued.told is not None:
        out = [answer(issued.told, "outcome", command, word, text, at)]
    if row is None:
        return out, row
    if word in RESTORED:
        return out, _wait(view, msgspec.structs.replace(row, stand=Stand.DONE, due=0, not_before=pause), "")
    if row.command != command or row.stand != Stand.ISSUED:
        return out, row
    row = msgspec.structs.replace(row, stand=Stand.IDLE, due=0, not_before=pause)
    more, row = consider(view, row, at, world) if row.open else ([], row)
    return out + more, row


def withdraw(view: View, row: Overseen, at: Instant) -> tuple[list[Emit], Overseen]:
    """Give up what was planned for a problem that is over; what waited for the partition to catch up is told as missed."""
    missed = row.waits == Word.BEHIND
    row = _wait(view, msgspec.structs.replace(row, due=0), "")
    return [answer(row.told, "command", row.command, Word.MISSED, "the problem was over before commands could go out", at)] if missed else [], row


def parent_acts(view: View, row: Overseen) -> bool:
    """Tell whether another problem, open and at the head of its family, is the one to act."""
    if row.parent in ("", row.told.problem):
        return False
    parent = view.overseen_problems.get(row.parent)
    return parent is not None and parent.open


def believed(view: View, told: ProblemTold, world: World) -> ProblemTold:
    """Return a problem as it is seen with those of other domains: located where its family is."""
    kin = view.kin.get(told.problem)
    if kin is None or not kin.told_cause:
        return told
    shared, node = view.shared_causes.get(kin.told_cause), world.network.nodes.get(kin.told_cause)
    located = next((s.problem for s in shared.siblings if s.is_located), "") if shared is not None else ""
    other = view.overseen_problems.get(located) if located else None
    return msgspec.structs.replace(
        told, cause_object=kin.told_cause, cause=other.told.cause if other is not None else "", cause_type=node.type if node is not None else "")


def _wait(view: View, row: Overseen, why: str) -> Overseen:
    """Move a problem's place in waiting-commands; "" takes it out."""
    if row.waits == why:
        return row
    if row.waits:
        view.waiting_commands.delete(f"{row.waits}:{row.told.problem}")
    if why:
        view.waiting_commands.put(f"{why}:{row.told.problem}", WaitingCommand(row.told.problem, row.told.opened_at))
    return msgspec.structs.replace(row, waits=why)
