"""The short version of `python -m tests.load.gateway`: under kills every request answered 2xx is one alarm notification."""

from pathlib import Path

from streams.engine.broker import JarKafka
from tests.load.gateway import load


def test_every_request_answered_is_one_notification_though_gateway_and_broker_are_killed(restartable_kafka: JarKafka, tmp_path: Path) -> None:
    run = load(restartable_kafka, tmp_path, clients=16, rate=400, seconds=9)

    assert [] == run.verdict.wrong
    assert run.verdict.records > run.verdict.requests == run.verdict.notifications >= len(run.clients.accepted) > 100
