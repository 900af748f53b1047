"""`spm run` as people use it: a process that is fed by files, standard input and HTTP, ends when told, and remembers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

TOPOLOGY = {
    "network": {"resources": [{"id": "span-1", "type": "span", "domain": "north"}], "dependencies": [{"from": "svc-1", "to": "span-1"}]},
    "services": [{"id": "svc-1", "type": "vpn", "domain": "north"}],
}
ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[str]]


def an_alarm(minute: int, cleared: bool = False) -> str:
    time_ = f"2026-01-01T10:{minute:02}:00Z"
    return json.dumps({
        "id": "1", "probableCause": "lossOfSignal", "alarmedObject": {"id": "span-1"}, "alarmType": "communicationsAlarm",
        "perceivedSeverity": "cleared" if cleared else "critical", "alarmClearedTime" if cleared else "alarmRaisedTime": time_}) + "\n"  # fmt: skip


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `spm run` with the topology above and a data folder of its own; end whatever still runs."""
    (tmp_path / "topology.yaml").write_text(json.dumps(TOPOLOGY))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
    environment = {
        **inherited, "SPM_TOPOLOGY": str(tmp_path / "topology.yaml"), "SPM_DATA": str(tmp_path / "data"), "SPM_METRICS_PORT": "0", "SPM_HTTP_PORT": "0",
        "SPM_CLOCK": "event", "PYTHONPATH": str(ROOT)}  # fmt: skip
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **but: str) -> subprocess.Popen[str]:
        started.append(subprocess.Popen(
            [sys.executable, "-m", "streams", "run", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**environment, **but}))  # fmt: skip
        return started[-1]

    run.environment = environment  # type: ignore[attr-defined]
    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def post(port: int, body: str, path: str = "/alarms", **headers: str) -> int:
    """Post NDJSON; return the status. Waits for the server to come up."""
    told = {"Content-Type": "application/x-ndjson", **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = Request(f"http://127.0.0.1:{port}{path}", body.encode(), told)
    for _ in range(300):
        try:
            with urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except HTTPError as refused:
            return refused.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nobody listens")


def test_lines_on_standard_input_become_a_problem(start: Start) -> None:
    out, err = start("-", "--exit").communicate(an_alarm(0) + an_alarm(5, cleared=True), timeout=60)

    assert "lossOfSignal at span-1" in out
    assert "2 alarms: 1 cleared, 1 new" in out or "2 alarms: 1 new, 1 cleared" in out
    assert "" == err


def test_a_line_that_is_no_alarm_is_told_and_stops_nothing(start: Start) -> None:
    out, _ = start("-", "--exit").communicate("nonsense\n" + an_alarm(0), timeout=60)

    assert "1 dead letter" in out and "refused" in out
    assert "1 problem " in out


def test_what_http_accepted_survives_a_kill(start: Start) -> None:
    port = free_port()
    first = start(SPM_HTTP_PORT=str(port))
    assert 202 == post(port, an_alarm(0))
    first.kill()
    first.wait()

    out, _ = start("-", "--exit").communicate(an_alarm(5, cleared=True), timeout=60)

    assert "resolved" in out or "0 of 1 alarm active" in out
    assert "1 cleared" in out and "1 new" in out


def test_a_signal_ends_it_in_order(start: Start) -> None:
    port = free_port()
    process = start(SPM_HTTP_PORT=str(port))
    assert 202 == post(port, an_alarm(0))
    assert 400 == post(port, "nonsense")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)

    assert (0, "") == (process.returncode, err)
    assert "1 problem (1 inProgress)" in out


def test_a_port_that_is_taken_is_told_in_one_line(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(SPM_HTTP_PORT=str(taken.getsockname()[1]))
        _, err = process.communicate(timeout=60)

    assert 1 == process.returncode
    assert "--http-port" in err and 1 == len(err.strip().splitlines())


def test_a_recording_is_played_with_its_times_shifted_to_now(start: Start, tmp_path: Path) -> None:
    recording = tmp_path / "alarms.ndjson"
    recording.write_text(an_alarm(0) + an_alarm(30) + an_alarm(50, cleared=True))
    out, _ = start(str(recording), "--speed", "3000", "--exit").communicate(timeout=60)

    assert "Playing 3 recorded lines" in out
    assert "1 repeat" in out and "1 cleared" in out


def test_a_request_sent_again_over_a_kill_counts_once(start: Start) -> None:
    port = free_port()
    first = start(SPM_HTTP_PORT=str(port), SPM_CLOCK="wall")
    assert 202 == post(port, an_alarm(0), Idempotency_Key="a")
    first.kill()
    first.wait()
    second = start(SPM_HTTP_PORT=str(port), SPM_CLOCK="wall")
    assert 202 == post(port, an_alarm(0), Idempotency_Key="a")
    assert 202 == post(port, an_alarm(0), Idempotency_Key="b")
    second.send_signal(signal.SIGTERM)
    out, _ = second.communicate(timeout=60)

    assert "1 duplicate-request" in out and "1 new" in out and "1 repeat" in out


def test_every_feed_is_served(start: Start, tmp_path: Path) -> None:
    feeds = [{"topic": "ems", "format": "tmf642"}, {"topic": "ran", "format": "ves"}, {"topic": "zoo", "format": "tmf642"}]
    (tmp_path / "feeds.yaml").write_text(json.dumps(TOPOLOGY | {"feeds": feeds}))
    port = free_port()
    process = start(SPM_HTTP_PORT=str(port), SPM_TOPOLOGY=str(tmp_path / "feeds.yaml"))
    statuses = [post(port, an_alarm(minute), path) for minute, path in enumerate(("/feeds/ems", "/feeds/zoo", "/feeds/ran", "/feeds/none"))]
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)

    assert [202, 202, 400, 404] == statuses
    assert "1 new" in out and "1 repeat" in out


def test_it_is_not_open_to_others_without_credentials(start: Start) -> None:
    process = start(SPM_HTTP_PORT=str(free_port()), SPM_BIND="0.0.0.0")
    _, err = process.communicate(timeout=60)

    assert (2, 1) == (process.returncode, len(err.splitlines()))
    assert "SPM_HTTP_TOKEN_FILE" in err


def test_a_dead_letter_is_redriven_while_the_processor_runs(start: Start) -> None:
    started = start("-")
    unreadable = {name: value for name, value in json.loads(an_alarm(0)).items() if name not in ("probableCause", "alarmType")}
    assert started.stdin is not None
    started.stdin.write(json.dumps(unreadable) + "\n")
    started.stdin.flush()

    def spm(*arguments: str) -> str:
        return subprocess.run([sys.executable, "-m", "streams", *arguments], env=start.environment, capture_output=True, text=True, check=False).stdout  # type: ignore[attr-defined]

    for _ in range(30):
        if "1 dead letter" in (listed := spm("dead-letters", "list")):
            break
        time.sleep(0.5)

    assert "no-cause" in listed
    assert "0 letters redriven, 1 still unreadable" in spm("dead-letters", "redrive", "--all", "--wait", "60")
    assert "refused-again" in spm("dead-letters", "list", "--json")
    assert "100.0%" in spm("feeds", "list")


def test_what_an_operator_asks_over_http_is_done(start: Start, tmp_path: Path) -> None:
    port = free_port()
    process = start(SPM_HTTP_PORT=str(port))
    taken = post(port, an_alarm(0))
    unknown = post(port, "{}", "/requests/alarm-events")
    nonsense = post(port, "[1]", "/requests/planned-outages")
    work = {"id": "chg-1", "objects": ["span-1"], "startsAt": "2026-01-01T09:59:00Z", "endsAt": "2026-01-01T11:00:00Z"}
    asked = post(port, json.dumps(work), "/requests/planned-outages")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)

    assert [202, 404, 400, 202] == [taken, unknown, nonsense, asked]
    assert "1 request: 1 planned-outage" in out, out


def test_a_story_for_a_topic_that_nobody_reads_is_refused(start: Start, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(json.dumps({"story": "A slip.", "topology": TOPOLOGY, "inputs": [{"at": "10:00", "topic": "operator-action", "value": {}}], "expect": []}))
    _, told = start("--story", str(story), "--exit").communicate(timeout=30)

    assert "nothing reads the topic 'operator-action'" in told
