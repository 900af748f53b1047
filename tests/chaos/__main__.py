"""python -m tests.chaos --alarms 300000 --kills 10 --seed 7 [--short]: two workers under kills, a broker's restart and a zombie.

Alarms come in rounds; in each, executors, testers, operators, the ticketing system and Problem Handling speak of what was
told before (tests/chaos/outside.py). What can be read when all is quiet must equal one undisturbed run on the embedded log
(tests/chaos/equality.py). Prints one line; the status is 0 when nothing differs. Needs Java and Maven: the broker is our
own, so that it may be restarted.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from streams.engine.broker import own_kafka
from tests.chaos import network as made
from tests.chaos.equality import differences
from tests.chaos.mixed import Mixed

RATE = 4000.0


def chaos(folder: Path, alarms: int, kills: int, seed: int, short: bool, workers: int = 2) -> tuple[str, list[str]]:
    """Run once; return what happened in one line, and what differed."""
    began = time.monotonic()
    counties = made.counties(max(12, min(600, alarms // 500)), land=3)     # too many faults in too few counties are one problem without end
    with own_kafka() as kafka:

        def restart() -> None:
            kafka.stop()
            kafka.start()

        mixed = Mixed(kafka.bootstrap, folder, counties, alarms, seed, RATE)
        got = mixed.play(kills, workers, restart if not short else None, zombie=not short)
    fed = time.monotonic() - began
    found = differences(got, mixed.expected())
    told = sum(map(len, got.values()))
    others = "" if short else f", 1 broker restart, 1 zombie (ended and started again: {len(mixed.refused)} times)"
    verdict = "equal to the embedded run" if not found else "DIFFERENT"
    return f"seed {seed}: {mixed.alarms} alarms, {mixed.requests} requests and results, {mixed.kills} SIGKILLs{others}, {told} outputs in {fed:.0f} s: {verdict}", found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alarms", type=int, default=300_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--short", action="store_true", help="no broker restart and no zombie")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-chaos-", ignore_cleanup_errors=True) as folder:
        line, found = chaos(Path(folder), given.alarms, given.kills, given.seed, given.short)
    print("\n  ".join([line, *found]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
