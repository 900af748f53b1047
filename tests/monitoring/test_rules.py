"""Rules are tested by the real promtool, name only figures that exist, and each alert has its page."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from streams.catalogue import ALL, page
from streams.catalogue.metric import Metric
from tests.broker.debian import NoPackage
from tests.monitoring.prometheus import MONITORING, promtool

RULES = sorted((MONITORING / "rules").glob("*.yaml"))
RUNBOOKS = MONITORING.parent / "runbooks"
SECTIONS = ("## Meaning", "## Impact", "## Diagnosis", "## Mitigation")
OF_PROMETHEUS = {"up", "ALERTS"}


def rules(kind: str) -> list[dict[str, Any]]:
    """Return all rules of a kind: alert or record."""
    groups = [group for path in RULES for group in YAML(typ="safe").load(path)["groups"]]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


def series_of(metric: Metric) -> set[str]:
    """Return the names under which a figure can be asked for."""
    return {metric.name} | ({f"{metric.name}_{part}" for part in ("bucket", "count", "sum")} if metric.kind == "histogram" else set())


KNOWN = set().union(*map(series_of, ALL)) | OF_PROMETHEUS | {rule["record"] for rule in rules("record")}


def named(expression: str) -> set[str]:
    """Return the figures an expression names."""
    return set(re.findall(r"\b(?:spm[_:][a-z0-9_:]+|process_[a-z_]+|up)\b", re.sub(r'"[^"]*"', "", expression)))


def checked(*words: object) -> None:
    try:
        done = promtool(*words)
    except NoPackage as why:
        pytest.skip(str(why))
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_takes_the_configuration_and_the_rules() -> None:
    checked("check", "config", MONITORING / "prometheus.yml")


@pytest.mark.parametrize("path", sorted((MONITORING / "rules" / "tests").glob("*.yaml")), ids=lambda path: path.stem)
def test_promtool_finds_hits_and_near_misses_as_told(path: Path) -> None:
    checked("test", "rules", path)


def test_every_alert_has_a_test_of_its_own() -> None:
    told = "".join(path.read_text() for path in (MONITORING / "rules" / "tests").glob("*.yaml"))

    assert [rule["alert"] for rule in rules("alert") if rule["alert"] not in told] == []


@pytest.mark.parametrize("rule", [*rules("alert"), *rules("record")], ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_names_figures_that_exist(rule: dict[str, Any]) -> None:
    assert named(rule["expr"]) and named(rule["expr"]) <= KNOWN


@pytest.mark.parametrize("alert", rules("alert"), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_urgent_it_is_and_has_its_page(alert: dict[str, Any]) -> None:
    kebab = re.sub("(?<=[a-z])(?=[A-Z])", "-", alert["alert"].removeprefix("Spm")).lower()
    told = (RUNBOOKS / f"{kebab}.md").read_text()

    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"]["runbook_url"] == f"deploy/runbooks/{kebab}.md"
    assert [section for section in SECTIONS if section not in told] == []
    assert alert["alert"] in told


def test_every_page_that_the_figures_point_to_is_there() -> None:
    pages = set(re.findall(r"[Rr]unbook ([a-z-]+)", "\n".join(page.lines())))

    assert pages and [name for name in sorted(pages) if not (RUNBOOKS / f"{name}.md").exists()] == []


def test_runbooks_name_figures_and_commands_that_exist() -> None:
    """Only those of alerts; a page for a task may name what it likes."""
    for alert in rules("alert"):
        told = (RUNBOOKS / Path(alert["annotations"]["runbook_url"]).name).read_text()

        assert {name for name in named(told) if not name.startswith("spm:") or not name.endswith(":")} <= KNOWN, alert["alert"]
