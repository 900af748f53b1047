"""The engine: hands batches to agents, keeps what their steps decide, commits it as one, and lets nothing else happen.

    log --deliver--> waiting slices --> agent --work()--> open unit --commit--> log and store
                     (downstream first)        step by step       (commit thread)

Everything but the commit itself runs in the event loop's thread: between two awaits nobody else touches state.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any

import mode

from streams.engine.backlog import Backlog
from streams.engine.clock import Clock
from streams.engine.commits import Commits
from streams.engine.fatal import Refused
from streams.engine.figures import Figures
from streams.engine.folding import ComeDue, Folding, Step
from streams.engine.held import Held
from streams.engine.inbox import Bury, Codec, Inbox, Timekeeping
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.record import Batch, Log, Output
from streams.engine.slice import work_off
from streams.engine.table import UnreadableRow
from streams.engine.waiting import Waiting
from streams.engine.worlds import Worlds

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
"""A source partition that is mostly unreadable is tried again this often."""
FATAL_STATUS = 70
REFUSED_STATUS = 78
"""Beginning again would not help."""
Landed = Callable[[list[Output]], None]


def _nobody(outputs: list[Output]) -> None:
    """Whoever wants to hear of outputs takes this place."""


class Engine(mode.Service):
    """One worker's engine over one log."""

    def __init__(self, log_: Log, codecs: dict[str, Codec], time: Timekeeping, bury: Bury, *, commit_interval: float = 0.02, rows_in_memory: int = 400_000,
                 stepped: bool = False, metrics: EngineMetrics | None = None, at_header: Callable[[int], bytes] | None = None, on_fatal: Callable[[BaseException], None] | None = None, worlds: Worlds | None = None) -> None:
        super().__init__()
        self.journal = log_
        self.time = time
        self.inboxes: dict[str, Inbox] = {}
        self.parts: dict[tuple[str, int], Part] = {}
        self.metrics = metrics or EngineMetrics()
        self.stepped = stepped
        self.rows_in_memory = rows_in_memory
        self.folding = Folding(codecs, time, bury, log_.partitions, at_header or (lambda at: str(at).encode()), self.metrics)
        self.clock = Clock(self)
        self.on_fatal = on_fatal or _exit
        self.figures = Figures(self)
        self._tells_batches = log.isEnabledFor(logging.DEBUG)
        """Asked once: a line for each batch is for who looks for something."""
        self.landed: Landed = _nobody
        """Who hears what has landed, in the event loop's thread: nothing that he does can undo it."""
        self._waiting = Waiting(in_turns=not stepped)
        self.backlog = Backlog(log_)
        self.worlds = worlds
        self._held = Held(worlds, self.metrics)
        if worlds is not None:
            worlds.on_news = self.release_held
        self.commits = Commits(self, commit_interval)
        self._work_there = asyncio.Event()
        self._worked = asyncio.Event()

    # --- declaring ---

    def inbox(self, inbox: Inbox) -> Inbox:
        """Declare an inbox; its agent reads `inbox.channel`."""
        self.inboxes[inbox.topic] = inbox
        return inbox

    # --- the agents' side ---

    def work(self, batch: Batch, step: Step, come_due: ComeDue | None, world: Any = None) -> None:
        """Work off one slice of a batch: fold record by record, note what each decided, put the rest back in front.

        `world`: what steps decide by, where there are no `worlds`.
        """
        try:
            part = self.parts.get((batch.topic, batch.partition))
            if part is not None and part.generation == batch.generation:
                inbox = self.inboxes[batch.topic]
                world = self._held.world(part, inbox, world)
                if self._held.is_missing(world):
                    self._hold(inbox, batch, part.world)
                else:
                    self._work(part, inbox, batch, step, come_due, world)
        except Exception as error:
            self.fail(error)
            raise
        finally:
            self.commits.opened()
            self._worked.set()

    def _work(self, part: Part, inbox: Inbox, batch: Batch, step: Step, come_due: ComeDue | None, world: Any) -> None:
        unit = self.folding.unit
        unit.touch(part)
        started = perf_counter()
        done = work_off(self.folding, self._held, part, inbox, batch, step, come_due, world, self.stepped)
        self._waiting.spent(inbox, batch.partition, perf_counter() - started)
        self.figures.folded[batch.topic] += done.messages
        if self._tells_batches:
            log.debug("%s/%d: %d of %d records from offset %d, %d messages", batch.topic, batch.partition, done.records, len(batch.records), batch.records[0].offset, done.messages)
        if done.records or done.is_cut:
            self._put_back(part, inbox, batch, done.records, done.is_cut)
        if done.awaited:
            self._hold(inbox, batch, done.awaited, is_begun=done.records > 0)
        unit.weigh(part)
        if unit.is_full:
            self.commits.want()

    def _put_back(self, part: Part, inbox: Inbox, batch: Batch, done: int, is_cut: bool) -> None:
        """Keep the rest of a batch for the next slice; pause and resume its partition as its queue fills and empties."""
        place = (batch.topic, batch.partition)
        self.backlog.worked_off(place, done)
        if done:
            self.clock.worked_off(place, batch.records[done - 1].timestamp)
        is_paused = inbox.is_paused is not None and inbox.is_paused(part)
        if done < len(batch.records):
            batch.records = batch.records[done:]
            self._waiting.put_back(inbox, batch, is_cut)
        elif is_paused:
            self.backlog.pause(place)
        if not is_paused:
            self.backlog.resume(place)

    def _hold(self, inbox: Inbox, batch: Batch, number: int, is_begun: bool = False) -> None:
        """Let a partition wait at its turn; what follows of it waits behind."""
        if not is_begun:
            self._waiting.put_back(inbox, batch)
        place = (batch.topic, batch.partition)
        self._held.hold(place, self._waiting.take(place), number)

    def release_held(self) -> None:
        """Try what waits for a world again."""
        for batch in self._held.release(self.parts.values()):
            self._waiting.add(self.inboxes[batch.topic], batch)
        self._work_there.set()

    def write_tick(self, topic: str, partition: int, clock: int, live: bool, since: int = -1) -> None:
        """Put time, or the mark of a taking over, into an inbox of ours, in the open unit, with our position in it as proof of ownership."""
        part = self.parts[topic, partition]
        self.folding.unit.touch(part)
        self.folding.tick(topic, partition, clock, live, since)
        self.commits.opened()

    # --- the log's side (Host) ---

    def assigned(self, topic: str, partition: int, generation: int, position: int) -> None:
        started = perf_counter()
        inbox = self.inboxes[topic]
        try:
            part = Part(topic, partition, generation, position, inbox.tables, self.journal.store, sys.maxsize if self.journal.is_volatile else self.rows_in_memory)
        except UnreadableRow as error:
            self.fail(error)
            return
        self.parts[topic, partition] = part
        self.backlog.took((topic, partition))
        if inbox.met is not None and inbox.met(part):
            part.keep()
            self.folding.unit.touch(part)
            self.commits.opened()
        self.clock.took(part)
        self.metrics.rebalances.labels("taken").inc()
        part.opened_in = perf_counter() - started

    async def revoke(self, partitions: list[tuple[str, int]]) -> None:
        """Hand over: no more work is begun for these partitions, what is waiting of them is forgotten, what is open is committed.

        In this order: what an agent did for them while the commit was under way would land after their next owner began.
        """
        for place in partitions:
            self.parts.pop(place, None)
            self.backlog.gave(place)
            self._held.forget(place)
            self.clock.gave(place)
            self.metrics.rebalances.labels("given").inc()
        self._waiting.forget(partitions)
        await self.commits.commit()

    def deliver(self, batch: Batch) -> None:
        place = (batch.topic, batch.partition)
        part = self.parts.get(place)
        if part is None or part.generation != batch.generation:
            return
        self.metrics.batches.labels(batch.topic).inc()
        self.clock.fetched(place)
        self.backlog.fetched(place, len(batch.records))
        if not self._held.follow(batch):
            self._waiting.add(self.inboxes[batch.topic], batch)
            self._work_there.set()

    def caught_up(self, topic: str, partition: int, generation: int) -> None:
        part = self.parts.get((topic, partition))
        if part is not None and part.generation == generation:
            self.clock.ended((topic, partition))

    def fail(self, error: BaseException) -> None:
        log.critical("cannot go on: %s: %s", type(error).__name__, error, exc_info=error)
        self.on_fatal(error)

    # --- life ---

    async def on_start(self) -> None:
        await self.journal.open(self, {inbox.topic: bool(inbox.tables) for inbox in self.inboxes.values()})

    async def on_stop(self) -> None:
        self._work_there.set()
        self.commits.opened()
        self.commits.want()
        await self.commits.commit()
        await self.journal.close()
        self.commits.close()

    async def _hand_over(self, batch: Batch) -> None:
        self._worked.clear()
        await self.inboxes[batch.topic].channel.put(batch)
        await self._worked.wait()

    async def settle(self, is_ticking: bool = False) -> None:
        """Stepped: work off and commit until nothing moves any more. Same input, same order, same bytes.

        `is_ticking`: the time that was reached goes down the lanes in the same units as the work it comes from, not after all of it.
        """
        while True:
            while (batch := self._waiting.next()) is not None:
                await self._hand_over(batch)
            if not self.folding.unit.parts:
                return
            if is_ticking and self.clock.advanced(self.folding.unit.parts):
                self.clock.write_ticks()
            await self.commits.commit()

    @mode.Service.task
    async def _live(self) -> None:
        """Run until stopped; whatever ends one of these loops ends the process."""
        if self.stepped:
            return
        try:
            await asyncio.gather(self._dispatch(), self.commits.run(), self._ticks())
        except Exception as error:                              # noqa: BLE001 - an engine that only half runs must not look alive
            self.fail(error)
            raise

    async def _dispatch(self) -> None:
        """Give agents one slice at a time."""
        while not self.should_stop:
            batch = self._waiting.next()
            if batch is None:
                self._work_there.clear()
                await self._work_there.wait()
                continue
            while self.folding.unit.is_full and not self.should_stop:
                await self.commits.next()
            await self._hand_over(batch)

    async def _ticks(self) -> None:
        tried = monotonic()
        while not self.should_stop:
            await asyncio.sleep(0.02)
            self.clock.write_ticks()
            if monotonic() - tried > RETRY_SECONDS:
                tried = monotonic()
                self.backlog.try_again()

    @mode.Service.task
    async def _figures(self) -> None:
        while not self.should_stop:
            await asyncio.sleep(1.0)
            self.figures.update()


def _exit(error: BaseException) -> None:
    sys.stderr.write(f"cannot go on: {type(error).__name__}: {error}\n")        # whatever became of the logs
    sys.stderr.flush()
    logging.shutdown()
    os._exit(REFUSED_STATUS if isinstance(error, Refused) else FATAL_STATUS)
