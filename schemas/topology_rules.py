"""Rules of topology.yaml about alarms: what they mean, what is held back, done about them, expected, and restored."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from schemas.durations import Duration, Share
from schemas.stage_policy import SeverityWord
from schemas.topology_names import Name, Strict

TopicName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,200}$")]
AlarmTypeWord = Literal[
    "communicationsAlarm",
    "processingErrorAlarm",
    "environmentalAlarm",
    "qualityOfServiceAlarm",
    "equipmentAlarm",
    "integrityViolation",
    "operationalViolation",
    "physicalViolation",
    "securityServiceOrMechanismViolation",
    "timeDomainViolation",
]


class Rule(Strict):
    """What a rule matches; what is not given matches anything."""

    cause: Name | None = None
    """Probable cause."""
    on_type: Name | None = None
    """Type of the object."""


class EffectEntry(Rule):
    """Which alarm means what for its object; the first that matches counts."""

    effect: Literal["down", "degraded", "at-risk", "none"]
    will_clear: bool | None = None
    """false: its source never clears such an alarm, so it is cleared by us `policy.correlate.expected_clear` after it was last told."""
    severity: SeverityWord | None = None
    alarm_type: AlarmTypeWord | None = None


class HoldEntry(Rule):
    """Holds back alarms of one kind before they may be a problem; the first that matches counts, before `hold_down` by severity."""

    severity: SeverityWord | None = None
    alarm_type: AlarmTypeWord | None = None
    span: Duration | None = Field(default=None, alias="for")
    """Held for this long: one that clears within it was transient."""
    times: Annotated[int, Field(ge=1, le=100)] | None = None
    """Held until raised this often within `within`, repeats included (X of Y)."""
    within: Duration | None = None
    """Default 10m."""


class ActionEntry(Rule):
    """What is to be done about an alarm: once per rule and episode of the alarm."""

    name: Name
    """Unique; records of the action name it."""
    when: Literal["alarm", "non-arrival", "not-cleared", "not-acknowledged"]
    """alarm: it is raised; non-arrival: of a heartbeat, a feed or an expected notification; not-cleared, not-acknowledged:
    within `after`, while it is active (jeopardy of the alarm record)."""
    then: Literal["request", "test", "command", "clear", "release"]
    """request: told on progress, somebody is to do it; test: on test-requests; command: on restoration-commands, with the guardrails and
    modes of restoration; clear: by us (not-cleared only); release: of an alarm that stood at first contact."""
    object: Name | None = None
    severity: SeverityWord | None = None
    alarm_type: AlarmTypeWord | None = None
    domain: Name | None = None
    feed: TopicName | None = None
    after: Duration | None = None
    """Of not-cleared and not-acknowledged: from the raise; for `clear`, from when it was last told."""
    text: Annotated[str, Field(max_length=256)] = ""
    """What is asked, for people."""
    action: Name | None = None
    """Name of the command or test."""
    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    """Of a command."""
    cooldown: Duration | None = None
    """Of a command; default 5m."""
    suppressed: bool = False
    """Also of an alarm that is shelved or explained by planned work."""
    standing: bool = False
    """Also of an alarm that stood at first contact."""
    disrupts: bool = False
    """A command that takes its target out of work while it lasts."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.when in ("not-cleared", "not-acknowledged")) != bool(self.after):
            raise ValueError("`after` is needed with `when: not-cleared` and `not-acknowledged`, and means nothing else")
        if self.then == "clear" and self.when != "not-cleared":
            raise ValueError("`then: clear` goes with `when: not-cleared` only")
        if (self.then in ("command", "test")) != bool(self.action):
            raise ValueError("`action` names the command or test of `then: command` or `then: test`, and means nothing else")
        return self


class ExpectEntry(Strict):
    """A notification that has to come again and again; an alarm is raised when it does not. `*` and `?` stand for any text, any character."""

    name: Name
    """What the alarm calls it, where no object is named."""
    feed: TopicName
    every: Duration
    """Longest time between two, with the slack you allow."""
    object: Name | None = None
    source: Name | None = None
    cause: Name | None = None
    """Probable cause."""
    severity: SeverityWord = "major"
    """Of the alarm."""

    @field_validator("every")
    @classmethod
    def _some_time(cls, told: int) -> int:
        if told < 1_000_000:
            raise ValueError("a notification cannot be expected more often than every second")
        return told


class RestorationEntry(Rule):
    """Which restoration for which cause, with guardrails. Those that match are tried in the order they are written in."""

    action: Name
    """reroute, restart, reconfigure, reassign, dispatch, or a word of your own: executors know what it means."""
    attempts: Annotated[int, Field(ge=1, le=100)] = 2
    """Commands per problem at most."""
    cooldown: Duration | None = None
    """Pause after a command before the next for the same problem; default 5m."""
    service_type: Name | None = None
    """Type of a service that the problem hurts."""
    service: Name | None = None
    """Such a service."""
    after: Duration | None = None
    """No sooner than this after the problem opened."""
    within: Duration | None = None
    """A result is due within this; default `policy.oversee.result_within`. A dispatch takes hours."""
    confidence: Share | None = None
    """How sure the diagnosis must be; default `policy.oversee.command_confidence`."""
    approval: bool = False
    """It waits for an operator even where the mode is act."""
    disrupts: bool = False
    """It takes its target out of work while it lasts: refused where a dependent would fall below what it needs."""
    alternative: Annotated[list[Name], Field(min_length=1)] | None = None
    """Ways round the target, of which one must be whole, with all it stands on; `protection`: whatever protects the target."""
    definitive: bool = False
    """It repairs for good: it is also what is done after a work-around."""
