"""How long a new alarm is held back before it may be a problem: transients, and alarms that count only when they insist.

The operator's `holds` rules come first (first match); without one the hold-down goes by severity, and an alarm whose
effect is not none never waits (design section 2). A rule with `times` holds an alarm until it was raised that often
within `within`, repeats included (X of Y); with `for` as well, whichever comes first.
"""

import msgspec

from streams.domain.alarm import Alarm, Effect, Severity
from streams.domain.effect import effect_of
from streams.domain.instant import DAY, Instant, Span
from streams.domain.network import HoldRule
from streams.domain.view import World

_WORDS = {severity: severity.name.lower() for severity in Severity}


class Hold(msgspec.Struct, frozen=True, gc=False):
    """What holds one alarm back."""

    span: Span = 0
    """Held for this long; 0: not by time."""
    times: int = 0
    """Held until raised this often; 0: not by number."""
    within: Span = 0

    @property
    def is_none(self) -> bool:
        return not self.span and not self.times

    def is_over(self, raises: tuple[Instant, ...], began_at: Instant, at: Instant) -> bool:
        """Whether an alarm that began then and was raised at these times is held no longer."""
        if self.times and sum(at - raised <= self.within for raised in raises) >= self.times:
            return True
        return at - began_at >= self.span if self.span else not self.times

    def look_at(self, began_at: Instant, at: Instant) -> Instant:
        """Return when to look again; each time later than `at`."""
        ends_at = began_at + self.span
        return ends_at if self.span and ends_at > at else at + max(self.within, 1)


NONE = Hold()
BELIEVABLE = DAY
"""A time further ahead than this is no time that later alarms may prove (ours)."""


def counts_from(alarm: Alarm, began_at: Instant) -> Instant:
    """Return when a hold begins: after a long pause nobody can say yet whether an alarm is of the time that it told, and until then it may be gone."""
    return alarm.told_at if began_at < alarm.told_at <= began_at + BELIEVABLE else began_at


def hold_of(alarm: Alarm, world: World, effect: Effect | None = None) -> Hold:
    """Return what holds an alarm back."""
    policy, network = world.policy.correlate, world.network
    if network.holds:
        node = network.nodes.get(alarm.object)
        kind = node.type if node else ""
        for rule in network.holds:
            if _matches(rule, alarm, kind):
                return Hold(rule.span, rule.times, rule.within)
    if alarm.severity < Severity.MAJOR and (effect_of(alarm, network) if effect is None else effect) is not Effect.NONE:
        return NONE
    span = policy.hold_down.get(_WORDS[alarm.severity], 0)
    return Hold(span) if span else NONE


def _matches(rule: HoldRule, alarm: Alarm, kind: str) -> bool:
    return (
        rule.cause in (None, alarm.cause) and rule.on_type in (None, kind) and rule.severity in (None, _WORDS[alarm.severity])
        and rule.alarm_type in (None, alarm.alarm_type))
