"""An embedded log as it stands, read without disturbing the process that owns it, and what is left for that process to take in.

Whoever wants something written leaves a file in `asked/` beside the log; the owner appends what it holds and then deletes
it, at once or when it starts next. A crash in between appends twice: what may be asked for must bear that.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from rocksdict import AccessType, Options, Rdict

from streams.engine.embedded import Given, record_at, stored_at
from streams.engine.fatal import Refused
from streams.engine.record import Record

log = logging.getLogger(__name__)

ASKED = "asked"
_TRIES = 5
_asked = msgspec.msgpack.Decoder(tuple[str, list[Given]]).decode


class EmbeddedPeek:
    """One folder of `spm run`; each call sees the log as it is then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "embedded"
        if not (self._folder / "CURRENT").is_file():
            raise Refused(f"{folder} holds no log of `spm run`; name its folder with --data or SPM_DATA, or a Kafka with --bootstrap")

    def read(self, topic: str, begins: dict[int, int]) -> Iterator[tuple[int, Record]]:
        """Iterate (partition, record) of a topic, each partition from where `begins` says, in order of partitions."""
        with _Opened(self._folder) as store:
            for partition in _partitions(store, topic):
                base = stored_at("log", topic, partition)
                for key, value in store.items(from_key=stored_at("log", topic, partition, begins.get(partition, 0))):
                    if not key.startswith(base):
                        break
                    yield partition, record_at(base, key, value)

    def pick(self, topic: str, partition: int, offsets: Iterable[int]) -> Iterator[tuple[int, Record | None]]:
        """Iterate over the records at some offsets; None for one that is no longer kept."""
        base = stored_at("log", topic, partition)
        with _Opened(self._folder) as store:
            for offset in offsets:
                key = stored_at("log", topic, partition, offset)
                value = store.get(key)
                yield offset, None if value is None else record_at(base, key, value)

    def state(self, inbox: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Iterate (partition, changelog key, changelog value) of all that is remembered for an inbox."""
        with _Opened(self._folder) as store:
            base = f"{inbox}/".encode()
            for key, value in store.items(from_key=base):
                if not key.startswith(base):
                    break
                partition, _, row = key[len(base):].partition(b"/")
                yield int(partition), row, value

    def write(self, topic: str, records: list[Given]) -> None:
        """Leave records for the owner of the log, durably."""
        folder = self._folder.parent / ASKED
        folder.mkdir(exist_ok=True)
        told = msgspec.msgpack.encode((topic, records))
        path = folder / sha256(told).hexdigest()[:32]
        with open(path.with_suffix(".new"), "wb") as file:
            file.write(told)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".new").replace(path)

    def close(self) -> None:
        """Nothing is held open between calls."""


def left(folder: Path) -> Iterator[tuple[Path, str, list[Given]]]:
    """Iterate over what was left beside the log in `folder`: file, topic, records. Whoever has appended them deletes the file."""
    for path in sorted((folder / ASKED).glob("*"), key=lambda each: (each.stat().st_mtime_ns, each.name)) if (folder / ASKED).is_dir() else ():
        if path.suffix:
            continue
        try:
            topic, records = _asked(path.read_bytes())
        except msgspec.MsgspecError as error:
            log.warning("%s cannot be read and is set aside: %s", path, error)
            path.rename(path.with_suffix(".unreadable"))
            continue
        yield path, topic, records


class _Opened:
    """The store, read-only, for as long as one call takes."""

    def __init__(self, folder: Path) -> None:
        for attempt in range(_TRIES):
            try:
                self._store: Any = Rdict(str(folder), Options(raw_mode=True), access_type=AccessType.read_only())
                return
            except Exception as error:  # noqa: BLE001 - rocksdict raises nothing narrower
                # The owner may have merged files away between the look at the list of them and at the last.
                if attempt == _TRIES - 1 or "No such file" not in str(error):
                    raise Refused(f"{folder} cannot be read: {error}") from error

    def __enter__(self) -> Any:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def _partitions(store: Any, topic: str) -> list[int]:
    """Return the partitions of a topic that ever held a record."""
    prefix = f"!next/{topic}/".encode()
    found = []
    for key, _ in store.items(from_key=prefix):
        if not key.startswith(prefix):
            break
        found.append(int(key[len(prefix):].rstrip(b"/")))
    return sorted(found)
