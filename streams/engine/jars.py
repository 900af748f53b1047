"""One Kafka node from Apache Kafka's own jars: fetched once through Maven into the user's cache, started in a temporary folder.

A broker whose parent is gone (even by SIGKILL) is ended by a small watchman that waits for the end of a pipe.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

VERSION = "4.3.1"
_TEMPLATES = Path(__file__).resolve().parents[2] / "deploy" / "kafka"
_START_SECONDS = 120
"""Three where nothing else runs."""


class KafkaDidNotStart(Exception):
    """Everything needed is here, yet no Kafka came up; the message says what it said."""


def cache() -> Path:
    """Return the folder that keeps the jars between runs."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "spm" / f"kafka-{VERSION}"


def jars() -> Path:
    """Return the folder of the jars, fetching them through Maven (126 MB) where they are not here yet."""
    return _fetched("pom.xml", cache(), f"kafka_2.13-{VERSION}.jar")


def mirror_jars() -> Path:
    """Return the folder of the jars of MirrorMaker 2 (55 MB), fetched likewise."""
    return _fetched("mirror.xml", cache().with_name(f"mirror-{VERSION}"), f"connect-mirror-{VERSION}.jar")


def _fetched(pom: str, folder: Path, wanted: str) -> Path:
    """Return a folder that holds `wanted` and what it needs, as one of deploy/kafka's poms says."""
    if (folder / wanted).exists():
        return folder
    if not (_TEMPLATES / pom).exists():
        raise KafkaDidNotStart(f"{_TEMPLATES / pom} is missing: starting Kafka from jars needs a checkout of the project.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Fetched beside and renamed: two runs at once, or one that was interrupted, leave no half a Kafka.
    fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    fetch = ["mvn", "-q", "-B", "-f", str(_TEMPLATES / pom), "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
    done = subprocess.run(fetch, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise KafkaDidNotStart(f"Maven could not fetch Kafka {VERSION}: {(done.stdout + done.stderr).strip()[-2000:]}")
    fresh.chmod(0o755)
    try:
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)  # Another run was quicker.
    return folder


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class JarKafka:
    """A Kafka node of ours: `start` and `stop` as often as a test likes, the data stays until `end`.

    `but` are properties that differ from those of deploy/kafka (a broker that demands TLS and passwords), with {port}, {controller_port} and
    {folder} filled in; `client` is how we then talk to it; `options` are Java's.
    """

    def __init__(self, libraries: Path, heap: str = "1g", but: Mapping[str, str] | None = None, client: Mapping[str, str] | None = None, options: Sequence[str] = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="spm-kafka-"))
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._java = ["java", "-cp", f"{_TEMPLATES}:{libraries}/*", f"-Xmx{heap}", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", *options]
        self._properties = self.folder / "server.properties"
        self._log = self.folder / "kafka.out"
        self._client = dict(client or {})
        self._broker: subprocess.Popen[bytes] | None = None
        self._watchman: subprocess.Popen[bytes] | None = None
        self._format(but or {})

    def _format(self, but: Mapping[str, str]) -> None:
        # Of a property told twice the last one counts.
        template = (_TEMPLATES / "server.properties").read_text() + "".join(f"{name}={value}\n" for name, value in but.items())
        filled = template.replace("{port}", str(self.port)).replace("{controller_port}", str(free_port()))
        self._properties.write_text(filled.replace("{folder}", str(self.folder)))
        name = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = [*self._java, "kafka.tools.StorageTool", "format", f"--cluster-id={name}", "-c", str(self._properties)]
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise KafkaDidNotStart(f"Kafka could not format its folder: {(done.stdout + done.stderr).strip()[-2000:]}")

    def start(self) -> None:
        """Start and wait until it answers."""
        with self._log.open("ab") as out:
            # A session of its own: Ctrl-C ends us, who then end the broker after the workers have left it.
            self._broker = subprocess.Popen([*self._java, "kafka.Kafka", str(self._properties)], stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=out, start_new_session=True)
        self._watchman = subprocess.Popen(["sh", "-c", "read _; kill -9 $0", str(self._broker.pid)], stdin=subprocess.PIPE,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 200, **self._client})
        until = time.monotonic() + _START_SECONDS
        while self._broker.poll() is None and time.monotonic() < until:
            try:
                admin.list_topics(timeout=1)
                return
            except KafkaException:
                time.sleep(0.1)
        said = self._log.read_text(errors="replace").strip()[-2000:]
        self.stop(kill=True)
        raise KafkaDidNotStart(f"Kafka {VERSION} did not answer on {self.bootstrap} within {_START_SECONDS} s. It said: {said}")

    def stop(self, kill: bool = False) -> None:
        """Stop the broker, orderly or by SIGKILL, and keep its data."""
        if self._watchman is not None:
            self._watchman.kill()
            self._watchman.communicate()
            self._watchman = None
        if self._broker is None:
            return
        if kill:
            self._broker.kill()
        else:
            self._broker.terminate()
        try:
            self._broker.wait(20)
        except subprocess.TimeoutExpired:
            self._broker.kill()
            self._broker.wait()
        self._broker = None

    def end(self) -> None:
        """Stop for good and delete the data."""
        self.stop(kill=True)
        shutil.rmtree(self.folder, ignore_errors=True)
