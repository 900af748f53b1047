"""One worker process of a chaos run: python -m tests.chaos.worker --bootstrap B --topology T --group G --prefix P --clock C --instance I --data D."""

import argparse
import asyncio

import uvloop

from streams.app import run_worker
from streams.settings import read_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bootstrap", "topology", "group", "prefix", "clock", "instance", "data"):
        parser.add_argument(f"--{name}", required=True)
    uvloop.install()
    asyncio.run(run_worker(read_settings(**vars(parser.parse_args()), metrics_port=0, http_port=0)))


if __name__ == "__main__":
    main()
