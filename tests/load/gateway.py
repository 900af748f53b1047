"""python -m tests.load.gateway [--seconds 60] [--rate 5000] [--clients 64]: load on `spm gateway`, with kills.

Clients on loopback send alarms and, with the same id, send again what is not answered 2xx; one request in a hundred is sent
again because its client would not wait. Meanwhile the gateway is killed (-9) and started again four times, the broker once.
Then a worker reads the feed, and:
every request answered 2xx is in the feed at least once, and every request in the feed became exactly one alarm notification.
Prints figures; the status is 0 where that holds. Needs Java and Maven: the broker is our own, so that it may be killed.
"""

import argparse
import asyncio
import sys
import tempfile
import uuid
from pathlib import Path
from typing import NamedTuple

import uvloop

from streams.engine.broker import JarKafka, own_kafka
from tests.broker.gate import Gate
from tests.chaos.run import Run, at_work
from tests.load.clients import Clients
from tests.load.verdict import Verdict, judge

BLOWS = ("gateway", "gateway", "broker", "gateway", "gateway")
"""Whom SIGKILL hits, at equal intervals."""
OBJECTS, DOMAINS, PARTITIONS = 400, 8, 4


class Load(NamedTuple):
    """What one run saw."""

    clients: Clients
    seconds: float
    verdict: Verdict
    kills: bool


def topology(feed: str) -> dict[str, object]:
    resources = [{"id": f"object-{n}", "type": "node", "domain": f"domain-{n % DOMAINS}"} for n in range(OBJECTS)]
    return {"feeds": [{"topic": feed, "format": "tmf642"}], "streams": {feed: {"partitions": PARTITIONS}}, "network": {"resources": resources, "dependencies": []}}


def load(kafka: JarKafka, folder: Path, clients: int, rate: float, seconds: float, kills: bool = True) -> Load:
    """Run once."""
    run = Run(kafka.bootstrap, folder, topology)
    with Gate(kafka.bootstrap, run.settings.topology, folder) as gate:
        gate.wait()
        crowd = Clients(gate.port, uuid.uuid4().hex[:8], clients, rate, OBJECTS)
        took = uvloop.run(_under_blows(crowd, gate, kafka, seconds, kills))
    with run.crew("w0") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        run.settled(crew, 120 + crowd.sent / 1000)
    return Load(crowd, took, judge(kafka.bootstrap, run.feed, run.settings.prefix, [each.request for each in crowd.accepted]), kills)


async def _under_blows(crowd: Clients, gate: Gate, kafka: JarKafka, seconds: float, kills: bool) -> float:
    working = asyncio.ensure_future(crowd.work(seconds))
    if kills:
        for victim in BLOWS:
            await asyncio.sleep(seconds / (len(BLOWS) + 1))
            if victim == "broker":
                await asyncio.to_thread(kafka.stop, kill=True)
                await asyncio.to_thread(kafka.start)
            else:
                await asyncio.to_thread(gate.kill)
                await asyncio.to_thread(gate.start)
    return await working


def told(run: Load) -> list[str]:
    """Lay out what a run saw."""
    crowd, verdict = run.clients, run.verdict
    answered, settled = (sorted(getattr(each, what) for each in crowd.accepted) for what in ("answered", "settled"))
    attempts = crowd.attempts.total()
    quantiles = ", ".join(f"p{share} {1000 * answered[min(len(answered) - 1, len(answered) * share // 100)]:.0f} ms" for share in (50, 99))
    return [
        f"{len(crowd.accepted):,} requests answered 2xx in {run.seconds:.1f} s: {len(crowd.accepted) / run.seconds:,.0f} a second; {quantiles}; the longest took {settled[-1]:.1f} s with its retries",
        f"{len(BLOWS) if run.kills else 0} kills; {attempts - len(crowd.accepted):,} attempts were sent again: " + (", ".join(f"{n:,} {what}" for what, n in crowd.attempts.most_common() if not what.startswith("2")) or "none"),
        f"{verdict.records:,} records in the feed, {verdict.requests:,} requests, {verdict.notifications:,} alarm notifications: {verdict.records - verdict.requests:,} duplicates dropped",
        *verdict.wrong]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.gateway", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=5000.0, help="requests a second that the clients together try to send")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--no-kills", action="store_true", help="leave gateway and broker alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-load-", ignore_cleanup_errors=True) as folder, own_kafka() as kafka:
        run = load(kafka, Path(folder), given.clients, given.rate, given.seconds, not given.no_kills)
    print("\n".join(told(run)))
    return 1 if run.verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
