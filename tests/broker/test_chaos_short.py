"""The short version of `python -m tests.chaos`: the whole processor under kills equals the embedded log's run."""

import os
import random
import time
from pathlib import Path

from tests.chaos import network as made
from tests.chaos.run import Run, blows, differences, disturb, end_of

SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
ALARMS, KILLS, RATE = 6_000, 3, 800.0


def test_two_workers_killed_under_load_say_what_one_undisturbed_run_says(kafka: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    counties, dice = made.counties(12, land=3), random.Random(SEED)
    lines = made.day(counties, ALARMS, SEED, 12.0) + made.closing(counties, SEED, 12.0)
    run = Run(kafka, tmp_path, lambda feed: made.topology(counties, feed, 4))
    with run.crew("w0", "w1") as crew:
        feeder = run.feeder(lines, RATE)
        feeder.start()
        kills = disturb(crew, feeder, dice, blows(dice, KILLS, broker=False, zombie=False))
        feeder.mark(end_of(68), run.partitions)
        got = run.settled(crew, 60)

    assert [] == differences(got, run.expected(lines, end_of(68)))
    assert KILLS == kills
