"""What a single, undisturbed run on the embedded log says: all outputs, and what went between the stages."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from streams import topology as flow
from streams.app import Embedded
from streams.domain.level import LEVEL
from streams.domain.messages import ProblemChange, ProblemChangeEvent
from streams.edge.topology_file import Topology
from streams.engine.record import Closing, Output
from tests.chaos.network import Asked, Line

CHUNK = 500
_change = msgspec.msgpack.Decoder(ProblemChangeEvent).decode


class Told(NamedTuple):
    """One output as a reader sees it."""

    at: str
    key: str
    value: Any


Outputs = dict[str, list[Told]]


def told(topic: str, at: str, key: str, value: bytes | None) -> Told | None:
    """Decode one record of an output topic or of problem-changes; None for the ticks in between."""
    if topic == "problem-changes":
        change = _change(value or b"")
        return Told(str(change.at), key, msgspec.to_builtins(change)) if isinstance(change, ProblemChange) else None
    return Told(at, key, None if value is None else msgspec.json.decode(value))


def oracle(topology: Topology, lines: Iterable[Line], until: int) -> Outputs:
    """Run everything once, without any disturbance, up to a mark at `until`."""
    return oracle_of(topology, [(list(lines), [], until)])


def oracle_of(topology: Topology, rounds: Iterable[tuple[list[Line], list[Asked], int]], level: int = LEVEL) -> Outputs:
    """The same in rounds, each up to its mark: of what is fed and asked in one, what is asked comes in the middle."""
    outputs: Outputs = defaultdict(list)

    def keep(output: Output) -> None:
        topic, key, value, _, headers = output
        if topic in flow.OUTPUTS or topic == "problem-changes":
            one = told(topic, headers[0][1].decode() if headers else "", (key or b"").decode(), value)
            if one is not None:
                outputs[topic].append(one)

    async def run() -> None:
        embedded = Embedded(topology, "event", level=level)
        land = embedded.log.commit

        def commit(closing: Closing) -> None:
            for output in closing.outputs:
                keep(output)
            land(closing)

        embedded.log.commit = commit  # type: ignore[method-assign]
        await embedded.start()
        feed = topology.feeds[0].topic
        for lines, asked, until in rounds:
            values = [line.value for line in lines]
            half = len(values) // 2 // CHUNK * CHUNK
            for start in range(0, len(values), CHUNK):
                if start == half:
                    await ask(embedded, asked)
                await embedded.feed(feed, values[start:start + CHUNK])
                await embedded.settle()
            if not values:
                await ask(embedded, asked)
            embedded.mark(until)
            await embedded.settle()
        await embedded.stop()

    async def ask(embedded: Embedded, asked: list[Asked]) -> None:
        for one in asked:
            embedded.request(one.topic, one.value)
        await embedded.settle()

    asyncio.run(run())
    return outputs
