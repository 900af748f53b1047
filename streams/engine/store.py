"""Local state on RocksDB (one database per worker: one write batch per commit), or in memory for a replay.

Keys: `<topic>/<partition>/` and the changelog key. Values are the changelog's bytes as they are.
"""

from collections.abc import Iterator
from math import inf
from pathlib import Path
from shutil import disk_usage
from typing import Any

from rocksdict import BlockBasedOptions, Cache, Options, Rdict, WriteBatch, WriteOptions
from sortedcontainers import SortedDict

from streams.engine.fatal import Fatal, Refused

_WRITES = 5000
"""Keys per write batch: a batch holds the GIL (200,000 keys: 126 ms)."""


def _options(cache_bytes: int) -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_write_buffer_size(64 << 20)
    options.set_max_write_buffer_number(3)
    options.set_max_background_jobs(2)
    options.set_max_log_file_size(1 << 20)
    options.set_keep_log_file_num(2)
    table = BlockBasedOptions()
    table.set_bloom_filter(10, False)
    table.set_block_cache(Cache(cache_bytes))
    options.set_block_based_table_factory(table)
    return options


def place(topic: str, partition: int) -> bytes:
    """Return the prefix of everything stored for one inbox partition."""
    return f"{topic}/{partition}/".encode()


class RocksStore:
    """State that survives the process."""

    def __init__(self, folder: Path, cache_bytes: int = 128 << 20) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        try:
            self.db = Rdict(str(folder), _options(cache_bytes))
        except Exception as error:  # rocksdict raises nothing narrower
            if "No space left" in str(error):
                raise Fatal(f"{folder} cannot be opened: no space is left on its disk.") from error
            if "LOCK" not in str(error):
                raise
            raise Refused(f"{folder} is in use by another process: end that one, or choose another folder (--data).") from error
        self._quick = WriteOptions()
        self._quick.sync = False

    def get(self, topic: str, partition: int, key: bytes) -> bytes | None:
        value: bytes | None = self.db.get(place(topic, partition) + key)
        return value

    def scan(self, topic: str, partition: int, prefix: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        base = place(topic, partition)
        for key, value in self.range(base + prefix):
            yield key[len(base):], value

    def range(self, prefix: bytes, begin: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """Iterate everything whose full key begins with `prefix`, in order, from `begin` on."""
        items: Any = self.db.items(from_key=begin or prefix)
        for key, value in items:
            if not key.startswith(prefix):
                return
            yield key, value

    def is_empty(self, topic: str, partition: int) -> bool:
        return next(iter(self.scan(topic, partition)), None) is None

    def write(self, changes: list[tuple[bytes, bytes | None]]) -> None:
        """Write full keys; None deletes. Batches of 5,000, in order."""
        for start in range(0, len(changes), _WRITES):
            self.write_atomically(changes[start:start + _WRITES])

    def write_atomically(self, changes: list[tuple[bytes, bytes | None]]) -> None:
        """Write full keys in one batch: all or nothing, also through a crash of the process."""
        batch = WriteBatch(raw_mode=True)
        for key, value in changes:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        self.db.write(batch, self._quick)

    def drop(self, topic: str, partition: int) -> None:
        """Forget one partition's state."""
        base = place(topic, partition)
        self.db.delete_range(base, base[:-1] + bytes([base[-1] + 1]))

    def sizes(self) -> tuple[int, float]:
        used = (self.db.property_int_value(name) or 0 for name in ("rocksdb.live-sst-files-size", "rocksdb.cur-size-all-mem-tables"))
        return sum(used), disk_usage(self._folder).free

    def close(self) -> None:
        self.db.close()


class MemoryStore:
    """The same in memory, gone with the process."""

    def __init__(self) -> None:
        self.rows: SortedDict[bytes, bytes] = SortedDict()

    def get(self, topic: str, partition: int, key: bytes) -> bytes | None:
        value: bytes | None = self.rows.get(place(topic, partition) + key)
        return value

    def scan(self, topic: str, partition: int, prefix: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        base = place(topic, partition)
        for key, value in self.range(base + prefix):
            yield key[len(base):], value

    def range(self, prefix: bytes, begin: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        for key in self.rows.irange(begin or prefix):
            if not key.startswith(prefix):
                return
            yield key, self.rows[key]

    def is_empty(self, topic: str, partition: int) -> bool:
        return next(iter(self.scan(topic, partition)), None) is None

    def write(self, changes: list[tuple[bytes, bytes | None]]) -> None:
        for key, value in changes:
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value

    write_atomically = write

    def drop(self, topic: str, partition: int) -> None:
        for key in [key for key, _ in self.range(place(topic, partition))]:
            del self.rows[key]

    def sizes(self) -> tuple[int, float]:
        return 0, inf       # no disk of its own can fill

    def close(self) -> None:
        """Nothing to close."""
