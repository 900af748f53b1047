"""The composition root: puts topology, log, engine, stages and agents together, for Kafka and for the embedded log."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from functools import partial
from itertools import count
from pathlib import Path
from time import time
from typing import Any

import msgspec

from streams import topology as flow
from streams.domain.instant import DAY, SECOND, Instant, iso
from streams.domain.level import LEVEL
from streams.domain.network_change import CHANGES
from streams.edge.feed_control import MARK, START
from streams.edge.gateway.offer import Offer
from streams.edge.intake import Intake
from streams.edge.logs import log_to_stderr
from streams.edge.pseudonym import Pseudonym, as_they_are
from streams.edge.story import TOPOLOGY
from streams.edge.topology_file import Topology, from_text, load
from streams.edge.topology_reload import Reload
from streams.edge.topology_versions import Versions
from streams.engine import host
from streams.engine.core import Engine
from streams.engine.embedded import EmbeddedLog
from streams.engine.embedded_peek import left
from streams.engine.fatal import Refused
from streams.engine.kafka import KafkaLog
from streams.engine.partition import everywhere, partition_of
from streams.engine.record import Log, Output
from streams.engine.store import RocksStore
from streams.eras import Eras, joins
from streams.flow_topics import changelog_of, foreign, partitions
from streams.http_port import open_metrics_port
from streams.pace import Line, Silent, chunks
from streams.probes import send_probes
from streams.settings import Settings
from streams.topology_follower import asked, follow
from streams.watching import Watching
from streams.worlds import Worlds

log = logging.getLogger(__name__)

ASKED_EVERY = 10
"""Ticks between two looks at what commands have asked for."""
FAR = 60 * DAY
"""How far `drain` lets time run on."""
OnOutput = Callable[[str, str, bytes | None, str], None]
"""(topic, key, value, event time)."""


class Processor(msgspec.Struct):
    """Everything of one worker."""

    app: Any
    engine: Engine
    worlds: Worlds
    topology: Topology
    """That which the worker was started with: its topics are wired."""

    @property
    def intake(self) -> Intake:
        """Tell how feeds are read at the moment."""
        return self.worlds.newest.intake

    async def start(self) -> None:
        await host.start(self.app, self.engine)

    async def stop(self) -> None:
        await host.stop(self.app, self.engine)


def assemble(topology: Topology, log: Log, mode: str, *, stepped: bool, trace: bool = False, commit_interval: float = 0.02, pause_feeds: bool = True, started_at: Instant = 0,
             on_fatal: Callable[[BaseException], None] | None = None, versions: Versions | None = None) -> Processor:
    """Wire a processor over a log; nothing starts. `started_at`: first contact with feeds that were never read (edge/intake.py)."""
    app = host.create_app("spm")
    count = partitions(topology)
    versions = versions or Versions()
    make = Eras(topology.feeds, lambda version: versions.get(version) is not None, mode, trace, everywhere(count("alarm-events")), joins(count), pause_feeds, started_at, versions.pseudonym)
    worlds = Worlds(topology, versions, make)
    engine = Engine(log, flow.codecs(), flow.timekeeping(mode), flow.bury, commit_interval=commit_interval, stepped=stepped, at_header=flow.at_header, on_fatal=on_fatal, worlds=worlds)
    worlds.on_newer = lambda why: engine.fail(Refused(why))
    log.follow(CHANGES, worlds.hear)
    flow.wire(app, engine, topology.feeds, worlds.newest.intake)
    return Processor(app, engine, worlds, topology)


class Embedded:
    """A processor on the embedded log, driven step by step by whoever feeds it: same input, same bytes."""

    def __init__(self, topology: Topology, mode: str, folder: Path | None = None, on_output: Callable[[Output, int], None] | None = None, trace: bool = False, pause_feeds: bool = True, started_at: Instant = 0, pseudonym: Pseudonym = as_they_are, level: int = LEVEL) -> None:
        """`level`: what is written at least (domain/level.py)."""
        self.log = EmbeddedLog(partitions(topology), folder, (lambda: int(time() * 1000)) if mode == "wall" else (lambda: -1), on_output,
                               frozenset(feed.topic for feed in topology.feeds), is_volatile=folder is None)
        versions = Versions(folder.parent / "topologies" if folder is not None else None, pseudonym)
        self.processor = assemble(topology, self.log, mode, stepped=True, trace=trace, pause_feeds=pause_feeds, started_at=started_at, versions=versions)
        self._lanes, self._level = partitions(topology), level

    async def start(self) -> None:
        await self.processor.start()
        self.apply(self.processor.topology)
        await self.settle()

    async def stop(self) -> None:
        await self.processor.stop()

    def apply(self, topology: Topology) -> None:
        """Have a version of topology.yaml take effect, where it is not in force; settle with `settle`."""
        worlds = self.processor.worlds
        if topology.version != worlds.in_force or worlds.level < self._level:
            worlds.take(topology)
            self.request("topology", asked(topology.version, unanswered=True, level=self._level))

    async def feed(self, topic: str, lines: Iterable[bytes], first_line: int | None = None) -> None:
        """Write alarms into a feed, keyed by correlation domain as a careful source would; settle with `settle`."""
        self._write(topic, (Line(line, self.processor.intake.domain_of(topic, line)) for line in lines), first_line)

    async def play(self, topic: str, lines: Iterable[bytes], first_line: int = 0) -> AsyncIterator[int]:
        """Feed a recording at the pace of its own times (pace.py) and work it off; yield how many lines were."""
        for chunk in chunks(lines, partial(self.processor.intake.told_of, topic)):
            self._write(topic, chunk, first_line)
            await self.settle()
            first_line += len(chunk)
            yield first_line

    def _write(self, topic: str, lines: Iterable[Line], first_line: int | None) -> None:
        count, records = self._lanes(topic), []
        for n, (line, domain) in enumerate(lines):
            headers = () if first_line is None else (("spm-line", str(first_line + n).encode()),)
            records.append((0 if domain is None else partition_of(domain, count), None if domain is None else domain.encode(), line, headers))
        self.log.append(topic, records)

    def take(self, offer: Offer) -> None:
        """Write what came by HTTP into its feed, each record with its request's id; settle with `settle`."""
        intake, count = self.processor.intake, self._lanes(offer.topic)
        domains = [intake.domain_told(offer.topic, reading) for reading in offer.readings]
        placed = zip(domains, offer.records, offer.headers(), strict=True)
        self.log.append(offer.topic, [(0 if d is None else partition_of(d, count), None if d is None else d.encode(), line, headers) for d, line, headers in placed])

    def request(self, topic: str, line: bytes | None, key: bytes | None = None) -> None:
        """Write one request (restoration-results, operator-actions, ...); under `TOPOLOGY` a whole topology.yaml that takes effect."""
        if topic == TOPOLOGY:
            self.apply(from_text((line or b"").decode()))
            return
        self.log.append(topic, [(0, key, line, ())])

    async def take_asked(self, folder: Path) -> None:
        """Write what commands left beside the log: redriven letters, feeds to be resumed (engine/embedded_peek.py)."""
        for path, topic, records in left(folder):
            if topic in flow.REQUESTS or any(feed.topic == topic for feed in self.processor.topology.feeds):
                self.log.append(topic, [record for record in records if record[0] < self._lanes(topic)])
            else:
                log.warning("%s asks for something of %s, which is no feed, and takes no requests", path, topic)
            path.unlink()
            await self.settle()

    def teach(self, told: Callable[[str], Any]) -> None:
        """Tell every partition of stage 2 what was learnt elsewhere; `told` makes the message to one, by its route."""
        lanes = everywhere(self._lanes("alarm-events"))
        self.log.append("alarm-events", [(n, lane.encode(), msgspec.msgpack.encode([told(lane)]), ()) for n, lane in enumerate(lanes)])

    def mark(self, at: int) -> None:
        """Say on every feed partition that its time has reached `at`."""
        self._tell_feeds(MARK, at)

    def mark_silent(self, topic: str, silent: Silent) -> None:
        """Say how far a recording is on the partitions of its feed that it has left behind; settle with `settle`."""
        tables: dict[int, Any] = {part.partition: part for part in self.processor.engine.parts.values() if part.topic == topic}
        clocks = {partition: row for partition, part in sorted(tables.items()) if (row := part.feed_clock.get(topic)) is not None}
        self.log.append(topic, [(partition, MARK.encode(), b"", ((MARK, iso(at).encode()),)) for partition, at in silent.marks(clocks).items()])

    def begin(self, at: int) -> None:
        """Say on every feed partition that listening begins at `at`: alarms raised before stood already."""
        self._tell_feeds(START, at)

    def _tell_feeds(self, header: str, at: int) -> None:
        headers = ((header, iso(at).encode()),)
        for feed in self.processor.topology.feeds:
            self.log.append(feed.topic, [(p, header.encode(), b"", headers) for p in range(self._lanes(feed.topic))])

    async def settle(self) -> None:
        """Work everything off, with the ticks that are due."""
        engine = self.processor.engine
        await engine.settle(is_ticking=engine.time.mode == "event")
        while engine.clock.write_ticks():
            await engine.settle()

    async def drain(self, at: int) -> None:
        """Let everything pending come due, one due time after the other, up to 60 days on."""
        engine, until = self.processor.engine, at + FAR
        while True:
            dues = [due for part in engine.parts.values() for due in (part.next_due, part.tick_due) if due]
            if not dues or min(dues) > until:
                return
            at = max(at + 1, min(dues))
            self.mark(at)
            await self.settle()


async def run_embedded(settings: Settings, topology: Topology, on_output: OnOutput, serve: Callable[["Embedded"], Awaitable[None]], started_at: Instant = 0) -> None:
    """Run the processor without Kafka, live, its log and state in `settings.data`, while `serve` feeds it.

    `serve` returns when the run is to end. Ticks come every 50 ms. `started_at`: first contact, 0 where a recording is played.
    """
    def told(output: Output, partition: int) -> None:
        topic, key, value, _, headers = output
        if headers:
            on_output(topic, (key or b"").decode(), value, headers[0][1].decode())

    embedded = Embedded(topology, settings.clock, settings.data / "embedded", told, started_at=started_at, pseudonym=settings.pseudonym())
    watching = serve_metrics(settings, embedded.processor.engine, [feed.topic for feed in topology.feeds])      # Before anything runs: a port that is taken is one line, no crash.
    await embedded.start()
    busy = asyncio.Lock()
    embedded.settle = _one_at_a_time(embedded.settle, busy)        # type: ignore[method-assign]
    await embedded.take_asked(settings.data)
    probing = _probing(embedded.processor, settings)
    ticking = asyncio.create_task(_tick(embedded, settings.data, Reload(settings.topology, topology)))
    try:
        await serve(embedded)
    finally:
        ticking.cancel()
        probing.cancel()
        async with busy:
            await embedded.stop()
        watching.close()


def _one_at_a_time(settle: Callable[[], Awaitable[None]], busy: asyncio.Lock) -> Callable[[], Coroutine[Any, Any, None]]:
    async def alone() -> None:
        async with busy:
            await settle()
    return alone


async def _tick(embedded: Embedded, folder: Path, file: Reload) -> None:
    for n in count():
        await asyncio.sleep(0.05)
        if n % ASKED_EVERY == 0:
            if file.is_due and (topology := await asyncio.to_thread(file.again)) is not None:
                log.warning("topology.yaml has changed: version %s takes effect", topology.version)
                embedded.apply(topology)
            await embedded.take_asked(folder)
        await embedded.settle()
        embedded.processor.engine.figures.update()


def _probing(processor: Processor, settings: Settings) -> "asyncio.Task[None]":
    """Send probes for as long as the task is left alone; none where time is not that of the wall."""
    every = round(settings.probe_seconds * SECOND) if settings.clock == "wall" else 0
    return asyncio.create_task(send_probes(processor.engine, (feed.topic for feed in processor.topology.feeds), every) if every else asyncio.sleep(0))


def serve_metrics(settings: Settings, engine: Engine, feeds: Iterable[str]) -> Watching:
    """Serve Prometheus metrics on the loopback interface unless told otherwise; have decisions counted, logged and, where that is set, traced."""
    watching = Watching(settings, engine.metrics.registry, feeds)
    engine.landed = watching.witness.hear
    engine.figures.also = lambda: watching.look(engine.parts.values())
    open_metrics_port(settings, engine.metrics.registry, lambda: engine.figures.is_turning, lambda: engine.journal.is_ready)
    return watching


async def run_worker(settings: Settings) -> None:
    """Run one worker of the consumer group until it is asked to stop (SIGTERM, SIGINT): commits, then leaves."""
    log_to_stderr(settings.log_level)
    log.info("reading %s", settings.topology)
    topology = load(settings.topology)
    log.info("watching %d objects, topology version %s", len(topology.network.nodes), topology.version)
    store = RocksStore(settings.data / settings.group / settings.instance)
    journal = KafkaLog(settings.kafka_config(), settings.group, settings.instance, store, settings.prefix, changelog=changelog_of(settings.group), foreign=foreign(topology, settings))
    started_at = int(time() * SECOND) if settings.clock == "wall" else 0
    versions = Versions(settings.data / settings.group / f"{settings.instance}-topologies", settings.pseudonym())
    if settings.topology_stands_for:
        versions.stand_in(settings.topology_stands_for, topology)
    processor = assemble(topology, journal, settings.clock, stepped=False, commit_interval=settings.commit_interval / 1e6, started_at=started_at, versions=versions)
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    watching = serve_metrics(settings, processor.engine, [feed.topic for feed in topology.feeds])
    starting, until = asyncio.ensure_future(processor.start()), asyncio.ensure_future(stopping.wait())
    while not (starting.done() or until.done()):
        processor.engine.figures.update()       # The engine looks after it has begun; how long it waits for a broker is to be seen now.
        await asyncio.wait({starting, until}, return_when=asyncio.FIRST_COMPLETED, timeout=1.0)
    if not starting.done():
        await journal.close()       # It still waits for a broker: there is nothing to commit.
    await starting
    following = asyncio.create_task(follow(processor.worlds, topology, journal.say, Reload(settings.topology, topology)))
    probing = _probing(processor, settings)
    await until
    following.cancel()
    probing.cancel()
    await processor.stop()
    watching.close()
