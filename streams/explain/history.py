"""The outputs of a processor as they lie: in Kafka, in the folder of `spm run`, or in the folder of `spm replay`.

Nothing is indexed: what is looked for is found by reading a topic to its end, and a record is decoded only where its
bytes hold what is looked for.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from streams.engine.fatal import Refused
from streams.settings import Settings
from streams.stored import Stored, stored

_SHOWN = 10_000
"""Records between two words of progress."""


class Output(msgspec.Struct):
    """A line of a replay's `events/<topic>.ndjson`."""

    key: str
    value: msgspec.Raw


_output = msgspec.json.Decoder(Output).decode


class History(Protocol):
    """What was told."""

    where: str
    """For people."""

    def read(self, topic: str) -> Iterator[tuple[str, bytes | None]]:
        """Iterate (key, JSON or None for a tombstone) of an output topic; the records of one key in order."""


class Log:
    """The outputs in a log: embedded or Kafka."""

    def __init__(self, log: Stored, where: str, progress: Callable[[int], None]) -> None:
        self._log, self.where, self._progress, self._read = log, where, progress, 0

    def read(self, topic: str) -> Iterator[tuple[str, bytes | None]]:
        for _, record in self._log.peek.read(self._log.output(topic), {}):
            self._read += 1
            if self._read % _SHOWN == 0:
                self._progress(self._read)
            yield (record.key or b"").decode("utf-8", "replace"), record.value


class Folder:
    """What `spm replay --out` wrote."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "events").is_dir():
            raise Refused(f"{folder} holds no outputs of `spm replay`: there is no folder `events` in it")
        self._events, self.where = folder / "events", f"the replay in {folder}"

    def read(self, topic: str) -> Iterator[tuple[str, bytes | None]]:
        with open(self._events / f"{topic}.ndjson", "rb") as lines:
            for n, line in enumerate(lines, 1):
                try:
                    output = _output(line)
                except msgspec.MsgspecError as error:
                    raise Refused(f"{self._events}/{topic}.ndjson, line {n}: {error}") from error
                value = bytes(output.value)
                yield output.key, None if value == b"null" else value


@contextmanager
def history(settings: Settings, replayed: Path | None, progress: Callable[[int], None] = lambda records: None) -> Iterator[History]:
    """Open what the settings say, or a replay's folder where one is named."""
    if replayed is not None:
        yield Folder(replayed)
        return
    with stored(settings) as log:
        yield Log(log, f"Kafka at {settings.bootstrap}" if settings.bootstrap else f"the run in {settings.data}", progress)


def json(value: bytes) -> Any:
    """Read one output."""
    return msgspec.json.decode(value)
