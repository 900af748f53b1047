"""Taking a partition over, live: old ticks make nothing live, and a replay of the inbox is not live at the same records."""

from typing import Any

from streams.domain.view import Emit
from streams.engine import host
from streams.engine.core import Engine
from streams.engine.embedded import EmbeddedLog
from streams.engine.inbox import Codec, Inbox, Timekeeping
from streams.engine.record import Batch, Closing, Output, Record
from streams.engine.recorded import RecordedLog, fold, takings
from streams.engine.table import TableSpec
from tests.engine.counting import Count, Tick, bury, run
from tests.engine.counting import decode as decode_heard

TEXT = Codec(lambda value: value.encode(), True)


def decode(record: Record, partition: int) -> Any:
    """`@<clock> <live> <since>` is a tick, all else as `counting` has it."""
    text = (record.value or b"").decode()
    if text.startswith("@"):
        clock, live, since = map(int, text[1:].split())
        return Tick(clock, bool(live), since)
    return decode_heard(record, partition)


def step(view: Any, message: Any, now: int, world: Any) -> list[Emit]:
    view.counts.put("any", Count(now))
    return [Emit("said", "any", f"{type(message).__name__} {now} {'live' if view.live else 'not live'}", now)]


def saying(log: Any, mode: str) -> tuple[Any, Engine]:
    app = host.create_app("saying")
    engine = Engine(log, {"said": TEXT, "dead-letters": TEXT}, Timekeeping(mode, Tick, lambda t: f"@{t.clock} {int(t.live)} {t.since}".encode(), Tick), bury, stepped=True)
    inbox = engine.inbox(Inbox("heard", 0, decode, "lane", (TableSpec("counts", Count),), channel=host.channel(app)))

    @app.agent(inbox.channel, name="say")
    async def say(slices: Any) -> None:
        """Say what is heard."""
        async for batch in slices:
            engine.work(batch, step, lambda *_: [], None)

    return app, engine


class Tape(EmbeddedLog):
    """Keeps what was written into the inbox and said, in order; `lose` ends it as a kill does."""

    def __init__(self, heard: list[Record], said: list[str], position: int, store: Any = None) -> None:
        super().__init__(lambda topic: 1)
        self.heard, self.said, self.position = heard, said, position
        if store is not None:
            self.store = store

    def write(self, value: str) -> None:
        self.heard.append(Record(len(self.heard), -1, b"any", value.encode()))

    async def open(self, host: Any, inboxes: dict[str, bool]) -> None:
        host.assigned("heard", 0, 0, self.position)

    def commit(self, closing: Closing) -> None:
        for topic, _, value, _, _ in closing.outputs:
            if topic == "heard":
                self.write((value or b"").decode())
            else:
                self.said.append((value or b"").decode())
        self.position = closing.positions["heard", 0]
        closing.outputs = []
        super().commit(closing)

    def committed(self) -> None:
        """Reading is done by hand."""


async def live(tape: Tape, before: list[str], read: int) -> None:
    """One worker's life: it takes over, then so many records are written and read, then it is killed."""
    app, engine = saying(tape, "wall")
    await host.start(app, engine)
    await engine.settle()
    for value in before:
        tape.write(value)
    records = [record for record in tape.heard if record.offset >= tape.position][:read]
    if records:
        engine.deliver(Batch("heard", 0, 0, records))
    await engine.settle()
    await host.stop(app, engine)


async def replayed(heard: list[Record], position: int) -> list[str]:
    said: list[str] = []

    def keep(output: Output) -> None:
        said.append((output[2] or b"").decode())

    log = RecordedLog(lambda topic: 1, keep)
    app, engine = saying(log, "event")
    await host.start(app, engine)
    await fold(engine, log, "heard", 0, [[record for record in heard if record.offset < position]], takings(engine, "heard", 0, [heard]))
    await host.stop(app, engine)
    return said


def test_a_replay_is_live_at_the_records_that_the_workers_were_live_at() -> None:
    heard: list[Record] = []
    said: list[str] = []

    async def lives() -> int:
        position, store = 0, None
        # Each: what comes after the taking over, how many records it reads. The second one is killed before it reads its mark,
        # the third before it reads anything, and old live ticks lie in what is left.
        for before, read in ((["10", "@11 1 -1", "12", "@13 1 -1", "14"], 4), (["20"], 1), (["@21 1 -1"], 0), (["30", "@31 1 -1", "32"], 9)):
            tape = Tape(heard, said, position, store)
            tape.store.close = lambda: None  # type: ignore[method-assign]
            await live(tape, before, read)
            position, store = tape.position, tape.store
        return position

    position = run(lives())

    assert said == ["Heard 10 not live", "Tick 11 live", "Heard 12 live", "Tick 13 not live", "Heard 14 not live", "Heard 20 not live",
                    "Tick 21 not live", "Heard 30 not live", "Tick 31 live", "Heard 32 live"]
    assert said == run(replayed(heard, position))
