"""When the open unit lands: after an interval, or as soon as that is wanted; one at a time, in a thread of its own."""

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from streams.engine.unit import Unit, encode

if TYPE_CHECKING:
    from streams.engine.core import Engine

INTERVALS = ((20_000, 0.25), (2_000, 0.1), (0, 0.0))
"""Records waiting -> seconds between two commits at least, the most first: transactions are to be few and large then."""
GAP = 0.01
"""Between two commits: a broker is done with a transaction a little after it says so, and librdkafka waits 20 ms where it is not."""


class Commits:
    """Lands one engine's units, one after the other."""

    def __init__(self, engine: "Engine", interval: float) -> None:
        self._engine, self._least = engine, interval
        self._opened = asyncio.Event()
        self._wanted = asyncio.Event()
        self._landed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._landed_at = 0.0
        self.began_at = 0.0
        """When the unit that is landing began to; 0: none is."""
        self._thread = ThreadPoolExecutor(1, "commit")

    def opened(self) -> None:
        """Hear that something may have been done in the unit: it lands within the interval."""
        self._opened.set()

    def want(self) -> None:
        """Have the unit land at once."""
        self._wanted.set()

    async def next(self) -> None:
        """Have the unit land at once, and wait until one has."""
        self._wanted.set()
        self._landed.clear()
        await self._landed.wait()

    async def run(self) -> None:
        """Commit each unit when it has been open for the interval, or as soon as that is wanted; while nothing is open, wait."""
        engine = self._engine
        while not engine.should_stop:
            await self._opened.wait()
            if (left := max(engine.folding.unit.since + self._interval(), self._landed_at + GAP) - monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), left)
            self._wanted.clear()
            self._opened.clear()
            await self.commit()

    def _interval(self) -> float:
        """20 ms with little waiting, 100 and 250 ms under backlog: fewer, larger transactions, and rows that change again and again are written once.

        What waits in one lane alone is no backlog of the others: their results do not wait longer for it.
        """
        waiting = self._engine.backlog.beside_the_longest_lane
        return max(self._least, next(seconds for backlog, seconds in INTERVALS if waiting >= backlog))

    async def commit(self) -> None:
        """Land the open unit: all its outputs, changed rows and positions, or (then the process ends) none."""
        engine = self._engine
        async with self._one_at_a_time:
            unit = engine.folding.unit
            if not unit.parts:
                return
            engine.folding.unit = Unit()
            reached = engine.clock.snapshot(unit.parts)
            closing = unit.close()
            started, self.began_at = perf_counter(), monotonic()
            try:
                if engine.stepped and engine.journal.is_volatile:
                    engine.journal.commit(closing)      # Nothing to wait for, and no row is written down.
                else:
                    await asyncio.get_running_loop().run_in_executor(self._thread, lambda: engine.journal.commit(encode(closing)))
            except Exception as error:                          # noqa: BLE001 - nothing of the unit landed: end, and begin again from the log
                engine.fail(error)
                raise
            self.began_at = 0.0
            engine.metrics.commit_seconds.observe(perf_counter() - started)
            for topic, count in Counter(output[0] for output in closing.outputs).items():
                engine.metrics.outputs.labels(topic).inc(count)
            engine.landed(closing.outputs)
            for part in unit.parts:
                for rows in part.tables:
                    rows.shrink()
            engine.clock.committed(reached)
            engine.journal.committed()
            self._landed.set()
            self._landed_at = monotonic()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()
