"""The behaviours on the embedded log."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.app import Embedded
from streams.edge.topology_file import load
from streams.edge.words import time
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.record import Output
from streams.stored import Stored
from tests.behaviour.suite import FEED, TOPOLOGY, Behaviour, Json, mended


class OnEmbedded:
    """A processor in this process; everything is settled after each record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[tuple[str, Json]] = []
        self.loop = asyncio.new_event_loop()
        self.embedded = self._start(TOPOLOGY)

    def _start(self, topology: Json) -> Embedded:
        path = self.folder / "topology.yaml"
        path.write_text(json.dumps(topology))
        embedded = Embedded(load(path), "event", self.folder / "embedded", self._keep)
        self.loop.run_until_complete(embedded.start())
        return embedded

    def _keep(self, output: Output, partition: int) -> None:
        topic, _, value, _, _ = output
        if value is not None:
            self.told.append((topic, json.loads(value)))

    def send(self, topic: str, value: bytes, key: str = "") -> None:
        if topic == FEED:
            self.loop.run_until_complete(self.embedded.feed(topic, [value]))
        else:
            self.embedded.request(topic, value)
        self.loop.run_until_complete(self.embedded.settle())

    def mark(self, at: str) -> None:
        self.embedded.mark(time(f"2026-01-01T{at}Z"))
        self.loop.run_until_complete(self.embedded.settle())

    def outputs(self, topic: str, enough: Callable[[list[Json]], bool]) -> list[Json]:
        return [value for name, value in self.told if name == topic]

    def stored(self) -> Stored:
        return Stored(EmbeddedPeek(self.folder))

    def asked(self) -> None:
        self.loop.run_until_complete(self.embedded.take_asked(self.folder))

    def mend(self) -> None:
        self.loop.run_until_complete(self.embedded.stop())
        self.embedded = self._start(mended(FEED))

    def close(self) -> None:
        self.loop.run_until_complete(self.embedded.stop())
        self.loop.close()


class TestEmbedded(Behaviour):
    @pytest.fixture
    def processor(self, tmp_path: Path) -> Iterator[OnEmbedded]:
        running = OnEmbedded(tmp_path)
        yield running
        running.close()

    @pytest.mark.xfail(strict=True, reason="one process owns everything: there is nobody to hand partitions over to")
    def test_partitions_move_to_another_worker(self, processor: OnEmbedded) -> None:
        assert processor.embedded.log.told() != {}
