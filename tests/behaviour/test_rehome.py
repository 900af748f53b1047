"""A new topology.yaml while alarms are active, on the embedded log: the state of the old run goes on under the new one."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from streams.app import Embedded
from streams.edge.topology_file import from_text
from streams.edge.words import time
from streams.engine.record import Output

BEFORE = """
network:
  resources:
    - {id: r1, domain: east}
    - {id: r2, domain: east}
"""
AFTER = """
network:
  resources:
    - {id: r1, domain: west}
    - {id: r2, domain: east}
    - {id: newcomer, domain: west, aliases: ["10.0.0.9"]}
"""


def an_alarm(obj: str, when: str, cleared: bool = False) -> bytes:
    told = {"id": f"{obj}-1", "alarmedObject": {"id": obj}, "probableCause": "lossOfSignal", "perceivedSeverity": "cleared" if cleared else "critical", "sourceSystemId": "ems",
            "alarmRaisedTime": "2026-01-01T10:00:00Z", **({"alarmClearedTime": when, "state": "cleared"} if cleared else {})}
    return msgspec.json.encode(told)


def run(folder: Path, topology: str, until: str, *lines: bytes) -> dict[str, list[Any]]:
    """Run the processor over one state folder until all is worked off; return topic -> values."""
    told: dict[str, list[Any]] = {}

    def note(output: Output, partition: int) -> None:
        if output[0] in ("alarm-records", "problems") and output[2] is not None:
            told.setdefault(output[0], []).append(msgspec.json.decode(output[2]))

    async def all_of_it() -> None:
        embedded = Embedded(from_text(topology), "event", folder, note)
        await embedded.start()
        for line in lines:
            await embedded.feed("raw-alarms", [line])
            await embedded.settle()
        embedded.mark(time(until))
        await embedded.settle()
        await embedded.stop()

    asyncio.run(all_of_it())
    return told


def alarms(told: dict[str, list[Any]]) -> dict[tuple[str, str], str]:
    """(domain, object) -> state of the last event of each record, those deleted left out."""
    last = {(event["domain"], event["event"]["alarm"]["alarmedObject"]["id"]): event for event in told.get("alarm-records", [])}
    return {key: event["event"]["alarm"]["state"] for key, event in last.items() if event["@type"] != "AlarmDeleteEvent"}


def test_a_clear_under_the_new_file_clears_what_was_raised_under_the_old(tmp_path: Path) -> None:
    before = run(tmp_path, BEFORE, "2026-01-01T10:01:00Z", an_alarm("r1", ""), an_alarm("r2", ""), an_alarm("10.0.0.9", ""))
    assert alarms(before) == {("east", "r1"): "raised", ("east", "r2"): "raised", ("unresolved", "10.0.0.9"): "raised"}

    after = run(tmp_path, AFTER, "2026-01-01T10:30:00Z", an_alarm("r2", "2026-01-01T10:05:00Z", True), an_alarm("r1", "2026-01-01T10:06:00Z", True), an_alarm("10.0.0.9", "2026-01-01T10:07:00Z", True))

    assert alarms(after) == {("west", "r1"): "cleared", ("east", "r2"): "cleared", ("west", "newcomer"): "cleared"}
    problems = {problem["id"]: {c["name"]: c.get("value") for c in problem["characteristic"]} for problem in [*before["problems"], *after["problems"]]}
    assert len(problems) >= 3 and {told["activeAlarmCount"] for told in problems.values()} == {0}


def test_a_run_under_the_same_file_moves_nothing(tmp_path: Path) -> None:
    run(tmp_path, BEFORE, "2026-01-01T10:01:00Z", an_alarm("r1", ""))
    again = run(tmp_path, BEFORE, "2026-01-01T10:01:00Z", an_alarm("r1", "2026-01-01T10:06:00Z", True))

    assert [event["@type"] for event in again["alarm-records"]] == ["AlarmStateChangeEvent"]
