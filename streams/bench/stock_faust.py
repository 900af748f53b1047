"""Stock Faust doing the dedup step alone, as its documentation would have it: an agent, a table, its own Kafka transport.

Run as a process of its own by `streams/bench/stock.py`. Nothing of our engine is used. Settings are those that help it:
uvloop, one partition count for all, the table in memory (RocksDB, where the real state would have to live, is slower),
bytes topics with a fast decoder, large fetches, compiled loops where Faust has them, no web server, no leader topic.
"""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import faust
import msgspec
import uvloop


class _Object(msgspec.Struct):
    id: str


class _Alarm(msgspec.Struct):
    """What the dedup step needs of a TMF642 alarm, by TMF642's names."""

    alarmedObject: _Object
    probableCause: str
    specificProblem: str
    perceivedSeverity: str


def create_app(name: str, bootstrap: str, feed: str, folder: Path, counted: list[int]) -> faust.App:
    """Make the app; `counted` gets the number of alarms worked off."""
    app = faust.App(
        name, broker=f"kafka://{bootstrap}", store="rocksdb://", datadir=str(folder), topic_partitions=4, topic_replication_factor=1, topic_disable_leader=True,
        web_enabled=False, autodiscover=False, stream_wait_empty=False, stream_recovery_delay=0.0, stream_buffer_maxsize=16_384, broker_max_poll_records=2_000,
        consumer_max_fetch_size=4 * 1024 * 1024, consumer_auto_offset_reset="earliest", producer_acks=-1, producer_linger=0.005, producer_max_batch_size=131_072, logging_config=None)
    alarms = app.topic(feed, key_serializer="raw", value_serializer="raw")
    changes = app.topic(f"{name}-changes", key_serializer="raw", value_serializer="raw", partitions=4)
    seen = app.Table("seen", default=lambda: [0, ""], partitions=4, help="alarm key -> how often, and the severity told last")
    decode = msgspec.json.Decoder(_Alarm).decode

    @app.agent(alarms)
    async def dedup(stream: Any) -> None:
        """Pass on an alarm that is new or changes its severity; swallow repeats."""
        async for event in stream.events():
            alarm = decode(event.value)
            key = f"{alarm.alarmedObject.id}|{alarm.probableCause}|{alarm.specificProblem}"
            count, severity = seen[key]
            seen[key] = [count + 1, alarm.perceivedSeverity]
            if severity != alarm.perceivedSeverity:
                await changes.send(key=event.key, value=event.value)
            counted[0] += 1

    return app


def _tell(counted: list[int], path: Path) -> None:
    """Write how far it is, twice a second."""
    while True:
        told = path.with_suffix(".new")
        told.write_text(f"{time.monotonic()} {counted[0]}")
        told.rename(path)
        time.sleep(0.5)


def main() -> None:
    """Work until killed: name, bootstrap, feed, folder are the arguments, `folder/count` the answer."""
    name, bootstrap, feed, folder = sys.argv[1:]
    uvloop.install()
    counted = [0]
    app = create_app(name, bootstrap, feed, Path(folder), counted)
    threading.Thread(target=_tell, args=(counted, Path(folder) / "count"), daemon=True).start()
    os.chdir(folder)
    faust.Worker(app, loglevel="WARNING", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
