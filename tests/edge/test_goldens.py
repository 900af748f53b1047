"""Every sample of every format is read as its golden says, through its own format and through `auto` (see goldens.py)."""

import json

import pytest

from tests.edge.goldens import GOLDENS, golden_of, path_of, samples


@pytest.mark.parametrize("sample", samples())
def test_sample_is_read_as_its_golden_says(sample: str) -> None:
    assert path_of(sample).exists(), f"{sample} has no golden: python -m tests.edge.goldens"

    assert json.loads(path_of(sample).read_text()) == golden_of(sample)


@pytest.mark.parametrize("sample", [s for s in samples() if "invalid" in s])
def test_what_its_specification_calls_invalid_is_refused_whole(sample: str) -> None:
    for parts in golden_of(sample).values():
        assert all("refused" in part for part in parts), sample


def test_no_golden_is_left_of_a_sample_that_is_gone() -> None:
    assert {p for p in GOLDENS.rglob("*") if p.is_file()} == {path_of(sample) for sample in samples()}
