"""What `restoration-commands` carries: orders to restore, strict; the shape is ours (TM Forum has none).

An executor carries out each id once, answers on `restoration-results`, and leaves alone what it has not begun by `notAfter`.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.alarm import Outbound, Word


class Target(Outbound):
    """The object to act on: the located cause."""

    id: Word
    """Its id in topology.yaml."""
    type: Word | None = None
    """Its type there."""


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

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        if bool(self.problem) == bool(self.rule) or bool(self.rule) != bool(self.alarm):
            raise ValueError("a command is for a problem, or for an alarm by a rule")
        if self.attempt > self.attempts:
            raise ValueError("attempt is beyond attempts")
        if self.not_after < self.issued_at:
            raise ValueError("notAfter is before issuedAt")
        return self
