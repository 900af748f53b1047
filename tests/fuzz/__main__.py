"""Damage samples and see that nothing breaks: `.venv/bin/python -m tests.fuzz --inputs 1000000`.

Input n of a seed is always the same: `--seed S --only N` tries it again. What fails is kept in tests/fuzz/seeds, where
the tests try it from then on. Status 1 where anything failed.
"""

import random
import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.checks import Bench, Hung, no_hang
from tests.fuzz.corpus import SEEDS, Corpus, corpus
from tests.fuzz.damage import damaged

SLOW = 500
"""Milliseconds of processor time that no format may take for one input."""
MOST_KEPT = 20
TOLD = 50_000
"""Inputs after which a log file is told how far it is; a terminal sees it all the time."""


def input_of(seed: int, n: int, samples: Corpus) -> tuple[bytes, str]:
    """Return input n of a seed, and the feed whose sample it was."""
    rng = random.Random(seed << 40 | n)
    sample = rng.choice(rng.choice(samples.by_feed))
    return damaged(sample, samples.all, rng), sample.feed


def main(
    inputs: Annotated[int, typer.Option(help="How many inputs.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Of the random source.")] = 1,
    first: Annotated[int, typer.Option(help="Number of the first input; to go on where another run ended.")] = 0,
    only: Annotated[int | None, typer.Option(help="Try this one input, and let its error through.")] = None,
    keep: Annotated[Path, typer.Option(help="Folder for inputs that fail.")] = SEEDS,
) -> None:
    """Damage samples of every format; read or refuse each, account for each part once, in bounded time and size."""
    samples, bench = corpus(), Bench()
    if only is not None:
        value, feed = input_of(seed, only, samples)
        sys.stdout.buffer.write(value[:2000] + b"\n")
        bench.try_one(value, feed)
        return
    failed: dict[str, int] = {}
    slowest, began = (0, "", 0), perf_counter()
    with Progress(TextColumn("fuzz"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True), refresh_per_second=1) as progress:
        task = progress.add_task("fuzz", total=inputs)
        for n in range(first, first + inputs):
            value, feed = input_of(seed, n, samples)
            bench.slowest = (0, "")
            try:
                with no_hang():
                    bench.try_one(value, feed)
                if bench.slowest[0] > SLOW * 1_000_000:
                    raise TimeoutError(f"{bench.slowest[0] / 1e6:.0f} ms in {bench.slowest[1]}")
            except (Exception, Hung) as error:
                _note(failed, error, n, value, feed, keep)
            slowest = max(slowest, (*bench.slowest, n))
            done = n + 1 - first
            if done % 200 == 0:
                progress.update(task, completed=done)
            if done % TOLD == 0 and not progress.console.is_terminal:
                print(f"{done:,} of {inputs:,} inputs, {perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    _report(bench, inputs, seed, perf_counter() - began, slowest, failed)
    raise typer.Exit(1 if failed else 0)


def _note(failed: dict[str, int], error: BaseException, n: int, value: bytes, feed: str, keep: Path) -> None:
    """Keep the first input that fails in one way."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).stem}-{trace.tb_lineno}" if trace else "nowhere"
    way = f"{type(error).__name__}-{where}"
    if way not in failed and len(failed) < MOST_KEPT:
        (keep / f"{feed}.{way}.bin").write_bytes(value)
        print(f"input {n}: {type(error).__name__} at {where}: {str(error)[:300]}; kept as {feed}.{way}.bin", file=sys.stderr)
    failed[way] = failed.get(way, 0) + 1


def _report(bench: Bench, inputs: int, seed: int, seconds: float, slowest: tuple[int, str, int], failed: dict[str, int]) -> None:
    print(f"{inputs:,} inputs (seed {seed}) in {seconds:.0f} s, each through {len(bench.parsers)} parsers and stage 1: {sum(failed.values())} failed")
    print(f"slowest: {slowest[0] / 1e6:.1f} ms of processor time in {slowest[1]}, input {slowest[2]}")
    kinds = {kind: count for kind, count in bench.parts.items() if not kind.startswith("refused:")}
    refused = {kind: count for kind, count in bench.parts.items() if kind.startswith("refused:")}
    print(f"parts by their own format: {sum(bench.parts.values()):,}; " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items(), key=lambda kv: -kv[1])) + f", {sum(refused.values()):,} refused")
    print("refused: " + ", ".join(f"{count:,} {kind[8:]}" for kind, count in sorted(refused.items(), key=lambda kv: -kv[1])))
    print(f"stage 1: {sum(bench.dispositions.values()):,} dispositions, one a part and one a batch; {bench.dispositions['alarm']:,} alarms")
    for way, count in failed.items():
        print(f"FAILED {way}: {count}")


if __name__ == "__main__":
    typer.run(main)
