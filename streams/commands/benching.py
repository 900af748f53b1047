"""`spm bench`: load, and figures."""

from typing import Annotated

import typer

from streams.commands.options import Bootstrap
from streams.commands.plainly import plainly, settings_of


def bench(
    bootstrap: Bootstrap = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
    large: Annotated[bool, typer.Option("--large", help="Measure the restart with 500,000 alarm records instead of 100,000.")] = False,
) -> None:
    """Measure alarms/s and latency of the whole pipeline on a real Kafka, and stock Faust on the same topic.

    Without --bootstrap a Kafka is found or started: Docker, or Java and Maven. It makes topics of its own and deletes them again.
    """
    with plainly():
        from streams.bench.run import run as run_bench

        raise SystemExit(run_bench(settings_of(bootstrap=bootstrap).bootstrap, as_json, with_restart=large))
