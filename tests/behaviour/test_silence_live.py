"""Silence on the wall clock: nothing comes any more, and the processor says so by itself."""

import asyncio
import json
from typing import Any

from streams.app import Embedded
from streams.edge.topology_file import from_text

TOPOLOGY = """
network: {resources: [{id: ems-1, domain: west}]}
feeds: [{topic: raw-alarms, format: auto, home: west, silent_after: 1s}]
policy: {correlate: {heartbeats_missed: 1}}
"""
HEARTBEAT = json.dumps({"notificationType": "notifyHeartbeat", "systemDN": "ems-1", "heartbeatNtfPeriod": 1}).encode()
LONG_ENOUGH = 400
"""Looks, a twentieth of a second apart: far more than the two seconds it takes."""


def test_live_a_silence_is_told_by_the_wall_clock_and_ends_with_a_heartbeat() -> None:
    told: list[dict[str, Any]] = []

    def hear(output: Any, partition: int) -> None:
        if output[0] == "alarm-records":
            told.append(json.loads(output[2])["event"]["alarm"])

    async def until(embedded: Embedded, state: str) -> set[str]:
        for _ in range(LONG_ENOUGH):
            await embedded.settle()
            causes = {alarm["probableCause"] for alarm in told if alarm["state"] == state}
            if causes >= {"heartbeatLost", "feedSilent"}:
                break
            await asyncio.sleep(0.05)
        return causes

    async def run() -> tuple[set[str], set[str]]:
        embedded = Embedded(from_text(TOPOLOGY), "wall", None, hear)
        await embedded.start()
        await embedded.feed("raw-alarms", [HEARTBEAT])
        silent = await until(embedded, "raised")
        await embedded.feed("raw-alarms", [HEARTBEAT])
        back = await until(embedded, "cleared")
        await embedded.stop()
        return silent, back

    silent, back = asyncio.run(run())

    assert silent == back == {"heartbeatLost", "feedSilent"}
