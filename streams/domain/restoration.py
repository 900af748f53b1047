"""Whether a restoration command may go out, and what it says: the guardrails, as functions of what is known.

A command goes out only where topology.yaml names an action for the located cause, mode is `act` (or an operator
approved it under `advise`), and no guardrail stands in the way (rules-of-thumb 23 to 25): not on a service whose fault
is merely implied, not by a problem whose parent acts, not on a target another command works on, not beyond the
attempts, not before the cooldown is over, not while the partition catches up, not while halted, not through the breaker.
"""

from enum import StrEnum

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant, Span
from streams.domain.messages import ProblemTold
from streams.domain.network import Action, Network
from streams.domain.policy import OverseePolicy


class Word(StrEnum):
    """What was decided about a command; what stage 4 and people read as its reason."""

    NOTHING = "nothing"
    """No action is declared for the cause, or the mode sends none. Not told."""
    ISSUED = "issued"
    APPROVAL_WANTED = "approval-wanted"
    IMPLIED = "implied"
    """The cause is a service that has said nothing itself."""
    PARENT_ACTS = "parent-acts"
    TARGET_BUSY = "target-busy"
    """A command of another problem works on the target, or its cooldown runs."""
    COOLING = "cooling"
    """The problem's own last attempt, or its cooldown, is not over. Not told."""
    USED_UP = "attempts-used-up"
    BEHIND = "behind"
    """The partition catches up; commands wait. Not told."""
    HALTED = "halted"
    BREAKER = "breaker"
    MODE = "mode-forbids"
    """A rule asks for the command, but the mode sends none."""
    MISSED = "missed"
    """It waited for the partition to catch up, and the problem was over before."""


WAITS = frozenset({Word.BEHIND, Word.HALTED, Word.BREAKER})
"""After these the command waits and is judged again when what stood in the way has gone."""
SILENT = frozenset({Word.NOTHING, Word.COOLING, Word.BEHIND})


class Verdict(msgspec.Struct, frozen=True):
    """What was decided and why; `until`: when to judge again, 0 where time alone changes nothing."""

    word: Word
    text: str = ""
    action: Action | None = None
    until: Instant = 0


class Guard(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What stands between the whole network and its commands."""

    halted_by: str = ""
    """User who halted all commands; "" while they may go."""
    halted_at: Instant = 0
    latched_at: Instant = 0
    """When the breaker latched; 0 while it is closed. Only an operator resets it."""
    issued: tuple[Instant, ...] = ()
    """When the last commands went out, never going back, at most as many as the breaker allows."""


class RestorationCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An order to restore (edge/records/restoration_command.py renders it); the same id is never two orders."""

    id: str
    problem: str
    domain: str
    action: str
    target: str
    """Object to act on: the located cause."""
    target_type: str
    attempt: int
    """1 for the first."""
    attempts: int
    """Attempts allowed."""
    issued_at: Instant
    not_after: Instant
    """An executor that has not begun by then leaves it: it counts as failed."""
    evidence: tuple[str, ...]
    reason: str
    rule: str = ""
    """Rule of `actions` that asked for it; `problem` is then the action's id."""
    alarm: str = ""
    """Then: the alarm record."""


class Circumstances(msgspec.Struct, frozen=True):
    """All that a verdict needs to know beside the problem."""

    at: Instant
    attempt: int
    """Number of the attempt that would be made, from 1."""
    approved: bool
    """An operator approved this attempt."""
    not_before: Instant
    """End of the problem's own last attempt and its cooldown."""
    busy_until: Instant
    """End of another problem's attempt on the target and its cooldown."""
    parent_acts: bool
    live: bool
    guard: Guard


def choose(network: Network, cause: str, on_type: str) -> Action | None:
    """Return the first action declared for this cause and type of object; None in a declaration matches anything."""
    for action in network.restoration:
        if action.cause in (None, cause) and action.on_type in (None, on_type):
            return action
    return None


def judge(network: Network, policy: OverseePolicy, told: ProblemTold, now: Circumstances, asked: Action | None = None) -> Verdict:
    """Decide about the next command of an open problem, or of an alarm that a rule asks one for, that has none under way. Shapes: see Word."""
    mode = network.mode_for(told.domain, told.cause)
    if asked is not None and mode not in ("advise", "act"):
        return Verdict(Word.MODE, f"mode {mode} sends no commands")
    action = asked or (choose(network, told.cause, told.cause_type) if told.cause_object and mode in ("advise", "act") else None)
    if action is None:
        return Verdict(Word.NOTHING)
    node = network.nodes.get(told.cause_object)
    if not told.cause and node is not None and node.is_service:
        return Verdict(Word.IMPLIED, f"{told.cause_object} is a service that has raised no alarm itself")
    if now.attempt > action.attempts:
        return Verdict(Word.USED_UP, f"{action.attempts} of {action.attempts} attempts at {action.action} were made")
    if now.parent_acts:
        return Verdict(Word.PARENT_ACTS, "the parent problem acts on their common cause")
    if now.not_before > now.at:
        return Verdict(Word.COOLING, until=now.not_before)
    if now.busy_until > now.at:
        return Verdict(Word.TARGET_BUSY, f"a command of another problem is under way on {told.cause_object}", until=now.busy_until)
    if mode == "advise" and not now.approved:
        return Verdict(Word.APPROVAL_WANTED, f"{action.action} on {told.cause_object} waits for approval", action)
    if not now.live:
        return Verdict(Word.BEHIND)
    if now.guard.halted_by:
        return Verdict(Word.HALTED, f"commands were halted by {now.guard.halted_by}")
    if now.guard.latched_at or len(recent(now.guard, now.at, policy)) >= policy.breaker_commands:
        return Verdict(Word.BREAKER, f"the breaker has latched: {policy.breaker_commands} commands within {seconds(policy.breaker_window)} s; an operator must reset it")
    return Verdict(Word.ISSUED, f"{action.action} on {told.cause_object}, attempt {now.attempt} of {action.attempts}", action)


def recent(guard: Guard, at: Instant, policy: OverseePolicy) -> tuple[Instant, ...]:
    """Return when the commands that still count against the breaker went out; its time never goes back, though `at` may."""
    return tuple(t for t in guard.issued if t > max(at, guard.issued[-1]) - policy.breaker_window)


def command_id(told: ProblemTold, action: Action, attempt: int) -> str:
    """Return the id of an attempt: the same for the same problem, action and attempt, whenever it is made."""
    return identify(told.domain, told.problem, action.action, attempt)


def order(told: ProblemTold, action: Action, attempt: int, at: Instant, policy: OverseePolicy) -> RestorationCommand:
    """Write the command of one attempt."""
    return RestorationCommand(
        id=command_id(told, action, attempt), problem=told.problem, domain=told.domain, action=action.action,
        target=told.cause_object, target_type=told.cause_type, attempt=attempt, attempts=action.attempts,
        issued_at=at, not_after=at + policy.result_within,
        evidence=(f"alarm {told.alarm} of {told.cause_object}: {told.cause}",) if told.rule else (
            f"located cause {told.cause_object}: {told.cause or 'no alarm of its own'}, confidence {told.confidence:.2f}",
            f"priority {told.priority}, {told.services} services affected",
        ),
        reason=f"{_who_asks(told, action)}; attempt {attempt} of {action.attempts}", rule=told.rule, alarm=told.alarm)


def _who_asks(told: ProblemTold, action: Action) -> str:
    if told.rule:
        return f"{action.action} is asked for by rule {told.rule} of actions"
    return f"{action.action} is declared for cause {action.cause or 'any'} on type {action.on_type or 'any'}"


def seconds(span: Span) -> int:
    """Return whole seconds, for texts."""
    return span // 1_000_000
