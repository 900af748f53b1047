"""`spm gateway`: takes alarms over HTTP into the feed topics of Kafka, and answers once they are durable there."""

import asyncio
import logging
import signal
from typing import Any

from confluent_kafka import KafkaException
from prometheus_client import CollectorRegistry, ProcessCollector

from streams.edge.gateway.offer import CannotAccept, Offer
from streams.edge.intake import Intake
from streams.edge.logs import log_to_stderr
from streams.edge.names import Names
from streams.edge.topology_file import Topology
from streams.engine.fatal import Refused
from streams.engine.kafka_feeder import Feeder, NotDelivered, QueueFull
from streams.http_port import open_http_port, open_metrics_port, url_of
from streams.settings import Settings

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks for a broker that does not answer, or for topics."""


class _Door:
    """Hands requests to Kafka, unless it is closing."""

    def __init__(self, feeder: Feeder, topics: list[str], servers: str) -> None:
        self._feeder, self._topics, self._servers = feeder, topics, servers
        self.is_ready = False
        self.closing = asyncio.Event()

    async def accept(self, offer: Offer) -> None:
        if self.closing.is_set():
            raise CannotAccept("The gateway is stopping; send it again.")
        if not self.is_ready:
            raise CannotAccept("Kafka does not answer yet; send it again.")
        try:
            await self._feeder.write(offer.topic, offer.key.encode(), zip(offer.records, offer.headers(), strict=True))
        except (QueueFull, NotDelivered) as error:
            raise CannotAccept(f"Kafka has not taken it ({error}); send it again.") from None

    async def close(self) -> None:
        await self._feeder.close()

    def health(self) -> dict[str, Any]:
        return {"feeds": self._topics, "ready": self.is_ready and not self.closing.is_set()}

    async def find_topics(self) -> None:
        """Wait for Kafka, then be ready; Refused where a feed's topic is missing there."""
        while True:
            try:
                missing = await asyncio.to_thread(self._feeder.missing, self._topics, LOOK)
            except KafkaException as error:
                log.warning("waiting for Kafka at %s, requests get 503: %s", self._servers, error.args[0].str())
                continue
            if missing:
                raise Refused(f"Kafka has no topic {', '.join(missing)}: create what is missing with `spm topics apply`, or correct `feeds:`")
            self.is_ready = True
            return


async def run_gateway(settings: Settings, topology: Topology) -> None:
    """Serve until SIGTERM or SIGINT, then let what is under way end."""
    log_to_stderr(settings.log_level)
    topics = [feed.topic for feed in topology.feeds]
    door = _Door(Feeder(settings.kafka_config(), f"{settings.group}-gateway-{settings.instance}"), topics, settings.bootstrap or "")
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, door.closing.set)
    intake = Intake(Names(topology.network.nodes, topology.aliases), topology.feeds, topology.policy.normalize)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    server = await open_http_port(settings, topology.feeds, door.accept, intake.record_id, door.health, registry)
    finding, asked = asyncio.ensure_future(door.find_topics()), asyncio.ensure_future(door.closing.wait())
    try:
        open_metrics_port(settings, registry, lambda: True, lambda: door.is_ready)
        log.info("taking alarms at %s for %s", url_of(settings), ", ".join(topics))
        await asyncio.wait({finding, asked}, return_when=asyncio.FIRST_COMPLETED)
        if finding.done():
            finding.result()
            log.info("Kafka answers, the feeds' topics are there")
            await asked
    finally:
        finding.cancel()
        door.closing.set()
        await server.cleanup()
        await door.close()
