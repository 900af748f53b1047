"""What learning remembers (learn.py): of each object what began there, of types and pairs the sums, and how learning stands."""

from collections.abc import Callable
from typing import Any

import msgspec

from streams.domain.instant import Instant
from streams.domain.learnt import Kind, Pair


class Seen(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One alarm type on one object."""

    name: str
    at: Instant
    """Its last onset."""
    onsets: int
    began_at: Instant
    """When the chain began that its last onset belongs to."""


class Onsets(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was alarmed on one object; key: object."""

    seen: tuple[Seen, ...]
    since: Instant
    """Its first onset."""
    due: Instant
    """When it is forgotten."""
    era: int = 0
    """What was learnt has been reset so often when this was written."""


class Onset(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An onset that waits to be learnt from; key: object, SPLIT, type."""

    object: str
    name: str
    at: Instant
    due: Instant
    domain: str = ""
    """Of the alarm."""


class Learning(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How learning stands in this partition; one row."""

    frozen: bool = False
    era: int = 0
    minute: int = 0
    """Minute of event time ..."""
    onsets: int = 0
    """... and how many onsets of it were taken."""
    pairs: int = 0
    """Rows, about."""
    kinds: int = 0
    told_at: Instant = 0
    """When localization was last told what is known, or had nothing to be told."""
    told: int = 0
    """Pairs it was told then."""
    given: bool = False
    """What is known was learnt elsewhere, and every partition knows all of it."""


TABLES: dict[str, tuple[type, Callable[[Any], Instant | None] | None, str]] = {
    "learnt-pairs": (Pair, None, "cause, effect -> how many onsets of the one alarm type the other accounts for, after how long"),
    "learnt-types": (Kind, None, "alarm type -> its onsets, how many others account for and it for others, how long chains to it take"),
    "learning": (Learning, None, "one row: whether learning is frozen, and how much is remembered"),
    "onsets": (Onsets, lambda row: row.due, "object -> which alarm types began there last, and how often"),
    "onsets-waiting": (Onset, lambda row: row.due, "object, alarm type -> an onset that is learnt from once what is late has come"),
}
