"""`spm gateway` on a real Kafka: 2xx means durable, sent again means once, and what cannot be is told."""

import json
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from streams.engine.broker import JarKafka
from tests.behaviour.suite import TOPOLOGY, alarm, some
from tests.behaviour.test_kafka import OnKafka
from tests.broker.gate import Gate


def post(url: str, body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Post JSON; return status, headers and body."""
    request = Request(url, body, {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


def test_a_request_sent_twice_over_a_kill_is_one_alarm_notification(kafka: str, tmp_path: Path) -> None:
    processor = OnKafka(kafka, tmp_path)
    try:
        with Gate(kafka, processor.run.settings.topology, tmp_path) as gate:
            gate.wait()
            first = post(f"{gate.url}/alarms", alarm("ont-1", "10:00:00"), Idempotency_Key="a")
            gate.kill()
            gate.start()
            gate.wait()
            again = post(f"{gate.url}/alarms", alarm("ont-1", "10:00:00"), Idempotency_Key="a")
            other = post(f"{gate.url}/alarms", alarm("ont-2", "10:00:01"), Idempotency_Key="b")
            processor.outputs("alarm-records", some(2))     # partitions are read side by side, and requests lie in them by their ids
            cleared = post(f"{gate.url}/alarms", alarm("ont-1", "10:00:00", cleared="10:01:00"), Idempotency_Key="c")
            figures = gate.figures()
            ended = gate.end()
        processor.mark("10:05:00")
        records = [record["event"]["alarm"] for record in processor.outputs("alarm-records", some(3))]
    finally:
        processor.close()

    assert [202] * 4 == [first[0], again[0], other[0], cleared[0]]
    assert first[1]["X-Request-Id"] == again[1]["X-Request-Id"]
    assert {1} == {record["timesHeard"] for record in records}
    told = sorted((record["alarmedObject"]["id"], record["state"]) for record in records if record["state"] != "updated")  # What is found of an alarm later.
    assert [("ont-1", "cleared"), ("ont-1", "raised"), ("ont-2", "raised")] == told
    assert 3 == figures['spm_gateway_requests_total{path="/alarms",status="202"}']
    assert 0 == ended


def test_without_a_broker_nothing_is_accepted_and_with_it_everything(restartable_kafka: JarKafka, tmp_path: Path) -> None:
    processor = OnKafka(restartable_kafka.bootstrap, tmp_path)
    try:
        with Gate(restartable_kafka.bootstrap, processor.run.settings.topology, tmp_path) as gate:
            gate.wait()
            restartable_kafka.stop(kill=True)
            refused = post(f"{gate.url}/alarms", alarm("ont-1", "10:00:00"), Idempotency_Key="a")
            restartable_kafka.start()
            accepted = post(f"{gate.url}/alarms", alarm("ont-1", "10:00:00"), Idempotency_Key="a")
    finally:
        processor.close()

    assert (503, "1") == (refused[0], refused[1]["Retry-After"])
    assert b"send it again" in refused[2]
    assert 202 == accepted[0]


def test_a_feed_without_a_topic_ends_the_gateway_with_the_remedy(kafka: str, tmp_path: Path) -> None:
    (tmp_path / "topology.yaml").write_text(json.dumps(TOPOLOGY | {"feeds": [{"topic": "nobody-made-this", "format": "auto"}]}))
    with Gate(kafka, tmp_path / "topology.yaml", tmp_path) as gate:
        assert gate._process is not None
        try:
            status = gate._process.wait(30)
        except subprocess.TimeoutExpired:
            pytest.fail("it goes on")

    assert 78 == status
    assert "Kafka has no topic nobody-made-this: create what is missing with `spm topics apply`" in gate.log.read_text()
