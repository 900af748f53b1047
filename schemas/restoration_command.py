"""What `restoration-commands` carries: orders to restore and their withdrawals, strict; the shape is ours (TM Forum has none).

What an executor must do is written in README.md.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, RootModel, model_validator

from schemas.alarm import Outbound, Word


class Target(Outbound):
    """The object to act on: the located cause."""

    id: Word
    """Its id in topology.yaml."""
    type: Word | None = None
    """Its type there."""


class ObjectRef(Outbound):
    """An object of topology.yaml."""

    id: Word


class RestorationCommand(Outbound):
    """One attempt to restore (key: the target's id, so that its orders stay in order)."""

    record_type: Literal["RestorationCommand"] = Field(alias="@type")
    id: Word
    """The same for the same problem (or alarm and rule), action and attempt: never two orders."""
    action: Word
    """As topology.yaml declares it: reroute, restart, ..."""
    target: Target
    problem: Word | None = None
    """Absent where a rule of `actions` asks for it."""
    alarm: Word | None = None
    """Alarm record that such a rule matched."""
    rule: Word | None = None
    """Name of the rule."""
    domain: Word
    """Correlation domain of the problem, or alarm."""
    attempt: int = Field(ge=1)
    attempts: int = Field(ge=1)
    """Attempts allowed per problem."""
    issued_at: AwareDatetime = Field(alias="issuedAt")
    not_after: AwareDatetime = Field(alias="notAfter")
    """Without a result by then the attempt counts as failed."""
    reason: Word
    """Which declaration of topology.yaml asked for it."""
    evidence: list[Word]
    """What is known of the cause and of what it hurts."""
    alternative: ObjectRef | None = None
    """The way round the target: whole, as far as was known."""
    services: list[ObjectRef] | None = Field(None, min_length=1, max_length=100)
    """The worst hurt: those to be moved."""
    disrupts: bool | None = None
    """It takes its target out of work while it lasts."""
    definitive: bool | None = None
    """A work-around stands; this repairs for good."""

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        if bool(self.problem) == bool(self.rule) or bool(self.rule) != bool(self.alarm):
            raise ValueError("a command is for a problem, or for an alarm by a rule")
        if self.attempt > self.attempts:
            raise ValueError("attempt is beyond attempts")
        if self.not_after < self.issued_at:
            raise ValueError("notAfter is before issuedAt")
        return self


class RestorationCommandWithdrawal(Outbound):
    """An order is taken back (key: the target's id, so that it follows the order): an executor that has not begun it leaves it."""

    record_type: Literal["RestorationCommandWithdrawal"] = Field(alias="@type")
    id: Word
    command: Word
    """Id of the order."""
    target: ObjectRef
    problem: Word | None = None
    alarm: Word | None = None
    rule: Word | None = None
    domain: Word
    withdrawn_at: AwareDatetime = Field(alias="withdrawnAt")
    reason: Word


class RestorationRecord(RootModel[RestorationCommand | RestorationCommandWithdrawal]):
    """An order, or its withdrawal."""
