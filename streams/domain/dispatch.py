"""The commands of one problem at a time: issue, wait, hear the result, try again, take back; the rows are in overseen.py.

                     judged: issued                 restored
   IDLE (due: when   ------------->  ISSUED (due:  --------------------->  DONE
   to judge again)   <-------------  not_after)                              |
     ^    ^    ^      failed, refused, no result; taken back before it began |
     |    |    +--- workaround: a definitive repair is wanted                |
     |    +-----------------------------------------------------------------+  the problem came back, or a final test failed
"""

import msgspec

from streams.domain import breaker, groups_held
from streams.domain.breaker import Guard, seconds
from streams.domain.circumstances import believed, circumstances
from streams.domain.command import command_id, order, withdrawal
from streams.domain.instant import Instant
from streams.domain.messages import Answered, ResultHeard
from streams.domain.overseen import GUARD, REPAIR_OPEN, BusyTarget, IssuedCommand, Overseen, Stand, Tried, WaitingCommand, answer
from streams.domain.restoration import SILENT, WAITS, Verdict, Word, judge
from streams.domain.result_kept import keep
from streams.domain.view import Emit, View, World

RESTORED = ("restored", "workaround")
UNDER_WAY = "open"
"""Prefix of the keys in waiting-commands of commands that are under way."""
ACCEPTED = "accepted"


def consider(view: View, row: Overseen, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Judge the next command of an idle problem and carry the verdict out."""
    if row.asked is None and not world.network.restores:
        return [], row
    told, policy = believed(view, row.told, world), world.policy.oversee
    guard = view.command_guard.get(GUARD) or Guard()
    verdict = judge(world.network, policy, told, circumstances(view, row, told, guard, at, world), row.asked)
    row = wait(view, msgspec.structs.replace(row, due=verdict.until), verdict.word if verdict.word in WAITS else "")
    if verdict.word == Word.ISSUED:
        return _issue(view, row, verdict, guard, at, world)
    if verdict.word == Word.BREAKER:
        view.command_guard.put(GUARD, breaker.latched(guard, breaker.too_many(guard, at, policy), at))
    if verdict.word == Word.EXPIRED and verdict.action is not None:
        told_so = answer(told, "command", _next_id(row, verdict, world, view), verdict.word, verdict.text, at)
        row = msgspec.structs.replace(row, expired=(*row.expired, verdict.action.action), proposed="", expires=0, word=verdict.word)
        more, row = consider(view, row, at, world)
        return [told_so, *more], row
    proposed = verdict.action.action if verdict.word == Word.APPROVAL_WANTED and verdict.action is not None else ""
    if verdict.word in SILENT or (verdict.word == row.word and proposed == row.proposed):
        return [], row
    ref = row.command
    if verdict.action is not None:
        ref = _next_id(row, verdict, world, view)
        view.issued_commands.put(ref, IssuedCommand(told.problem, told.domain, told.cause_object, verdict.action.cooldown, at + policy.remember_command, told=told if told.rule else None, action=verdict.action.action))
    row = msgspec.structs.replace(row, word=verdict.word, proposed=proposed, expires=verdict.until if proposed else 0)
    return [answer(told, "command", ref, verdict.word, verdict.text, at)], row


def _next_id(row: Overseen, verdict: Verdict, world: World, view: View) -> str:
    assert verdict.action is not None
    return command_id(believed(view, row.told, world), verdict.action, row.tried_at(verdict.action.action).issued + 1)


def _issue(view: View, row: Overseen, verdict: Verdict, guard: Guard, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Send the command and remember all that keeps it from being sent again."""
    assert verdict.action is not None
    policy, action, told = world.policy.oversee, verdict.action, believed(view, row.told, world)
    before = row.tried_at(action.action)
    command = order(told, action, before.attempts + 1, at, policy, verdict.alternative, before.issued + 1, row.repair == REPAIR_OPEN)
    pause = command.not_after + action.cooldown
    view.command_guard.put(GUARD, breaker.issued(guard, at, policy))
    held = groups_held.take(view, command, world)
    view.issued_commands.put(command.id, IssuedCommand(
        told.problem, told.domain, command.target, action.cooldown, max(at + policy.remember_command, command.not_after), told=told if told.rule else None,
        action=action.action, groups=held, disrupts=action.disrupts, repairs=command.repairs, issued_at=at))
    busy = view.busy_targets.get(command.target)
    lately = (*(t for t in (busy.issued if busy is not None else ()) if t > at - policy.target_within), at)[-policy.target_commands:]
    view.busy_targets.put(command.target, BusyTarget(command.id, told.problem, pause, at + policy.target_within, lately, True))
    row = msgspec.structs.replace(
        row.with_tried(Tried(action.action, before.issued + 1, before.withdrawn)), stand=Stand.ISSUED, attempt=row.attempt + 1, command=command.id, word="",
        proposed="", expires=0, due=command.not_after, not_before=pause)
    row = wait(view, row, UNDER_WAY)
    return [Emit("restoration-commands", command.target, command, at, traces=told.traces), answer(told, "command", command.id, verdict.word, verdict.text, at)], row


def hear(view: View, message: ResultHeard, row: Overseen | None, issued: IssuedCommand, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Take an executor's word on a command; `row` is None once the problem is closed.

    A success counts whenever it comes, a failure only once and not after a success; `accepted` says that it has begun.
    What changes nothing is kept on `progress`.
    """
    word = message.outcome if message.outcome in (*RESTORED, ACCEPTED) else "failed"
    if word == ACCEPTED and issued.outcome in ("", ACCEPTED):
        view.issued_commands.put(message.command, msgspec.structs.replace(issued, outcome=ACCEPTED))
        return [], row
    if word == ACCEPTED or issued.outcome == word or issued.outcome in RESTORED or (issued.outcome == Word.WITHDRAWN and word == "failed"):
        state = "twice" if issued.outcome == word else "late"
        return keep("RestorationCommand", message.command, state, message.outcome, message.text, issued.domain, at, message.position), row
    text = message.text if message.outcome in (word, "") else f"{message.outcome}: {message.text}"
    return _conclude(view, message.command, row, issued, word, text, at, world)


def expire(view: View, row: Overseen, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Do what is due for a problem: its command had no result in time, or it is time to judge again."""
    if row.stand != Stand.ISSUED:
        return consider(view, row, at, world) if row.wants_command else ([], msgspec.structs.replace(row, due=0))
    issued = view.issued_commands.get(row.command)
    if issued is None:  # The policy forgets commands before their results are due: the attempt counts as failed all the same.
        issued = IssuedCommand(row.told.problem, row.told.domain, row.told.cause_object, 0, at, told=row.told if row.told.rule else None)
    action = next((a for a in (row.asked, *world.network.restoration) if a is not None and a.action == issued.action), None)
    within = (action.within if action is not None else 0) or world.policy.oversee.result_within
    out, after = _conclude(view, row.command, row, issued, "failed", f"no result within {seconds(within)} s", at, world)
    assert after is not None
    return out, after


def _conclude(view: View, command: str, row: Overseen | None, issued: IssuedCommand, word: str, text: str, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Note the outcome of a command, tell it, and go on from there."""
    pause = at + issued.cooldown
    view.issued_commands.put(command, msgspec.structs.replace(issued, outcome=word))
    view.command_guard.put(GUARD, breaker.concluded(view.command_guard.get(GUARD) or Guard(), word == "failed", at, world.policy.oversee))
    _free(view, command, issued, pause)
    out = [Emit("problem-inbox", issued.problem, Answered("outcome", issued.problem, issued.domain, command, word, text, at), at, route=issued.domain)]
    if issued.told is not None:
        out = [answer(issued.told, "outcome", command, word, text, at)]
    if row is None:
        return out, row
    if word in RESTORED:
        more, row = _restored(view, command, row, issued, word, pause, at, world)
        return out + more, row
    if row.command != command or row.stand != Stand.ISSUED:
        return out, row
    row = wait(view, msgspec.structs.replace(row, stand=Stand.IDLE, due=0, not_before=pause), "")
    more, row = consider(view, row, at, world) if row.wants_command else ([], row)
    return out + more, row


def _restored(view: View, command: str, row: Overseen, issued: IssuedCommand, word: str, pause: Instant, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Be done; after a work-around, with a definitive repair to come. A later command that has not begun is taken back."""
    out: list[Emit] = []
    if row.command != command and row.stand == Stand.ISSUED:
        out, row = call_back(view, row, f"command {command} has restored it", at)
    row = wait(view, msgspec.structs.replace(row, stand=Stand.DONE, due=0, not_before=pause), "")
    if word == "workaround" and not row.told.rule:
        row = msgspec.structs.replace(row, stand=Stand.IDLE, repair=REPAIR_OPEN, word="")
        more, row = consider(view, row, at, world)
        return [*out, answer(row.told, "repair", command, "open", "a work-around stands, the definitive repair is still to come", at), *more], row
    if row.repair == REPAIR_OPEN:
        row = msgspec.structs.replace(row, repair="")
        out.append(answer(row.told, "repair", command, "done", "repaired for good", at))
    return out, row


def call_back(view: View, row: Overseen, why: str, at: Instant) -> tuple[list[Emit], Overseen]:
    """Take the command under way back unless it has begun; it is no attempt. Its target is left alone for the cooldown: it may have begun."""
    issued: IssuedCommand | None = view.issued_commands.get(row.command)
    if row.stand != Stand.ISSUED or issued is None or issued.outcome:
        return [], row
    pause = at + issued.cooldown
    view.issued_commands.put(row.command, msgspec.structs.replace(issued, outcome=Word.WITHDRAWN))
    _free(view, row.command, issued, pause)
    before = row.tried_at(issued.action)
    taken = msgspec.structs.replace(
        row.with_tried(Tried(before.action, before.issued, before.withdrawn + 1)), stand=Stand.IDLE, due=pause if row.wants_command else 0, not_before=pause, word="")
    told = withdrawal(row.command, row.told, issued.target, why, at)
    out = [Emit("restoration-commands", issued.target, told, at, traces=row.told.traces), answer(row.told, "command", row.command, Word.WITHDRAWN, why, at)]
    return out, wait(view, taken, "")


def give_up(view: View, row: Overseen, why: str, at: Instant) -> tuple[list[Emit], Overseen]:
    """Take back, or plan no more, what was for a problem that is over or clear; what waited for the partition to catch up is told as missed."""
    out, row = call_back(view, row, why, at)
    if row.stand == Stand.ISSUED:
        return out, row                 # It has begun; its result is still of interest.
    missed = row.waits == Word.BEHIND
    row = wait(view, msgspec.structs.replace(row, due=0, proposed="", expires=0), "")
    return [*out, answer(row.told, "command", row.command, Word.MISSED, "the problem was over before commands could go out", at)] if missed else out, row


def caught_up(view: View, problem: str, at: Instant, world: World) -> tuple[list[Emit], Overseen | None]:
    """Do what is due for a problem by the time of a message about it, at its due time, before the message is folded."""
    row: Overseen | None = view.overseen_problems.get(problem)
    out: list[Emit] = []
    while row is not None and row.due and row.due <= at:
        more, row = expire(view, row, row.due, world)
        view.overseen_problems.put(problem, row)
        out += more
    return out, row


def _free(view: View, command: str, issued: IssuedCommand, pause: Instant) -> None:
    """Let go of what a command held; its target rests until `pause`."""
    groups_held.release(view, command, issued.groups)
    busy: BusyTarget | None = view.busy_targets.get(issued.target)
    if busy is not None and busy.command == command:
        view.busy_targets.put(issued.target, msgspec.structs.replace(busy, until=pause, is_open=False))


def wait(view: View, row: Overseen, why: str) -> Overseen:
    """Move a problem's place in waiting-commands; "" takes it out."""
    if row.waits == why:
        return row
    if row.waits:
        view.waiting_commands.delete(f"{row.waits}:{row.told.problem}")
    if why:
        view.waiting_commands.put(f"{why}:{row.told.problem}", WaitingCommand(row.told.problem, row.told.opened_at))
    return msgspec.structs.replace(row, waits=why)
