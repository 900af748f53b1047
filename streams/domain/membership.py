"""The members of every problem, in rows small enough that one more alarm costs the same in a problem of 3 or 2,000.

A small problem is one row. A large one is spread over `PAGES` rows by the checksum of the occurrence's id, so that a
member is found, changed or added by rewriting one row of some thirty, and a diagnosis reads all rows.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

import msgspec

from streams.domain.messages import Member
from streams.domain.view import Rows

SMALL = 16
"""Members up to which a problem keeps them all in one row."""
PAGES = 64
"""Rows of a large problem: 2,000 members make rows of about 31, some 8 KB each."""


class Page(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Some members of one problem with the order they joined in."""

    members: tuple[tuple[int, Member], ...] = ()
    marks: dict[str, tuple[str, int]] = {}
    """Occurrence -> the root that its alarm was last told to be implied by ("": the mark was taken back), and how often it was told (implied.py)."""


class Roll(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How the members of one problem are kept."""

    kept: int = 0
    joined: int = 0
    """How many ever joined: the next one's place in the order."""
    paged: bool = False


def read(pages: Rows[Page], problem: str, roll: Roll) -> list[Member]:
    """Return the kept members in the order they joined."""
    found = [m for key in _keys(problem, roll.paged) for m in (pages.get(key) or Page()).members]
    found.sort(key=lambda m: m[0])
    return [m for _, m in found]


class Written(NamedTuple):
    """What became of one member that was to be put in."""

    roll: Roll
    kept: bool = True
    """False where there was no room for it."""
    gone: str = ""
    """Occurrence of the member whose place it took, "" for none."""


def write(pages: Rows[Page], problem: str, roll: Roll, member: Member, limit: int) -> Written:
    """Put one member in or in place of what it was; beyond `limit` an active one takes a cleared one's place in its row."""
    if not roll.paged and roll.kept >= SMALL:
        roll = _spread(pages, problem, roll)
    key = _key(problem, member.occurrence, roll.paged)
    page = pages.get(key) or Page()
    members, marks, gone = page.members, page.marks, ""
    for n, (order, known) in enumerate(members):
        if known.occurrence == member.occurrence:
            pages.put(key, Page((*members[:n], (order, member), *members[n + 1:]), marks))
            return Written(roll)
    if roll.kept >= limit:
        cleared = [] if member.cleared_at else [(m.cleared_at, order, m.occurrence) for order, m in members if m.cleared_at]
        if not cleared:
            return Written(msgspec.structs.replace(roll, joined=roll.joined + 1), kept=False)
        _, oldest, gone = min(cleared)
        members = tuple(m for m in members if m[0] != oldest)
        marks = _of(members, marks)
        roll = msgspec.structs.replace(roll, kept=roll.kept - 1)
    pages.put(key, Page((*members, (roll.joined, member)), marks))
    return Written(Roll(roll.kept + 1, roll.joined + 1, roll.paged), gone=gone)


def remove(pages: Rows[Page], problem: str, roll: Roll, occurrence: str) -> Roll:
    """Take one member out, if it is kept."""
    key = _key(problem, occurrence, roll.paged)
    page = pages.get(key) or Page()
    left = tuple(m for m in page.members if m[1].occurrence != occurrence)
    if len(left) == len(page.members):
        return roll
    pages.put(key, Page(left, _of(left, page.marks))) if left else pages.delete(key)
    return msgspec.structs.replace(roll, kept=roll.kept - 1)


def drop(pages: Rows[Page], problem: str, roll: Roll) -> None:
    """Forget all members of a problem."""
    for key in _keys(problem, roll.paged):
        if pages.get(key) is not None:
            pages.delete(key)


def marks(pages: Rows[Page], problem: str, roll: Roll) -> dict[str, tuple[str, int]]:
    """Return the marks of all kept members."""
    return {occurrence: mark for key in _keys(problem, roll.paged) for occurrence, mark in (pages.get(key) or Page()).marks.items()}


def marks_beside(pages: Rows[Page], problem: str, roll: Roll, occurrence: str) -> dict[str, tuple[str, int]]:
    """Return the marks in the row of one member."""
    return (pages.get(_key(problem, occurrence, roll.paged)) or Page()).marks


def mark(pages: Rows[Page], problem: str, roll: Roll, told: Mapping[str, tuple[str, int]]) -> None:
    """Note marks that were told, row by row."""
    by_row: dict[str, dict[str, tuple[str, int]]] = {}
    for occurrence, mark in told.items():
        by_row.setdefault(_key(problem, occurrence, roll.paged), {})[occurrence] = mark
    for key, new in by_row.items():
        page = pages.get(key) or Page()
        pages.put(key, Page(page.members, _of(page.members, {**page.marks, **new})))


def _of(members: Iterable[tuple[int, Member]], marks: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Return the marks of these members: what is not kept is not marked."""
    return {member.occurrence: marks[member.occurrence] for _, member in members if member.occurrence in marks} if marks else {}


def fold(pages: Rows[Page], problem: str, roll: Roll, moving: Iterable[Member], limit: int, told: Mapping[str, tuple[str, int]]) -> Roll:
    """Take in the members of another problem, row by row rather than one by one, with the marks that were told of them."""
    moving = list(moving)
    if not roll.paged and roll.kept + len(moving) > SMALL:
        roll = _spread(pages, problem, roll)
    coming: dict[str, list[Member]] = {}
    for member in moving[: max(0, limit - roll.kept)]:
        coming.setdefault(_key(problem, member.occurrence, roll.paged), []).append(member)
    for key, members in coming.items():
        new = {m.occurrence for m in members}
        page = pages.get(key) or Page()
        kept = tuple(m for m in page.members if m[1].occurrence not in new)
        replaced = len(page.members) - len(kept)
        both = (*kept, *((roll.joined + n, m) for n, m in enumerate(members)))
        pages.put(key, Page(both, _of(both, {**page.marks, **told})))
        roll = Roll(roll.kept + len(members) - replaced, roll.joined + len(members), roll.paged)
    return roll


def _spread(pages: Rows[Page], problem: str, roll: Roll) -> Roll:
    """Turn a small problem's one row into pages."""
    rows: dict[str, tuple[tuple[int, Member], ...]] = {}
    page = pages.get(problem) or Page()
    for order, member in page.members:
        key = _key(problem, member.occurrence, True)
        rows[key] = (*rows.get(key, ()), (order, member))
    pages.delete(problem)
    for key, members in rows.items():
        pages.put(key, Page(members, _of(members, page.marks)))
    return msgspec.structs.replace(roll, paged=True)


def _key(problem: str, occurrence: str, paged: bool) -> str:
    return f"{problem}|{crc32(occurrence.encode()) % PAGES}" if paged else problem


def _keys(problem: str, paged: bool) -> Iterable[str]:
    return [f"{problem}|{n}" for n in range(PAGES)] if paged else [problem]
