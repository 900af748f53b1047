"""Every kind of trouble report is what TMF621's own file says (tests/contract/tmf621-v5.0.1.json: an extract, Apache-2.0)."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

HERE = Path(__file__).parent
EXAMPLES = sorted(f for f in (HERE.parents[1] / "schemas" / "examples" / "trouble-report" / "v1").glob("*.json") if not f.name.endswith(".invalid.json"))
VALIDATOR = jsonschema.Draft202012Validator(json.loads((HERE / "tmf621-v5.0.1.json").read_text()), format_checker=jsonschema.FormatChecker())


def read(file: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(file.read_text())
    return record


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_a_trouble_ticket_of_tmf621(file: Path) -> None:
    assert [] == [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(read(file))]


def test_there_is_an_example_of_every_type() -> None:
    assert {"serviceTrouble", "resourceTrouble", "partyTrouble"} == {read(file)["ticketType"] for file in EXAMPLES}


@pytest.mark.parametrize(("field", "value"), [("status", "dancing"), ("severity", None), ("statusChangeHistory", [{"status": "dancing"}]), ("relatedParty", "somebody")])
def test_what_tmf621_does_not_know_is_refused(field: str, value: object) -> None:
    record = read(EXAMPLES[0])
    if value is None:
        del record[field]
    else:
        record[field] = value

    assert list(VALIDATOR.iter_errors(record))
