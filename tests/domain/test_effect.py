"""What an alarm means for its object."""

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.effect import effect_of
from streams.domain.network import EffectRule
from tests.builders import a_network, an_alarm


@pytest.mark.parametrize(("severity", "cause", "alarm_type", "expected"), [
    (Severity.CRITICAL, "degradedSignal", "communicationsAlarm", Effect.DOWN),
    (Severity.MAJOR, "lossOfSignal", "communicationsAlarm", Effect.DOWN),
    (Severity.MAJOR, "degradedSignal", "communicationsAlarm", Effect.DEGRADED),
    (Severity.MINOR, "lossOfSignal", "communicationsAlarm", Effect.NONE),
    (Severity.CRITICAL, "temperatureUnacceptable", "environmentalAlarm", Effect.NONE),
    (Severity.CRITICAL, "thresholdCrossed", "qualityOfServiceAlarm", Effect.NONE),
    (Severity.CRITICAL, "managementConnectionLost", "communicationsAlarm", Effect.NONE),
    (Severity.MAJOR, "responseTimeExcessive", "qualityOfServiceAlarm", Effect.DEGRADED),
    (Severity.CRITICAL, "equipmentMalfunction", "", Effect.DOWN),
])
def test_defaults_go_by_type_and_severity(severity: Severity, cause: str, alarm_type: str, expected: Effect) -> None:
    alarm = an_alarm(severity=severity, cause=cause, alarm_type=alarm_type)

    assert effect_of(alarm, a_network()) is expected


def test_an_alarms_own_word_beats_the_default() -> None:
    assert effect_of(an_alarm(severity=Severity.CRITICAL, service_affecting=False), a_network()) is Effect.NONE
    assert effect_of(an_alarm(severity=Severity.WARNING, service_affecting=True), a_network()) is Effect.DEGRADED
    assert effect_of(an_alarm(severity=Severity.CRITICAL, service_affecting=True), a_network()) is Effect.DOWN


def test_a_declared_effect_beats_the_alarms_own_word_and_the_first_that_matches_counts() -> None:
    rules = (EffectRule("at-risk", on_type="fan", cause="lossOfSignal"), EffectRule("none", cause="lossOfSignal"), EffectRule("down"))
    network = a_network(("card-1", "fan-1"), effects=rules)

    assert effect_of(an_alarm("fan-1", service_affecting=True), network) is Effect.AT_RISK
    assert effect_of(an_alarm("card-1", service_affecting=True), network) is Effect.NONE
    assert effect_of(an_alarm("card-1", cause="other", severity=Severity.WARNING), network) is Effect.DOWN


def test_a_rule_of_another_severity_does_not_match() -> None:
    network = a_network(effects=(EffectRule("none", severity="minor", alarm_type="communicationsAlarm"),))

    assert effect_of(an_alarm(severity=Severity.MAJOR), network) is Effect.DOWN
    assert effect_of(an_alarm(severity=Severity.MINOR, service_affecting=True), network) is Effect.NONE


def test_a_services_own_alarm_counts_whatever_its_type() -> None:
    network = a_network(("svc-1", "path-1"), services=["svc-1"])

    assert effect_of(an_alarm("svc-1", severity=Severity.MAJOR, cause="thresholdCrossed", alarm_type="qualityOfServiceAlarm"), network) is Effect.DEGRADED
    assert effect_of(an_alarm("path-1", severity=Severity.MAJOR, cause="thresholdCrossed", alarm_type="qualityOfServiceAlarm"), network) is Effect.NONE


def test_a_cleared_alarm_means_nothing() -> None:
    assert effect_of(an_alarm(cleared=True, service_affecting=True), a_network()) is Effect.NONE
