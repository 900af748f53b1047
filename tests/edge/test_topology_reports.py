"""`assignment`, `engage`, `templates`, `owner` and `vendor` of topology.yaml, and what is said of mistakes in them."""

from pathlib import Path

import pytest

from streams.domain.report_rules import Facts, engaged, group_of
from streams.edge.topology_check import check
from streams.edge.topology_file import from_text
from streams.edge.topology_finding import TopologyError
from tests.builders import at

PLAIN = """
network:
  resources:
    - {id: olt-1, type: olt, domain: north, vendor: nokia}
    - {id: path-b, type: path, domain: north, owner: city-fibre}
services:
  - {id: svc, domain: north, owner: acme}
calendars:
  office: {time_zone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}}
assignment:
  - {report: partyTrouble, group: supplier-desk}
  - {on_type: olt, calendar: office, group: access-berlin}
  - {group: night-desk}
engage:
  - {party: nokia-care, vendor: nokia, priority: 2}
  - {party: taskforce, escalation: 3}
templates:
  serviceTrouble: {name: "{cause} at {where}"}
"""


def facts(when: str = "2026-01-02T10:00", **but: object) -> Facts:
    return Facts(**{"domain": "north", "type": "olt", "vendor": "nokia", "cause": "x", "priority": 3, "level": 0, "at": at(when), **but})  # type: ignore[arg-type]


def test_the_rules_are_read() -> None:
    rules = from_text(PLAIN).network.reports

    assert (rules.owners, rules.vendors) == ({"path-b": "city-fibre", "svc": "acme"}, {"olt-1": "nokia"})
    assert rules.templates["serviceTrouble"].name == "{cause} at {where}"


@pytest.mark.parametrize(("when", "group"), [
    ("2026-01-02T07:00:00", "access-berlin"), ("2026-01-02T06:59:59", "night-desk"), ("2026-01-02T17:00:00", "night-desk"), ("2026-01-03T10:00:00", "night-desk"),
    ("2026-07-01T06:00:00", "access-berlin")])
def test_a_group_acts_in_the_hours_of_its_calendar_by_its_own_clock(when: str, group: str) -> None:
    assert group == group_of(from_text(PLAIN).network.reports, "serviceTrouble", facts(when))


def test_a_partys_help_is_needed_by_priority_and_by_level_of_escalation() -> None:
    rules = from_text(PLAIN).network.reports

    assert [(), ("nokia-care",), ("taskforce",)] == [engaged(rules, one) for one in (facts(), facts(priority=2), facts(level=3))]


@pytest.mark.parametrize(("was", "now", "said"), [
    ("{cause} at {where}", "{cause.__class__}", "says more than a field's name"), ("{cause} at {where}", "{cause!r}", "says more than a field's name"),
    ("{cause} at {where}", "{colour}", "there is no field {colour}"), ("{cause} at {where}", "{cause", "write {{ and }} for braces"),
    ("{cause} at {where}", "{}", "says more than a field's name"), ("calendar: office, group", "calendar: ofice, group", "calendar 'ofice' is not declared"),
    ("report: partyTrouble", "report: party", "partyTrouble"), ("escalation: 3", "escalation: 11", "10")])
def test_a_mistake_is_told_with_its_line(was: str, now: str, said: str) -> None:
    with pytest.raises(TopologyError) as refused:
        from_text(PLAIN.replace(was, now))
    (finding, *_) = refused.value.findings

    assert said in str(finding) and finding.line > 1


def test_what_can_match_nothing_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(PLAIN.replace("on_type: olt", "on_type: oltt").replace("vendor: nokia, priority", "vendor: nokla, priority").replace("report: partyTrouble, ", ""))
    told = [str(finding) for finding in check(file).findings]

    assert any("no object has type 'oltt'" in one for one in told) and any("no object has vendor 'nokla'" in one for one in told)
    assert any("assignment[0] matches all that it matches" in one for one in told)
