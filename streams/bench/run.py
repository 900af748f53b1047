"""`spm bench`: every measurement after the other, on a real Kafka, each on topics of its own."""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import msgspec
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from rich.console import Console

from streams.bench import backlog, latency, load, machine, report, restart, stock, throughput
from streams.bench.site import BenchFailed, Site, a_site, delete
from streams.engine.broker import KafkaDidNotStart, NoKafka, answers, real_kafka
from streams.settings import read_settings

RATES = {"repeats-85": 25_000.0, "repeats-50": 10_000.0, "repeats-0": 5_000.0, "backlog": 5_000.0}
"""Alarms a second of event time, by measurement: a load is as it would come live at the rate that is promised for it."""
LONGEST = 90.0
"""Seconds that one load may take to be worked off."""
ALL = 380.0
"""Seconds after which no further measurement begins: the whole bench stays under 400 s on two processors."""
SIZES = {"repeats-85": 400_000, "repeats-50": 200_000, "repeats-0": 100_000, "backlog": 300_000}
"""Alarms fed, by measurement."""
LARGE = 500_000
"""Alarm records of the restart with `with_restart`."""
LIVE_SECONDS = 20.0
STOCK_SECONDS = 20.0


def run(bootstrap: str | None, as_json: bool, *, with_restart: bool = False, share: float = 1.0, only: tuple[str, ...] = ()) -> int:
    """Run the bench on this Kafka (None: one that is found or started); print a table on stderr, with `as_json` one object on stdout.

    `with_restart` restarts with 500,000 alarm records instead of 100,000, however long that takes. `share` of all
    amounts and times, and `only` some measurements, are for trying it out. Returns 1 where something could not be measured.
    """
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
    try:
        with _ended_in_order(), _kafka(bootstrap) as address, tempfile.TemporaryDirectory(prefix="spm-bench-") as folder:
            bench = Bench(address, Path(folder), console, share, with_restart)
            try:
                bench.measure(only)
            finally:
                bench.clean()
    except (NoKafka, KafkaDidNotStart) as error:
        console.print(f"[red]The bench cannot begin:[/red] {error}", highlight=False)
        return 1
    figures = bench.figures
    console.print(report.table(figures))
    if as_json:
        print(json.dumps(figures))
    return 1 if figures["failed"] else 0


class Bench:
    """One run: its figures so far, and how to get the others."""

    def __init__(self, bootstrap: str, folder: Path, console: Console, share: float, with_restart: bool) -> None:
        self._bootstrap, self._folder, self._console = bootstrap, folder, console
        self._share, self._large = share, with_restart
        self._name = f"bench-{uuid4().hex[:8]}"
        self._began = time.monotonic()
        self._requests: set[str] = set()
        self.figures: dict[str, Any] = {**machine.describe(bootstrap), "failed": {}}

    def measure(self, only: tuple[str, ...] = ()) -> None:
        """Take every measurement, the promised ones first; one that fails is noted and the next one begins."""
        measurements = {"repeats-85": self._repeats_85, "latency": self._latency, "backlog": self._backlog, "repeats-50": self._repeats_50, "repeats-0": self._repeats_0}
        for part, measure in measurements.items():
            if only and part not in only:
                continue
            try:
                if self._seconds() > ALL:
                    raise BenchFailed(f"No time was left after {self._seconds():.0f} s.")
                measure()
            except (BenchFailed, KafkaException) as error:
                self.figures["failed"][part] = str(error)
                self._say(f"{part} failed: {error}")
        self.figures["seconds"] = round(self._seconds(), 1)

    def clean(self) -> None:
        """Delete the topics that all measurements shared, where they were made for them."""
        config: dict[str, Any] = dict(read_settings(bootstrap=self._bootstrap).kafka_config())
        delete(AdminClient(config), sorted(self._requests))

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _say(self, text: str) -> None:
        self._console.print(f"{self._seconds():5.0f} s  {text}", highlight=False, markup=False)

    def _site(self, part: str, **network: int) -> AbstractContextManager[Site]:
        name = f"{self._name}-{part}"
        self._say(f"{part}: on topics {name}-*")
        return a_site(self._bootstrap, self._folder, name, load.topology(feed=f"{name}-alarms", **network), self._requests)

    def _amount(self, part: str) -> int:
        return int(SIZES[part] * self._share)

    def _work_off(self, site: Site, part: str, key: str, alarms: Iterator[tuple[bytes, bytes]], limit: float = LONGEST) -> None:
        count = site.fill(alarms)
        self._say(f"{part}: {count:,} alarms are waiting")
        found = throughput.measure(site, count, limit)
        self.figures |= {key: found.alarms_per_s, f"{key}_detail": msgspec.to_builtins(found)}
        self._say(f"{part}: {found.alarms_per_s:,.0f} alarms/s, second half {found.second_half_per_s:,.0f}, {found.cpu_seconds} s of CPU")

    def _repeats_85(self) -> None:
        with self._site("repeats-85") as site:
            self._work_off(site, "repeats-85", "alarms_per_s", load.mixture(self._amount("repeats-85"), 0.85, rate=RATES["repeats-85"]))
            rate = stock.measure(site, max(3.0, STOCK_SECONDS * self._share))
            self.figures["stock_faust_per_s"] = rate
            self._say(f"stock Faust on the same feed, dedup step alone: {rate:,.0f} alarms/s")

    def _repeats_50(self) -> None:
        with self._site("repeats-50") as site:
            self._work_off(site, "repeats-50", "alarms_per_s_50", load.mixture(self._amount("repeats-50"), 0.5, rate=RATES["repeats-50"]))

    def _repeats_0(self) -> None:
        """New alarms that all stay active, and the restart that begins from them."""
        count = LARGE if self._large else self._amount("repeats-0")
        with self._site("repeats-0", spare=1000) as site:
            self._work_off(site, "repeats-0", "alarms_per_s_0", load.all_new(count, rate=RATES["repeats-0"]), LONGEST if not self._large else 10 * LONGEST)
            back = restart.measure(site, load.all_new(min(count, 20_000), rate=RATES["repeats-0"]))
            self.figures |= {"restart_records": count, "restart_with_folder_s": back.with_folder_s, "restart_without_folder_s": back.without_folder_s}
            self._say(f"restart after kill -9 with {count:,} alarm records: {back.with_folder_s:.1f} s, without the folder {back.without_folder_s:.1f} s")

    def _latency(self) -> None:
        seconds = max(5.0, LIVE_SECONDS * self._share)
        with self._site("latency", probes=latency.probes(seconds)) as site:
            found = latency.measure(site, seconds)
        self.figures |= {"latency_rate": latency.RATE, "latency_probes": found.probes, "latency_feeder_behind_ms": found.behind_ms}
        for name, (p50, p99) in (("latency", found.both), ("problem", found.problem), ("impact", found.impact), ("report", found.report)):
            self.figures |= {f"{name}_p50_ms": p50, f"{name}_p99_ms": p99}
        self._say(f"latency at {latency.RATE:,} alarms/s: p50 {found.both[0]:.0f} ms, p99 {found.both[1]:.0f} ms; reports p99 {found.report[1]:.0f} ms")

    def _backlog(self) -> None:
        count, rate = self._amount("backlog"), RATES["backlog"]
        with self._site("backlog", probes=count // 1000 + 1) as site:
            start = datetime.now(UTC) - timedelta(seconds=count / rate)
            waiting = site.fill(load.with_probes(load.mixture(count, 0.85, start=start, rate=rate), 1000, start, rate))
            seconds = backlog.measure(site)
        self.figures |= {"backlog": waiting, "first_report_s": seconds}
        self._say(f"{waiting:,} alarms waiting: the first trouble report is readable {seconds:.2f} s after ready")


@contextmanager
def _kafka(bootstrap: str | None) -> Iterator[str]:
    if bootstrap is None:
        with real_kafka() as found:
            yield found
    elif answers(bootstrap, 10.0):
        yield bootstrap
    else:
        raise NoKafka(f"No Kafka answers at {bootstrap}.")


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have SIGTERM end the bench as Ctrl-C does: workers ended, topics deleted."""
    def leave(signum: int, frame: FrameType | None) -> None:
        sys.exit(128 + signum)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
