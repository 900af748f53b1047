"""`spm bench`: load, and figures."""

from typing import Annotated

import typer

from streams.commands.options import Bootstrap
from streams.commands.plainly import Mistake, plainly, settings_of

WHAT = ("all", "normalize", "correlate")


def bench(
    what: Annotated[str, typer.Argument(help="`all`, or without Kafka `normalize`: what reading an alarm costs, by format; `correlate`: what its problem and cause cost, by size of the network.")] = "all",
    bootstrap: Bootstrap = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
    large: Annotated[bool, typer.Option("--large", help="Measure the restart with 500,000 alarm records instead of 100,000.")] = False,
) -> None:
    """Measure alarms/s and latency of the whole pipeline on a real Kafka, and stock Faust on the same topic.

    Without --bootstrap a Kafka is found or started: Docker, or Java and Maven. It makes topics of its own and deletes them again.
    """
    with plainly():
        if what not in WHAT:
            raise Mistake(f"spm bench {what}: there is no such measurement; known are {', '.join(WHAT)}")
        if what == "normalize":
            from streams.bench.normalize import run as run_normalize

            raise SystemExit(run_normalize(as_json))
        if what == "correlate":
            from streams.bench.correlate import run as run_correlate

            raise SystemExit(run_correlate(as_json))
        from streams.bench.run import run as run_bench

        raise SystemExit(run_bench(settings_of(bootstrap=bootstrap).bootstrap, as_json, with_restart=large))
