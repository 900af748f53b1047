"""The short version of `python -m tests.chaos`: the whole processor under kills, with everybody outside, equals the embedded log's run."""

import os
import time
from pathlib import Path

from streams.engine.jars import JarKafka
from tests.chaos import network as made
from tests.chaos.equality import differences
from tests.chaos.mixed import Mixed

SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
ALARMS, KILLS, RATE = 1_500, 3, 1_000.0


def test_two_workers_killed_under_load_say_what_one_undisturbed_run_says(restartable_kafka: JarKafka, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    # A broker of its own: requests of other tests would be heard too. On common land, so that families come of it.
    mixed = Mixed(restartable_kafka.bootstrap, tmp_path, made.counties(12, land=3), ALARMS, SEED, RATE, count=1)
    got = mixed.play(KILLS)

    assert [] == differences(got, mixed.expected())
    assert KILLS == mixed.kills
    assert mixed.requests > 50
