"""What an alarm means for its object: down, degraded, at risk or nothing (design section 3, last bullet).

In this order: the operator's `effects` rules (first match), the alarm's own word (serviceAffecting), and defaults by
type of alarm and severity as X.733 8.1.2.3 defines it: critical, the object is totally out of service; major, severe
degradation of its capability, or out of service where the cause is itself a loss; minor and below do not affect it.
"""

from typing import Protocol

from streams.domain.alarm import Alarm, AlarmType, Effect, Severity
from streams.domain.network import EffectRule, Network

EFFECTS = {"down": Effect.DOWN, "degraded": Effect.DEGRADED, "at-risk": Effect.AT_RISK, "none": Effect.NONE}
"""The words of topology.yaml."""

LOSSES = frozenset({
    "lossOfSignal", "lossOfFrame", "linkDown", "linkFailure", "powerProblem", "equipmentMalfunction", "receiverFailure", "transmitterFailure",
    "receiveFailure", "transmitFailure", "softwareProgramTerminated", "communicationsSubsystemFailure", "underlyingResourceUnavailable", "pumpFailure",
})
"""Probable causes of X.733 (and two common vendor words) that say the object does not work at all."""

MANAGEMENT = frozenset({"managementConnectionLost", "managementConnectionFailure", "nodeUnreachableFromManagement", "snmpTimeout", "netconfSessionLost", "heartbeatLost"})
"""Causes that say we no longer see the object, not that it does not work."""

HARMLESS_TYPES = frozenset({AlarmType.ENVIRONMENTAL, AlarmType.PHYSICAL_VIOLATION, AlarmType.SECURITY, AlarmType.INTEGRITY_VIOLATION, AlarmType.OPERATIONAL_VIOLATION, AlarmType.TIME_DOMAIN_VIOLATION})
"""Types of alarm that by default say nothing about whether the object works."""

MURMURS = HARMLESS_TYPES | {AlarmType.QUALITY_OF_SERVICE}
"""Types of alarm that come and go all day where severity is low."""

LOSING_TYPES = frozenset({AlarmType.COMMUNICATIONS, AlarmType.EQUIPMENT, ""})
"""Types of alarm in which the object itself can be lost; an alarm without a type is taken for one of these."""


def effect_of(alarm: Alarm, network: Network) -> Effect:
    """Judge what an active alarm means for its object; a cleared one means nothing."""
    if alarm.cleared:
        return Effect.NONE
    if network.effects:
        declared = _declared(alarm, network)
        if declared is not None:
            return declared
    if alarm.service_affecting is False:
        return Effect.NONE
    default = _default(alarm, network)
    if alarm.service_affecting and default is Effect.NONE:
        return Effect.DEGRADED
    return default


class Saying(Protocol):
    """What an alarm says of its kind, be it as heard or as a member of a problem."""

    @property
    def alarm_type(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


def is_murmur(alarm: Saying, effect: Effect) -> bool:
    """Whether an alarm says no more than that a value is unusual or somebody was there: lesser, without effect, and not about whether the object works."""
    return effect is Effect.NONE and alarm.severity < Severity.MAJOR and (alarm.alarm_type in MURMURS or alarm.cause == "thresholdCrossed")


def never_clears(alarm: Alarm, network: Network) -> bool:
    """Whether the source does not clear this type of alarm (RFC 8632 will-clear): by an `effects` rule, else by its own word."""
    kind = _kind(alarm, network)
    for rule in network.effects:
        if rule.will_clear is not None and _matches(rule, alarm, kind, alarm.severity.name.lower()):
            return not rule.will_clear
    return alarm.will_clear is False


def _kind(alarm: Alarm, network: Network) -> str:
    node = network.nodes.get(alarm.object)
    return node.type if node else ""


def _declared(alarm: Alarm, network: Network) -> Effect | None:
    kind, severity = _kind(alarm, network), alarm.severity.name.lower()
    for rule in network.effects:
        if _matches(rule, alarm, kind, severity):
            return EFFECTS[rule.effect]
    return None


def _matches(rule: EffectRule, alarm: Alarm, kind: str, severity: str) -> bool:
    return (
        rule.cause in (None, alarm.cause)
        and rule.on_type in (None, kind)
        and rule.severity in (None, severity)
        and rule.alarm_type in (None, alarm.alarm_type)
    )


def _default(alarm: Alarm, network: Network) -> Effect:
    if alarm.severity < Severity.MAJOR:
        return Effect.NONE
    node = network.nodes.get(alarm.object)
    if node is not None and node.is_service:
        # A service's own alarm beats inference (design section 3), whatever its type.
        return Effect.DOWN if alarm.severity is Severity.CRITICAL or alarm.cause in LOSSES else Effect.DEGRADED
    if alarm.alarm_type in HARMLESS_TYPES or alarm.cause == "thresholdCrossed" or alarm.cause in MANAGEMENT:
        return Effect.NONE
    if alarm.alarm_type in LOSING_TYPES and (alarm.severity is Severity.CRITICAL or alarm.cause in LOSSES):
        return Effect.DOWN
    return Effect.DEGRADED
