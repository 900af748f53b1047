"""Models, JSON Schemas and examples hold together; what the TM Forum files require at creation is required here."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas.__main__ import SCHEMAS, path

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
FILES = sorted(EXAMPLES.glob("*/v1/*.json"))
VALID = [f for f in FILES if not f.name.endswith(".invalid.json")]
INVALID = [f for f in FILES if f.name.endswith(".invalid.json")]


def words(text: str) -> set[str]:
    return set(text.split())


REQUIRED_AT_CREATION = {
    # Required lists of TM Forum's create models (Apache-2.0): ServiceProblem_FVO of TMF656 v5.0.0, TroubleTicket_FVO of TMF621 v5.0.1.
    "problem": ("category", "priority", "description", "reason", "originatorParty", "@type"),
    "trouble-report": ("description", "severity", "ticketType"),
}
FIELDS = {
    # Fields that those files know; we write no other.
    "problem": {"@type", "@baseType", "@schemaLocation", "id", "href", "affectedLocation", "affectedNumberOfServices", "affectedResource", "affectedService", "note", "externalIdentifier", "name", "characteristic", "firstAlert", "impactImportanceFactor", "impactPattern", "originatingSystem", "parentProblem", "problemEscalation", "relatedEvent", "relatedEntity", "responsibleParty", "relatedParty", "rootCauseResource", "rootCauseService", "resolutionDate", "status", "statusChangeDate", "statusChangeReason", "lastUpdate", "creationDate", "trackingRecord", "underlyingAlarm", "slaViolation", "troubleTicket", "underlyingProblem", "errorMessage", "category", "description", "priority", "reason", "originatorParty"},
    "trouble-report": {"@type", "@baseType", "@schemaLocation", "id", "href", "name", "description", "severity", "ticketType", "attachment", "channel", "creationDate", "requestedResolutionDate", "expectedResolutionDate", "resolutionDate", "externalIdentifier", "lastUpdate", "note", "priority", "relatedEntity", "relatedParty", "status", "statusChangeDate", "statusChangeReason", "statusChangeHistory", "troubleTicketRelationship", "troubleTicketSpecification", "troubleTicketCharacteristic"},
    "progress": {"@type", "@baseType", "@schemaLocation", "id", "href", "eventTime", "eventType", "recordTime", "serviceProblem", "notification"},
}
INBOUND = {"topology", "inventory-record", "test-result", "operator-action", "problem-handling-request", "restoration-result", "trouble-report-update"}
OUTBOUND = [name for name in SCHEMAS if name not in INBOUND]


def name_of(file: Path) -> str:
    return f"{file.parent.parent.name}/{file.stem}"


def check(name: str, document: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMAS[name](), format_checker=jsonschema.FormatChecker()).validate(document)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_stored_schema_is_that_of_the_model(name: str) -> None:
    assert json.loads(path(name).read_text()) == json.loads(json.dumps(SCHEMAS[name]())), "run: python -m schemas"


def test_every_stored_schema_has_a_model() -> None:
    assert {file.name for file in path("x").parent.glob("*.json")} == {path(name).name for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("file", VALID, ids=name_of)
def test_every_example_is_valid(file: Path) -> None:
    check(file.parent.parent.name, json.loads(file.read_text()))


@pytest.mark.parametrize("file", INVALID, ids=name_of)
def test_every_invalid_example_is_refused(file: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(file.parent.parent.name, json.loads(file.read_text()))


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "topology"])
def test_every_message_has_examples_of_both_kinds_and_no_example_lacks_a_schema(name: str) -> None:
    assert any(f.parent.parent.name == name for f in VALID) and any(f.parent.parent.name == name for f in INVALID)
    assert {f.parent.parent.name for f in FILES} <= set(SCHEMAS)


@pytest.mark.parametrize("name", OUTBOUND)
def test_outbound_schemas_take_no_field_they_do_not_describe(name: str) -> None:
    schema = SCHEMAS[name]()
    objects = [schema, *schema.get("$defs", {}).values()]

    assert all(o["additionalProperties"] is False for o in objects if o.get("type") == "object")


@pytest.mark.parametrize("name", REQUIRED_AT_CREATION)
def test_what_tm_forum_requires_at_creation_is_required(name: str) -> None:
    assert set(REQUIRED_AT_CREATION[name]) <= set(SCHEMAS[name]()["required"])


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_is_written_that_tm_forum_does_not_know(name: str) -> None:
    schema = SCHEMAS[name]()
    if name == "progress":
        schema = schema["$defs"]["ServiceProblemEventRecord"]

    assert set(schema["properties"]) <= FIELDS[name]
