"""`spm check`: what it warns of, what it prints, and its exit status."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from streams.edge import topology_check
from streams.edge.check_report import run_check
from streams.edge.topology_check import check

ROOT = Path(__file__).parents[2]
SMALL = "network:\n  resources: [{id: a, type: olt, domain: berlin}, {id: b, type: ont, domain: berlin}]\n"


def told(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "topology.yaml").write_text(text)
    checked = check(tmp_path / "topology.yaml")
    assert not checked.refused, checked.findings
    return [f"{finding.severity} {finding.line} {finding.where}: {finding.message}; {finding.remedy}" for finding in checked.findings]


def printed(path: Path) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=100)
    status = run_check(path, console)
    return status, console.file.getvalue()  # type: ignore[attr-defined]


def test_the_file_at_the_root_has_nothing_odd() -> None:
    assert check(ROOT / "topology.yaml").findings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mode: report", "warning 1 network: the network is empty"),
        (SMALL + "services:\n  - {id: s}", "warning 4 services[0]: service 's' depends on nothing"),
        (
            SMALL + "  dependencies:\n    - {from: a, to: b, kind: hosted-on}",
            "warning 4 network.dependencies[0].kind: kind 'hosted-on' has no meaning of its own; did you mean 'hosted_on'?",
        ),
        (SMALL + "  dependencies:\n    - {from: a, to: b}\n    - {from: a, to: [b]}", "warning 5 network.dependencies[1]: says again"),
        (
            SMALL + "effects:\n  - {on_type: otl, effect: down}",
            "warning 4 effects[0].on_type: can match nothing: no object has type 'otl'; did you mean 'olt'?",
        ),
        (
            SMALL + "effects:\n  - {cause: x, effect: down}\n  - {cause: x, on_type: olt, effect: none}",
            "warning 5 effects[1]: never counts: effects[0]",
        ),
        (SMALL + "restoration:\n  - {on_type: path, action: reroute}", "warning 4 restoration[0].on_type: can match nothing"),
        (SMALL + "restoration:\n  - {cause: x, action: y}\n  - {cause: x, action: y}", "warning 5 restoration[1]: action 'y'"),
        (SMALL + "feeds:\n  - {topic: t, covers: [berlni]}", "warning 4 feeds[0].covers[0]: 'berlni' is no domain, site or object of the network; did you mean 'berlin'?"),
        (SMALL + "actions:\n  - {name: n, when: alarm, then: request, on_type: otl}", "warning 4 actions[0].on_type: can match nothing: no object has type 'otl'"),
        (SMALL + "actions:\n  - {name: n, when: alarm, then: request, domain: berln}", "warning 4 actions[0].domain: there is no domain 'berln'; did you mean 'berlin'?"),
        (SMALL + "actions:\n  - {name: n, when: alarm, then: command, action: restart}", "warning 4 actions[0].then: no command will be sent in any mode"),
        (SMALL + "actions:\n  - {name: n, when: non-arrival, then: request}", "note 4 actions[0].when: only heartbeats that tell their own interval are watched"),
        (SMALL + "mode: act", "warning 3 mode: may act, but no restoration is declared"),
        (SMALL + "mode:\n  domains: {berln: observe}", "warning 4 mode.domains.berln: there is no domain 'berln'; did you mean 'berlin'?"),
        (
            SMALL + "mode:\n  causes: {lossOfSignl: observe}\nrestoration: [{cause: lossOfSignal, action: y}]",
            "warning 4 mode.causes.lossOfSignl: no restoration is declared for cause 'lossOfSignl'; did you mean",
        ),
        (
            SMALL + "feeds:\n  - {topic: t, home: berln}",
            "warning 4 feeds[0].home: home 'berln' is no domain of the network; did you mean 'berlin'?",
        ),
        (SMALL + "suppliers: {acme: gold}\nslas:\n  gold: {restore_within: 4h, warn_at: 5h}", "warning 5 slas.gold.warn_at: the warning comes no sooner than the violation"),
        (
            SMALL + "suppliers: {acme: gold}\nslas:\n  gold: {restore_within: 4h, escalations: [{level: 5, at: 50%, tell: a}, {level: 3, at: 90%, tell: b}]}",
            "warning 5 slas.gold.escalations: a lower level comes after a higher one",
        ),
        (SMALL + "calendars:\n  office: {time_zone: UTC, hours: {mon: '08:00-18:00'}}", "note 4 calendars.office: no sla and no assignment has calendar 'office'"),
        (SMALL + "slas:\n  gold: {restore_within: 4h}", "note 4 slas.gold: no product has sla 'gold', and no supplier"),
    ],
)
def test_what_loads_but_is_odd_is_told_once_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    found = told(tmp_path, text)

    assert len(found) == 1, found
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        SMALL + "  dependencies:\n    - {from: a, to: b, kind: feeds}",
        SMALL + "effects:\n  - {cause: x, on_type: olt, effect: none}\n  - {cause: x, effect: down}",
        SMALL + "mode: act\nrestoration: [{cause: x, action: y}]",
        SMALL + "feeds:\n  - {topic: t, home: somewhere-else}",
    ],
)
def test_what_is_only_unusual_is_not_told(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == []


def test_a_domain_too_large_for_one_partition_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topology_check, "LARGE_DOMAIN", 1)

    assert told(tmp_path, SMALL)[0].startswith("warning 1 network: domain 'berlin' has 2 objects")


def test_a_valid_file_is_reported_with_its_sections_and_domain_sizes() -> None:
    status, text = printed(ROOT / "topology.yaml")

    assert status == 0
    assert "raw-alarms (auto)" in text
    assert "berlin        9" in text
    assert text.rstrip().endswith("topology.yaml is valid")


def test_a_refused_file_is_reported_with_every_error_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text("mode: actt\nservics: []\n")
    status, text = printed(tmp_path / "topology.yaml")

    assert status == 1
    assert "topology.yaml:1: mode: 'actt' is not one of" in text
    assert "topology.yaml:2: servics: 'servics' is not a known name here; did you mean 'services'?" in text
    assert text.rstrip().endswith("is refused: 2 errors")


def test_names_with_brackets_are_printed_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(
        'network: {resources: [{id: "[red]a", domain: "[/]"}], dependencies: [{from: "[red]a", to: "[b]"}]}'
    )

    assert "'[b]' is not declared" in printed(tmp_path / "topology.yaml")[1]
