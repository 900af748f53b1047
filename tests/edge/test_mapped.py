"""A declared mapping: paths, places, words, conditions; what is wrong in it is told with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.json_paths import Every, Where, json_path, template
from streams.domain.alarm import Severity
from streams.domain.policy import NormalizePolicy
from streams.edge.feed import Feed
from streams.edge.formats import Acted, NoAlarm, Refused, Told, parser_of
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.topology_file import from_text, load
from streams.edge.topology_finding import TopologyError
from tests.builders import a_network, at

MAPPINGS = Path(__file__).parents[2] / "deploy" / "mappings"
MAPPING = """
feeds:
  - topic: probes
    format: mapped
    mapping:
      object: ["{$.host}/{$.port}", $.host, $.ip]
      cause: $.check
      causes: {LOS: lossOfSignal}
      severity: [$.level, minor]
      severities: {P1: critical, back: cleared}
      clear_when: [{$.state: [up, 1]}, {$.state: gone, $.sure: true}]
      ack_when: {$.state: "ack*"}
      time: $.when
      raised: $.since
      type: $.kind
      types: {optical: communicationsAlarm}
      qualifier: {said: $.message, match: 'lane (\\d+)', to: 'lane \\1'}
      source: probe-3
      source_id: $.id
      parents: ["$.after[*].id"]
      service_affecting: $.hurts
      sequence: $.n
      text: $.message
"""
RECORD = {
    "host": "olt-7", "port": 3, "check": "LOS", "level": "p1", "state": "down", "when": "2024-01-01T00:00:05Z", "since": 1704067200, "kind": "Optical",
    "message": "no light on lane 4", "id": 17, "after": [{"id": "a"}, {"id": "b"}, {}], "hurts": "yes", "n": "9"}


def feed_of(text: str) -> Feed:
    return from_text(text).feeds[0]


def read(record: Any, text: str = MAPPING) -> Any:
    return parser_of(feed_of(text))(json.dumps(record).encode())


def refusal(record: Any, text: str = MAPPING) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        read(record, text)
    return caught.value.field, caught.value.reason


def test_every_part_of_an_alarm_is_read_from_its_place() -> None:
    expected = Told(
        object="olt-7/3", cause="lossOfSignal", severity=Severity.CRITICAL, cleared=False, at=at("2024-01-01T00:00:05Z"), raised_at=at("2024-01-01T00:00:00Z"),
        alarm_type="communicationsAlarm", qualifier="lane 4", source="probe-3", source_id="17", service_affecting=True, parents=("a", "b"),
        text="no light on lane 4", sequence=9)

    assert expected == read(RECORD)


@pytest.mark.parametrize(("without", "name"), [((), "olt-7/3"), (("port",), "olt-7"), (("port", "host"), "10.0.0.1")])
def test_places_are_tried_in_order_and_a_text_needs_all_of_its_paths(without: tuple[str, ...], name: str) -> None:
    assert read({k: v for k, v in (RECORD | {"ip": "10.0.0.1"}).items() if k not in without}).object == name


@pytest.mark.parametrize(("state", "cleared"), [
    ({"state": "UP"}, True), ({"state": 1}, True), ({"state": "gone"}, False), ({"state": "gone", "sure": True}, True), ({"state": "gone", "sure": "TRUE"}, True),
    ({"level": "Back"}, True), ({"level": "resolved"}, True), ({"state": True}, False), ({}, False)])
def test_a_condition_or_a_severity_clears(state: dict[str, Any], cleared: bool) -> None:
    alarm = read(RECORD | state)

    assert alarm.cleared is cleared
    assert (alarm.severity is Severity.CLEARED) is cleared


def test_a_word_that_nobody_declared_is_looked_up_then_doubted() -> None:
    assert read(RECORD | {"level": "WARN"}).severity is Severity.WARNING
    assert read(RECORD | {"level": None}).severity is Severity.MINOR
    odd = read(RECORD | {"level": "purple"})
    assert (odd.severity, odd.text.startswith("severity told: purple"), bool(odd.doubt)) == (Severity.INDETERMINATE, True, True)


def test_an_acknowledgement_is_no_alarm() -> None:
    assert isinstance(read(RECORD | {"state": "acked by joe"}), Acted)


def test_a_clear_with_an_id_needs_nothing_else_and_a_raise_does() -> None:
    only_id = {"state": "up", "id": "x", "when": 1704067200}

    assert (read(only_id).object, read(only_id).source_id, read(only_id).cleared) == ("", "x", True)
    assert refusal(only_id | {"state": "down"}) == ("{$.host}/{$.port}, $.host, $.ip", "no-object")
    assert refusal(RECORD | {"check": ""}) == ("$.check", "no-cause")
    assert refusal(RECORD | {"when": "yesterday"}) == ("$.when", "no-time")


def test_a_list_is_read_member_by_member() -> None:
    good, bad = read([RECORD, {"x": 1}])

    assert isinstance(good, Told)
    assert (bad.field, bad.reason) == ("{$.host}/{$.port}, $.host, $.ip", "no-object")


EACH = """
feeds:
  - topic: t
    format: mapped
    mapping:
      each: $.batch.alerts[*]
      embedded: $.batch
      only_when: {$$.kind: alerts}
      object: "{$$.site}/{$.host}"
      cause: $.labels[?@.name == 'cause'].value
      time: [$.at, arrival]
"""


def test_members_know_the_record_they_are_in_even_where_it_is_json_in_a_text() -> None:
    batch = json.dumps({"alerts": [{"host": "a", "labels": [{"name": "x", "value": "y"}, {"name": "cause", "value": "lossOfFrame"}]}, {"host": "b", "labels": []}]})
    first, second = read({"kind": "alerts", "site": "s1", "batch": batch}, EACH)

    assert (first.object, first.cause, first.at) == ("s1/a", "lossOfFrame", 0)
    assert (second.field, second.reason) == ("$.labels[?@.name == 'cause'].value", "no-cause")
    assert read({"kind": "greeting", "batch": batch}, EACH) == [NoAlarm("event:other"), NoAlarm("event:other")]
    assert read({"kind": "greeting"}, EACH) == NoAlarm("event:other")
    assert refusal({"kind": "alerts", "batch": "{"}, EACH) == ("$.batch.alerts[*]", "no-alarm")


def test_paths() -> None:
    assert json_path("$.a['b c'][0][-1][*]").steps == ("a", "b c", 0, -1, Every())
    assert json_path("$.@timestamp").steps == ("@timestamp",)
    assert json_path("$$.x[?(@.name=='k')].v") == (True, ("x", Where("name", "k"), "v"))
    assert json_path("$").steps == ()
    assert template("{$.a}/x{ $.b }") == [json_path("$.a"), "/x", json_path("$.b")]


@pytest.mark.parametrize(("line", "was", "now", "told"), [
    (6, "$.host, $.ip]", "$.host.., $.ip]", "'$.host..' is no path from '..' on"),
    (6, "{$.host}/", "{host}/", "'host' is no path; begin it with $"),
    (6, "{$.host}/", "{$.host/", "a brace too many"),
    (7, "cause: $.check", "cause: 17", "is not text"),
    (7, "cause: $.check", "couse: $.check", "'couse' is not a known name here"),
    (10, "P1: critical", "P1: urgent", "'urgent' is not one of"),
    (11, "$.state: [up, 1]", "state: [up, 1]", "'state' is no path"),
    (17, "lane (\\d+)", "lane (\\d+", "is no regular expression of RE2's"),
    (17, "lane (\\d+)", "lane \\d+", "has 0 groups"),
    (20, "$.after[*].id", "$.after[x].id", "is no path from '[x].id' on")])
def test_what_is_wrong_in_a_mapping_is_told_with_its_line(line: int, was: str, now: str, told: str) -> None:
    assert was in MAPPING
    with pytest.raises(TopologyError) as caught:
        from_text(MAPPING.replace(was, now, 1))

    assert any(f"topology.yaml:{line}:" in str(finding) and told in str(finding) for finding in caught.value.findings), caught.value


@pytest.mark.parametrize(("entry", "told"), [
    ("{topic: t, format: mapped}", "format mapped needs `mapping`"),
    ("{topic: t, mapping: {object: $.a, cause: $.b}}", "which only format mapped reads"),
    ("{topic: t, format: mapped, mapping: {object: $.a}}", "'cause' is missing"),
    ("{topic: t, format: mapped, mapping: {object: $.a, cause: $.b, embedded: '$.x[0]'}}", "may name one thing only")])
def test_a_mapping_goes_with_its_format(entry: str, told: str) -> None:
    with pytest.raises(TopologyError, match=told):
        from_text(f"feeds:\n  - {entry}\n")


def test_how_a_mapping_is_written_is_not_its_version() -> None:
    assert from_text(MAPPING).version == from_text(MAPPING.replace("{P1: critical, back: cleared}", "{back: cleared, P1: critical}")).version
    assert from_text(MAPPING).version != from_text(MAPPING.replace("P1: critical", "P1: major")).version


def test_stage_1_reads_a_mapped_feed_and_knows_the_domain_of_its_records() -> None:
    network = a_network(("olt-7", "node-1"))
    intake = Intake(Names(network.nodes, {}), [feed_of(MAPPING)], NormalizePolicy())

    assert intake.domain_of("probes", json.dumps(RECORD).encode()) == network.nodes["olt-7"].domain


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.yaml")), ids=lambda file: file.name)
def test_a_ready_made_mapping_loads_and_is_described(file: Path) -> None:
    assert [feed.format for feed in load(file).feeds] == ["mapped"]
    assert f"| {file.name} |" in (MAPPINGS / "README.md").read_text()
