"""Where a command finds what a processor has stored: in Kafka where a bootstrap is given, else in the folder of `spm run`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec

from streams.engine.embedded import Given
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.kafka_peek import KafkaPeek
from streams.engine.record import Record
from streams.flow_topics import changelog_of
from streams.settings import Settings


class Peek(Protocol):
    """A log seen from outside its processor (streams/engine/embedded_peek.py, kafka_peek.py)."""

    def read(self, topic: str, begins: dict[int, int]) -> Iterator[tuple[int, Record]]: ...
    def pick(self, topic: str, partition: int, offsets: Iterable[int]) -> Iterator[tuple[int, Record | None]]: ...
    def state(self, inbox: str) -> Iterator[tuple[int, bytes, bytes]]: ...
    def write(self, topic: str, records: list[Given]) -> None: ...
    def close(self) -> None: ...


class Stored(msgspec.Struct, frozen=True):
    """A log, and what topics of ours are called in it."""

    peek: Peek
    prefix: str = ""
    group: str = ""
    """"" on the embedded log, where state stands beside its inbox."""
    requests: str = ""
    """What goes before the topics that others write requests to."""

    def output(self, topic: str) -> str:
        """Return the name of a topic that we write."""
        return self.prefix + topic

    def request(self, topic: str) -> str:
        """Return the name of a topic that requests are written to."""
        return self.requests + topic

    def state(self, inbox: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Iterate (partition, key, value) of what is remembered for an inbox (streams/engine/table.py has their form)."""
        return self.peek.state(self.prefix + changelog_of(self.group)(inbox) if self.group else inbox)


@contextmanager
def stored(settings: Settings) -> Iterator[Stored]:
    """Open what the settings say."""
    if settings.bootstrap is None:
        found = Stored(EmbeddedPeek(settings.data))
    else:
        found = Stored(KafkaPeek(settings.kafka_config(), settings.group), settings.prefix, settings.group, settings.request_prefix)
    try:
        yield found
    finally:
        found.peek.close()
