"""What local state lacks of its changelog, and how far that has been read, for partitions that are read together."""

from collections.abc import Iterable
from itertools import groupby
from time import time
from typing import Any, NamedTuple

from confluent_kafka import KafkaError

from streams.engine.fatal import Fatal
from streams.engine.kafka_cluster import Place
from streams.engine.kafka_memory import Memory
from streams.engine.store import place


class Missing(NamedTuple):
    """What local state of one partition lacks: the changelog from `begin` to before `end`."""

    inbox: str
    partition: int
    changelog: str
    begin: int
    end: int

    @property
    def records(self) -> int:
        return max(0, self.end - self.begin)


class Reading:
    """How far the changelogs of a group of partitions have been read."""

    def __init__(self, group: list[Missing], memory: Memory) -> None:
        self._memory = memory
        self._of = {(each.changelog, each.partition): each for each in group}
        self._at = {where: each.begin for where, each in self._of.items()}
        self.behind = {where for where, each in self._of.items() if each.records}
        self.total = sum(each.records for each in group)
        self.name = f"{group[0].inbox}/{group[0].partition}" if len(group) == 1 else f"{len(self.behind)} partitions"

    @property
    def done(self) -> int:
        """Count what has been read, transactions' markers included."""
        return sum(at - self._of[where].begin for where, at in self._at.items())

    def take(self, messages: list[Any]) -> list[tuple[bytes, bytes | None]]:
        """Return what to write for these messages, as one list: state first (the last of each key), then how far it is."""
        changes: dict[bytes, bytes | None] = {}
        read = dict.fromkeys(where for where, run in groupby(messages, _where) if self._take(where, run, changes))
        self.behind = {where for where in self.behind if self._at[where] < self._of[where].end}
        return [*changes.items(), *map(self._row, read)]

    def reached(self) -> list[tuple[bytes, bytes | None]]:
        """Return the rows that say how far each partition is."""
        return [self._row(where) for where in self._at]

    def _take(self, where: Place, run: Iterable[Any], changes: dict[bytes, bytes | None]) -> bool:
        """Take neighbours of one partition; False where it is none of the group's, but an error of the client."""
        missing, position = self._of.get(where), self._at.get(where, 0)
        base = b"" if missing is None else place(missing.inbox, missing.partition)
        for message in run:
            if (error := message.error()) is None:
                changes[base + message.key()] = message.value()
                position = message.offset() + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                position = max(position, message.offset())  # Behind the last transaction's marker, which is no message.
            elif not error.retriable():
                raise Fatal(f"cannot read the changelog of {where[0]}/{where[1]}: {error.str()}")
        if missing is not None:
            self._at[where] = position
        return missing is not None

    def _row(self, where: Place) -> tuple[bytes, bytes | None]:
        each = self._of[where]
        return self._memory.row(each.inbox, each.partition, self._at[where], _now())


def _where(message: Any) -> Place:
    return message.topic(), message.partition()


def _now() -> int:
    return int(time() * 1000)
