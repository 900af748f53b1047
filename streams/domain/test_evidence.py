"""What tests say of a problem's candidates: one more witness, weighed as odds.

A resource whose test fails is so many times as likely the cause as before, one whose test passes so many times less. That
the test of a service fails says only that something is broken, which is known; that it passes speaks for it.
"""

from collections.abc import Sequence

import msgspec

from streams.domain.instant import Instant, iso

SPEAKS = 9.0
"""How much more often a test fails on what is broken than on what is whole (ours: one in ten is wrong)."""
KEPT = 16
"""Objects whose last test is remembered per problem (ours)."""


class ObjectVerdict(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the last test of one object said."""

    object: str
    passed: bool
    at: Instant
    specification: str

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        return f"Test {self.specification} {'passed' if self.passed else 'failed'} at {iso(self.at)}."


def fold(known: Sequence[ObjectVerdict], more: ObjectVerdict) -> tuple[ObjectVerdict, ...]:
    """Return what is known with one more: the last word on an object counts."""
    return (*(v for v in known if v.object != more.object), more)[-KEPT:]


def odds(verdict: ObjectVerdict | None, is_service: bool) -> float:
    """Return how many times as likely the cause an object is for its test."""
    if verdict is None or (is_service and not verdict.passed):
        return 1.0
    return 1 / SPEAKS if verdict.passed else SPEAKS
