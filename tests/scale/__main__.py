"""python -m tests.scale [--alarms 60000] [--only throughput|handover]: one, two and three workers on a Kafka of its own.

Throughput of a backlog with half repeats over twelve partitions, with the processor time of workers and broker for one alarm beside it: on a machine that is shared, or
where workers and broker share processors, that is the figure that carries over. Then how long partitions stand still when workers join, leave and die.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from streams.engine.broker import own_kafka
from tests.scale import handover, throughput


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alarms", type=int, default=60_000)
    parser.add_argument("--only", choices=("throughput", "handover"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-scale-", ignore_cleanup_errors=True) as folder, own_kafka() as kafka:
        if given.only != "handover":
            print(f"{os.cpu_count()} processors\n\n| workers | alarms/s | processor time an alarm: workers | broker | load average |\n|---|---|---|---|---|", flush=True)
            for workers in (1, 2, 3):
                rate = throughput.measure(kafka.bootstrap, Path(folder) / f"rate-{workers}", workers, given.alarms)
                print(f"| {workers} | {rate.per_s:,.0f} | {rate.cpu_us:.0f} us | {rate.broker_cpu * 1e6 / rate.alarms:.0f} us | {rate.load_average:.1f} |", flush=True)
            print("\nrecords for 1,000 alarms: " + ", ".join(f"{topic} {count:.0f}" for topic, count in rate.written.items()))
            count, cost = throughput.network_inbox(kafka.bootstrap, Path(folder) / "network-inbox", given.alarms // 3)
            print(f"network-inbox, which has one partition: {count:,} records of {given.alarms // 3:,} alarms, {cost:.0f} us of processor time each", flush=True)
        if given.only != "throughput":
            print(f"\n| at {handover.RATE:.0f} alarms/s | longest pause of a partition | partitions that stood still for over 1 s |\n|---|---|---|")
            for pause in handover.measure(kafka.bootstrap, Path(folder) / "handover"):
                print(f"| {pause.event} | {pause.longest:.1f} s | {pause.stopped} of {pause.partitions} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
