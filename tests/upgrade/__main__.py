"""python -m tests.upgrade [--from REVISION] [--alarms N] [--seed S]: half of the workers rolled on, back, all rolled on, finished; outputs equal the oracle's.

Twice on a real Kafka, under load (roll.py). First from a twin: the present revision with the level before, which decides
alike, so everything is compared. Then from the last revision below the present level, out of git: older code reads and
writes rows and messages beside the present one. What the rules of these two say differently (each in an embedded run of its
own) is left out and counted.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from streams.engine.broker import real_kafka
from tests.upgrade.predecessor import before, elder, twin
from tests.upgrade.roll import Rolled, upgraded


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="revision", help="the elder to begin with")
    parser.add_argument("--alarms", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    revision = given.revision or before()
    with tempfile.TemporaryDirectory(prefix="spm-upgrade-", ignore_cleanup_errors=True) as name, real_kafka() as bootstrap:
        folder = Path(name)
        ways = {"its twin of the level before": (twin(folder / "twin"), True), revision: (elder(revision, folder / "elder"), False)}
        found = {who: upgraded(bootstrap, folder / f"run-{tree.name}", tree, given.alarms, given.seed, alike) for who, (tree, alike) in ways.items()}
    for who, rolled in found.items():
        print(told(f"from {who} and back and on, {given.alarms} alarms, seed {given.seed}", rolled))
    return 1 if any(rolled.differences for rolled in found.values()) else 0


def told(what: str, rolled: Rolled) -> str:
    """Say how a run came out."""
    left = f" ({rolled.left} of {rolled.of} keys left out: the two decide them differently)" if rolled.left else ""
    return "\n  ".join([f"{what}: {'DIFFERENT' if rolled.differences else 'equal to the embedded run'}{left}", *rolled.differences])


if __name__ == "__main__":
    sys.exit(main())
