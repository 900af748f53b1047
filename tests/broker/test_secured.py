"""A deployment on a Kafka that demands TLS, a name and permission: everybody can do his work, and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from streams.access import ROLES
from streams.engine.broker import KafkaDidNotStart, NoKafka, jars_possible
from streams.engine.jars import free_port
from streams.settings import PREFIX
from tests.behaviour.suite import TOPOLOGY, alarm
from tests.broker.gate import Gate
from tests.broker.people import ROOT, client, read, spm
from tests.broker.secured import ADMIN, USERS, Secured, secured_kafka


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """The broker, with the topics made and the lists set by an administrator, through the product's own commands."""
    folder = tmp_path_factory.mktemp("secured")
    topology = folder / "topology.yaml"
    topology.write_text(json.dumps(TOPOLOGY))
    try:
        with secured_kafka(folder) as kafka:
            admin = kafka.environment("PLAIN", *ADMIN) | {"SPM_TOPOLOGY": str(topology)}
            spm(admin, "topics", "apply")
            told = spm(admin, "topics", "apply", "--acls", "set", "--principal", "worker=User:worker", "--principal", "gateway=User:gateway")
            assert "are set for User:worker, User:gateway" in told.stderr
            yield kafka
    except (NoKafka, KafkaDidNotStart) as error:
        pytest.fail(str(error)) if jars_possible() else pytest.skip(str(error))


pytestmark = pytest.mark.kafka


def affected(problem: dict[str, Any]) -> list[str]:
    return [resource["id"] for resource in problem["affectedResource"]]


@pytest.mark.parametrize(("mechanism", "object_"), [("SCRAM-SHA-512", "ont-1"), ("OAUTHBEARER", "path-b")])
def test_worker_with_scram_or_tokens_and_gateway_with_a_certificate_do_their_work_by_the_lists(secured: Secured, tmp_path: Path, mechanism: str, object_: str) -> None:
    topology, log = secured.folder / "topology.yaml", tmp_path / "worker.log"
    who = secured.with_tokens if mechanism == "OAUTHBEARER" else partial(secured.environment, mechanism)
    worker = who("worker", USERS["worker"]) | {
        "SPM_TOPOLOGY": str(topology), "SPM_DATA": str(tmp_path / "data"), "SPM_INSTANCE": "w0", "SPM_METRICS_PORT": str(free_port()), "SPM_HTTP_PORT": "0"}
    gateway = {name.removeprefix(PREFIX).lower(): value for name, value in secured.with_certificate("gateway").items() if name.startswith(PREFIX)}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "streams", "worker"], cwd=ROOT, env=worker, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        with Gate(gateway.pop("bootstrap"), topology, tmp_path, **gateway) as gate:
            gate.wait()
            sent = subprocess.run(["curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "-H", "Content-Type: application/json", "--data-binary", "@-", f"{gate.url}/alarms"],
                                  input=alarm(object_, "10:00:00"), capture_output=True, check=True)
            problems = read(secured.environment("PLAIN", *ADMIN), "problems", lambda found: any(object_ in affected(one) for one in found))
    finally:
        process.terminate()
        process.wait(30)

    assert problems, log.read_text()[-3000:]
    assert b"202" == sent.stdout
    assert [object_] == affected(problems[-1]), log.read_text()[-2000:]
    assert (mechanism == "OAUTHBEARER") == ("worker" in secured.issuer.given)
    said = log.read_text() + (tmp_path / "gateway.log").read_text()
    assert not [password for password in USERS.values() if password in said]


def test_who_has_no_list_can_neither_read_nor_write(secured: Secured) -> None:
    mallory = secured.environment("SCRAM-SHA-512", "mallory", USERS["mallory"])
    refused: list[int] = []
    producer = Producer(client(mallory) | {"message.timeout.ms": 5000})
    producer.produce(TOPOLOGY["feeds"][0]["topic"], b"{}", on_delivery=lambda error, _: refused.append(error.code() if error else 0))
    producer.flush(10)

    with pytest.raises((PermissionError, KafkaException)):
        read(mallory, "dead-letters", bool)
    assert [KafkaError.TOPIC_AUTHORIZATION_FAILED] == refused


def test_a_wrong_secret_for_tokens_is_told_and_not_shown(secured: Secured) -> None:
    said = spm(secured.with_tokens("worker", "not-the-secret") | {"SPM_TOPOLOGY": str(secured.folder / "topology.yaml")}, "topics", "apply", status=1).stderr

    assert "SPM_SASL_OAUTHBEARER_CLIENT_SECRET_FILE" in said
    assert "not-the-secret" not in said


@pytest.mark.parametrize(("environment", "told"), [
    ({"SPM_SASL_MECHANISM": "SCRAM-SHA-512", "SPM_SASL_USERNAME": "worker"}, "does not let us in"),
    ({"SPM_SSL_CA_LOCATION": ""}, "SPM_SSL_CA_LOCATION")], ids=["wrong password", "unknown authority"])
def test_a_wrong_password_and_an_unknown_authority_are_told_apart(secured: Secured, environment: dict[str, str], told: str) -> None:
    who = secured.environment("PLAIN", "admin", "not-the-password") | {"SPM_TOPOLOGY": str(secured.folder / "topology.yaml"), **environment}

    said = spm(who, "topics", "apply", status=1).stderr

    assert told in said
    assert "not-the-password" not in said


def test_the_lists_are_printed_for_every_role(secured: Secured) -> None:
    admin = secured.environment("PLAIN", *ADMIN) | {"SPM_TOPOLOGY": str(secured.folder / "topology.yaml")}

    said = spm(admin, "topics", "apply", "--acls", "print").stdout

    assert [f"# {role}" for role in ROLES] == [line for line in said.splitlines() if line.startswith("#")]
    assert "--allow-principal User:spm-executor --operation Read --topic restoration-commands" in said
