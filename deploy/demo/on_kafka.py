"""The demo through a real Kafka: `deploy/run --kafka`. Topics, one worker and a feeder, as an installation would have them.

Everything is named `demo-<time>-...`, so that on a Kafka that is in use it meets nothing of anybody's; a Kafka that it
had to start is gone with it. What is shown is read back from the output topics, committed records only.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from rich.console import Console

from streams.domain.instant import SECOND, iso
from streams.edge.board import Board
from streams.edge.intake import MARK, Intake
from streams.edge.names import Names
from streams.edge.player import Player
from streams.edge.screen import Screen, screen_for
from streams.edge.topology_file import load
from streams.engine.broker import KafkaDidNotStart, NoKafka, real_kafka
from streams.replay import read_lines
from streams.topology import OUTPUTS

HERE = Path(__file__).parent
SPEED = 600.0
SPM = [sys.executable, "-m", "streams"]
QUIET = 3.0
"""Seconds without an output after which the recording counts as worked off."""


def wall() -> int:
    return int(time.time() * SECOND)


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `spm worker` for as long as the block lasts."""
    with log.open("wb") as file:
        process = subprocess.Popen([*SPM, "worker"], env=environment, stdout=file, stderr=file, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Feeder:
    """Produces the recording, keyed by correlation domain as a careful source would, and says how far time has come."""

    def __init__(self, bootstrap: str, topology_path: Path) -> None:
        topology = load(topology_path)
        feed = topology.feeds[0]
        self._intake = Intake(Names(topology.network.nodes, topology.aliases), topology.feeds, topology.policy.normalize)
        self.topic = feed.topic
        self._producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 5, "enable.idempotence": True, "log_level": 3})
        self._partitions = len(self._producer.list_topics(self.topic, timeout=10).topics[self.topic].partitions)

    def feed(self, lines: list[bytes], reached: int) -> None:
        for line in lines:
            domain = self._intake.domain_of(self.topic, line)
            self._producer.produce(self.topic, line, None if domain is None else domain.encode())
        for partition in range(self._partitions):
            self._producer.produce(self.topic, b"", b"spm-mark", partition, headers={MARK: iso(reached)})
        self._producer.flush()


def reader(bootstrap: str, prefix: str) -> Consumer:
    """Read every output topic from its beginning, committed records only."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"{prefix}screen", "isolation.level": "read_committed", "enable.auto.commit": False, "log_level": 3})
    there = consumer.list_topics(timeout=10).topics
    consumer.assign([TopicPartition(prefix + topic, p, 0) for topic in OUTPUTS for p in there[prefix + topic].partitions])
    return consumer


def show(consumer: Consumer, screen: Screen, prefix: str, seconds: float) -> bool:
    """Show what comes within so many seconds; return whether anything did."""
    messages = [message for message in consumer.consume(1000, seconds) if not message.error()]
    for message in messages:
        at = dict(message.headers() or ()).get("at", b"")
        screen.tell((message.topic() or "").removeprefix(prefix), (message.key() or b"").decode(), message.value(), at.decode() if isinstance(at, bytes) else str(at))
    screen.refresh()
    return bool(messages)


def main(exit_when_done: bool) -> None:
    console, board = Console(highlight=False), Board()
    data = Path(os.environ.get("SPM_DATA", ".spm/demo"))
    data.mkdir(parents=True, exist_ok=True)
    prefix = f"demo-{int(time.time())}-"
    topology = data / "topology.yaml"
    topology.write_text((HERE / "topology.yaml").read_text().replace("topic: raw-alarms", f"topic: {prefix}alarms"))
    console.print("Looking for a Kafka, or starting one...")
    with real_kafka() as bootstrap:
        console.print(f"Kafka at {bootstrap}; topics {prefix}*")
        environment = {
            **os.environ, "SPM_BOOTSTRAP": bootstrap, "SPM_TOPOLOGY": str(topology), "SPM_PREFIX": prefix, "SPM_GROUP": f"{prefix}group", "SPM_INSTANCE": "w1",
            "SPM_DATA": str(data), "SPM_CLOCK": "event", "PYTHONPATH": str(HERE.parents[1])}  # fmt: skip
        subprocess.run([*SPM, "topics", "apply"], env=environment, check=True, stdout=subprocess.DEVNULL)
        feeder, consumer = Feeder(bootstrap, topology), reader(bootstrap, prefix)
        with worker(environment, data / "worker.log") as process, screen_for(board, console, time.monotonic) as screen:
            player = Player((("", line) for line in read_lines([str(HERE / "alarms.ndjson.gz")])), SPEED, wall())
            screen.say(f"Playing {len(player):,} recorded lines, their times shifted to now, {SPEED:g} times as fast: {player.seconds:.0f} s.")
            done, last = False, time.monotonic()
            while not (done and time.monotonic() - last > QUIET and exit_when_done):
                if process.poll() is not None:
                    raise SystemExit(f"deploy/run: the worker ended with status {process.returncode}; see {data / 'worker.log'}")
                at = wall()
                if not done:
                    feeder.feed([line for _, line in player.due(at)], player.virtual(at))
                    done = player.done(at)
                if show(consumer, screen, prefix, 0.1) or not done:
                    last = time.monotonic()
                screen.status(f"played {player.played:,} of {len(player):,} lines into {feeder.topic}; Ctrl-C ends")
        consumer.close()
    for sentence in board.summary()[1:]:
        console.print(sentence, soft_wrap=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        main("--exit" in sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (NoKafka, KafkaDidNotStart) as error:
        raise SystemExit(f"deploy/run: {error}") from None
