"""What stands between the whole network and its commands: an operator's halt, and the breaker.

The breaker latches on too many commands in a time, or on too large a share of failed ones; only an operator resets it.
Its time never goes back, though that of a message may.
"""

import msgspec

from streams.domain.instant import Instant, Span
from streams.domain.policy import OverseePolicy


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How one command ended."""

    at: Instant
    failed: bool


class Guard(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One row for the whole network."""

    halted_by: str = ""
    """User who halted all commands; "" while they may go."""
    halted_at: Instant = 0
    latched_at: Instant = 0
    """When the breaker latched; 0 while it is closed."""
    issued: tuple[Instant, ...] = ()
    """When the last commands went out, never going back, at most as many as the breaker allows."""
    results: tuple[Result, ...] = ()
    """How the last commands ended, of those that still count."""
    latched_why: str = ""


def issued(guard: Guard, at: Instant, policy: OverseePolicy) -> Guard:
    """Count one more command."""
    return msgspec.structs.replace(guard, issued=(*recent(guard, at, policy), max((at, *guard.issued[-1:]))))


def recent(guard: Guard, at: Instant, policy: OverseePolicy) -> tuple[Instant, ...]:
    """Return when the commands that still count against the breaker went out."""
    return tuple(t for t in guard.issued if t > max(at, guard.issued[-1]) - policy.breaker_window)


def concluded(guard: Guard, failed: bool, at: Instant, policy: OverseePolicy) -> Guard:
    """Count how one command ended; latch where too many of the last ones failed."""
    at = max((at, *(r.at for r in guard.results[-1:])))
    results = (*(r for r in guard.results if r.at > at - policy.breaker_failed_within), Result(at, failed))[-KEPT:]
    guard = msgspec.structs.replace(guard, results=results)
    lost = sum(r.failed for r in results)
    if not failed or guard.latched_at or len(results) < policy.breaker_results or lost <= policy.breaker_failed * len(results):
        return guard
    return latched(guard, f"{lost} of the last {len(results)} commands failed", at)


KEPT = 200
"""Results counted at most: the breaker's share is one of the latest (ours)."""


def too_many(guard: Guard, at: Instant, policy: OverseePolicy) -> str:
    """Say why one more command would be too many, "" where it would not."""
    if len(recent(guard, at, policy)) < policy.breaker_commands:
        return ""
    return f"{policy.breaker_commands} commands within {seconds(policy.breaker_window)} s"


def latched(guard: Guard, why: str, at: Instant) -> Guard:
    """Latch the breaker, or leave it as it has latched."""
    return guard if guard.latched_at else msgspec.structs.replace(guard, latched_at=at, latched_why=why)


def reset(guard: Guard) -> Guard:
    """Close the breaker; what was counted counts no more."""
    return msgspec.structs.replace(guard, latched_at=0, latched_why="", issued=(), results=())


def seconds(span: Span) -> int:
    """Return whole seconds, for texts."""
    return span // 1_000_000
