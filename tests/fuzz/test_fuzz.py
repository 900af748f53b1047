"""A short run of tests.fuzz, and every input that a run once failed at."""

from pathlib import Path

import pytest

from tests.fuzz.__main__ import SLOW, input_of
from tests.fuzz.checks import Bench, accounted, no_hang
from tests.fuzz.corpus import corpus, seeds

INPUTS = 3000


def test_damaged_samples_are_read_or_refused_and_accounted_for() -> None:
    samples, bench = corpus(), Bench()
    for n in range(INPUTS):
        value, feed = input_of(20261125, n, samples)
        try:
            with no_hang():
                bench.try_one(value, feed)
        except AssertionError as error:
            raise AssertionError(f"python -m tests.fuzz --seed 20261125 --only {n}: {error}") from error

    assert bench.slowest[0] < 20 * SLOW * 1_000_000
    assert bench.parts["Told"] > INPUTS / 20
    assert bench.dispositions["alarm"] > INPUTS / 20


@pytest.mark.parametrize("path", seeds(), ids=lambda path: path.name)
def test_what_once_failed_does_so_no_more(path: Path) -> None:
    bench = Bench()
    with no_hang():
        bench.try_one(path.read_bytes(), path.name.partition(".")[0])


def test_undamaged_samples_hold_too() -> None:
    bench = Bench()
    for sample in corpus().all:
        bench.try_one(sample.value, sample.feed)


def test_the_checks_can_fail() -> None:
    with pytest.raises(AssertionError, match="2 parts, judged"):
        accounted([], 2)


def test_an_input_is_the_same_by_its_number() -> None:
    samples = corpus()

    assert input_of(1, 77, samples) == input_of(1, 77, samples) != input_of(2, 77, samples)
