"""What tests said of one problem: part of its row, bounded."""

import msgspec

from streams.domain.instant import Instant

KEPT = 20
"""Outcomes kept per problem, the last ones (ours)."""
ASKED = 50
"""Tests remembered as asked for per problem (ours): a rule asks for no test of one object twice."""


class Outcome(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How one test ended."""

    test: str
    name: str
    kind: str
    object: str
    state: str
    """passed, failed or no-answer."""
    at: Instant
    text: str = ""


class Tested(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """All of it."""

    outcomes: tuple[Outcome, ...] = ()
    asked: tuple[str, ...] = ()
    """name|object of the tests that rules asked for."""
    pending: tuple[str, ...] = ()
    """Final tests under way: name|object."""
    round: int = 0
    """How often final tests were asked for."""
    failures: int = 0
    """How often they sent the problem back."""
    sent_back: bool = False
    """The last ones did, and no alarm has been active since."""
    said: tuple[str, ...] = ()
    """What the present round's tests said so far, in words."""

    def with_outcome(self, outcome: Outcome) -> "Tested":
        """Return it with one more outcome."""
        return msgspec.structs.replace(self, outcomes=(*self.outcomes, outcome)[-KEPT:])

    def with_asked(self, name: str) -> "Tested":
        """Return it with one more test asked for."""
        return msgspec.structs.replace(self, asked=(*self.asked, name)[-ASKED:])
