"""Which names of a feed did not resolve in one partition, and how often: what `spm names` shows.

At most `MOST` names; when there are more, the tenth heard least often goes, so that a feed whose every alarm has
another name costs no more than one that repeats a few. A name that is heard again after that begins anew: the counts
are exact for what is heard often and a lower bound for the rest. Totals are in `FeedClock`.
"""

from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.domain.view import View
from streams.edge.formats.fields import bounded

MOST = 1_000
SHARE_DROPPED = 10


class UnresolvedName(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One name that stands for no declared object (table unresolved-names, key: the name as reported)."""

    count: int
    """Alarms that named it since it was heard first, or since it was last dropped."""
    first_at: Instant
    """Event time of the first of these."""
    last_at: Instant


TABLES = {"unresolved-names": (UnresolvedName, None, "reported name -> alarms that named it and resolved to nothing; at most 1,000 a partition")}


def remember(view: View, name: str, at: Instant, is_undeclared: bool) -> None:
    """Count an unresolved name; `is_undeclared`: no network is declared at all, so there is nothing to mend."""
    if is_undeclared:
        return
    name = bounded(name)
    row: UnresolvedName | None = view.unresolved_names.get(name)
    if row is not None:
        view.unresolved_names.put(name, UnresolvedName(row.count + 1, min(row.first_at, at), max(row.last_at, at)))
        return
    kept = _kept(view)
    if kept >= MOST:
        kept -= _drop(view)
    view.unresolved_names.put(name, UnresolvedName(1, at, at))
    view.memo["unresolved-names"] = kept + 1


def _kept(view: View) -> int:
    """Return how many names are remembered."""
    kept: Any = view.memo.get("unresolved-names")
    return len(view.unresolved_names.prefix("", 2 * MOST)) if kept is None else int(kept)


def _drop(view: View) -> int:
    """Forget the tenth that was heard least often, of these the longest ago; return how many that were."""
    rows = sorted(view.unresolved_names.prefix("", 2 * MOST), key=lambda row: (row[1].count, row[1].last_at, row[0]))
    least = rows[: MOST // SHARE_DROPPED]
    for name, _ in least:
        view.unresolved_names.delete(name)
    return len(least)
