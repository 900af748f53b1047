"""Probes run through the whole chain on every lane, and change nothing that anybody else hears."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from streams import topology as flow
from streams.app import Embedded
from streams.domain.instant import MINUTE, instant
from streams.domain.level import FIRST, LEVEL
from streams.edge.feed_control import PROBE
from streams.edge.topology_file import from_text
from streams.engine.record import Output
from streams.probes import ways
from streams.topology_follower import asked

TOPOLOGY = """
feeds: [{topic: raw, format: tmf642}]
streams: {raw: {partitions: 2}, alarm-events: {partitions: 4}, problem-changes: {partitions: 4}, problem-inbox: {partitions: 4}, service-effects: {partitions: 3}}
network:
  resources: [{id: olt-1, site: berlin}]
  dependencies: [{from: svc-1, to: olt-1}]
services: [{id: svc-1}]
products: [{id: prod-1, service: svc-1, customer: cust-1}]
"""
LANES, FEEDS = 4, {"raw": 2}


def alarm(at: str, cleared: bool = False) -> bytes:
    time = "alarmClearedTime" if cleared else "alarmRaisedTime"
    return msgspec.json.encode({
        "id": "a1", "alarmType": "communicationsAlarm", "perceivedSeverity": "cleared" if cleared else "critical", "probableCause": "lossOfSignal",
        "alarmedObject": {"id": "olt-1"}, "state": "cleared" if cleared else "raised", "sourceSystemId": "nms", time: at})


class Run:
    """One run, with probes between its alarms or without them."""

    def __init__(self, probing: bool, level: int = LEVEL) -> None:
        self.told: dict[str, list[tuple[bytes | None, bytes | None]]] = {topic: [] for topic in flow.OUTPUTS}
        self.rows: dict[str, Any] = {}
        self.arrived = 1_767_260_000_000
        asyncio.run(self._run(probing, level))

    def _hear(self, output: Output, partition: int) -> None:
        if output[0] in self.told:
            self.told[output[0]].append((output[1], output[2]))

    async def _run(self, probing: bool, level: int) -> None:
        embedded = Embedded(from_text(TOPOLOGY), "event", on_output=self._hear)
        embedded.log._wall_ms = lambda: self.arrived
        if level != LEVEL:
            embedded.apply = lambda topology: embedded.request("topology", asked(topology.version, unanswered=True))  # type: ignore[method-assign]
        await embedded.start()
        for line, at in ((alarm("2026-01-01T10:00:00Z"), 0), (alarm("2026-01-01T10:05:00Z", cleared=True), 5), (alarm("2026-01-01T11:00:00Z"), 60)):
            self.arrived += 3_600_000
            if probing:
                for feed, partition, lane in ways((("raw", 0), ("raw", 1), ("alarm-events", 3)), FEEDS, LANES):
                    embedded.log.say(feed, b"", partition, ((PROBE, str(lane).encode()),))
                await embedded.settle()
            await embedded.feed("raw", [line])
            embedded.mark(instant(datetime(2026, 1, 1, 10, tzinfo=UTC)) + at * MINUTE)
            await embedded.settle()
        await embedded.drain(1)
        self.rows = {f"{rows.name}/{part.partition}": dict(rows.prefix("")) for part in embedded.processor.engine.parts.values() for rows in part.tables}
        await embedded.stop()



@pytest.fixture(scope="module")
def probed() -> Run:
    return Run(probing=True)


@pytest.fixture(scope="module")
def plain() -> Run:
    return Run(probing=False)


def test_each_way_comes_out_at_both_ends_each_time(probed: Run) -> None:
    keys = [(key or b"").decode() for key, _ in probed.told["probe-arrivals"]]

    assert {f"raw/{lane % 2}/{lane}/{end}" for lane in range(LANES) for end in ("services", "network")} == set(keys)
    assert 3 * 2 * LANES == len(keys)
    first = msgspec.json.decode(probed.told["probe-arrivals"][0][1] or b"")
    assert ("Probe", "raw") == (first["@type"], first["feed"])


def test_nothing_else_hears_of_them(probed: Run, plain: Run) -> None:
    assert plain.told["problems"] and plain.told["customer-impacts"] and plain.told["trouble-reports"]
    assert plain.told == probed.told | {"probe-arrivals": []}


def test_no_row_but_their_own_differs(probed: Run, plain: Run) -> None:
    # Where an alarm was read is another offset, that is all.
    kept, probed_too = ({name: re.sub(r"offset=\d+", "", str(rows)) for name, rows in run.rows.items() if not name.startswith("probes-at")} for run in (plain, probed))
    assert kept == probed_too


def test_before_their_level_is_in_force_they_go_nowhere() -> None:
    assert [] == Run(probing=True, level=FIRST).told["probe-arrivals"]


@pytest.mark.parametrize(("partitions", "lanes"), [(1, 4), (4, 4), (3, 8), (8, 3)])
def test_every_feed_partition_and_every_lane_has_one(partitions: int, lanes: int) -> None:
    found = list(ways([("raw", p) for p in range(partitions)], {"raw": partitions}, lanes))

    assert (max(partitions, lanes), set(range(partitions)), set(range(lanes))) == (len(found), {p for _, p, _ in found}, {lane for _, _, lane in found})
