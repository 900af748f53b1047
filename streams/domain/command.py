"""An order to restore, and its withdrawal: what they say and what they are called (edge/records/restoration_command.py)."""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy


class RestorationCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An order to restore; the same id is never two orders."""

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
    alternative: str = ""
    """The way round the target that is whole."""
    services: tuple[str, ...] = ()
    """Those to be moved there: the worst hurt."""
    disrupts: bool = False
    repairs: bool = False
    """A work-around stands; this is the definitive repair."""


class CommandWithdrawn(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An order is taken back: an executor that has not begun it leaves it."""

    id: str
    command: str
    target: str
    problem: str
    domain: str
    reason: str
    at: Instant
    rule: str = ""
    alarm: str = ""


def command_id(told: ProblemTold, action: Action, number: int) -> str:
    """Return the id of an order: the same for the same problem, action and number of it, whenever it is made."""
    return identify(told.domain, told.problem, action.action, number)


def order(told: ProblemTold, action: Action, attempt: int, at: Instant, policy: OverseePolicy, alternative: str = "", number: int = 0, repairs: bool = False) -> RestorationCommand:
    """Write the order of one attempt; `number`: which one of the action it is, counting those that were withdrawn."""
    return RestorationCommand(
        id=command_id(told, action, number or attempt), problem=told.problem, domain=told.domain, action=action.action,
        target=told.cause_object, target_type=told.cause_type, attempt=attempt, attempts=action.attempts,
        issued_at=at, not_after=at + (action.within or policy.result_within), evidence=_evidence(told, alternative),
        reason=f"{_who_asks(told, action, repairs)}; attempt {attempt} of {action.attempts}", rule=told.rule, alarm=told.alarm,
        alternative=alternative, services=told.hurt if alternative or action.service or action.service_type else (), disrupts=action.disrupts, repairs=repairs)


def withdrawal(command: str, told: ProblemTold, target: str, reason: str, at: Instant) -> CommandWithdrawn:
    """Take an order back."""
    return CommandWithdrawn(identify(told.domain, command, "withdrawal"), command, target, told.problem, told.domain, reason, at, told.rule, told.alarm)


def _evidence(told: ProblemTold, alternative: str) -> tuple[str, ...]:
    if told.rule:
        return (f"alarm {told.alarm} of {told.cause_object}: {told.cause}",)
    evidence = [
        f"located cause {told.cause_object}: {told.cause or 'no alarm of its own'}, confidence {told.confidence:.2f}",
        f"priority {told.priority}, {told.services} services affected"]
    if alternative:
        evidence.append(f"{alternative} is whole, as far as anything is known of it")
    if told.unproven:
        evidence.append(f"{told.unproven} final tests failed")
    return tuple(evidence)


def _who_asks(told: ProblemTold, action: Action, repairs: bool) -> str:
    if told.rule:
        return f"{action.action} is asked for by rule {told.rule} of actions"
    where = "".join(f" and {what} {name}" for what, name in (("service type", action.service_type), ("service", action.service)) if name)
    purpose = "; a work-around stands, this repairs for good" if repairs else ""
    return f"{action.action} is declared for cause {action.cause or 'any'} on type {action.on_type or 'any'}{where}{purpose}"
