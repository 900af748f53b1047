"""What arrives in problem-inbox about tests; `messages.py` says what `at` and `clock` are."""

from streams.domain.alarm_messages import OperatorRequest
from streams.domain.instant import Instant
from streams.domain.service_test import ServiceTest
from streams.domain.wire import Wire


class TestAsked(Wire, frozen=True):
    """A test is asked for: by an operator (`request`), on schedule, or by a rule of `actions`, which has sent it already (`test`)."""

    __test__ = False

    rule: str
    """Name of the test in `tests`."""
    object: str
    """"" where the problem says what."""
    domain: str
    at: Instant
    clock: Instant = 0
    request: OperatorRequest | None = None
    test: ServiceTest | None = None


class TestHeard(Wire, frozen=True):
    """What a tester says of a test (topic test-results)."""

    __test__ = False

    test: str
    outcome: str
    """running, passed, failed or no-answer (it could not be run)."""
    text: str
    domain: str
    at: Instant
    clock: Instant = 0
    position: str = ""
    """Where it was read."""
