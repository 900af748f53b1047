"""`spm run`: the whole processor in one process, fed by a recording, by standard input and over HTTP, shown on a screen."""

import asyncio
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from itertools import groupby, islice
from time import monotonic, time
from typing import Any

import msgspec
from rich.console import Console

from streams import topology as flow
from streams.app import Embedded, run_embedded
from streams.domain.instant import SECOND, Instant
from streams.edge.board import Board
from streams.edge.gateway.offer import CannotAccept, Offer
from streams.edge.player import Player
from streams.edge.screen import Screen, screen_for
from streams.edge.story import TELLS, StoryError, is_withdrawal, with_alarms, with_told
from streams.edge.topology_file import Topology
from streams.http_port import open_http_port, url_of
from streams.settings import Settings

CHUNK = 500
"""Alarms between two looks at everything else."""
ASKED = tuple(topic for topic in flow.REQUESTS if topic not in flow.OWN_REQUESTS)
"""Topics of requests that may be written to over HTTP."""
PACE = 0.1
"""Seconds between two looks at what the player has due."""


class Plan(msgspec.Struct, frozen=True):
    """What a run is fed with besides HTTP."""

    recording: Iterable[tuple[str, bytes]] = ()
    """(topic, line); topic "" is the first feed. A line may name a restoration command that is not known yet (edge/story.py)."""
    speed: float = 0.0
    """Recorded seconds a second, the times shifted to now; 0: lines are taken at once with the times they have."""
    until: Instant = 0
    """Recorded time at which the playing ends, if after the last line's."""
    has_recording: bool = False
    """Whether `recording` may bring anything."""
    stdin: bool = False
    """Whether lines come on standard input too, as they come."""
    exit_when_done: bool = False


def wall() -> Instant:
    """Return what the wall clock says."""
    return int(time() * SECOND)


async def run_live(settings: Settings, topology: Topology, plan: Plan, console: Console) -> Board:
    """Run until the plan is worked off (if it wants to exit then) or a signal comes; return the picture as it then is."""
    board = Board()
    if plan.speed:
        # The player is the clock: alarm time runs faster than the wall until it has caught up with it.
        settings = settings.model_copy(update={"clock": "event"})
    with screen_for(board, console, monotonic) as screen:
        run = _Run(settings, topology, plan, board, screen)
        # What a recording or a pipe brings is played, not met: nothing of it stood before.
        is_played = plan.speed or plan.stdin or plan.has_recording
        await run_embedded(settings, topology, run.tell, run.serve, 0 if is_played else wall())
    return board


class _Run:
    def __init__(self, settings: Settings, topology: Topology, plan: Plan, board: Board, screen: Screen) -> None:
        self._settings, self._plan = settings, plan
        self._topology, self._topic = topology, topology.feeds[0].topic
        self._feeds = frozenset(feed.topic for feed in topology.feeds)
        self._board, self._screen = board, screen
        self._stopping = asyncio.Event()
        self._fed = 0
        self._ids: dict[str, dict[str, None]] = {topic: {} for topic in TELLS.values()}
        self._server: Any = None
        self._loop = asyncio.get_running_loop()

    def tell(self, topic: str, key: str, value: bytes | None, at: str) -> None:
        """Take one output in; called in the thread that commits, told in the loop's."""
        self._loop.call_soon_threadsafe(self._told, topic, key, value, at)

    def _told(self, topic: str, key: str, value: bytes | None, at: str) -> None:
        if topic in self._ids and value is not None:
            record = msgspec.json.decode(value)
            if not is_withdrawal(record):
                self._ids[topic].setdefault(record["id"])
        self._screen.tell(topic, key, value, at)

    async def serve(self, embedded: Embedded) -> None:
        """Feed the processor until the run is to end."""
        for signum in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signum, self._stopping.set)
        where = await self._listen(embedded)
        watching = asyncio.create_task(self._watch(embedded))
        feeding = asyncio.create_task(self._feed(embedded, where))
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({feeding, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if feeding.done():
                feeding.result()
        finally:
            self._stopping.set()
            for task in (watching, feeding, stopped):
                task.cancel()
            await asyncio.gather(watching, feeding, stopped, return_exceptions=True)
            if self._server is not None:
                await self._server.cleanup()
            self._count(embedded)

    async def _listen(self, embedded: Embedded) -> str:
        """Open the HTTP intake; return where alarms may be sent."""
        settings = self._settings
        if not settings.http_port:
            return ""

        async def accept(offer: Offer) -> None:
            if self._stopping.is_set():
                raise CannotAccept("The processor is stopping; send it again later.")
            embedded.take(offer)
            self._fed += len(offer.records)
            await embedded.settle()

        async def ask(topic: str, request: bytes) -> None:
            if self._stopping.is_set():
                raise CannotAccept("The processor is stopping; send it again later.")
            embedded.request(topic, request)
            await embedded.settle()

        def health() -> dict[str, Any]:
            return {"feeds": sorted(self._feeds), "alarms": self._fed}

        processor = embedded.processor
        self._server = await open_http_port(settings, processor.topology.feeds, accept, processor.intake.record_id, health, processor.engine.metrics.registry, ask, ASKED)
        return f"{url_of(settings)}/alarms"

    async def _feed(self, embedded: Embedded, where: str) -> None:
        metrics = f"http://{self._settings.bind}:{self._settings.metrics_port}/metrics" if self._settings.metrics_port else "off"
        ready = f"alarms to {where or 'nowhere (no HTTP port)'}, metrics {metrics}"
        if where:
            self._screen.say(f"Taking alarms (TMF642, VES, webhooks; see README): POST {where}   metrics: {metrics}")
        if self._plan.speed:
            await self._play(embedded, Player(self._plan.recording, self._plan.speed, wall(), self._plan.until))
        else:
            await self._pour(embedded)
        if self._plan.stdin:
            await self._read_stdin(embedded)
        if self._plan.exit_when_done:
            return
        self._screen.status(f"Ctrl-C ends. {ready}")
        self._screen.say("The feed is worked off; staying up for what comes over HTTP. Ctrl-C ends.")
        while not self._stopping.is_set():
            if self._plan.speed:
                embedded.mark(wall())
                await embedded.settle()
            await asyncio.sleep(1)

    async def _play(self, embedded: Embedded, player: Player) -> None:
        self._screen.say(f"Playing {len(player):,} recorded lines, their times shifted to now, {self._plan.speed:g} times as fast: {player.seconds:.0f} s.")
        waiting: list[tuple[str, bytes]] = []
        done = False
        while not done:
            at = wall()
            waiting = await self._hand_out(embedded, waiting + player.due(at))
            done = player.done(at)
            embedded.mark(player.virtual(at))
            await embedded.settle()
            self._screen.status(f"playing: {player.played:,} of {len(player):,} lines")
            if not done:
                await asyncio.sleep(PACE)
        if waiting:
            raise StoryError(f"an answer waits for what was never told; {' and '.join(f'{len(ids)} {topic}' for topic, ids in self._ids.items())} were")

    async def _hand_out(self, embedded: Embedded, lines: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Feed lines, those of one topic together; return those that name what nobody has told yet."""
        waiting = []
        for topic, group in groupby(lines, key=lambda pair: pair[0]):
            ready = []
            for _, told in group:
                line = with_alarms(told, self._topology)
                known = with_told(line, {}) or with_told(line, {topic: list(ids) for topic, ids in self._ids.items()})
                if known is None:
                    waiting.append((topic, line))
                else:
                    ready.append(known)
            await self._take(embedded, topic or self._topic, ready)
        return waiting

    async def _pour(self, embedded: Embedded) -> None:
        lines = iter(self._plan.recording)
        while chunk := list(islice(lines, CHUNK)):
            await self._hand_out(embedded, chunk)
            self._screen.status(f"read {self._fed:,} lines")

    async def _read_stdin(self, embedded: Embedded) -> None:
        """Take lines as they come; the thread that waits for more is left behind when the run ends."""
        loop, chunks = asyncio.get_running_loop(), asyncio.Queue[bytes](maxsize=4)

        def read() -> None:
            while True:
                chunk = os.read(sys.stdin.fileno(), 1 << 18)
                asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()
                if not chunk:
                    return

        threading.Thread(target=read, daemon=True, name="stdin").start()
        rest = b""
        while chunk := await chunks.get():
            *lines, rest = (rest + chunk).split(b"\n")
            await self._take(embedded, self._topic, [line.rstrip(b"\r") for line in lines])
        if rest:
            await self._take(embedded, self._topic, [rest])

    async def _take(self, embedded: Embedded, topic: str, lines: list[bytes]) -> None:
        """Feed lines; when this returns they and all that follows from them are durable."""
        for start in range(0, len(lines), CHUNK):
            some = lines[start : start + CHUNK]
            if topic in self._feeds:
                await embedded.feed(topic, some)
                self._fed += len(some)
            else:
                for line in some:
                    embedded.request(topic, line)
            await embedded.settle()

    async def _watch(self, embedded: Embedded) -> None:
        while True:
            await asyncio.sleep(0.25)
            self._count(embedded)
            self._screen.refresh()

    def _count(self, embedded: Embedded) -> None:
        """Read the dispositions off the tables of stages 1 and 2: they are state, committed with the unit."""
        counts: Counter[str] = Counter()
        for part in list(embedded.processor.engine.parts.values()):
            if (rows := getattr(part, "dispositions", None)) is not None:
                counts.update({word: row.n for word, row in rows.prefix("")})
            elif (rows := getattr(part, "feed_clock", None)) is not None:
                for _, row in rows.prefix(""):
                    counts.update(row.dispositions)
        self._board.dispositions = dict(counts)
