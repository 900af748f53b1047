"""What is damaged: every sample of tests/edge/samples by the format that reads it, and the seeds of earlier finds."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from streams.edge.feed import Feed
from streams.edge.formats import FORMATS
from streams.edge.topology_file import load
from tests.edge.goldens import MAPPINGS, SAMPLES, format_of, samples, value_of

SEEDS = Path(__file__).parent / "seeds"


class Sample(NamedTuple):
    """One undamaged record."""

    name: str
    feed: str
    """Topic of the feed that reads it."""
    value: bytes
    doc: Any
    """Decoded JSON, None for what is none."""


class Corpus(NamedTuple):
    """All samples, and by the feed that reads them: each feed is damaged as often as any other."""

    all: list[Sample]
    by_feed: tuple[list[Sample], ...]


def feeds() -> list[Feed]:
    """Return one feed per format and per ready-made mapping; one clears by the source's id, one by tombstones."""
    found = [Feed(name, name, namespace="x" if name == "ves" else "", tombstone="clear" if name == "tmf642" else "refuse") for name in FORMATS]
    found += [Feed(path.stem, "mapped", mapping=load(path).feeds[0].mapping) for path in sorted(MAPPINGS.glob("*.yaml"))]
    return [*found, Feed("by-id", "auto", key=("object", "source_id"), clears="by_id")]


def corpus() -> Corpus:
    """Return every sample, those of one alarm a line line by line."""
    found = []
    for name in samples():
        form = format_of(name)
        found.append(_sample(name, Path(name).name.partition("_")[0] if form == "mapped" else form, value_of(name)))
    lines = (SAMPLES / "tmf642" / "microwave.ndjson").read_bytes().splitlines()[:20]
    found += [_sample(f"microwave {n}", "tmf642", line) for n, line in enumerate(lines)]
    return Corpus(found, tuple([each for each in found if each.feed == feed] for feed in sorted({each.feed for each in found})))


def seeds() -> list[Path]:
    """Return what earlier runs found, one input a file."""
    return sorted(path for path in SEEDS.iterdir() if path.suffix == ".bin")


def _sample(name: str, feed: str, value: bytes) -> Sample:
    try:
        return Sample(name, feed, value, json.loads(value))
    except ValueError:
        return Sample(name, feed, value, None)
