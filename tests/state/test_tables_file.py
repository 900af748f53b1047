"""State written to a file comes back byte for byte; a file that is not whole is refused."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.engine.fatal import Refused
from streams.state.rows import StoredRow
from streams.state.tables_file import Change, Header, Unread, read, write
from tests.contract.test_commands import Answer, spm
from tests.state.running import left_by, topology_of

assert spm                                                  # a fixture
HEADER = Header("tables", 1, "abc", {"alarm-events": 4}, {"alarms": [7, 0]}, "cluster")
FOREIGN = StoredRow("alarm-events", 1, "of-a-later-revision", "k", b"\x07" + bytes(8) + b"\x91\x01")
UNREADABLE = StoredRow("alarm-events", 1, "groups", "k", b"\x09" + bytes(8) + b"\x91\x01")


@pytest.mark.parametrize("name", ["state.jsonl", "state.jsonl.gz"])
def test_rows_and_changes_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    rows, changes = [FOREIGN, UNREADABLE], [Change(b"topology", b"\x93\x01\xff"), Unread("network-inbox", 0, b"network", b"\x91")]

    assert 2 == write(tmp_path / name, HEADER, rows, changes)
    header, contents = read(tmp_path / name)
    assert (HEADER, [*rows, *changes]) == (header, list(contents))


@pytest.mark.parametrize("damage", [
    lambda told: told[:-40], lambda told: told.replace(b'"abc"', b'"abd"'), lambda told: b"", lambda told: b"{}\n{}\n", lambda told: told + told,
])  # fmt: skip
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "state.jsonl.gz"
    write(path, HEADER, [FOREIGN], [])
    path.write_bytes(gzip.compress(damage(gzip.decompress(path.read_bytes()))))

    with pytest.raises(Refused):
        read(path)


def test_a_run_is_exported_imported_and_exported_alike(spm: Callable[..., Answer], tmp_path: Path) -> None:
    left_by("five-alarms", tmp_path / "before")
    topology = topology_of("five-alarms", tmp_path)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"

    for command, file, folder in (("export", first, "before"), ("import", first, "after")):
        told = spm("tables", command, str(file), "--data", str(tmp_path / folder), "--topology", topology)
        assert 0 == told.status, told.stderr
    again = spm("tables", "import", str(first), "--data", str(tmp_path / "after"), "--topology", topology)
    assert 78 == again.status and "holds a log already" in again.stderr
    (tmp_path / "none.ndjson").write_text("")
    assert 0 == spm("run", str(tmp_path / "none.ndjson"), "--topology", topology, "--data", str(tmp_path / "after"), "--exit", "--clock", "event", "--http-port", "0", "--metrics-port", "0").status
    assert 0 == spm("tables", "export", str(second), "--data", str(tmp_path / "after"), "--topology", topology).status
    rows, kept = ({(row.inbox, row.table, row.key): row.stored for row in read(path)[1] if isinstance(row, StoredRow) and row.table != "!"} for path in (first, second))
    assert rows == kept and any(table == "problems" for _, table, _ in rows)
    snapshot = spm("tables", "snapshot", "--data", str(tmp_path / "after"))
    assert (0, 1) == (snapshot.status, len(snapshot.stdout.splitlines()))
    assert "tables and topics" in spm("check", "--state", "--data", str(tmp_path / "before")).stdout
