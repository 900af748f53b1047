"""python -m tests.soak [--minutes 120] [--every 180] [--rate N]: half the measured maximum with a fault every few minutes.

Two workers on a real Kafka (of its own: it is restarted). In turn: a worker killed, killed with its folder lost, frozen past its session, the broker
restarted. At the end nothing may be left to be read, every record of the feed is accounted for once, the recorded inboxes folded again by the embedded
engine give the same outputs byte for byte, and the workers' memory was in the last third what it was in the second. Status 1 where that is not so.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from streams.engine.broker import own_kafka
from tests.soak.hours import soak


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--every", type=float, default=180.0, help="seconds between two faults")
    parser.add_argument("--rate", type=float, default=0.0, help="alarms a second; half of the measured maximum where it is not given")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-soak-", ignore_cleanup_errors=True) as folder, own_kafka() as kafka:

        def restart() -> None:
            kafka.stop()
            kafka.start()

        seen = soak(kafka.bootstrap, Path(folder), given.minutes * 60, given.every, given.rate, given.seed, restart, lambda line: print(line, flush=True))
    before, after = seen.memory
    print(f"{seen.fed:,} alarms at {seen.rate:,.0f} a second, {len(seen.faults)} faults; most waiting {max(one.lag for one in seen.samples):,}, none {seen.left:.1f} s after the end; "
          f"memory {before / 1024:.0f} MB, in the last third {after / 1024:.0f} MB{'' if seen.is_flat else ': NOT FLAT'}; {seen.exactness}; load average {os.getloadavg()[0]:.1f}")
    return 0 if seen.exactness.is_exact and seen.is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
