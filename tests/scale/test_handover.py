"""A pause is the longest time without an output, the edges included."""

import pytest

from tests.scale.handover import longest_within


@pytest.mark.parametrize(("times", "longest"), [([1.0, 2.0, 5.0, 9.0], 4.0), ([9.0], 9.0), ([], 10.0), ([-5.0, 4.0, 30.0], 6.0)])
def test_the_longest_pause_counts_from_the_edges(times: list[float], longest: float) -> None:
    assert longest_within(times, 0.0, 10.0) == longest
