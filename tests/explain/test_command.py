"""`spm explain` on what lies on disk: a replay's folder and the folder of a run tell the same."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from streams.edge.story import read_story
from tests.contract.test_commands import Answer, spm
from tests.explain.telling import SCENARIOS

assert spm                                                  # a fixture


class Places:
    def __init__(self, folder: Path) -> None:
        story = read_story(SCENARIOS / "five-alarms.yaml")
        self.topology, self.alarms, self.replayed, self.run = (str(folder / name) for name in ("topology.yaml", "alarms.ndjson", "replayed", "state"))
        Path(self.topology).write_text(story.topology)
        Path(self.alarms).write_bytes(b"".join(each.line + b"\n" for each in story.inputs))


@pytest.fixture
def places(spm: Callable[..., Answer], tmp_path: Path) -> Places:
    found = Places(tmp_path)
    assert 0 == spm("replay", found.alarms, "-t", found.topology, "--out", found.replayed).status
    return found


def test_a_replay_is_explained_in_words_json_and_pictures(spm: Callable[..., Answer], places: Places, tmp_path: Path) -> None:
    drawn = [str(tmp_path / name) for name in ("p.svg", "p.png")]
    text = spm("explain", "fibre-7", "--from", places.replayed, "-t", places.topology, "--svg", drawn[0], "--png", drawn[1])
    told = json.loads(spm("explain", "fibre-7", "--from", places.replayed, "--json").stdout)

    assert (0, "") == (text.status, text.stderr)
    assert "fibre-7" in text.stdout and told["id"] in text.stdout
    assert "fibre-7" == told["cause"]["object"]
    assert "fibre-7" in "".join(ElementTree.parse(drawn[0]).getroot().itertext()) and Path(drawn[1]).read_bytes().startswith(b"\x89PNG")


def test_a_run_is_explained_as_its_replay_is(spm: Callable[..., Answer], places: Places) -> None:
    spm("run", places.alarms, "--topology", places.topology, "--data", places.run, "--exit", "--clock", "event", "--http-port", "0", "--metrics-port", "0")
    live = json.loads(spm("explain", "fibre-7", "--data", places.run, "--json").stdout)
    replayed = json.loads(spm("explain", "fibre-7", "--from", places.replayed, "--json").stdout)

    assert live["source"] == f"the run in {places.run}"
    assert {alarm["object"]: alarm["reason"] for alarm in replayed["alarms"]} == {alarm["object"]: alarm["reason"] for alarm in live["alarms"]}
    assert (replayed["id"], replayed["cause"]) == (live["id"], live["cause"])


def test_mistakes_are_told_in_one_line(spm: Callable[..., Answer], places: Places, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("network: {resources: [{id: fibre-7}]}")
    cases = [
        (("nobody", "--from", places.replayed), "no problem and no alarm record has this id"),
        (("fibre-7", "--from", str(tmp_path)), "holds no outputs of `spm replay`"),
        (("fibre-7", "--data", str(tmp_path)), "holds no log of `spm run`"),
        (("fibre-7", "--from", places.replayed, "--svg", str(tmp_path / "x.svg"), "-t", "nowhere.yaml"), "there is no such topology file"),
        (("fibre-7", "--from", places.replayed, "--svg", str(tmp_path / "no" / "x.svg"), "-t", places.topology), "No such file or directory"),
    ]
    for arguments, said in cases:
        answer = spm("explain", *arguments)
        assert answer.status and said in answer.stderr and 1 == len(answer.stderr.strip().splitlines()), answer

    warned = spm("explain", "fibre-7", "--from", places.replayed, "-t", str(other), "--svg", str(tmp_path / "x.svg"))
    assert 0 == warned.status and "was decided under topology" in warned.stderr
