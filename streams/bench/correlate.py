"""`spm bench correlate`: what one alarm costs in stages 2 and 3, by the size of the network, of the stock of active alarms and of its problem; it needs no Kafka.

Every cell of the table folds the same incidents, twenty minutes apart: an access node fails, four of its lines tell it
within a second, and all of it is clear after ten minutes; a hundred places, one after the other, again and again. What a
place costs the first time is told apart: what stands on what it stands on is found out then, and remembered. Around them stand active alarms that were raised one by one in the days before.
Then one problem is fed by ever more objects of one domain, as when a core is lost. Figures are processor time of one
thread, without the log, the encoding and what keeps the tables.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from streams.bench import large_network, machine
from streams.bench.lane import Cost, Lane, raised
from streams.domain.instant import MINUTE, SECOND
from streams.domain.view import World
from streams.edge.topology_file import load
from streams.engine.host import calm_collector

OBJECTS = (1_000, 10_000, 100_000, 1_000_000)
ACTIVE = (100, 10_000, 100_000)
PLACES, ROUNDS, LINES = 100, 5, 4
"""Access nodes that fail in each cell, how often each does, and customer lines that alarm beside each."""
MOST = 10
"""Active alarms for each object at most: more is no stock but a storm."""
CROWDS = (10, 100, 1_000, 5_000)
"""Members of one problem at which one more is measured."""
BURST = SECOND // 5
"""Of event time between two alarms of one incident: an element manager tells the lines of a node in one go."""
_BEGIN = 1_700_000_000_000_000
_BETWEEN = 20 * MINUTE
_STOCK = 20 * SECOND
"""Of event time between two alarms of the stock."""


class Figures(NamedTuple):
    """Microseconds by kind of notification."""

    new: tuple[float, float]
    """Median and p99."""
    first: tuple[float, float]
    """The same, the first time at each place."""
    due: float
    """Mean for each new alarm of what came due meanwhile."""
    repeat: tuple[float, float]
    clear: tuple[float, float]


def run(as_json: bool, objects: Iterable[int] = OBJECTS, active: Iterable[int] = ACTIVE, places: int = PLACES) -> int:
    """Measure every cell; print tables on stderr, with `as_json` one object on stdout."""
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 120)
    found: dict[str, Any] = {"machine": machine.here(), "cells": []}
    for size in objects:
        with tempfile.TemporaryDirectory(prefix="spm-bench-") as folder:
            topology = load(large_network.write(Path(folder), size))
        world = World(topology.network, topology.policy)
        calm_collector()
        for stock in (some for some in active if some <= MOST * size):
            # A new network for each: what its functions remember would be warm from the cell before.
            figures = measure(World(world.network.afresh(), world.policy), size, stock, places)
            found["cells"].append({"objects": size, "active": stock, **figures._asdict()})
            console.print(f"{size:,} objects, {stock:,} active: a new alarm {figures.new[0]:.0f} us, p99 {figures.new[1]:.0f} us", highlight=False)
    found["crowds"] = crowds(World(world.network.afresh(), world.policy), size)
    console.print(_cells(found["cells"]), _crowds(found["crowds"]))
    if as_json:
        print(json.dumps(found))
    return 0


def measure(world: World, objects: int, active: int, places: int) -> Figures:
    """Fill one lane with a stock of active alarms and fold the incidents."""
    lane, at = Lane(world), _BEGIN
    for n, (obj, domain) in zip(range(active), _lines(objects), strict=False):
        at = _BEGIN + n * _STOCK
        lane.hear(raised(obj, domain, at, f"standing-{n}"))
    first, costs, repeats, clears = list[int](), list[Cost](), list[int](), list[int]()
    for n in range(places * ROUNDS):
        begin = at + (n + 1) * _BETWEEN
        alarms = [(obj, domain, f"incident-{n}") for obj, domain in _incident(objects, n % places)]
        new = [lane.hear(raised(obj, domain, begin + m * BURST, what)) for m, (obj, domain, what) in enumerate(alarms)]
        again = [lane.hear(raised(obj, domain, begin + m // 2 * BURST + 30 * SECOND, what)).own for m, (obj, domain, what) in enumerate(alarms * 2)]
        gone = [lane.hear(raised(obj, domain, begin + 10 * MINUTE, what, cleared=True)).own for obj, domain, what in alarms]
        if n < places:
            first += [cost.own for cost in new]
        else:
            costs += new
            repeats += again
            clears += gone
    due = round(statistics.fmean(cost.due for cost in costs) / 1000, 1)
    return Figures(_spread([cost.own for cost in costs]), _spread(first), due, _spread(repeats), _spread(clears))


def crowds(world: World, objects: int, sizes: Iterable[int] = CROWDS) -> list[dict[str, Any]]:
    """Measure one more alarm in one problem that grows, a hundred alarms a second of event time."""
    lane, domain = Lane(world), large_network.domain_of(0)
    has = large_network.shape(min(objects, large_network.DOMAIN))
    # From the core down: what depends on each other directly stays one problem.
    names = [f"{domain}/{kind}-{n}" for kind, count in (("core", 2), ("agg", has.aggregations), ("acc", has.access), ("port", has.ports)) for n in range(count)]
    found, heard = [], 0
    costs: list[Cost] = []
    for size in sizes:
        before, costs = heard, []
        for obj in names[before:size]:
            costs.append(lane.hear(raised(obj, domain, _BEGIN + heard * SECOND // 100)))
            heard += 1
        last = costs[len(costs) // 2:]
        if last:
            found.append({"members": heard, "new": _spread([cost.own for cost in last]), "due": round(statistics.fmean(cost.due for cost in last) / 1000, 1)})
    return found


def _lines(objects: int) -> Iterator[tuple[str, str]]:
    """Yield customer lines for a stock, domain by domain in turn, again and again."""
    domains = max(1, objects // large_network.DOMAIN)
    has = large_network.shape(objects // domains)
    n = 0
    while True:
        line, domain = divmod(n, domains)
        yield f"{large_network.domain_of(domain)}/port-{line * 7 % has.ports}", large_network.domain_of(domain)
        n += 1


def _incident(objects: int, n: int) -> list[tuple[str, str]]:
    """Name the objects of one incident: an access node and some of its lines."""
    domains = max(1, objects // large_network.DOMAIN)
    has = large_network.shape(objects // domains)
    domain = large_network.domain_of(n % domains)
    access = n * 3 % (has.ports // large_network.PORTS_PER_ACCESS)
    lines = [f"{domain}/port-{access * large_network.PORTS_PER_ACCESS + line}" for line in range(LINES)]
    return [(obj, domain) for obj in (f"{domain}/acc-{access}", *lines)]


def _spread(taken: list[int]) -> tuple[float, float]:
    """Return median and p99 in microseconds."""
    taken = sorted(taken)
    return round(statistics.median(taken) / 1000, 1), round(taken[min(len(taken) - 1, len(taken) * 99 // 100)] / 1000, 1)


def _cells(cells: list[dict[str, Any]]) -> Table:
    shown = Table(title="One alarm through stages 2 and 3, in microseconds of processor time", title_justify="left")
    for name in ("objects", "active", "new", "p99", "first", "p99", "due", "repeat", "p99", "clear", "p99"):
        shown.add_column(name, justify="right")
    for cell in cells:
        spreads = {kind: [f"{value:,.1f}" for value in cell[kind]] for kind in ("new", "first", "repeat", "clear")}
        shown.add_row(
            f"{cell['objects']:,}", f"{cell['active']:,}", *spreads["new"], *spreads["first"], f"{cell['due']:,.1f}", *spreads["repeat"], *spreads["clear"])
    return shown


def _crowds(found: list[dict[str, Any]]) -> Table:
    shown = Table(title="One more alarm in one problem, 100 alarms a second", title_justify="left")
    for name in ("members", "new", "p99", "due"):
        shown.add_column(name, justify="right")
    for each in found:
        shown.add_row(f"{each['members']:,}", *(f"{value:,.1f}" for value in each["new"]), f"{each['due']:,.1f}")
    return shown
