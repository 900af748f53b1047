"""Dashboards are what panels.py says, each query names a figure that exists, and Prometheus reads every expression."""

import json
from pathlib import Path

import pytest

from deploy.monitoring.dashboards import FOLDER, made
from deploy.monitoring.panels import BOARDS, Board, Panel
from tests.broker.debian import NoPackage
from tests.monitoring.prometheus import MONITORING, promtool
from tests.monitoring.test_rules import KNOWN, named, rules

PANELS = [(board, panel) for board in BOARDS for _, panels in board.rows for panel in panels]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_json_is_what_the_code_makes(board: Board) -> None:
    assert made(board) == (FOLDER / f"{board.uid}.json").read_text(), "python -m deploy.monitoring.dashboards"


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=lambda one: getattr(one, "title", ""))
def test_every_query_names_figures_that_exist(board: Board, panel: Panel) -> None:
    for query in panel.queries:
        assert named(query.expression) | ({"ALERTS"} if "ALERTS" in query.expression else set()), query.expression
        assert named(query.expression) <= KNOWN, query.expression


def test_prometheus_reads_every_expression(tmp_path: Path) -> None:
    asked = [query.expression for _, panel in PANELS for query in panel.queries]
    told = {"groups": [{"name": "panels", "rules": [{"record": f"panel_{n}", "expr": expression} for n, expression in enumerate(asked)]}]}
    (tmp_path / "rules.yaml").write_text(json.dumps(told))
    try:
        done = promtool("check", "rules", tmp_path / "rules.yaml")
    except NoPackage as why:
        pytest.skip(str(why))

    assert done.returncode == 0 and f"{len(asked)} rules found" in done.stdout, done.stdout + done.stderr


def test_every_recorded_rule_is_used() -> None:
    used = " ".join([*(query.expression for _, panel in PANELS for query in panel.queries), *(rule["expr"] for rule in (*rules("alert"), *rules("record")))])

    assert [rule["record"] for rule in rules("record") if rule["record"] not in used] == []


def test_the_data_source_of_every_panel_is_the_one_provisioned() -> None:
    told = (MONITORING / "grafana" / "provisioning" / "datasources" / "spm.yaml").read_text()
    for path in sorted(FOLDER.glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            assert panel["type"] == "row" or f"uid: {panel['datasource']['uid']}" in told
