"""Durations in bins, and what they say of the rest of a repair that still runs."""

import random

import pytest

from streams.domain.etr_curve import EDGES, bin_of, quantile, remaining
from streams.domain.instant import HOUR, MINUTE, SECOND


def of(*spans: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for span in spans:
        found[bin_of(span)] = found.get(bin_of(span), 0.0) + 1
    return found


@pytest.mark.parametrize("span", [0, 1, SECOND, 90 * SECOND, HOUR, 30 * 24 * HOUR])
def test_a_bin_holds_its_duration_within_a_tenth(span: int) -> None:
    found = bin_of(span)

    assert (EDGES[found - 1] if found else 0) <= span < EDGES[found]
    assert not found or EDGES[found] <= 1.1 * EDGES[found - 1]


def test_the_longest_duration_has_a_bin_of_its_own_without_end() -> None:
    assert bin_of(2 ** 62) == len(EDGES)


def test_without_running_cases_it_is_the_plain_quantile() -> None:
    rng = random.Random(3)
    spans = [rng.uniform(20 * MINUTE, 8 * HOUR) for _ in range(4000)]

    assert quantile(of(*map(round, spans)), 0.8) == pytest.approx(sorted(spans)[3200], rel=0.03)


def test_time_gone_already_counts() -> None:
    rng = random.Random(4)
    spans = [rng.expovariate(1 / (2 * HOUR)) for _ in range(5000)]
    left = remaining(of(*map(round, spans)), (), 3 * HOUR, 0.8)
    truth = sorted(span - 3 * HOUR for span in spans if span >= 3 * HOUR)

    assert left is not None and left.span == pytest.approx(truth[round(0.8 * len(truth))], rel=0.08)
    assert left.at_risk == pytest.approx(len(truth), rel=0.03)


def test_running_cases_make_it_longer_by_as_much_as_they_have_lasted() -> None:
    """Half of all repairs are cut off by now: the estimate of those that ended alone would be too early, the product limit is right."""
    rng = random.Random(5)
    spans = [rng.lognormvariate(0, 0.8) * 2 * HOUR for _ in range(6000)]
    seen = [rng.uniform(0, 6 * HOUR) for _ in spans]
    ended = of(*(round(s) for s, c in zip(spans, seen, strict=True) if s <= c))
    running = [round(c) for s, c in zip(spans, seen, strict=True) if s > c]
    truth = sorted(spans)[round(0.8 * len(spans))]
    left = remaining(ended, running, 0, 0.8)

    assert left is not None and left.span == pytest.approx(truth, rel=0.1)
    assert quantile(ended, 0.8) < 0.8 * truth


@pytest.mark.parametrize(("ended", "running", "elapsed"), [({}, (), 0), (of(HOUR), (), 3 * HOUR), (of(HOUR), [2 * HOUR] * 9, 0)])
def test_nobody_knows_beyond_what_was_seen(ended: dict[int, float], running: tuple[int, ...], elapsed: int) -> None:
    assert remaining(ended, running, elapsed, 0.8) is None
