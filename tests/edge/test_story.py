"""Stories are read as they are written, and a mistake in one is told with its row."""

import json
from pathlib import Path

import pytest

from streams.edge.story import StoryError, at_time, expanded, read_story, with_told
from tests.builders import at

PLAIN = """
story: A cut.
topology: {network: {resources: [{id: "port-{n}", n: 1..3}]}}
inputs:
  - {at: "10:20", clear: port-1, cause: lossOfSignal}
  - {at: "10:00", raise: "port-{n}", cause: lossOfSignal, severity: critical, n: 1..2}
  - {at: "10:05", result: failed, command: 1}
expect: []
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cut.yaml"
    path.write_text(text)
    return path


def test_inputs_come_in_order_of_time(tmp_path: Path) -> None:
    story = read_story(written(tmp_path, PLAIN))

    assert [at("10:00"), at("10:00"), at("10:05"), at("10:20")] == [each.at for each in story.inputs]
    assert ["", "", "restoration-results", ""] == [each.topic for each in story.inputs]
    assert at("10:20") == story.until


def test_a_counted_row_is_written_out_wherever_it_stands(tmp_path: Path) -> None:
    story = read_story(written(tmp_path, PLAIN))

    assert ["port-1", "port-2", "port-3"] == [row["id"] for row in json.loads(story.topology)["network"]["resources"]]
    assert [{"a": ["x-2", {"b": "2"}]}] == expanded([{"a": ["x-{n}", {"b": "{n}"}], "n": "2..2"}])


def test_a_clear_says_when(tmp_path: Path) -> None:
    clear = json.loads(read_story(written(tmp_path, PLAIN)).inputs[-1].line)

    assert ("cleared", "2026-01-01T10:20:00.000Z") == (clear["perceivedSeverity"], clear["alarmClearedTime"])
    assert "alarmRaisedTime" not in clear


def test_an_answer_waits_for_its_command(tmp_path: Path) -> None:
    line = read_story(written(tmp_path, PLAIN)).inputs[2].line

    assert with_told(line, {}) is None
    assert "c-1" == json.loads(with_told(line, {"restoration-commands": ["c-1"]}) or b"")["command"]


@pytest.mark.parametrize(("change", "told"), [
    (("story: A cut.", ""), "`story` is missing"),
    (('at: "10:20"', 'at: "noon"'), "inputs row 1"),
    (("clear: port-1, cause", "clear: port-1, couse"), "`couse` means nothing here"),
    (("clear: port-1, cause: lossOfSignal", "clear: port-1"), "cause"),
    (("expect: []", "expect: ["), "cut.yaml"),
])  # fmt: skip
def test_a_mistake_is_told_in_one_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(StoryError, match=told) as mistake:
        read_story(written(tmp_path, PLAIN.replace(*change)))

    assert "\n" not in str(mistake.value)


def test_times_are_of_one_day_or_full() -> None:
    assert at("10:00:05") == at_time("10:00:05")
    assert at("2026-02-03T04:05:06") == at_time("2026-02-03T04:05:06Z")
