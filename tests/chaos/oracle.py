"""What a single, undisturbed run on the embedded log says: all outputs, and what went between the stages."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from streams import topology as flow
from streams.app import Embedded
from streams.domain.messages import ProblemChange, ProblemChangeEvent
from streams.edge.topology_file import Topology
from streams.engine.record import Closing, Output
from tests.chaos.network import Line

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
    outputs: Outputs = defaultdict(list)

    def keep(output: Output) -> None:
        topic, key, value, _, headers = output
        if topic in flow.OUTPUTS or topic == "problem-changes":
            one = told(topic, headers[0][1].decode() if headers else "", (key or b"").decode(), value)
            if one is not None:
                outputs[topic].append(one)

    async def run() -> None:
        embedded = Embedded(topology, "event")
        land = embedded.log.commit

        def commit(closing: Closing) -> None:
            for output in closing.outputs:
                keep(output)
            land(closing)

        embedded.log.commit = commit  # type: ignore[method-assign]
        await embedded.start()
        feed, chunk = topology.feeds[0].topic, []
        for line in lines:
            chunk.append(line.value)
            if len(chunk) == CHUNK:
                await embedded.feed(feed, chunk)
                await embedded.settle()
                chunk = []
        await embedded.feed(feed, chunk)
        await embedded.settle()
        embedded.mark(until)
        await embedded.settle()
        await embedded.stop()

    asyncio.run(run())
    return outputs
