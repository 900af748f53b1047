"""Recorded alarms through the same code, as fast as it goes, in event time (design section 5: the replay contract)."""

import asyncio
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from streams import topology as flow
from streams.app import Embedded
from streams.domain.alarm import OWN
from streams.domain.instant import Instant
from streams.domain.learnt import Knowledge
from streams.domain.messages import Judged, Placed
from streams.edge.feed import Feed
from streams.edge.intake import WHOLE
from streams.edge.topology_file import Topology
from streams.engine.record import Output
from streams.learned import Document, document, given, of_parts
from streams.pace import Silent

TIMES = {"spm-mark": Embedded.mark, "spm-start": Embedded.begin}
"""Topics of a story that carry time: how far it is, and when listening began."""
TELL_EVERY = 500
"""Lines between two words on how far a replay is."""
_trace = msgspec.msgpack.Decoder(Judged | Placed).decode
_json = msgspec.json.Encoder().encode


class Summary(msgspec.Struct):
    """What a replay came to."""

    lines: int
    dispositions: dict[str, int]
    problems: dict[str, int]
    """By status."""
    seconds: float
    alarms: int = 0
    """Alarms read."""
    undeclared: int = 0
    """Of these, of objects that the topology does not declare."""

    @property
    def is_unread(self) -> bool:
        """Whether not one line could be read."""
        return all(word.startswith("refused:") for word in self.dispositions)


class Read(NamedTuple):
    """What was read: lines, alarms in them, those of objects that nobody declared."""

    lines: int
    alarms: int
    undeclared: int


class Recorder:
    """Keeps what a run tells, partition by partition in order."""

    def __init__(self) -> None:
        self.events: dict[str, dict[int, list[Output]]] = defaultdict(lambda: defaultdict(list))
        self.judged: dict[int, Judged] = {}
        self.placed: dict[str, str] = {}
        self.parts: dict[int, int] = Counter()
        self.known = Knowledge()

    def __call__(self, output: Output, partition: int) -> None:
        topic, _, value, _, _ = output
        if topic == "trace":
            told = _trace(value or b"")
            if isinstance(told, Placed):
                self.placed[told.occurrence] = told.problem
            else:
                self._judge(told)
        else:
            self.events[topic][partition].append(output)

    def _judge(self, told: Judged) -> None:
        """A line's own disposition wins over those of its parts (a batch); of several parts the first stands."""
        if told.source.part == OWN:
            return
        line = told.source.offset
        known = self.judged.get(line)
        if told.source.part == WHOLE:
            self.judged[line] = told if known is None else msgspec.structs.replace(known, disposition=told.disposition)
        elif known is None:
            self.judged[line] = told
        elif known.source.part == WHOLE and not known.alarm:
            self.judged[line] = msgspec.structs.replace(known, alarm=told.alarm, occurrence=told.occurrence)

    def of(self, topic: str) -> Iterator[Output]:
        for partition in sorted(self.events.get(topic, {})):
            yield from self.events[topic][partition]


def read_lines(paths: Iterable[str]) -> Iterator[bytes]:
    """Read files line by line; `-` is stdin, `.gz` is unpacked."""
    for path in paths:
        if path == "-":
            yield from (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
            continue
        opened: Any = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
        with opened as lines:
            yield from (line.rstrip(b"\r\n") for line in lines)


def as_feed(topology: Topology, format_: str) -> Topology:
    """Return the topology with one feed in the format of the file: its first feed of that format, else the first, names namespace, home, key and mapping."""
    feed = next((feed for feed in topology.feeds if feed.format == format_), topology.feeds[0] if topology.feeds else Feed("raw-alarms"))
    network = topology.network
    # Of the other feeds nothing is in the file: their silence says nothing.
    network = msgspec.structs.replace(
        network, feeds={topic: watch for topic, watch in network.feeds.items() if topic == feed.topic},
        expects={name: rule for name, rule in network.expects.items() if rule.feed == feed.topic})
    return msgspec.structs.replace(topology, network=network, feeds=(msgspec.structs.replace(feed, format=format_),))


def replay(paths: list[str], topology: Topology, out: Path, format_: str = "tmf642", drain: bool = False, progress: Callable[[int], None] = lambda lines: None, known: Document | None = None) -> Summary:
    """Replay files into a folder; see the contract for what lies there afterwards. With `known` nothing is learnt: that is what is known."""
    started = perf_counter()
    recorder = Recorder()
    read = asyncio.run(_replay(read_lines(paths), as_feed(topology, format_), recorder, drain, progress, known))
    return _write(out, recorder, read, started)


async def _replay(source: Iterable[bytes], topology: Topology, recorder: Recorder, drain: bool, progress: Callable[[int], None], known: Document | None) -> Read:
    embedded = Embedded(topology, "event", None, recorder, trace=True, pause_feeds=False)
    await embedded.start()
    if known is not None:
        embedded.teach(lambda lane: given(known, lane))
        await embedded.settle()
    lines, told, silent = 0, 0, Silent(topology.policy)
    async for lines in embedded.play(topology.feeds[0].topic, source):
        embedded.mark_silent(topology.feeds[0].topic, silent)
        if lines >= told + TELL_EVERY:
            told = lines
            progress(lines)
    last = max((reached for reached in embedded.processor.engine.clock.snapshot().values()), default=0)
    if last:
        embedded.mark(last + 1)         # Past it: what was told at the last instant is heard as well.
        await embedded.settle()
    if drain:
        await embedded.drain(last)
    rows = [row for part in embedded.processor.engine.parts.values() if (clocks := getattr(part, "feed_clock", None)) is not None for _, row in clocks.prefix("")]
    recorder.known = of_parts(embedded.processor.engine.parts.values(), topology.policy.learn.half_life)
    await embedded.stop()
    return Read(lines, sum(row.alarms for row in rows), sum(row.unresolved for row in rows))


def _event(output: Output) -> bytes:
    _, key, value, _, headers = output
    at = headers[0][1].decode() if headers else ""
    return _json({"key": (key or b"").decode(), "at": at, "value": msgspec.Raw(value) if value is not None else None})


def _write(out: Path, recorder: Recorder, read: Read, started: float) -> Summary:
    (out / "events").mkdir(parents=True, exist_ok=True)
    for topic in flow.OUTPUTS:
        with open(out / "events" / f"{topic}.ndjson", "wb") as file:
            file.writelines(_event(output) + b"\n" for output in recorder.of(topic))
    last: dict[str, bytes] = {}
    for _, key, value, _, _ in recorder.of("problems"):
        if value is not None:
            last[(key or b"").decode()] = value
    problems = {key: msgspec.json.decode(value) for key, value in last.items()}
    with open(out / "problems.ndjson", "wb") as file:
        file.writelines(last[key] + b"\n" for key in sorted(last))
    into = {key: c["value"] for key, problem in problems.items() for c in problem.get("characteristic", ()) if c.get("name") == "mergedInto"}
    dispositions: Counter[str] = Counter()
    with open(out / "trace.ndjson", "wb") as file:
        for line in range(read.lines):
            judged = recorder.judged.get(line)
            disposition = judged.disposition if judged else "new"     # still held down when the replay ended: raised, not transient so far
            dispositions[disposition] += 1
            problem = _survivor(recorder.placed.get(judged.occurrence) if judged else None, into)
            file.write(_json({"line": line + 1, "alarm": (judged.alarm or None) if judged else None, "problem": problem, "disposition": disposition}) + b"\n")
    (out / "learned.json").write_bytes(_json(document(recorder.known)))
    by_status = dict(sorted(Counter(p["status"] for p in problems.values()).items()))
    summary = Summary(read.lines, dict(sorted(dispositions.items())), by_status, round(perf_counter() - started, 3), read.alarms, read.undeclared)
    (out / "summary.json").write_bytes(_json(summary))
    return summary


def _survivor(problem: str | None, into: dict[str, str]) -> str | None:
    seen: set[str] = set()
    while problem in into and problem not in seen:
        seen.add(problem)
        problem = into[problem]
    return problem or None


def play(topology: Topology, inputs: Iterable[tuple[str, bytes]], until: Instant | None = None, drain: bool = False) -> dict[str, list[tuple[str, str, Any]]]:
    """Play a story in memory: (topic, line) in order, then time up to `until`; return topic -> (key, at, value)."""
    recorder = Recorder()

    async def run() -> None:
        embedded = Embedded(topology, "event", None, recorder, trace=True, pause_feeds=False)
        await embedded.start()
        feeds, line_number = {feed.topic for feed in topology.feeds}, 0
        for topic, run_of in groupby(inputs, key=lambda pair: pair[0]):
            lines = [line for _, line in run_of]
            for line in () if topic in feeds else lines:
                if topic in TIMES:
                    TIMES[topic](embedded, int(line))
                else:
                    embedded.request(topic, line)
                await embedded.settle()
            async for read in embedded.play(topic, lines if topic in feeds else (), line_number):
                line_number = read
        if until is not None:
            embedded.mark(until + 1)        # Past it, so that what is due then is done.
            await embedded.settle()
        if drain:
            await embedded.drain(max(embedded.processor.engine.clock.snapshot().values(), default=0))
        await embedded.stop()

    asyncio.run(run())
    return {topic: [
        ((key or b"").decode(), headers[0][1].decode(), None if value is None else msgspec.json.decode(value)) for _, key, value, _, headers in recorder.of(topic)] for topic in flow.OUTPUTS}


