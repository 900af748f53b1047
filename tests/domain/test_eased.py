"""Where an alarm goes that says that an object, down before, is merely at risk (streams/domain/eased.py)."""

import pytest

from streams.domain.alarm import Severity
from streams.domain.network import EffectRule
from tests.builders import a_network
from tests.domain.correlating import Correlator

SWITCH = a_network(
    ("switch", "power"), ("switch", ["uplink-1", "uplink-2"], 1), ("uplink-1", "hub-1"), ("uplink-2", "hub-2"),
    effects=(EffectRule(effect="at-risk", cause="redundancyLost"),))
DOWN = {"severity": Severity.CRITICAL}


def problem_of(stage: Correlator, object_: str) -> str:
    """The problem that an object's last alarm came into."""
    return [c.problem for c in stage.changes() for m in c.members if m.object == object_ and c.kind in ("opened", "joined")][-1]


def at_risk(stage: Correlator, when: str) -> None:
    stage("switch", when, cause="redundancyLost", severity=Severity.MINOR)


@pytest.mark.parametrize("was_told", [True, False])
def test_what_has_its_power_back_without_its_spare_is_put_to_the_cut_that_lasts(was_told: bool) -> None:
    stage = Correlator(SWITCH)
    stage("uplink-1", "10:00", **DOWN)
    if was_told:
        at_risk(stage, "10:00:05")
        stage.clear("switch", "10:20:01", cause="redundancyLost")
    stage("power", "10:20", **DOWN)
    stage("switch", "10:20:02", **DOWN)
    assert problem_of(stage, "switch") == problem_of(stage, "power") != problem_of(stage, "uplink-1")

    at_risk(stage, "10:40")
    assert problem_of(stage, "switch") == problem_of(stage, "uplink-1")
    why = "switch was at risk by it before it was down" if was_told else "uplink-1, 1 from switch, leaves it at risk: down for 2400 s"
    assert stage.changes()[-1].why == why


def test_of_two_cuts_either_may_be_mended_so_it_stays_where_it_is() -> None:
    stage = Correlator(SWITCH)
    stage("uplink-1", "10:00", **DOWN)
    stage("uplink-2", "10:20", **DOWN)
    stage("switch", "10:20:02", **DOWN)
    fell = problem_of(stage, "switch")
    at_risk(stage, "10:40")
    assert problem_of(stage, "switch") == fell == problem_of(stage, "uplink-2")


def test_with_no_other_failure_known_it_stays_with_the_one_it_comes_back_from() -> None:
    stage = Correlator(SWITCH)
    stage("power", "10:20", **DOWN)
    stage("switch", "10:20:02", **DOWN)
    at_risk(stage, "10:40")
    assert stage.kinds() == ["opened", "joined", "quiet", "joined"]


def test_what_was_not_down_is_news() -> None:
    stage = Correlator(SWITCH)
    stage("uplink-1", "10:00", **DOWN)
    at_risk(stage, "10:40")
    assert problem_of(stage, "switch") != problem_of(stage, "uplink-1")
