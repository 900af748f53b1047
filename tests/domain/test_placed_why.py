"""Why an alarm is in its problem: found on its record from the moment it joined, and only there."""

from streams.domain.messages import OperatorRequest
from streams.domain.view import Emit
from streams.edge.records.alarm_event import REASON, render
from tests.builders import a_network, at
from tests.domain.correlating import Correlator

TREE = a_network(("port-1", "card"), ("port-2", "card"))


def reasons(stage: Correlator, out: list[Emit] | None = None) -> dict[str, str]:
    """Object -> the last reason that its record told."""
    alarms = [render(e.value)["event"]["alarm"] for e in (stage.out if out is None else out) if e.topic == "alarm-records"]
    return {alarm["alarmedObject"]["id"]: alarm.get("problemReason", "") for alarm in alarms}


def test_who_joins_says_over_which_object_and_after_how_long_and_who_began_says_nothing() -> None:
    stage = Correlator(TREE)
    stage("port-1", "10:00")
    stage("port-2", "10:00:07")

    assert reasons(stage)["port-1"] == ""
    assert "card" in reasons(stage)["port-2"] and "7.000 s" in reasons(stage)["port-2"]
    assert stage.changes()[-1].why == reasons(stage)["port-2"]


def test_it_stays_while_the_episode_lasts_and_is_told_anew_with_the_next() -> None:
    stage = Correlator(TREE)
    stage("port-1", "10:00")
    stage("port-2", "10:00:07")
    cleared = stage.clear("port-2", "10:01")
    again = stage("port-2", "10:02")

    assert "7.000 s" in reasons(stage, cleared)["port-2"]
    assert reasons(stage, again)["port-2"] and "7.000 s" not in reasons(stage, again)["port-2"]


def test_an_operator_who_put_it_there_is_named() -> None:
    stage = Correlator(TREE)
    stage("port-1", "10:00")
    stage("port-2", "10:00:07")
    alarm = stage.changes()[-1].members[0].alarm
    out = stage.send(OperatorRequest("r-1", "ungroup", alarm, "eve", "", at("10:01")))

    assert reasons(stage, out)["port-2"].startswith("ungrouped from problem ")
    assert reasons(stage, out)["port-2"].endswith(" by eve at 2026-01-01T10:01:00.000Z")


def test_a_long_reason_is_cut() -> None:
    name = "n" * 2 * REASON
    stage = Correlator(a_network((name, "card"), ("port-1", "card")))
    stage("port-1", "10:00")
    stage(name, "10:00:01")

    assert REASON == len(reasons(stage)[name])
