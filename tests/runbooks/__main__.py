"""python -m tests.runbooks [NAME...] [--list]: carry pages out one after the other, each on a site of its own; the status is 0 when all could be, and hold."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from streams.engine.broker import real_kafka
from tests.runbooks.page import tasks
from tests.runbooks.site import Site


def carried_out(bootstrap: str, name: str) -> str:
    """Carry one page out and verify the site after it; return what was said. AssertionError where something does not hold."""
    site = Site(bootstrap, Path(tempfile.mkdtemp(prefix="spm-runbook-")))
    try:
        site.begin()
        said = site.carry_out(tasks()[name])
        site.verify()
        return said
    finally:
        site.end()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.runbooks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*tasks(), []], metavar="NAME")
    parser.add_argument("--list", action="store_true", help="say which pages there are")
    parser.add_argument("--verbose", action="store_true", help="show what commands said")
    given = parser.parse_args()
    if given.list:
        print("\n".join(tasks()))
        return 0
    failed = 0
    with real_kafka() as bootstrap:
        for name in given.names or tasks():
            began = time.monotonic()
            try:
                said = carried_out(bootstrap, name)
            except AssertionError as error:
                failed += 1
                print(f"{name}: FAILED after {time.monotonic() - began:.0f} s: {error}", flush=True)
            else:
                print(f"{name}: carried out and verified in {time.monotonic() - began:.0f} s" + (f"\n{said}" if given.verbose else ""), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
