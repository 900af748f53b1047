"""One Kafka node in a Docker container, through testcontainers (part of the test extra; without it, or without Docker: jars)."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.engine.jars import VERSION, KafkaDidNotStart, free_port

IMAGE = f"apache/kafka:{VERSION}"
_TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "server.properties"
_START_SECONDS = 60


def docker_answers() -> bool:
    """Say whether a Docker engine can be asked to start a container."""
    try:
        import docker
    except ImportError:
        return False
    try:
        docker.from_env(timeout=5).ping()
    except docker.errors.DockerException:
        return False
    return True


def _settings(port: int) -> dict[str, str]:
    """Turn our server.properties into the image's environment: `log.dirs` is KAFKA_LOG_DIRS."""
    filled = _TEMPLATE.read_text().replace("{port}", str(port)).replace("{controller_port}", "9093").replace("{folder}", "/tmp/kafka")
    pairs = [line.split("=", 1) for line in filled.splitlines() if re.match(r"[a-z]", line)]
    settings = {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in pairs}
    # Inside, the broker listens on every address of the container; outside, only loopback is bound to it.
    settings["KAFKA_LISTENERS"] = f"PLAINTEXT://0.0.0.0:{port},CONTROLLER://127.0.0.1:9093"
    return settings | {"KAFKA_HEAP_OPTS": "-Xmx1g", "CLUSTER_ID": "c3BtLWtyYWZ0LWRldmVsbw"}


@contextmanager
def container_kafka() -> Iterator[str]:
    """Start the container, give its address, end it with the block."""
    from testcontainers.core.container import DockerContainer

    port = free_port()
    container = DockerContainer(IMAGE, env=_settings(port))
    # Docker takes (address, port), which with_bind_ports would refuse; without an address the port is open to the world.
    container.ports[f"{port}/tcp"] = ("127.0.0.1", port)  # type: ignore[assignment]
    with ExitStack() as started:
        try:
            started.enter_context(container)
        except Exception as error:  # No image, no network, no right to: whatever testcontainers and Docker raise.
            raise KafkaDidNotStart(f"Docker could not start {IMAGE}: {error}") from error
        bootstrap = f"127.0.0.1:{port}"
        admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                admin.list_topics(timeout=1)
                break
            except KafkaException as error:
                if time.monotonic() > until:
                    raise KafkaDidNotStart(f"The container of {IMAGE} did not answer on {bootstrap}: {container.get_logs()}") from error
                time.sleep(0.2)
        yield bootstrap
