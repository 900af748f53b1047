"""python -m tests.disaster: a cluster is mirrored by MirrorMaker 2, killed under load, and the runbook carried out on the other. The status is 0 if all holds."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.disaster.run import Run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.disaster", description=__doc__)
    parser.add_argument("--rate", type=float, default=10.0, help="alarms and clears a second")
    parser.add_argument("--seconds", type=float, default=40.0, help="of load before the first cluster is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    failed = 0
    for seed in range(given.seed, given.seed + given.times):
        run = Run(Path(tempfile.mkdtemp(prefix="spm-disaster-")), given.rate, seed)
        try:
            found = run.carried_out(given.seconds)
        except AssertionError as error:
            found = [str(error)]
        finally:
            run.end()
        print(f"seed {seed}: " + ("holds" if not found else f"{len(found)} things do not hold"), flush=True)
        for each in found[:40]:
            print(f"  {each}", flush=True)
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
