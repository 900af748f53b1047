"""A supplier's clock: begun with the request, running while the problem is held, apart from the customers'."""

import msgspec

from streams.domain.instant import HOUR
from streams.domain.messages import NetworkTurned
from streams.domain.progress import Progress
from streams.domain.report_rules import ReportRules
from streams.domain.sla import Escalation, Sla
from tests.builders import a_world, at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down
from tests.domain.test_problem_request import asks

CARRIER = Sla("carrier", 4 * HOUR, escalations=(Escalation(4, 2 * HOUR, ("purchasing",)),))
NETWORK = msgspec.structs.replace(SOLD, reports=ReportRules(owners={"olt-1": "acme"}), suppliers={"acme": CARRIER})


def begun(network=NETWORK) -> Managed:
    stage = Managed(network)
    stage.hears(diagnosed(**down("svc")))
    stage.waits_until("10:01")
    return stage


def told(stage: Managed) -> list[tuple[str, int]]:
    return [(e.value.changes[0][1], e.at) for e in stage.told if isinstance(e.value, Progress) and e.value.changes and e.value.changes[0][0] == "supplierJeopardy"]


def test_it_passes_its_steps_to_the_second_though_the_problem_is_held() -> None:
    stage = begun()
    stage.hears(asks("hold", "10:30"))
    stage.waits_until("15:00")

    assert told(stage) == [("acme level 4", at("12:00:30")), ("acme warned", at("13:00:30")), ("acme violated", at("14:00:30"))]


def test_it_stands_while_the_requester_is_waited_for() -> None:
    stage = begun()
    stage.hears(asks("wait", "11:00"))
    stage.waits_until("13:00")
    assert told(stage) == []
    stage.hears(asks("resume", "13:00:30"))
    stage.waits_until("14:30")

    assert told(stage) == [("acme level 4", at("14:01"))]


def test_it_ends_with_the_problem_and_leaves_nothing() -> None:
    stage = begun()
    stage.hears(all_clear("11:00"))
    stage.waits_until("20:00")

    assert told(stage) == []
    assert not stage.view.supplier_clocks.rows


def test_a_party_without_an_sla_has_no_clock() -> None:
    stage = begun(msgspec.structs.replace(NETWORK, suppliers={}))
    stage.waits_until("20:00")

    assert told(stage) == []


def test_an_sla_that_changes_holds_from_then_on_for_clocks_that_run() -> None:
    stage = begun()
    stage.waits_until("11:00")
    stage.world = a_world(msgspec.structs.replace(NETWORK, suppliers={"acme": msgspec.structs.replace(CARRIER, restore_within=2 * HOUR)}))
    stage.hears(NetworkTurned(1, at("11:00"), "", clock=at("11:00")))
    stage.waits_until("15:00")

    assert told(stage) == [("acme warned", at("11:30:30")), ("acme violated", at("12:00:30")), ("acme level 4", at("12:00:30"))]
