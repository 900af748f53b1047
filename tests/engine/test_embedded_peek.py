"""An embedded log seen from outside its owner; what is left for the owner; how long a feed's records are kept."""

from pathlib import Path

import pytest

from streams.engine import embedded, host
from streams.engine.embedded import EmbeddedLog
from streams.engine.embedded_peek import ASKED, EmbeddedPeek, left
from streams.engine.fatal import Refused
from tests.engine.counting import counting, run


async def _fed(folder: Path, values: list[str]) -> int:
    """Feed a processor; return how many records of its feed are seen from outside while it runs."""
    log = EmbeddedLog(lambda topic: 1, folder / "embedded", kept={"heard"})
    app, engine = counting(log)
    await host.start(app, engine)
    await engine.settle()
    for value in values:
        log.append("heard", [(0, b"a", value.encode(), (("h", b"1"),))])
        await engine.settle()
    seen = sum(1 for _ in EmbeddedPeek(folder).read("heard", {}))
    await host.stop(app, engine)
    return seen


def test_records_of_a_feed_stay_after_they_were_read_and_are_not_read_again(tmp_path: Path) -> None:
    run(_fed(tmp_path, ["1", "2", "3"]))
    run(_fed(tmp_path, []))
    peek = EmbeddedPeek(tmp_path)

    assert [(0, 1, b"2"), (0, 2, b"3")] == [(partition, r.offset, r.value) for partition, r in peek.read("heard", {0: 1})]
    assert [(0, b"1"), (7, None)] == [(offset, r.value if r else None) for offset, r in peek.pick("heard", 0, [0, 7])]
    assert [b"a=1@1", b"a=2@2", b"a=3@3"] == [r.value for _, r in peek.read("counted", {})]


def test_what_is_committed_is_seen_while_the_owner_runs(tmp_path: Path) -> None:
    assert [1, 3] == [run(_fed(tmp_path, ["1"])), run(_fed(tmp_path, ["2", "3"]))]


def test_the_newest_records_of_a_feed_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "KEEP", 2)
    run(_fed(tmp_path, [str(n) for n in range(1, 6)]))

    assert [3, 4] == [r.offset for _, r in EmbeddedPeek(tmp_path).read("heard", {})]


def test_state_is_read_as_it_is_stored(tmp_path: Path) -> None:
    run(_fed(tmp_path, ["1"]))

    assert (0, b"counts\0a") in [(partition, key) for partition, key, _ in EmbeddedPeek(tmp_path).state("heard")]


def test_what_is_left_for_the_owner_is_found_once_it_is_whole(tmp_path: Path) -> None:
    run(_fed(tmp_path, ["1"]))
    peek = EmbeddedPeek(tmp_path)
    for _ in range(2):
        peek.write("heard", [(0, b"a", None, (("h", b"2"),))])
    (tmp_path / ASKED / "half.new").write_bytes(b"\x92")
    (tmp_path / ASKED / "0").write_bytes(b"no msgpack")

    [(path, topic, records)] = left(tmp_path)
    assert (topic, records) == ("heard", [(0, b"a", None, (("h", b"2"),))])
    path.unlink()
    assert [] == list(left(tmp_path))


def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds no log"):
        EmbeddedPeek(tmp_path)
    assert [] == list(left(tmp_path))
