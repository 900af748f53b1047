"""A story: alarms and answers at times, and what must come of them; one YAML file that tests, `spm run` and the README share.

    story: One sentence that says what happens.
    topology: {...}                     # as in topology.yaml
    first_contact: "10:00"              # when listening began, if that matters: alarms raised before stood already
    until: "12:00"                      # how long time goes on after the last input
    inputs:
      - {at: "10:00", raise: span-1, cause: lossOfSignal, severity: critical}
      - {at: "10:00:02", raise: "ont-{n}", n: 1..40, cause: underlyingResourceUnavailable, severity: minor}
      - {at: "10:20", clear: span-1, cause: lossOfSignal}
      - {at: "10:05", result: failed, command: 1}          # the executor's answer to the first command
      - {at: "10:21", tested: failed, test: 1, text: no light}   # the tester's to the first test: passed, failed, running, rejected
      - {at: "10:06", do: ack, alarm: span-1, cause: lossOfSignal, with: {user: eva}}    # an operator's action on that alarm
      - {at: "10:06", topic: trouble-report-updates, value: {id: "$report:1", ...}}      # about the first report; $command:1 is the first command
      - {at: "10:07", topic: topology.yaml, value: {...}}  # another topology.yaml takes effect, whole
    expect:                             # see tests/scenarios/telling.py; [] for none

- Times are of 2026-01-01 UTC. `also: {...}` on a raise adds TMF642 fields.
- A row with `n: A..B` stands for B-A+1 rows, `{n}` in its texts counted up; in the topology too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streams.domain.feedback import feedback_id
from streams.domain.ids import identify
from streams.domain.instant import Instant, iso
from streams.edge.topology_file import Topology
from streams.edge.words import time

DAY = "2026-01-01T"
TOLD = re.compile(rb"\$(command|report|test):(\d+)")
"""What stands for the id of the n-th of what was told, until it is known."""
TELLS = {"command": "restoration-commands", "report": "trouble-reports", "test": "test-requests"}
"""Where it is told."""
ALARM = re.compile(rb'\$alarm:([^|"]*)\|([^"]*)')
"""What stands for the id of an alarm record, `$alarm:object|cause|specific problem`, until the topology is known."""
FEEDBACK = re.compile(rb'\$feedback:([^|"]*)\|([^|"]*)\|([^|"]*)\|([^"]*)')
"""What stands for the id of feedback, `$feedback:action|request id|object|cause|specific problem`: the alarm was its target."""
TOPOLOGY = "topology.yaml"
"""Stands where a topic would for another topology.yaml that takes effect."""
_PLAIN = ("at", "raise", "clear", "cause", "severity", "also", "result", "command", "tested", "test", "text", "topic", "value", "do", "alarm", "with")


class StoryError(ValueError):
    """A story that cannot be read; the message names the file and the row."""


class Input(msgspec.Struct, frozen=True):
    """One record that comes in."""

    at: Instant
    topic: str
    """"" for the feed."""
    line: bytes


class Story(msgspec.Struct, frozen=True):
    """A story as read, its rows written out."""

    name: str
    sentence: str
    topology: str
    """As JSON, which is YAML too."""
    inputs: tuple[Input, ...]
    """In order of time."""
    until: Instant
    expect: tuple[dict[str, Any], ...]
    first_contact: Instant = 0
    """When listening began, 0 where nothing stood before."""


def at_time(text: str) -> Instant:
    """Read `10:00`, `10:00:05`, or a full ISO time."""
    text = str(text)
    full = text if "T" in text else DAY + (text if text.count(":") == 2 else text + ":00") + "Z"
    if not (at := time(full)):
        raise ValueError(f"{text!r} is no time such as 10:00 or 10:00:05")
    return at


def read_story(path: Path) -> Story:
    """Read a file; StoryError with what is wrong in one line."""
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StoryError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except YAMLError as error:
        raise StoryError(f"{path}: {' '.join(str(error).split())}") from None
    missing = [name for name in ("story", "topology", "inputs", "expect") if not isinstance(content, dict) or name not in content]
    if missing:
        raise StoryError(f"{path}: `{missing[0]}` is missing; a story has story, topology, inputs and expect")
    inputs = []
    for n, row in enumerate(expanded(content["inputs"]), 1):
        try:
            inputs.append(_input(row))
        except (ValueError, KeyError, TypeError) as error:
            raise StoryError(f"{path}: inputs row {n}, {row}: {error.args[0] if error.args else error}") from None
    inputs.sort(key=lambda each: each.at)
    last = inputs[-1].at if inputs else 0
    return Story(
        path.stem, " ".join(str(content["story"]).split()), msgspec.json.encode(expanded(content["topology"])).decode(), tuple(inputs),
        at_time(content["until"]) if "until" in content else last, tuple(content["expect"]),
        at_time(content["first_contact"]) if "first_contact" in content else 0)


def expanded(content: Any) -> Any:
    """Write out rows with `n: A..B`, wherever they are."""
    if isinstance(content, dict):
        return {key: expanded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [expanded(row) for rows in content for row in _counted(rows)]
    return content


def _counted(row: Any) -> Iterator[Any]:
    if not (isinstance(row, dict) and isinstance(row.get("n"), str) and ".." in row["n"]):
        yield row
        return
    first, last = row["n"].split("..")
    for n in range(int(first), int(last) + 1):
        yield {key: _with(value, n) for key, value in row.items() if key != "n"}


def _with(value: Any, n: int) -> Any:
    if isinstance(value, str):
        return value.replace("{n}", str(n))
    if isinstance(value, list):
        return [_with(each, n) for each in value]
    return {key: _with(each, n) for key, each in value.items()} if isinstance(value, dict) else value


def _input(row: dict[str, Any]) -> Input:
    if strange := [name for name in row if name not in _PLAIN]:
        raise ValueError(f"`{strange[0]}` means nothing here; known are {', '.join(_PLAIN)}")
    at = at_time(row["at"])
    if "result" in row:
        answer = {"command": f"$command:{row['command']}", "outcome": row["result"], "text": row.get("text", ""), "eventTime": iso(at)}
        return Input(at, "restoration-results", msgspec.json.encode(answer))
    if "tested" in row:
        return Input(at, "test-results", msgspec.json.encode(_tested(row, iso(at))))
    if "do" in row:
        target = f"$alarm:{row['alarm']}|{row['cause']}|{row.get('also', {}).get('specificProblem', '')}"
        return Input(at, "operator-actions", msgspec.json.encode({"eventTime": iso(at), "action": row["do"], "target": target, **row.get("with", {})}))
    if row.get("topic") == TOPOLOGY:
        return Input(at, TOPOLOGY, msgspec.json.encode(expanded(row["value"])))
    if "topic" in row:
        return Input(at, row["topic"], msgspec.json.encode({"eventTime": iso(at), **row["value"]}))
    return Input(at, "", msgspec.json.encode(_alarm(row, iso(at))))


def _tested(row: dict[str, Any], at: str) -> dict[str, Any]:
    """Write a tester's answer (TMF653)."""
    word, ident, said = row["tested"], f"$test:{row['test']}", row.get("text", "")
    if word not in ("passed", "failed"):
        return {"id": ident, "state": "inProgress" if word == "running" else word, "description": said, "eventTime": at}
    measure = {"metricName": said or "all", "ruleViolation": [{"name": "the test's rule"}] if word == "failed" else []}
    return {"id": ident, "state": "completed", "testMeasure": [measure], "eventTime": at}


def _alarm(row: dict[str, Any], at: str) -> dict[str, Any]:
    """Write a TMF642 alarm as a plain source would."""
    cleared = "clear" in row
    obj = row["clear"] if cleared else row["raise"]
    return {
        "id": f"{obj}:{row['cause']}", "alarmType": "communicationsAlarm", "perceivedSeverity": "cleared" if cleared else row.get("severity", "major"),
        "probableCause": row["cause"], "alarmedObject": {"id": obj}, "state": "cleared" if cleared else "raised", "sourceSystemId": "story",
        ("alarmClearedTime" if cleared else "alarmRaisedTime"): at, **row.get("also", {}),
    }  # fmt: skip


def with_alarms(line: bytes, topology: Topology) -> bytes:
    """Put the ids of alarm records and of feedback in: they follow from the alarm's domain and key."""
    feed = topology.feeds[0]

    def of_alarm(object_: bytes, rest: bytes) -> tuple[str, str]:
        node = topology.network.nodes.get(object_.decode())
        domain = node.domain if node else feed.home
        return domain, identify(domain, f"{feed.namespace}|{object_.decode()}|{rest.decode()}")

    def of_feedback(found: re.Match[bytes]) -> bytes:
        domain, target = of_alarm(found[3], found[4])
        return feedback_id(domain, found[2].decode(), found[1].decode(), target).encode()

    return FEEDBACK.sub(of_feedback, ALARM.sub(lambda found: of_alarm(found[1], found[2])[1].encode(), line))


def is_withdrawal(value: dict[str, Any]) -> bool:
    """Tell whether a record takes something back: that is nothing anybody answers."""
    return str(value.get("@type", "")).endswith("Withdrawal")


def with_told(line: bytes, known: Mapping[str, Sequence[str]]) -> bytes | None:
    """Put the ids of what was told so far in (`known`: topic -> ids in the order of their first telling); None while one is not known yet."""
    wanted = [(TELLS[found[1].decode()], int(found[2])) for found in TOLD.finditer(line)]
    if any(number > len(known.get(topic, ())) for topic, number in wanted):
        return None
    return TOLD.sub(lambda found: known[TELLS[found[1].decode()]][int(found[2]) - 1].encode(), line)
