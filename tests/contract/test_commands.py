"""Every command has help with an example; what a person gets wrong is told in one line and a status that is not 0."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.main import get_command

from streams.cli import app, main

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "deploy" / "demo"


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found += [(name,)] if below is None else [(name, each) for each in below]
    return found


class Answer(NamedTuple):
    status: int
    stdout: str
    stderr: str


@pytest.fixture
def spm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command in this process, from the project's root, with nothing of ours in the environment but what is given."""

    def run(*arguments: str, **environment: str) -> Answer:
        for name in list(os.environ):
            if name.startswith("SPM_"):
                monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["spm", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Answer(ended.value.code if isinstance(ended.value.code, int) else 0, told.out, told.err)

    return run


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(spm: Callable[..., Answer], command: tuple[str, ...]) -> None:
    told = spm(*command, "--help")

    assert 0 == told.status
    assert f"spm {' '.join(command)}" in told.stdout.split("Example:")[1]


@pytest.mark.parametrize(("arguments", "environment", "told"), [
    (["frobnicate"], {}, "No such command"),
    (["replay", "nowhere.ndjson", "--out", "x"], {}, "nowhere.ndjson: there is no such file of alarms"),
    (["replay"], {}, "Missing argument"),
    (["replay", "README.md", "--out", "x", "--topology", "nowhere.yaml"], {}, "nowhere.yaml: there is no such topology file"),
    (["replay", "README.md", "--out", "x", "--format", "csv"], {}, "there is no such format; known are"),
    (["replay", "README.md", "--out", "README.md", "-t", "deploy/demo/topology.yaml"], {}, "is a file, not a folder"),
    (["run", "--speed", "-3"], {}, "below 0"),
    (["run", "--speed", "fast"], {}, "--speed"),
    (["run", "-t", "deploy/demo/topology.yaml", "--http-port", "99999"], {}, "SPM_HTTP_PORT"),
    (["run", "-t", "deploy/demo/topology.yaml", "--story", "nowhere.yaml"], {}, "nowhere.yaml"),
    (["run", "-t", "deploy/run"], {}, "deploy/run"),
    (["worker", "-t", "deploy/demo/topology.yaml"], {}, "SPM_BOOTSTRAP is not set"),
    (["topics", "apply", "-t", "deploy/demo/topology.yaml"], {}, "SPM_BOOTSTRAP is not set"),
    (["tables", "--data", "deploy/demo"], {}, "there is no state in this folder"),
    (["dead-letters", "list", "--data", "deploy/demo"], {}, "holds no log of `spm run`"),
    (["dead-letters", "list", "--data", "deploy/demo", "--since", "yesterday"], {}, "holds no log"),
    (["dead-letters", "show", "alarms/0/17", "--data", "deploy/demo"], {}, "holds no log"),
    (["dead-letters", "redrive", "--all", "--data", "deploy/demo"], {}, "holds no log"),
    (["topics", "apply", "-t", "deploy/demo/topology.yaml", "--bootstrap", "127.0.0.1:1"], {}, "no Kafka answers at 127.0.0.1:1"),
    (["dead-letters", "list", "--bootstrap", "127.0.0.1:1"], {}, "no Kafka answers at 127.0.0.1:1"),
    (["feeds", "list", "-t", "nowhere.yaml", "--data", "deploy/demo"], {}, "nowhere.yaml: there is no such topology file"),
    (["feeds", "resume", "no-such-feed", "-t", "deploy/demo/topology.yaml"], {}, "no-such-feed: there is no such feed; declared are"),
    (["check", "deploy/demo/topology.yaml"], {"SPM_TOPOLGY": "x"}, "did you mean SPM_TOPOLOGY?"),
    (["check", "deploy/demo/topology.yaml"], {"SPM_CUSTOMER_KEY_FILE": "nowhere"}, "SPM_CUSTOMER_KEY_FILE"),
    (["check", "deploy/demo/topology.yaml"], {"SPM_SECURITY_PROTOCOL": "SSL", "SPM_SSL_CA_LOCATION": "nowhere.pem"}, "SPM_SSL_CA_LOCATION: nowhere.pem cannot be read"),
    (["check", "deploy/demo/topology.yaml"], {"SPM_SASL_PASSWORD_FILE": "nowhere"}, "SPM_SASL_PASSWORD_FILE: nowhere cannot be read"),
    (["dead-letters", "list", "--bootstrap", "127.0.0.1:1"], {"SPM_SECURITY_PROTOCOL": "SASL_SSL", "SPM_SASL_MECHANISM": "SCRAM-SHA-512"}, "comes with SPM_SASL_USERNAME and SPM_SASL_PASSWORD_FILE"),
    (["worker", "-t", "deploy/demo/topology.yaml", "--clock", "sundial"], {"SPM_BOOTSTRAP": "127.0.0.1:1"}, "SPM_CLOCK"),
])  # fmt: skip
def test_a_mistake_is_told_in_one_line(spm: Callable[..., Answer], arguments: list[str], environment: dict[str, str], told: str) -> None:
    answer = spm(*arguments, **environment)

    assert answer.status not in (0, 70)
    assert 1 == len(answer.stderr.strip().splitlines()), answer.stderr
    assert told in answer.stderr and answer.stderr.startswith("spm: ")


def test_check_says_what_is_wrong_with_lines(spm: Callable[..., Answer], tmp_path: Path) -> None:
    wrong = tmp_path / "topology.yaml"
    wrong.write_text("network:\n  resources:\n    - {id: a}\n  dependencies:\n    - {from: b, to: a}\n")
    answer = spm("check", str(wrong))

    assert 1 == answer.status
    assert ":5" in answer.stdout and "refused" in answer.stdout


def test_the_demo_is_valid_and_has_no_warning(spm: Callable[..., Answer]) -> None:
    answer = spm("check", str(DEMO / "topology.yaml"))

    assert 0 == answer.status
    assert "warning" not in answer.stdout and "is valid" in answer.stdout




def test_names_lists_what_did_not_resolve_with_the_rule_from_a_recording_and_from_state(spm: Callable[..., Answer], tmp_path: Path) -> None:
    topology, alarms = tmp_path / "topology.yaml", tmp_path / "alarms.ndjson"
    topology.write_text("network: {resources: [{id: olt-7}, {id: olt-12}]}")
    line = '{"id": "1", "alarmedObject": {"id": "%s"}, "probableCause": "lossOfSignal", "perceivedSeverity": "major", "alarmRaisedTime": "2026-01-01T10:00:00Z", "sourceSystemId": "e"}\n'
    alarms.write_text("".join(line % name for name in ("olt-7", "NE0012", "NE0012", "NE7")))

    read = spm("names", str(alarms), "--topology", str(topology), COLUMNS="200")
    spm("run", str(alarms), "--topology", str(topology), "--data", str(tmp_path / "state"), "--exit", "--http-port", "0", "--metrics-port", "0")
    stored = spm("names", "--data", str(tmp_path / "state"), "--topology", str(topology), COLUMNS="200")

    assert "raw-alarms: 4 alarms, 3 of them (75.0%)" in read.stdout and "to: 'olt-\\1'" in read.stdout and "(2 of these names)" in read.stdout
    assert stored == read
    assert spm("names", "--data", str(tmp_path / "nothing"), "--topology", str(topology)).status == 2
    assert "no such feed" in spm("names", "--feed", "x", "--topology", str(topology)).stderr


def a_line(object_: str) -> str:
    return f'{{"id": "1", "alarmedObject": {{"id": "{object_}"}}, "probableCause": "x", "perceivedSeverity": "major", "alarmRaisedTime": "2026-01-01T10:00:00Z"}}\n'


@pytest.mark.parametrize(("lines", "status", "told"), [
    ("x\ny\n", 1, "not one of 2 lines could be read as tmf642"),
    ("", 1, "there was no line to replay"),
    (a_line("nobody") * 2 + "x\n", 0, "only 0 of 2 alarms came from objects that"),
    (a_line("core-router-1") + "x\n", 0, ""),
])  # fmt: skip
def test_a_replay_says_when_recording_and_topology_do_not_match(spm: Callable[..., Answer], tmp_path: Path, lines: str, status: int, told: str) -> None:
    recording, topology = tmp_path / "recording.ndjson", tmp_path / "topology.yaml"
    recording.write_text(lines)
    topology.write_text("network:\n  resources: [{id: core-router-1}]\n")
    answer = spm("replay", str(recording), "-t", str(topology), "--out", str(tmp_path / "out"))

    assert (status, bool(told)) == (answer.status, bool(answer.stderr))
    assert told in answer.stderr
