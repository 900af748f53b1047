"""First contact is with a feed, not with a process: what was raised while a worker was away is no standing alarm."""

import asyncio
import json
from pathlib import Path
from typing import Any

from streams.app import Embedded
from streams.domain.instant import HOUR, SECOND, Instant, iso
from streams.edge.topology_file import from_text
from streams.engine.clock import wall
from streams.engine.record import Output

TOPOLOGY = {"feeds": [{"topic": "alarms", "format": "tmf642", "partitions": 2}], "network": {"resources": [{"id": "port-1", "domain": "north"}, {"id": "port-2", "domain": "north"}]}}


def run(folder: Path, started_at: Instant, *raised: tuple[str, Instant]) -> list[dict[str, Any]]:
    """Start a processor on the folder, tell it alarms, stop it; return the alarm records told."""
    told: list[dict[str, Any]] = []

    def keep(output: Output, partition: int) -> None:
        if output[0] == "alarm-records" and output[2] is not None:
            told.append(json.loads(output[2])["event"]["alarm"])

    async def live() -> None:
        embedded = Embedded(from_text(json.dumps(TOPOLOGY)), "wall", folder, keep, started_at=started_at)
        await embedded.start()
        for obj, at in raised:
            alarm = {"id": obj, "alarmedObject": {"id": obj}, "probableCause": "lossOfSignal", "perceivedSeverity": "major", "alarmRaisedTime": iso(at), "sourceSystemId": "ems"}
            await embedded.feed("alarms", [json.dumps(alarm).encode()])
            await embedded.settle()
        await embedded.stop()

    asyncio.run(live())
    return told


def test_what_was_raised_before_the_first_start_is_standing(tmp_path: Path) -> None:
    now = wall()
    told = run(tmp_path, now - SECOND, ("port-1", now - HOUR), ("port-2", now))

    assert [(a["alarmedObject"]["id"], a.get("isStanding", False)) for a in told] == [("port-1", True), ("port-2", False)]


def test_what_was_raised_between_two_starts_is_not_though_its_partition_held_nothing_before(tmp_path: Path) -> None:
    now = wall()
    assert run(tmp_path, now - 3 * HOUR) == []

    [told] = run(tmp_path, now, ("port-1", now - HOUR))

    assert "isStanding" not in told
