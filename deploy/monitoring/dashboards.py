"""Makes Grafana's dashboards from panels.py with Grafana's own SDK: python -m deploy.monitoring.dashboards writes dashboards/*.json."""

import json
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, StackingMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode

from deploy.monitoring.panels import BOARDS, Board, Panel, columns_of

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = DataSourceRef(type_val="prometheus", uid="spm-prometheus")
"""As grafana/provisioning/datasources names it."""
WIDTH = 24


def made(board: Board) -> str:
    """Return a dashboard's JSON."""
    built = dashboard.Dashboard(board.title).uid(board.uid).tags(["spm"]).refresh("30s").time("now-1h", "now").timezone("browser").readonly()
    for title, panels in board.rows:
        built = built.with_row(dashboard.Row(title))
        for panel in panels:
            built = built.with_panel(_stat(panel) if panel.kind == "stat" else _lines(panel, WIDTH // columns_of(panels)))
    return json.dumps(json.loads(JSONEncoder(sort_keys=True, indent=1).encode(built.build())), indent=1, sort_keys=True) + "\n"


def _stat(panel: Panel) -> Any:
    return _common(stat.Panel(), panel).span(WIDTH // 6).height(4).reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))


def _lines(panel: Panel, width: int) -> Any:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
    built = _common(timeseries.Panel(), panel).span(width).height(7).legend(legend).min(0).fill_opacity(20 if panel.stacked else 0)
    return built.stacking(common.StackingConfig().mode(StackingMode.NORMAL)) if panel.stacked else built


def _common(built: Any, panel: Panel) -> Any:
    steps = [Threshold(value=None, color="green"), *([Threshold(value=panel.red, color="red")] if panel.red is not None else [])]
    built = built.title(panel.title).description(panel.text).unit(panel.unit).datasource(SOURCE)
    built = built.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
    for n, query in enumerate(panel.queries):
        built = built.with_target(prometheus.Dataquery().expr(query.expression).legend_format(query.legend or "__auto").ref_id(chr(ord("A") + n)))
    return built


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for board in BOARDS:
        (FOLDER / f"{board.uid}.json").write_text(made(board))


if __name__ == "__main__":
    main()
