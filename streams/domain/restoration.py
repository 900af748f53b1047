"""Whether a restoration command may go out: the guardrails, as functions of what is known.

A command goes out only where topology.yaml names an action for the located cause, mode is `act` (or an operator
approved it), and no guardrail stands in the way (rules-of-thumb 23 to 25): not when all is clear, not on a service whose
fault is merely implied, not by a problem whose parent acts, not in announced work, not while the diagnosis is unsure, not
on a target another command works on or that was commanded too often, not beyond the attempts or before the cooldown is
over, not without the way round that it needs, not where what stands on the target would lose what it needs, not while
the partition catches up, not while halted, not through the breaker.

Actions are tried in declared order: one that is used up, refused for good or not for this case gives way to the next.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from streams.domain.alarm import Effect
from streams.domain.around import State, alternative, would_drop
from streams.domain.breaker import Guard, too_many
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.network import Action, Network
from streams.domain.policy import OverseePolicy


class Word(StrEnum):
    """What was decided about a command; what stage 4 and people read as its reason."""

    NOTHING = "nothing"
    """No action is declared for the cause, or the mode sends none. Not told."""
    CLEAR = "clear"
    """Nothing is active. Not told."""
    ISSUED = "issued"
    APPROVAL_WANTED = "approval-wanted"
    EXPIRED = "approval-expired"
    """Nobody approved it in time."""
    IMPLIED = "implied"
    """The cause is a service that has said nothing itself."""
    PARENT_ACTS = "parent-acts"
    TARGET_BUSY = "target-busy"
    """A command of another problem works on the target, or its cooldown runs."""
    GROUP_BUSY = "group-busy"
    """A command works on another member of a protection group of the target."""
    TARGET_CAP = "target-cap"
    """The target has been commanded too often lately."""
    PLANNED = "planned-outage"
    UNSURE = "unsure"
    """The diagnosis is below the confidence that the action asks for."""
    NO_ALTERNATIVE = "no-alternative"
    WOULD_DROP = "would-drop"
    """What stands on the target would lose what it needs while it is out."""
    TOO_SOON = "too-soon"
    """The action is for problems that last longer. Not told."""
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
    WITHDRAWN = "withdrawn"
    """It had gone out, and was taken back before it began."""


WAITS = frozenset({Word.BEHIND, Word.HALTED, Word.BREAKER})
"""After these the command waits and is judged again when what stood in the way has gone."""
SILENT = frozenset({Word.NOTHING, Word.CLEAR, Word.COOLING, Word.TOO_SOON, Word.BEHIND})


class Verdict(msgspec.Struct, frozen=True):
    """What was decided and why; `until`: when to judge again, 0 where time alone changes nothing."""

    word: Word
    text: str = ""
    action: Action | None = None
    until: Instant = 0
    alternative: str = ""


def _works(name: str) -> Effect:
    return Effect.NONE


class Circumstances(msgspec.Struct, frozen=True):
    """All that a verdict needs to know beside the problem."""

    at: Instant
    tried: Mapping[str, int] = MappingProxyType({})
    """Action -> attempts made at it; those that were withdrawn do not count."""
    approved: str = ""
    """Action that an operator approved for the next attempt."""
    proposed: str = ""
    """Action that waits for approval ..."""
    expires: Instant = 0
    """... until then."""
    expired: tuple[str, ...] = ()
    """Actions that nobody approved in time."""
    not_before: Instant = 0
    """End of the problem's own last attempt and its cooldown."""
    busy_until: Instant = 0
    """End of another problem's attempt on the target and its cooldown."""
    group_busy: str = ""
    """What works on another member of a protection group of the target, "" where nothing does."""
    commanded: int = 0
    """Commands to the target lately."""
    planned: str = ""
    """Announced work on the target that is on, "" where none is ..."""
    planned_until: Instant = 0
    """... until then."""
    parent_acts: bool = False
    repairs: bool = False
    """A work-around stands: only a definitive repair is wanted, whether or not anything is active."""
    live: bool = True
    guard: Guard = Guard()
    state: State = _works
    """What is known to be impaired around the target."""


def choices(network: Network, told: ProblemTold) -> tuple[Action, ...]:
    """Return the actions declared for a problem, in declared order; None in a declaration matches anything."""
    return tuple(
        action for action in network.restoration
        if action.cause in (None, told.cause) and action.on_type in (None, told.cause_type) and action.service in (None, *told.hurt)
        and (action.service_type is None or any((node := network.nodes.get(name)) is not None and node.type == action.service_type for name in told.hurt)))


def judge(network: Network, policy: OverseePolicy, told: ProblemTold, now: Circumstances, asked: Action | None = None) -> Verdict:
    """Decide about the next command of an open problem, or of an alarm that a rule asks one for, that has none under way. Shapes: see Word."""
    mode = network.mode_for(told.domain, told.cause)
    if asked is not None and mode not in ("advise", "act"):
        return Verdict(Word.MODE, f"mode {mode} sends no commands")
    actions = (asked,) if asked is not None else choices(network, told) if told.cause_object and mode in ("advise", "act") else ()
    if now.repairs:
        actions = tuple(action for action in actions if action.definitive)
    if not actions:
        return Verdict(Word.NOTHING)
    if told.is_clear and not now.repairs:
        return Verdict(Word.CLEAR)
    if (refused := _as_a_whole(network, policy, told, now, actions)) is not None:
        return refused
    verdict = _first(network, policy, told, now, [a for a in actions if now.tried.get(a.action, 0) < a.attempts])
    if verdict.word != Word.ISSUED or verdict.action is None:
        return verdict
    action = verdict.action
    if (mode == "advise" or action.approval) and action.action != now.approved:
        if action.action == now.proposed and now.at >= now.expires:
            return Verdict(Word.EXPIRED, f"nobody approved {action.action} on {told.cause_object} in time", action)
        until = now.expires if action.action == now.proposed else now.at + policy.approve_within
        return Verdict(Word.APPROVAL_WANTED, f"{action.action} on {told.cause_object} waits for approval", action, until)
    return _through(policy, now) or verdict


def _as_a_whole(network: Network, policy: OverseePolicy, told: ProblemTold, now: Circumstances, actions: tuple[Action, ...]) -> Verdict | None:
    """Refuse whatever the action is."""
    node, target = network.nodes.get(told.cause_object), told.cause_object
    if not told.cause and node is not None and node.is_service:
        return Verdict(Word.IMPLIED, f"{target} is a service that has raised no alarm itself")
    if all(now.tried.get(action.action, 0) >= action.attempts for action in actions):
        made = ", ".join(dict.fromkeys(f"{a.attempts} of {a.attempts} attempts at {a.action}" for a in actions))
        return Verdict(Word.USED_UP, f"{made} were made")
    if now.parent_acts:
        return Verdict(Word.PARENT_ACTS, "the parent problem acts on their common cause")
    if now.not_before > now.at:
        return Verdict(Word.COOLING, until=now.not_before)
    if now.planned:
        return Verdict(Word.PLANNED, f"planned outage {now.planned} is on at {target}", until=now.planned_until)
    if now.busy_until > now.at:
        return Verdict(Word.TARGET_BUSY, f"a command of another problem is under way on {target}", until=min(now.busy_until, now.at + policy.look_again))
    if now.group_busy:
        return Verdict(Word.GROUP_BUSY, now.group_busy, until=now.at + policy.look_again)
    if now.commanded >= policy.target_commands:
        return Verdict(Word.TARGET_CAP, f"{target} has had {now.commanded} commands lately", until=now.at + policy.look_again)
    return None


def _first(network: Network, policy: OverseePolicy, told: ProblemTold, now: Circumstances, actions: list[Action]) -> Verdict:
    """Return the first action that is for this case, or why the first is not; one that is only too soon holds back those after it."""
    refused: list[Verdict] = []
    for action in actions:
        verdict = _fits(network, policy, told, now, action)
        if verdict.word == Word.ISSUED:
            return verdict
        refused.append(verdict)
        if verdict.word == Word.TOO_SOON:
            break
    told_first = [verdict for verdict in refused if verdict.word not in SILENT] or refused
    again = [verdict.until for verdict in refused if verdict.until]
    return msgspec.structs.replace(told_first[0], until=min(again, default=0))


def _fits(network: Network, policy: OverseePolicy, told: ProblemTold, now: Circumstances, action: Action) -> Verdict:
    """Judge one action by what it asks for."""
    target = told.cause_object
    if action.action in now.expired:
        return Verdict(Word.EXPIRED, f"nobody approved {action.action} on {target} in time")
    least = policy.command_confidence if action.confidence is None else action.confidence
    if not told.rule and told.confidence < least:
        return Verdict(Word.UNSURE, f"{action.action} asks for confidence {least:.2f}, {target} has {told.confidence:.2f}")
    wait = max(action.after, policy.disrupt_wait if action.disrupts else 0)
    if now.at < told.opened_at + wait:
        return Verdict(Word.TOO_SOON, until=told.opened_at + wait)
    way = ""
    if action.alternative:
        way, why = alternative(network, action, target, now.state, policy.around)
        if not way:
            return Verdict(Word.NO_ALTERNATIVE, f"{action.action} needs a way that is whole: {why}", until=now.at + policy.look_again)
    if action.disrupts and (why := would_drop(network, target, now.state, policy.around)):
        return Verdict(Word.WOULD_DROP, f"{action.action} takes {target} out: {why}", until=now.at + policy.look_again)
    attempt = now.tried.get(action.action, 0) + 1
    return Verdict(Word.ISSUED, f"{action.action} on {target}, attempt {attempt} of {action.attempts}", action, alternative=way)


def _through(policy: OverseePolicy, now: Circumstances) -> Verdict | None:
    """Stop what may not go out at present, whoever it is for."""
    if not now.live:
        return Verdict(Word.BEHIND)
    if now.guard.halted_by:
        return Verdict(Word.HALTED, f"commands were halted by {now.guard.halted_by}")
    why = now.guard.latched_why if now.guard.latched_at else too_many(now.guard, now.at, policy)
    if why or now.guard.latched_at:
        return Verdict(Word.BREAKER, f"the breaker has latched{': ' if why else ''}{why}; an operator must reset it")
    return None
