"""Draws the dashboards from panels.py as a real Prometheus answers their queries: no Grafana is needed to see whether they say something.

    python -m deploy.monitoring.picture http://127.0.0.1:9090 --minutes 10 --into deploy/monitoring
"""

import argparse
import json
import re
from datetime import datetime
from math import nan
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import matplotlib
from matplotlib import dates
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from deploy.monitoring.panels import BOARDS, Board, Panel, columns_of

matplotlib.use("Agg")
STATS = 6
POINTS = 200
_LABEL = re.compile(r"\{\{(\w+)\}\}")
Line = tuple[str, list[float], list[float]]
"""(name, times, values)."""


class Source:
    """A Prometheus, over the last `minutes`."""

    def __init__(self, url: str, minutes: float, until: float) -> None:
        self._url, self.until = url.rstrip("/"), until
        self.since = until - minutes * 60
        self._step = max(1.0, minutes * 60 / POINTS)

    def lines(self, panel: Panel) -> list[Line]:
        """Return the lines of a panel."""
        found: list[Line] = []
        for query in panel.queries:
            for series in self._ask("query_range", query=query.expression, start=self.since, end=self.until, step=self._step):
                metric = series["metric"]
                name = _LABEL.sub(lambda label, metric=metric: metric.get(label[1], ""), query.legend)
                found.append((name, *self._with_gaps([(float(at), float(value)) for at, value in series["values"]])))
        return found

    def _with_gaps(self, points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
        """Return times and values, with no value where there was none: no line is drawn over a gap."""
        whole: list[tuple[float, float]] = []
        for at, value in points:
            if whole and at - whole[-1][0] > 1.5 * self._step:
                whole.append((whole[-1][0] + self._step, nan))
            whole.append((at, value))
        return [at for at, _ in whole], [value for _, value in whole]

    def number(self, panel: Panel) -> float | None:
        """Return the number of a panel."""
        told = self._ask("query", query=panel.queries[0].expression, time=self.until)
        return float(told[0]["value"][1]) if told else None

    def _ask(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        with urlopen(f"{self._url}/api/v1/{path}?{urlencode(parameters)}", timeout=30) as answer:
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return result


def draw(board: Board, source: Source, path: Path) -> list[str]:
    """Draw one dashboard; return the titles of panels that had nothing to show."""
    rows: list[tuple[str, list[Panel], bool]] = []
    for title, panels in board.rows:
        stats = [panel for panel in panels if panel.kind == "stat"]
        charts = [panel for panel in panels if panel.kind != "stat"]
        rows += [(title, stats, True)] if stats else []
        columns = columns_of(charts)
        rows += [(title if n == 0 else "", charts[n:n + columns], False) for n in range(0, len(charts), columns)]
    heights = [0.45 if is_stats else 1.0 for _, _, is_stats in rows]
    figure = plt.figure(figsize=(16, sum(heights) * 3.3), facecolor="white", layout="constrained")
    figure.suptitle(board.title, fontsize=15, fontweight="bold", x=0.01, ha="left")
    empty: list[str] = []
    for part, (title, panels, is_stats) in zip(figure.subfigures(len(rows), 1, height_ratios=heights, squeeze=False)[:, 0], rows, strict=True):
        part.suptitle(title, x=0.01, ha="left", fontsize=11, color="#444444")
        for panel, axes in zip(panels, part.subplots(1, STATS if is_stats else columns_of(panels), squeeze=False)[0], strict=False):
            if not (_stat if is_stats else _chart)(axes, panel, source):
                empty.append(panel.title)
        for axes in part.axes[len(panels):]:
            axes.axis("off")
    figure.savefig(path, dpi=70)
    plt.close(figure)
    return empty


def _stat(axes: Axes, panel: Panel, source: Source) -> bool:
    value = source.number(panel)
    color = "#888888" if value is None else "#c4162a" if panel.red is not None and value >= panel.red else "#2b7d2b"
    axes.text(0.5, 0.4, "no data" if value is None else f"{value:.4g}{' s' if panel.unit == 's' else ''}", ha="center", va="center", fontsize=20, color=color)
    axes.set_title(panel.title, fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])
    return value is not None


def _chart(axes: Axes, panel: Panel, source: Source) -> bool:
    lines = source.lines(panel)
    bottom: dict[float, float] = {}
    for name, times, values in lines:
        at = [datetime.fromtimestamp(t) for t in times]
        if panel.stacked:
            under = [bottom.get(round(t), 0.0) if value == value else nan for t, value in zip(times, values, strict=True)]
            over = [below + value for below, value in zip(under, values, strict=True)]
            axes.fill_between(at, under, over, alpha=0.4, label=name, linewidth=0.5)  # type: ignore[arg-type]
            bottom.update({round(t): top for t, top in zip(times, over, strict=True) if top == top})
        else:
            axes.plot(at, values, label=name, linewidth=1.2)  # type: ignore[arg-type]
    if panel.red is not None and lines:
        axes.axhline(panel.red, color="#c4162a", linewidth=0.7, linestyle="--")
    axes.set_title(f"{panel.title} [{panel.unit}]" if panel.unit != "short" else panel.title, fontsize=9)
    axes.set_xlim(datetime.fromtimestamp(source.since), datetime.fromtimestamp(source.until))  # type: ignore[arg-type]
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
    axes.xaxis.set_major_locator(dates.AutoDateLocator(minticks=4, maxticks=8))
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
    axes.set_ylim(bottom=0)
    if not lines:
        axes.text(0.5, 0.5, "no data", ha="center", va="center", transform=axes.transAxes, color="#888888")
    elif len(lines) <= 12:
        axes.legend(fontsize=6, loc="upper left", frameon=False)
    return bool(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prometheus", help="its URL")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent)
    parser.add_argument("--until", type=float, help="seconds since the epoch; now where it is not told")
    told = parser.parse_args()
    for board in BOARDS:
        path = told.into / f"{board.uid}.png"
        empty = draw(board, Source(told.prometheus, told.minutes, told.until or time()), path)
        print(f"{path}: {'nothing to show in: ' + ', '.join(empty) if empty else 'every panel shows something'}")


if __name__ == "__main__":
    main()
