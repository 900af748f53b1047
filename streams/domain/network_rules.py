"""Rules of a network: what alarms mean, what is held back, expected, tested, done about them, and restored (topology.yaml)."""

import msgspec

from streams.domain.instant import Span


class EffectRule(msgspec.Struct, frozen=True, gc=False):
    """Which alarm means what for its object; None in a field matches anything, the first rule that matches counts."""

    effect: str
    """down, degraded, at-risk or none."""
    on_type: str | None = None
    cause: str | None = None
    severity: str | None = None
    alarm_type: str | None = None
    will_clear: bool | None = None
    """False where such an alarm is never cleared by its source; None where the rule says nothing of it."""


class HoldRule(msgspec.Struct, frozen=True, gc=False):
    """Holds back alarms of one kind before they may be a problem (topology.yaml `holds`, domain/hold_down.py); None matches any."""

    cause: str | None = None
    on_type: str | None = None
    severity: str | None = None
    alarm_type: str | None = None
    span: Span = 0
    """Held for this long; 0: not by time."""
    times: int = 0
    """Held until raised this often within `within`; 0: not by number."""
    within: Span = 600_000_000


class Action(msgspec.Struct, frozen=True, gc=False):
    """Which restoration for which cause, with guardrails (topology.yaml `restoration`)."""

    action: str
    cause: str | None = None
    on_type: str | None = None
    attempts: int = 2
    cooldown: Span = 300_000_000
    service_type: str | None = None
    """Type of a service that the problem hurts; None: whatever it hurts."""
    service: str | None = None
    """Such a service by id."""
    after: Span = 0
    """No sooner than this after the problem opened."""
    within: Span = 0
    """A result is due within; 0: `oversee.result_within`."""
    confidence: float | None = None
    """How sure the diagnosis must be; None: `oversee.command_confidence`."""
    approval: bool = False
    """It waits for an operator even where the mode is act."""
    disrupts: bool = False
    """It takes its target out of work while it lasts."""
    alternative: tuple[str, ...] = ()
    """Objects of which one, with all it stands on, must work; PROTECTION: the other members of the target's protection groups."""
    definitive: bool = False
    """It repairs for good: it is also what is done after a work-around."""


PROTECTION = "protection"
"""In `Action.alternative`: whatever protects the target."""


class TestRule(msgspec.Struct, frozen=True, gc=False):
    """A test, of what, when (topology.yaml `tests`, domain/problem_tests.py); None in a field matches anything."""

    __test__ = False

    name: str
    kind: str
    """first-in, diagnostic, audit or final."""
    specification: str
    cause: str | None = None
    on_type: str | None = None
    tester: str = ""
    within: Span = 300_000_000
    attempts: int = 2
    every: Span = 0
    """Of an audit: how often it is run; 0: on demand."""
    below: float = 2.0
    """Of a diagnostic test: only while the diagnosis is less sure."""
    most: int = 3
    """Objects of one problem tested at once."""


class AlarmAction(msgspec.Struct, frozen=True, gc=False):
    """What is to be done about an alarm (topology.yaml `actions`, domain/alarm_action.py); None in a field matches anything."""

    name: str
    """Unique: with the alarm's episode it makes the action's id."""
    when: str
    """alarm; non-arrival: of a heartbeat, a feed or an expected notification; not-cleared, not-acknowledged:
    within `after`."""
    then: str
    """request, test, command, clear or release."""
    cause: str | None = None
    on_type: str | None = None
    object: str | None = None
    severity: str | None = None
    alarm_type: str | None = None
    domain: str | None = None
    feed: str | None = None
    after: Span = 0
    text: str = ""
    """What is asked, for people."""
    action: str = ""
    """Name of the command, or of the test."""
    attempts: int = 1
    cooldown: Span = 300_000_000
    suppressed: bool = False
    """Also of an alarm that is shelved or explained by announced work."""
    standing: bool = False
    """Also of an alarm that stood before we listened."""
    disrupts: bool = False
    """A command that takes its target out of work while it lasts."""


class FeedWatch(msgspec.Struct, frozen=True, gc=False):
    """What is expected of a feed (topology.yaml `feeds`)."""

    home: str
    silent_after: Span = 0
    """It is silent when nothing at all came for this long; 0: it may be silent for ever."""
    silence: str = "major"
    """Severity of an alarm about its silence, or about that of one of its sources."""


class Expectation(msgspec.Struct, frozen=True, gc=False):
    """A notification that has to come again and again (topology.yaml `expect`); None in a field matches anything, `*` and `?` in it any text."""

    name: str
    feed: str
    every: Span
    object: str | None = None
    source: str | None = None
    cause: str | None = None
    severity: str = "major"
