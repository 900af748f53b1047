"""What an alarm follows from, minutes and hours later: failures that last, batteries, ports that hear nothing."""

import pytest

from streams.domain.alarm import Severity
from tests.builders import a_network
from tests.domain.correlating import Correlator, a_tree


def test_what_falls_hours_later_under_an_object_that_is_still_down_joins_its_problem() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", severity=Severity.CRITICAL)
    stage("ont-3", "12:30")

    assert stage.kinds() == ["opened", "quiet", "joined"]
    assert "olt, 2 from ont-3, has been down for 9000 s" in stage.changes()[-1].why


def test_what_is_heard_an_hour_late_joins_the_failure_that_was_told_a_moment_after_it() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00:02", severity=Severity.CRITICAL)
    stage("radio", "11:00")
    stage("ont-3", "10:00:00")

    assert stage.kinds() == ["opened", "quiet", "opened", "joined"]
    assert not any(change.into for change in stage.changes())


def test_what_came_first_goes_along_with_a_failure_that_lasts_and_its_problem_is_not_merged_into_itself() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00:02", severity=Severity.CRITICAL)
    stage("ont-3", "10:00:00")

    assert stage.kinds() == ["opened", "joined"]


PORTS = a_network(("port-1", ["box"], 1, "hosted_on"), ("port-2", ["box"], 1, "hosted_on"), ("leaf-1", "port-1"), ("leaf-2", "port-2"))


def test_a_port_that_hears_nothing_minutes_after_another_is_another_fault_for_its_box_lives() -> None:
    stage = Correlator(PORTS)
    stage("port-1", "10:00", cause="lossOfSignal")
    stage("port-2", "10:03", cause="lossOfSignal")

    assert stage.kinds() == ["opened", "opened"]


def test_what_falls_silent_minutes_after_another_may_have_lost_what_both_stand_on() -> None:
    stage = Correlator(PORTS)
    stage("leaf-1", "10:00", cause="nodeDown")
    stage("port-2", "10:03", cause="nodeDown")

    assert stage.kinds() == ["opened", "joined"]


def test_a_failure_that_is_over_or_breaks_nothing_of_it_explains_nothing_later() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", severity=Severity.CRITICAL)
    stage("mast", "10:00", severity=Severity.MAJOR, cause="degradedSignal")
    stage.clear("olt", "10:20")
    stage("ont-3", "12:30")
    stage("radio", "12:31")

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "opened", "opened", "opened"]


def test_who_was_at_risk_and_fails_hours_later_has_met_another_fault() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", cause="degradedSignal")
    stage("olt", "12:30", severity=Severity.CRITICAL)

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "opened"]


@pytest.mark.parametrize("cause", ["batteryDischarging", "commercialPowerFailure", "UPS on battery"])
def test_who_lives_on_batteries_and_fails_hours_later_has_met_no_other_fault(cause: str) -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", cause=cause, alarm_type="environmentalAlarm")
    stage("ont-3", "12:30")

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "joined"]
    assert "olt, 2 from ont-3, has been on what energy it has left for 9000 s" in stage.changes()[-1].why


def test_what_runs_on_batteries_again_explains_nothing_that_does_not_fail() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", cause="batteryDischarging", alarm_type="environmentalAlarm")
    stage("ont-3", "12:30", cause="degradedSignal")

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "opened"]


def test_who_says_hours_later_less_than_that_it_is_down_has_met_another_fault() -> None:
    stage = Correlator(a_tree())
    stage("olt", "10:00", severity=Severity.CRITICAL)
    stage("olt", "12:30", cause="degradedSignal")

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "opened"]


def test_a_port_that_hears_nothing_hours_after_its_box_went_down_says_that_the_box_lives() -> None:
    stage = Correlator(PORTS)
    stage("box", "10:00", severity=Severity.CRITICAL)
    stage("port-1", "12:30", cause="lossOfSignal")

    assert [kind for kind in stage.kinds() if kind in ("opened", "joined")] == ["opened", "opened"]
