"""What ticketing systems send about our reports, in the spellings of TMF621 v4 and v5 and of a ServiceNow table."""

import json
from pathlib import Path
from typing import Any

from streams.domain.ids import identify
from streams.domain.messages import ReportUpdated
from streams.domain.report import report_id
from streams.edge.feed import Feed, Raw
from streams.edge.names import Names
from streams.edge.requests import Admission
from tests.builders import MemoryView, a_network, a_world, at

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples" / "trouble-report-update" / "v1"
NETWORK = a_network(("node-2", "node-1"))
PROBLEM = identify("dom", "problem")
REPORT = report_id("dom", PROBLEM)


def read(value: Any) -> ReportUpdated:
    raw = Raw("trouble-report-updates", 0, 5, 0, None, json.dumps(value).encode())
    [emit] = Admission(NETWORK, Names(NETWORK.nodes, {}), [Feed("raw-alarms", home="home")]).admit(MemoryView({}), raw, at("09:00"), a_world(NETWORK))  # type: ignore[arg-type]
    assert (emit.topic, emit.route, emit.key) == ("problem-inbox", "dom", emit.value.problem or emit.value.report)
    update: ReportUpdated = emit.value
    return update


def event(kind: str, **ticket: Any) -> dict[str, Any]:
    return {"eventId": "e-1", "eventTime": "2026-01-01T10:00:00Z", "eventType": f"TroubleTicket{kind}Event", "event": {"troubleTicket": ticket}}


def test_a_tmf621_v5_event_says_who_has_it_under_what_number() -> None:
    update = read(event(
        "AttributeValueChange", id=REPORT, externalIdentifier=[{"id": "INC77", "owner": "ServiceNow"}],
        relatedParty=[{"role": "assignedGroup", "partyOrPartyRole": {"id": "g1", "name": "Transport"}}, {"role": "assignee", "partyOrPartyRole": {"id": "eva"}}],
        expectedResolutionDate="2026-01-01T12:00:00Z", note=[{"author": "Eva", "text": "on my way"}, {"author": "spm", "text": "ours"}]))

    assert (update.report, update.problem, update.update, update.at, update.position) == (REPORT, "", "e-1", at("10:00"), "trouble-report-updates/0/5")
    assert (update.number, update.group, update.person, update.promised_at, update.notes) == ("INC77", "Transport", "eva", at("12:00"), (("Eva", "on my way"),))


def test_a_v4_ticket_names_the_problem_and_keeps_our_id_beside_its_own() -> None:
    entity = {"id": PROBLEM, "role": "problem", "@referredType": "ServiceProblem"}
    whole = read({"id": "3180", "externalIdentifier": [{"id": REPORT}], "status": "inProgress", "relatedEntity": [entity], "relatedParty": [{"role": "assignee", "name": "Eva"}]})
    nested = read(event("StatusChange", id="3180", status="held", statusChangeReason="no access", relatedEntity=[{"role": "problem", "entity": entity}]))

    assert (whole.report, whole.problem, whole.number, whole.status, whole.person, whole.at) == (REPORT, PROBLEM, "3180", "inProgress", "Eva", at("09:00"))
    assert (nested.report, nested.problem, nested.number, nested.status, nested.reason) == ("", PROBLEM, "3180", "held", "no access")


def test_a_row_of_the_ticketing_tool_is_read_as_it_is_called_there() -> None:
    update = read({"number": "INC77", "id": REPORT, "state": "3", "on_hold_reason": "Awaiting Caller", "assignment_group": {"display_value": "Transport", "value": "x"}, "assigned_to": "Eva",
                   "close_code": "Solved (Permanently)"})

    assert (update.number, update.status, update.group, update.person, update.code) == ("INC77", "pending", "Transport", "Eva", "Solved (Permanently)")


def test_only_who_changes_attributes_changes_what_is_ours() -> None:
    ours = {"id": REPORT, "severity": "minor", "priority": "2 - High", "requestedResolutionDate": "2026-01-01T12:00:00Z", "relatedEntity": [{"role": "rootCause", "entity": {"id": "node-1"}}]}

    assert [name for name, _ in read(event("AttributeValueChange", **ours)).ours] == [name for name, _ in read(ours).ours] == ["severity", "priority", "rootCause", "requestedResolutionDate"]
    assert () == read(event("StatusChange", **ours, status="closed")).ours


def test_what_the_schema_shows_is_read() -> None:
    shown = sorted(EXAMPLES.glob("*.json"))
    found = {file.stem: read(json.loads(file.read_text().replace("8ac4802d-8658b64f0017e19a", REPORT))) for file in shown if ".invalid" not in file.name}

    assert {update.report for update in found.values()} == {REPORT}
    assert (found["accepted"].number, found["accepted"].person, found["held"].status, found["promised"].promised_at, found["resolved"].code) == (
        "INC-7", "Eva", "held", at("12:00"), "Replaced cable")
