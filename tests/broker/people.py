"""What somebody does on a secured Kafka: runs a command of ours, reads a topic; who he is stands in SPM_ variables (secured.py)."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds in which what is waited for has been told, or never is."""


def spm(environment: dict[str, str], *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody."""
    done = subprocess.run([sys.executable, "-m", "streams", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def client(environment: dict[str, str]) -> dict[str, Any]:
    """Return what a plain client of the same somebody is told."""
    told = {"bootstrap.servers": environment["SPM_BOOTSTRAP"], "security.protocol": environment["SPM_SECURITY_PROTOCOL"], "ssl.ca.location": environment["SPM_SSL_CA_LOCATION"], "log_level": 0}
    return told | {"sasl.mechanism": environment["SPM_SASL_MECHANISM"], "sasl.username": environment["SPM_SASL_USERNAME"], "sasl.password": Path(environment["SPM_SASL_PASSWORD_FILE"]).read_text().strip()}


def read(environment: dict[str, str], topic: str, enough: Callable[[list[dict[str, Any]]], bool], group: str = "look") -> list[dict[str, Any]]:
    """Read a topic from its start until it has told enough, or for a minute; `group`: what the name of a group for it begins with."""
    consumer = Consumer(client(environment) | {"group.id": f"{group}-{time.monotonic_ns()}", "isolation.level": "read_committed", "auto.offset.reset": "earliest", "topic.metadata.refresh.interval.ms": 500})
    consumer.subscribe([topic])
    found: list[dict[str, Any]] = []
    until = time.monotonic() + PATIENCE
    try:
        while not enough(found) and time.monotonic() < until:
            message = consumer.poll(0.5)
            if message is None:
                continue
            error = message.error()
            if error is not None and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise PermissionError(topic)
            if error is None:
                found.append(json.loads(message.value() or b"null"))
    finally:
        consumer.close()
    return found
