"""`python -m schemas` writes the JSON Schema of every model into `schemas/json`; a test refuses drift."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from schemas import alarm, explanation, topology
from schemas.customer_impact import CustomerImpact
from schemas.dead_letter import DeadLetter
from schemas.inventory import InventoryRecord
from schemas.operator_action import OperatorAction
from schemas.parts import document
from schemas.probe import Probe
from schemas.problem import ServiceProblem
from schemas.problem_handling_request import ProblemHandlingRequest
from schemas.progress import ProgressRecord
from schemas.restoration_command import RestorationRecord
from schemas.restoration_result import RestorationResult
from schemas.service_test import ServiceTest
from schemas.test_result import ServiceTestResult
from schemas.trouble_report import TroubleTicket
from schemas.trouble_report_update import TroubleReportUpdate

HERE = Path(__file__).parent

SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "alarm": alarm.json_schema,
    "customer-impact": partial(document, CustomerImpact),
    "dead-letter": partial(document, DeadLetter),
    "explanation": explanation.json_schema,
    "inventory-record": partial(document, InventoryRecord),
    "operator-action": partial(document, OperatorAction),
    "probe-arrival": partial(document, Probe),
    "problem": partial(document, ServiceProblem),
    "problem-handling-request": partial(document, ProblemHandlingRequest),
    "progress": partial(document, ProgressRecord),
    "restoration-command": partial(document, RestorationRecord),
    "restoration-result": partial(document, RestorationResult),
    "test-request": partial(document, ServiceTest),
    "test-result": partial(document, ServiceTestResult),
    "topology": topology.json_schema,
    "trouble-report": partial(document, TroubleTicket),
    "trouble-report-update": partial(document, TroubleReportUpdate),
}
"""Name of a schema, as its file and its examples have it -> how it is made."""


def path(name: str) -> Path:
    """Return where a schema is kept."""
    return HERE / "json" / f"{name}.v1.schema.json"


def main() -> None:
    """Write all of them."""
    for name, schema in SCHEMAS.items():
        path(name).write_text(json.dumps(schema(), indent=2) + "\n")
        print(path(name).relative_to(HERE.parent))


if __name__ == "__main__":
    main()
