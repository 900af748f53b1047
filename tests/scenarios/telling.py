"""Plays a story in memory and compares what came of it with what the story expects.

An expectation: `{topic: ..., at or by: ..., where: {...}, count: N}`, with `count: 1` where it says none.

- `at: T`: records told with exactly this event time; `by: T`: of each key the last record told until then, as it stands;
  neither: every record of the story.
- `where`: path -> value. A path goes down by names and list positions (`rootCauseResource.0.id`); in a list of
  name/value pairs (TMF characteristics) by the pair's name (`characteristic.impact`); else a list has the value if one
  of its members has. `{over: N}`, `{under: N}`, `{has: text}` and `{length: N}` stand for a comparison.
"""

from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.edge.story import TELLS, Input, Story, StoryError, at_time, is_withdrawal, with_alarms, with_told
from streams.edge.topology_file import from_text
from streams.edge.words import time
from streams.replay import play

Told = dict[str, list[tuple[str, str, Any]]]
"""Topic -> (key, event time, value) in order."""


def tell(story: Story) -> Told:
    """Play a story to its end; answers get the ids that the commands and reports before them have."""
    topology = from_text(story.topology, name=f"{story.name}.yaml")
    feed = topology.feeds[0].topic
    known: list[tuple[str, bytes]] = [("spm-start", str(story.first_contact).encode())] if story.first_contact else []
    at: Instant = story.first_contact
    for given in story.inputs:
        if given.at > at:
            known.append(("spm-mark", str(given.at).encode()))
            at = given.at
        known.append((given.topic or feed, with_alarms(_with_told(given, topology, known), topology)))
    return play(topology, known, until=story.until)


def _with_told(given: Input, topology: Any, before: list[tuple[str, bytes]]) -> bytes:
    line = with_told(given.line, {})
    if line is None:
        line = with_told(given.line, ids_told(play(topology, before)))
    if line is None:
        raise StoryError(f"{given.line.decode()} answers what was never told")
    return line


def ids_told(told: Told) -> dict[str, list[str]]:
    """Return the ids of what answers may name, in the order of their first telling."""
    return {
        topic: list(dict.fromkeys(key if topic == "trouble-reports" else value["id"] for key, _, value in told[topic] if value is None or not is_withdrawal(value)))
        for topic in TELLS.values()}


def unmet(expectation: dict[str, Any], told: Told) -> str | None:
    """Return what is wrong in words, None where the expectation is met."""
    if strange := set(expectation) - {"topic", "at", "by", "where", "count"}:
        raise StoryError(f"expect: {sorted(strange)[0]!r} means nothing here")
    records = chosen(expectation, told[expectation["topic"]])
    found = [record for record in records if all(_has(record[2], path, value) for path, value in expectation.get("where", {}).items())]
    wanted = expectation.get("count", 1)
    if len(found) == wanted:
        return None
    shown = "\n".join(f"    {at} {key} {_short(value, expectation.get('where', {}))}" for key, at, value in records[:12])
    return f"{expectation}\n  {len(found)} found, {wanted} expected; of {len(records)}:\n{shown}"


def chosen(expectation: dict[str, Any], records: list[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    """Return the records that `at` and `by` leave."""
    if "at" in expectation:
        return [record for record in records if time(record[1]) == at_time(expectation["at"])]
    if "by" in expectation:
        standing = {record[0]: record for record in sorted(records, key=lambda record: record[1]) if time(record[1]) <= at_time(expectation["by"])}
        return [record for record in standing.values() if record[2] is not None]
    return records


def _at(value: Any, path: str) -> list[Any]:
    """Return every value at the path."""
    if not path:
        return [value]
    step, _, rest = path.partition(".")
    if isinstance(value, dict):
        return _at(value[step], rest) if step in value else []
    if isinstance(value, list):
        if step.isdigit():
            return _at(value[int(step)], rest) if int(step) < len(value) else []
        named = [each["value"] for each in value if isinstance(each, dict) and each.get("name") == step and "value" in each]
        return [found for each in named for found in _at(each, rest)] or [found for each in value for found in _at(each, path)]
    return []


def _has(value: Any, path: str, wanted: Any) -> bool:
    found = _at(value, path)
    if isinstance(wanted, dict):
        ((word, bound),) = wanted.items()
        compare = {"over": lambda x: x > bound, "under": lambda x: x < bound, "has": lambda x: bound in x, "length": lambda x: len(x) == bound}
        return any(compare[word](each) for each in found)
    return wanted in found or any(isinstance(each, list) and wanted in each for each in found)


def _short(value: Any, where: dict[str, Any]) -> str:
    if value is None:
        return "tombstone"
    seen = {path: _at(value, path) for path in where}
    return msgspec.json.encode(seen).decode() if seen else msgspec.json.encode(value).decode()[:200]
