"""`spm bench normalize`: what stage 1 spends on an alarm, by format; it needs no Kafka.

An alarm is read by its format, its names resolved, its clock believed, and the alarm event made (`Intake.step`), as in
a worker; what carries records from and to Kafka and keeps the table is left out. Figures are processor time of one thread, so
that what else the machine does shows as little as can be.
"""

import json
import statistics
import sys
from time import thread_time_ns
from typing import Any

from rich.console import Console
from rich.table import Table

from streams.bench import load
from streams.bench.format_loads import LOADS, Load
from streams.domain.policy import NormalizePolicy
from streams.domain.view import World
from streams.edge.feed import Feed, Raw
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.topology_file import from_text
from streams.engine.partition import everywhere

ALARMS = 20_000
"""Alarms of each load, in slices of `SLICE`: the median is that of the slices."""
SLICE = 100
_BEGIN = 1_700_000_000_000_000
_STEP = 40_000
"""Microseconds of event time between two alarms."""


def run(as_json: bool, share: float = 1.0) -> int:
    """Measure every load; print a table on stderr, with `as_json` one object on stdout."""
    topology = from_text(load.topology(domains=10))
    names = Names(topology.network.nodes, topology.aliases)
    objects = [node for node in topology.network.nodes if "-acc-" in node]
    figures: dict[str, Any] = {}
    for each in LOADS:
        intake = Intake(names, [feed_of(each)], NormalizePolicy(), single_feed=True, partitions=1, lanes=everywhere(1))
        figures[each.name] = measure(intake, World(topology.network, topology.policy), records(each, objects, int(ALARMS * share / each.alarms)), each.alarms)
    Console(stderr=True, width=None if sys.stderr.isatty() else 100).print(_table(figures))
    if as_json:
        print(json.dumps({"normalize_us": figures}))
    return 0


def feed_of(each: Load) -> Feed:
    """Declare the feed of a load as topology.yaml would."""
    return from_text(json.dumps({"feeds": [{"topic": "bench", "format": each.format, **dict(each.feed)}]})).feeds[0]


def records(each: Load, objects: list[str], count: int) -> list[Raw]:
    """Write the alarms of a load: each object is raised, then cleared, in turn."""
    values = (each.write(n, objects[n // 2 % len(objects)], _BEGIN + n * _STEP) for n in range(count))
    return [Raw("bench", 0, n, _BEGIN + n * _STEP, None, value) for n, value in enumerate(values)]


def measure(intake: Intake, world: World, raws: list[Raw], alarms: int = 1) -> dict[str, float]:
    """Fold the records once to warm up, then once measured; return microseconds an alarm, of `alarms` a record, and the mean size of a record."""
    for raw in raws[: len(raws) // 4]:
        intake.step(TablesInMemory(), raw, 0, world)
    view, slices = TablesInMemory(), []
    step = max(1, SLICE // alarms)
    for start in range(0, len(raws), step):
        part = raws[start : start + step]
        began = thread_time_ns()
        for raw in part:
            intake.step(view, raw, 0, world)
        slices.append((thread_time_ns() - began) / len(part) / alarms / 1000)
    slices.sort()
    size = sum(len(raw.value or b"") for raw in raws) / len(raws)
    return {"median": round(statistics.median(slices), 1), "p90": round(slices[int(len(slices) * 0.9)], 1), "bytes": round(size)}


class _Rows:
    """One table, in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Any] = {}
        self.get, self.put = self._rows.get, self._rows.__setitem__

    def delete(self, key: str) -> None:
        self._rows.pop(key, None)

    def prefix(self, prefix: str, limit: int = 1000) -> list[tuple[str, Any]]:
        return sorted((k, v) for k, v in self._rows.items() if k.startswith(prefix))[:limit]


class TablesInMemory:
    """The tables of stage 1, in memory, each there when it is asked for."""

    partition = 0
    live = True

    def __init__(self) -> None:
        self.memo: dict[str, Any] = {}

    def __getattr__(self, table: str) -> Any:
        rows = _Rows()
        setattr(self, table, rows)
        return rows


def _table(figures: dict[str, Any]) -> Table:
    shown = Table(title="One alarm through stage 1, in microseconds of processor time", title_justify="left")
    for name, justify in (("format", "left"), ("median", "right"), ("90 %", "right"), ("bytes", "right")):
        shown.add_column(name, justify=justify)  # type: ignore[arg-type]
    for name, found in figures.items():
        shown.add_row(name, f"{found['median']:.1f}", f"{found['p90']:.1f}", f"{found['bytes']:.0f}")
    return shown
