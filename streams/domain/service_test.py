"""A test that is asked for (TMF653 ServiceTest): what is remembered of it, and what is told (eTOM 1.4.6.2.1, .2.3, .4.2, .4.5)."""

from enum import StrEnum

import msgspec

from streams.domain.instant import Instant, Span


class State(StrEnum):
    """How one test stands."""

    WAITS = "waits"
    """The partition catches up: it is asked for when that is done, if it is still wanted."""
    ASKED = "asked"
    RUNNING = "running"
    """The tester says that it has begun."""
    PASSED = "passed"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    """No result within its time, or the tester could not run it."""
    MISSED = "missed"
    """It was wanted no more when it could have been asked for."""


UNDER_WAY = frozenset((State.ASKED, State.RUNNING))


class ServiceTest(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One test of one object; key: its id."""

    id: str
    name: str
    """Rule of `tests`, or of `actions`."""
    kind: str
    """first-in, diagnostic, audit, final; action: a rule of `actions` asked for it."""
    specification: str
    object: str
    domain: str
    why: str
    asked_at: Instant
    due: Instant
    """When no result has come, or when it is forgotten."""
    within: Span
    state: State = State.ASKED
    attempt: int = 1
    attempts: int = 1
    problem: str = ""
    alarm: str = ""
    tester: str = ""
    is_service: bool = False
    round: int = 0
    """Of final tests of one problem: which time it is."""
    text: str = ""
    """What the tester said."""


class TestTold(msgspec.Struct, frozen=True, gc=False):
    """How a test stands, as told on `progress`."""

    __test__ = False

    id: str
    test: ServiceTest
    at: Instant
