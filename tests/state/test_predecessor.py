"""State that a predecessor left is read by this revision, byte for byte kept, and gone on from.

`predecessor/*.jsonl.gz` hold what the revision of 28 November 2026 (level 1) had stored after a story, as its bytes were.
At a release they are made anew: play the stories with the release, `spm tables export` with its successor.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.app import Embedded
from streams.domain.level import LEVEL
from streams.edge.story import read_story
from streams.edge.topology_file import Topology, from_text
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.table import RowFormat
from streams.settings import read_settings
from streams.state.carry import import_into_run
from streams.state.consistency import TABLES, Topics, differences
from streams.state.level import in_force
from streams.state.rows import StoredRow, declared, held
from streams.state.tables_file import read
from streams.state.tell import open_problems
from streams.stored import Stored
from tests.scenarios.test_scenarios import STORIES

LEFT = {path.name.partition(".")[0]: path for path in sorted((Path(__file__).parent / "predecessor").glob("*.gz"))}


def rows(name: str) -> Iterator[StoredRow]:
    return (each for each in read(LEFT[name])[1] if isinstance(each, StoredRow))


def topology_of(name: str) -> Topology:
    return from_text(read_story(STORIES[name]).topology)


def begins(before: Any, after: Any) -> bool:
    """Tell whether a value is another, but for what was added at the ends of arrays."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) <= len(after) and all(map(begins, before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(begins(value, after[key]) for key, value in before.items())
    return bool(before == after)


@pytest.mark.parametrize("name", LEFT)
def test_every_row_of_it_is_read_and_keeps_what_it_said(name: str) -> None:
    """A row of this revision begins with all that the predecessor's held: fields were added at the end, none was moved."""
    some = list(rows(name))
    for each in some:
        form = RowFormat(declared(each.inbox)[each.table])
        row = form.decode(each.stored, each.table)
        again = form.encode(each.key, row, msgspec.msgpack.Encoder())[1] or b""
        before, after = (msgspec.msgpack.decode(stored[9:]) for stored in (each.stored, again))

        assert each.stored[:9] == again[:9]
        assert begins(before, after), (each.table, each.key, before, after)
    assert len({each.table for each in some}) > 20


@pytest.mark.parametrize("name", LEFT)
def test_it_is_gone_on_from(name: str, tmp_path: Path) -> None:
    topology, settings = topology_of(name), read_settings(data=tmp_path)
    import_into_run(LEFT[name], topology, settings)
    stored = Stored(EmbeddedPeek(tmp_path))
    before = {problem["id"] for problem in open_problems(stored)}

    async def go_on() -> None:
        embedded = Embedded(topology, "event", tmp_path / "embedded")
        await embedded.start()
        embedded.mark(max(clock.clock for clock in held(stored, ()).clocks.values()) + 1)
        await embedded.settle()
        await embedded.stop()

    asyncio.run(go_on())
    after = {problem["id"] for problem in open_problems(stored)}
    own = [each for each in differences(held(stored, TABLES), Topics({}, {}, {}, {})) if "topic" not in each.says]
    assert before and before == after
    assert [] == own
    assert LEVEL == in_force(stored)

