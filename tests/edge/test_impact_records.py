"""Customer impacts and restoration commands as JSON: rendered by the edge, described by the models, shown by the examples."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from schemas.customer_impact import CustomerImpact
from schemas.operator_action import OperatorAction
from schemas.restoration_command import RestorationCommand
from schemas.restoration_result import RestorationResult
from streams.domain.alarm import Effect
from streams.domain.messages import HeldDown
from streams.domain.network import Action, Product
from streams.edge.records import customer_impact, restoration_command
from tests.builders import at
from tests.domain.overseen import NETWORK, Oversight
from tests.domain.test_watch import TWO_PATHS, Watched
from tests.edge.test_requests import admit

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"


def example(name: str, case: str) -> Any:
    return json.loads((EXAMPLES / name / "v1" / f"{case}.json").read_text())


def as_read(record: Any) -> Any:
    """What a consumer gets: through JSON and back."""
    return json.loads(msgspec.json.encode(record))


def two_paths() -> list[dict[str, Any]]:
    """The story of the two paths: two problems of two domains that each cut one path of a protected service."""
    service = Watched(TWO_PATHS)
    deltas = service.holds("a-1", "olt-1", when="10:00") + service.holds("b-1", "olt-2", when="10:20")
    deltas += service.holds("a-1", when="11:00") + service.holds("b-1", when="11:30")
    return [as_read(customer_impact.render(delta)) for delta in deltas]


def test_the_two_paths_are_the_four_examples():
    assert [example("customer-impact", case) for case in ("at-risk", "down", "at-risk-again", "ended")] == two_paths()


def test_an_impact_of_announced_work_is_the_example():
    service = Watched(TWO_PATHS)
    (delta,) = service.hears(HeldDown("svc", "a-2", "dom", (("olt-1", Effect.DOWN),), at("10:00"), planned="chg-7"))
    record = as_read(customer_impact.render(delta))
    CustomerImpact.model_validate(record)

    assert example("customer-impact", "planned") == record


def test_every_rendered_impact_satisfies_its_model():
    for record in two_paths():
        CustomerImpact.model_validate(record)


def test_what_is_not_known_is_left_out():
    service = Watched(msgspec.structs.replace(TWO_PATHS, products={"svc": (Product("prod", "svc"),)}))
    (delta,) = service.holds("p1", "olt-1", "olt-2")
    record = as_read(customer_impact.render(delta))
    CustomerImpact.model_validate(record)

    assert not {"customer", "sla", "dueDate"} & record.keys()


def test_a_rendered_command_is_the_example():
    net = Oversight()
    net.told()
    record = as_read(restoration_command.render(net.commands[0]))
    RestorationCommand.model_validate(record)

    assert example("restoration-command", "reroute") == record


def test_a_command_for_an_object_without_a_type_satisfies_its_model():
    net = Oversight(msgspec.structs.replace(NETWORK, restoration=(Action("restart"),)))
    net.told(cause_type="", cause="")
    record = as_read(restoration_command.render(net.commands[0]))
    RestorationCommand.model_validate(record)

    assert {"id": "path-1"} == record["target"]


@pytest.mark.parametrize("but", [{"impact": "none"}, {"previousImpact": "none"}, {"kind": "started"}, {"impact": "at-risk"}, {"problems": []}, {"problem": None}, {"impact": "planned"}, {"more": 1}, {"id": 7}])
def test_an_impact_that_contradicts_itself_is_refused(but):
    down = example("customer-impact", "down")
    CustomerImpact.model_validate(down)

    with pytest.raises(ValidationError):
        CustomerImpact.model_validate(down | but)


@pytest.mark.parametrize("but", [{"attempt": 3}, {"attempt": 0}, {"notAfter": "2025-01-01T00:00:00Z"}, {"target": "path-1"}, {"more": 1}])
def test_a_command_that_contradicts_itself_is_refused(but):
    command = example("restoration-command", "reroute")
    RestorationCommand.model_validate(command)

    with pytest.raises(ValidationError):
        RestorationCommand.model_validate(command | but)


def test_what_we_read_may_say_more_than_we_know():
    RestorationResult.model_validate({"command": "c", "outcome": "restored", "host": "x"})
    OperatorAction.model_validate({"action": "halt", "shift": "night"})


INBOUND_EXAMPLES = sorted(f for name in ("restoration-result", "operator-action", "problem-handling-request") for f in (EXAMPLES / name / "v1").glob("*.json"))


@pytest.mark.parametrize("file", INBOUND_EXAMPLES, ids=lambda f: f"{f.parent.parent.name}/{f.stem}")
def test_what_the_schemas_call_readable_is_read_and_what_not_is_a_dead_letter(file: Path):
    topic = {"restoration-result": "restoration-results", "operator-action": "operator-actions", "problem-handling-request": "problem-handling-requests"}[file.parent.parent.name]
    out = admit(topic, json.loads(file.read_text()))

    assert file.name.endswith(".invalid.json") == ("dead-letters" in [emit.topic for emit in out])
