"""When a problem that a work-around restored ends."""

from typing import Any

import msgspec
import pytest

from streams.domain.instant import MINUTE
from streams.domain.policy import ManagePolicy, Policy
from streams.domain.problem import Status
from tests.builders import a_world, at
from tests.domain.problems import SOLD, Managed, all_clear, answer, diagnosed, down
from tests.domain.test_problem_request import asks
from tests.domain.test_report_update import update


def worked_around(**policy: Any) -> Managed:
    """A service is down; at 10:10 a work-around gives its use back, while the alarm stays."""
    stage = Managed(SOLD, **policy)
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(answer("outcome", "cmd-1", "workaround", when="10:10"))
    return stage


def test_a_palliative_policy_resolves_at_the_work_around_though_an_alarm_is_active() -> None:
    row = worked_around().row()

    assert (Status.RESOLVED, "Restored by work-around cmd-1; 1 alarm still active.", at("10:10")) == (row.status, row.status_why, row.resolved_at)


def test_what_was_active_before_reopens_nothing_and_a_new_alarm_does() -> None:
    stage = worked_around()
    stage.hears(diagnosed("10:12", **down("svc")))
    before = stage.row().status
    stage.hears(diagnosed("10:13", members=2, active=2, **down("svc")))

    assert (Status.RESOLVED, Status.IN_PROGRESS, 1) == (before, stage.row().status, stage.row().reopened)


def test_it_closes_an_hour_after_its_alarms_are_clear_and_not_before() -> None:
    stage = worked_around()
    stage.waits_until("14:00")
    before = stage.row().status
    stage.hears(all_clear("14:00"))
    stage.waits_until("15:01")

    assert (Status.RESOLVED, Status.CLOSED) == (before, stage.row().status)


def test_a_definitive_policy_keeps_it_open_until_the_repair() -> None:
    stage = worked_around(closing="definitive")
    stage.hears(all_clear("10:20"))
    stage.waits_until("14:00")
    before = stage.row()
    stage.hears(answer("outcome", "cmd-2", "restored", when="14:10"))

    assert (Status.IN_PROGRESS, 0) == (before.status, before.resolved_at)
    assert (Status.RESOLVED, at("14:10")) == (stage.row().status, stage.row().resolved_at)
    assert stage.row().status_why.endswith("Command cmd-2: restored.")


def test_that_it_stays_open_for_its_repair_is_told_once() -> None:
    stage = worked_around(closing="definitive")
    for minute in range(20, 50, 10):
        stage.hears(all_clear(f"10:{minute}"))
    stage.waits_until("14:00")
    told = [e.value.why for e in stage.told if e.topic == "progress" and "definitive repair" in getattr(e.value, "why", "")]

    assert 1 == len(told)


def test_a_repair_while_alarms_are_active_resolves_when_they_are_clear() -> None:
    stage = worked_around(closing="definitive")
    stage.hears(answer("outcome", "cmd-2", "restored", when="10:30"))
    before = stage.row().status
    stage.hears(all_clear("10:31"))
    stage.waits_until("10:32")

    assert (Status.IN_PROGRESS, Status.RESOLVED) == (before, stage.row().status)


def test_an_operator_may_say_that_it_is_repaired() -> None:
    stage = worked_around(closing="definitive")
    stage.hears(all_clear("10:20"))
    stage.hears(asks("resolve", "12:00", text="spliced"))

    assert (Status.RESOLVED, "Resolved by eva: spliced.") == (stage.row().status, stage.row().status_why)


def test_a_work_around_that_is_told_after_the_resolution_takes_it_back() -> None:
    stage = Managed(SOLD, closing="definitive")
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(all_clear("10:05"))
    stage.waits_until("10:06")
    stage.hears(answer("outcome", "cmd-1", "workaround", when="10:06"))

    assert (Status.IN_PROGRESS, 0, 1) == (stage.row().status, stage.row().resolved_at, stage.row().reopened)


@pytest.mark.parametrize("closing", ["palliative", "definitive"])
def test_what_is_said_of_commands_later_takes_nothing_back_and_a_new_alarm_does(closing: str) -> None:
    stage = worked_around()
    stage.world = a_world(SOLD, Policy(manage=ManagePolicy(closing=closing)))
    stage.told.clear()
    stage.hears(answer("command", "cmd-2", "accepted", when="10:15"))
    assert not [emit for emit in stage.told if emit.topic == "service-effects"]

    stage.hears(diagnosed("10:20", members=2, active=2, **down("svc")))
    assert [emit.value.is_around for emit in stage.told if emit.topic == "service-effects"] == [False]


@pytest.mark.parametrize(("default", "own", "status"), [
    ("palliative", "definitive", Status.IN_PROGRESS), ("definitive", "palliative", Status.RESOLVED), ("definitive", "", Status.IN_PROGRESS)])
def test_a_service_may_say_otherwise(default: str, own: str, status: Status) -> None:
    stage = Managed(SOLD)
    network = msgspec.structs.replace(SOLD, closing={"svc": own} if own else {})
    stage.world = a_world(network, Policy(manage=ManagePolicy(closing=default)))
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(answer("outcome", "cmd-1", "workaround", when="10:10"))

    assert status == stage.row().status


def test_a_failed_command_moves_nothing() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00"))
    before = stage.row()
    stage.hears(answer("outcome", "cmd-1", "failed", when="10:10"))

    assert (before.status, before.last_at) == (stage.row().status, stage.row().last_at)
    assert stage.row().last_at < at("10:00") + MINUTE


def test_the_resource_trouble_closed_is_the_repair() -> None:
    stage = Managed(SOLD, closing="definitive")
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.waits_until("10:01")
    (request,) = stage.row().desk.ids  # type: ignore[union-attr]
    stage.hears(answer("outcome", "cmd-1", "workaround", when="10:10"))
    stage.hears(all_clear("10:20"))
    stage.waits_until("11:00")
    before = stage.row().status
    stage.hears(update("11:30", report=request, status="closed"))
    stage.waits_until("11:31")

    assert (Status.IN_PROGRESS, Status.RESOLVED, at("11:30")) == (before, stage.row().status, stage.row().resolved_at)


def test_a_resource_trouble_closed_without_a_work_around_moves_nothing() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.waits_until("10:01")
    (request,) = stage.row().desk.ids  # type: ignore[union-attr]
    before = stage.row().status
    stage.hears(update("10:30", report=request, status="resolved"))

    assert (before, 0) == (stage.row().status, stage.row().relief.since)
