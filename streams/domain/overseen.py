"""What stage 6 remembers of problems and commands: the rows that families, dispatch and guardrails share."""

from enum import IntEnum

import msgspec

from streams.domain.alarm_action import ActionTold
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import Answered, ProblemTold
from streams.domain.network import Action
from streams.domain.problem import OPEN, Status
from streams.domain.view import Emit

GUARD = "network"
"""The one key of the table command-guard."""


class Stand(IntEnum):
    """Where the restoration of a problem stands."""

    IDLE = 0
    ISSUED = 1
    DONE = 2


class Tried(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was made of one action for one problem."""

    action: str
    issued: int = 0
    withdrawn: int = 0

    @property
    def attempts(self) -> int:
        """How many of them count."""
        return self.issued - self.withdrawn


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
    """Number of the command that an operator approved."""
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
    tried: tuple[Tried, ...] = ()
    """By action, in order of the first attempt."""
    proposed: str = ""
    """Action that waits for an operator's approval ..."""
    expires: Instant = 0
    """... until then."""
    expired: tuple[str, ...] = ()
    """Actions that nobody approved in time."""
    repair: str = ""
    """`open`: a work-around stands, the definitive repair is to come."""

    @property
    def open(self) -> bool:
        return self.told.status in OPEN

    @property
    def wants_command(self) -> bool:
        """Whether there is anything to do about it: it is open, or was resolved by a work-around."""
        return self.open or (self.repair == REPAIR_OPEN and self.told.status == Status.RESOLVED)

    def tried_at(self, action: str) -> Tried:
        """Return what was made of an action."""
        return next((one for one in self.tried if one.action == action), Tried(action))

    def with_tried(self, one: Tried) -> "Overseen":
        """Return the row with what was made of one action changed."""
        known = any(other.action == one.action for other in self.tried)
        tried = tuple(one if other.action == one.action else other for other in self.tried)
        return msgspec.structs.replace(self, tried=tried if known else (*tried, one))


REPAIR_OPEN = "open"


class BusyTarget(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An object that a command works on, or whose cooldown runs, or that was commanded lately."""

    command: str
    problem: str
    until: Instant
    """End of the attempt and its cooldown."""
    forget_at: Instant = 0
    issued: tuple[Instant, ...] = ()
    """When it was commanded, as far as that counts."""
    is_open: bool = False
    """The command is under way."""

    @property
    def due(self) -> Instant:
        """When the row says nothing any more."""
        return max(self.until, self.forget_at)


class IssuedCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A command, or a proposal for one, for as long as somebody may refer to it."""

    problem: str
    domain: str
    target: str
    cooldown: int
    forget_at: Instant
    outcome: str = ""
    """"" while it is under way; accepted: begun; withdrawn; restored, workaround, failed."""
    told: ProblemTold | None = None
    """Of a command that a rule asked for: about what."""
    action: str = ""
    groups: tuple[str, ...] = ()
    """Protection groups it holds while it is under way."""
    disrupts: bool = False
    repairs: bool = False
    issued_at: Instant = 0
    """0: it is a proposal only."""


class WaitingCommand(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem whose command waits, or is under way."""

    problem: str
    opened_at: Instant


def answer(told: ProblemTold, kind: str, ref: str, word: str, text: str, at: Instant) -> Emit:
    """Tell stage 4 something about a problem, or on `progress` what became of a command that a rule asked for."""
    if told.rule:
        return Emit("progress", told.alarm, ActionTold(
            identify(told.domain, told.problem, word, ref, at), told.problem, told.rule, "command", word, told.domain, told.alarm, told.cause_object,
            told.cause, text[:256] or f"{word}.", at, ref), at)
    return Emit("problem-inbox", told.problem, Answered(kind, told.problem, told.domain, ref, word, text, at), at, route=told.domain)
