"""A real Kafka for development, demo, bench and tests: the one place that finds or starts it.

The first that works: `SPM_BOOTSTRAP`; a Docker engine (through testcontainers); Apache Kafka's own jars through Maven.
It ends only what it started, and says plainly why there is none where there can be none.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.engine.container import container_kafka, docker_answers
from streams.engine.jars import JarKafka, KafkaDidNotStart, jars

_log = logging.getLogger(__name__)

HOW = "Set SPM_BOOTSTRAP to a Kafka's address, or start Docker, or install Java 17 and Maven (Debian: apt install openjdk-17-jre-headless maven)."


class NoKafka(Exception):
    """There is no Kafka here and none can be started; the message says what is missing and what to do."""


def jars_possible() -> bool:
    """Say whether Java and Maven are here, so that Kafka can be started from its jars."""
    return _missing() == []


def _missing() -> list[str]:
    return [name for command, name in (("java", "Java"), ("mvn", "Maven")) if shutil.which(command) is None]


def answers(bootstrap: str, patience: float = 5.0) -> bool:
    """Say whether a Kafka answers at this address."""
    try:
        AdminClient({"bootstrap.servers": bootstrap, "log_level": 0}).list_topics(timeout=patience)
    except KafkaException:
        return False
    return True


@contextmanager
def real_kafka() -> Iterator[str]:
    """Give the bootstrap address of a real Kafka for as long as the block lasts; NoKafka or KafkaDidNotStart where that fails."""
    named = os.environ.get("SPM_BOOTSTRAP", "")
    if named:
        if not answers(named):
            raise NoKafka(f"SPM_BOOTSTRAP is {named}, but no Kafka answers there.")
        yield named
        return
    with ExitStack() as started:
        if docker_answers():
            try:
                bootstrap = started.enter_context(container_kafka())
            except KafkaDidNotStart as error:
                if not jars_possible():
                    raise
                _log.warning("%s; taking the jars instead.", error)
                bootstrap = started.enter_context(own_kafka()).bootstrap
        else:
            bootstrap = started.enter_context(own_kafka()).bootstrap
        yield bootstrap


@contextmanager
def own_kafka() -> Iterator[JarKafka]:
    """Start a Kafka of our own from jars, one that a test may stop and start; end it with the block."""
    missing = _missing()
    if missing:
        raise NoKafka(f"No Docker engine answers and there is no {' and no '.join(missing)}. {HOW}")
    # As often as Kafka does by itself: what it ends before it has found its way back into its own cluster it ends without telling the partitions.
    kafka = JarKafka(jars(), but={"transaction.abort.timed.out.transaction.cleanup.interval.ms": "10000"})
    try:
        kafka.start()
        yield kafka
    finally:
        kafka.end()


__all__ = ["HOW", "JarKafka", "KafkaDidNotStart", "NoKafka", "answers", "jars_possible", "own_kafka", "real_kafka"]
