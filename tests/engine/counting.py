"""The smallest stage: counts what it hears by key and says so. Used on both logs, by tests, chaos and bench."""

import asyncio
from typing import Any

import msgspec

from streams.domain.view import Emit
from streams.engine import host
from streams.engine.core import Engine
from streams.engine.inbox import Codec, Inbox, Timekeeping
from streams.engine.record import Log, Record
from streams.engine.table import TableSpec


class Count(msgspec.Struct, array_like=True, frozen=True):
    n: int
    due: int | None = None


class Heard(msgspec.Struct, frozen=True):
    key: str
    clock: int
    due: int | None = None


class Tick(msgspec.Struct, frozen=True):
    clock: int
    live: bool = True
    since: int = -1


def decode(record: Record, partition: int) -> Heard | Tick:
    """`boom` raises in the step, `?` cannot be decoded, `@<clock>` is a tick, `<clock>:<due>` or `<clock>` a record."""
    text = (record.value or b"").decode()
    if text.startswith("@"):
        return Tick(int(text[1:]))
    clock, _, due = text.partition(":")
    return Heard((record.key or b"").decode(), int(clock), int(due) if due else None)


def step(view: Any, message: Heard | Tick, now: int, world: Any) -> list[Emit]:
    if isinstance(message, Tick):
        return []
    if message.key == "boom":
        view.counts.put("boom", Count(-1))
        raise ValueError("boom is refused")
    n = (view.counts.get(message.key) or Count(0)).n + 1
    view.counts.put(message.key, Count(n, message.due))
    return [Emit("counted", message.key, f"{message.key}={n}@{now}", now)]


def come_due(view: Any, table: str, key: str, value: Count, now: int, world: Any) -> list[Emit]:
    view.counts.put(key, Count(value.n))
    if key == "due-boom":
        raise ValueError("due-boom is refused")
    return [Emit("counted", key, f"{key} due@{now}", now)]


def bury(topic: str, partition: int, record: Record, error: BaseException) -> list[Emit]:
    return [Emit("dead-letters", f"{topic}/{partition}/{record.offset}", str(error), 0)]


TABLES = (TableSpec("counts", Count, lambda row: row.due),)


def counting(log: Log, stepped: bool = True, mode: str = "event") -> tuple[Any, Engine]:
    """Wire the app: heard -> counted."""
    app = host.create_app("counting")
    text = Codec(lambda value: value.encode(), True)
    engine = Engine(log, {"counted": text, "dead-letters": text}, Timekeeping(mode, Tick, lambda tick: f"@{tick.clock}".encode(), Tick), bury, stepped=stepped)
    inbox = engine.inbox(Inbox("heard", 0, decode, "lane", TABLES, channel=host.channel(app)))

    @app.agent(inbox.channel, name="count")
    async def count(slices: Any) -> None:
        """Count what is heard."""
        async for batch in slices:
            engine.work(batch, step, come_due, None)

    return app, engine


def run(coroutine: Any) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 30))
