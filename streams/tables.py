"""`spm tables`: which tables a folder of state holds, and how many rows; read without disturbing who runs on it."""

from collections import Counter
from pathlib import Path
from typing import Any

from rich.table import Table
from rocksdict import AccessType, Options, Rdict

from streams.domain import correlate, localize, manage, oversee, watch
from streams.edge import intake

DECLARED = {
    name: (str(declared[0].__name__), str(declared[2]))
    for stage in (intake, correlate, localize, manage, watch, oversee)
    for name, declared in stage.TABLES.items()
}
"""Table -> row type, what it remembers."""


def folders_of(data: Path) -> list[Path]:
    """Return the stores below a data folder: `embedded` of `spm run`, `<group>/<instance>` of a worker."""
    return sorted(path.parent for path in data.glob("**/CURRENT")) if data.is_dir() else []


def rows_of(folder: Path) -> Counter[tuple[str, str]]:
    """Count the rows of each (inbox topic, table) in one store, as it was when it was last flushed or opened."""
    counts: Counter[tuple[str, str]] = Counter()
    store: Any = Rdict(str(folder), Options(raw_mode=True), access_type=AccessType.read_only())
    try:
        for key in store.keys():  # noqa: SIM118 - a store is no dict
            topic, _, rest = key.partition(b"/")
            _, _, row = rest.partition(b"/")
            table, nul, _ = row.partition(b"\0")
            if nul and not topic.startswith(b"!") and table != b"!":
                counts[topic.decode("utf-8", "replace"), table.decode("utf-8", "replace")] += 1
    finally:
        store.close()
    return counts


def tables_of(data: Path) -> Table | None:
    """Lay out all tables of a data folder; None where it holds no state."""
    folders = folders_of(data)
    if not folders:
        return None
    shown = Table("folder", "inbox", "table", "rows", "row type", "what it remembers", box=None, pad_edge=False)
    shown.columns[3].justify = "right"
    for folder in folders:
        for (topic, table), rows in sorted(rows_of(folder).items()):
            row_type, text = DECLARED.get(table, ("?", "not declared by this revision"))
            shown.add_row(str(folder.relative_to(data)), topic, table, f"{rows:,}", row_type, text)
    return shown
