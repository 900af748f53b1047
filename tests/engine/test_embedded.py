"""The engine on the embedded log: state, due times, bad records, restarts."""

from pathlib import Path

import pytest

from streams.engine import host
from streams.engine.embedded import EmbeddedLog
from streams.engine.record import Batch, Record
from streams.engine.store import place
from streams.engine.table import UnreadableRow
from tests.engine.counting import come_due, counting, run, step


async def _feed(folder: Path | None, records: list[tuple[str, str]]) -> list[str]:
    out: list[str] = []
    log = EmbeddedLog(lambda topic: 1, folder, on_output=lambda output, partition: out.append((output[2] or b"").decode()))
    app, engine = counting(log)
    await host.start(app, engine)
    await engine.settle()
    log.append("heard", [(0, key.encode(), value.encode(), ()) for key, value in records])
    await engine.settle()
    await host.stop(app, engine)
    return out


def test_counts_and_does_what_is_due_before_the_next_record_at_its_time() -> None:
    out = run(_feed(None, [("a", "10:15"), ("b", "12"), ("a", "20")]))

    assert out == ["a=1@10", "b=1@12", "a due@15", "a=2@20"]


def test_a_tick_makes_due_work_early_and_changes_nothing_else() -> None:
    with_tick = run(_feed(None, [("a", "10:15"), ("", "@17"), ("b", "20")]))
    without = run(_feed(None, [("a", "10:15"), ("b", "20")]))

    assert with_tick == without == ["a=1@10", "a due@15", "b=1@20"]


def test_a_record_that_raises_is_buried_and_leaves_no_state() -> None:
    out = run(_feed(None, [("a", "1"), ("boom", "2"), ("a", "not a number"), ("a", "3")]))

    assert out == ["a=1@1", "boom is refused", "invalid literal for int() with base 10: 'not a number'", "a=2@3"]


def test_a_restart_keeps_counts_due_times_and_positions(tmp_path: Path) -> None:
    first = run(_feed(tmp_path, [("a", "10:100"), ("a", "11:100"), ("b", "12")]))
    second = run(_feed(tmp_path, [("a", "20:100")]))
    third = run(_feed(tmp_path, [("", "@200")]))

    assert first == ["a=1@10", "a=2@11", "b=1@12"]
    assert second == ["a=3@20"]
    assert third == ["a due@100"]


def test_due_work_that_raises_is_buried_and_given_up_also_after_a_restart(tmp_path: Path) -> None:
    first = run(_feed(tmp_path, [("due-boom", "10:15"), ("a", "20:30")]))
    second = run(_feed(tmp_path, [("a", "40")]))
    third = run(_feed(tmp_path, [("due-boom", "50:55"), ("a", "60")]))

    assert first == ["due-boom=1@10", "due-boom is refused", "a=1@20"]
    assert second == ["a due@30", "a=2@40"]
    assert third == ["due-boom=2@50", "due-boom is refused", "a=3@60"]


def test_a_row_that_cannot_be_read_ends_the_worker_and_loses_no_record() -> None:
    log = EmbeddedLog(lambda topic: 1)
    log.store.write([(place("heard", 0) + b"counts\0a", b"\x09" + bytes(8) + b"of another revision")])
    _, engine = counting(log)
    ended: list[BaseException] = []
    engine.on_fatal = ended.append
    engine.assigned("heard", 0, 0, 0)

    with pytest.raises(UnreadableRow, match="table counts key 'a'"):
        engine.work(Batch("heard", 0, 0, [Record(0, -1, b"a", b"1")]), step, come_due, None)
    assert len(ended) == 1
    assert engine.parts["heard", 0].position == 0
