"""The answer to an announcement of planned work: what all partitions made of it, summed up in stage 6 and told on `progress`."""

import msgspec

from streams.domain.action_answer import ActionAnswered
from streams.domain.ids import identify
from streams.domain.instant import HOUR, Instant
from streams.domain.messages import OutageMatched
from streams.domain.view import Emit, View

ACTION = "planned-outage"
ANSWERED_WITHIN = HOUR
"""Partitions that have not answered by then are left out, and it is said that they are."""


class OutageSum(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What partitions have answered so far; key: where the announcement was read."""

    outage: str
    lanes: int
    due: Instant
    """When what is there is told."""
    heard: int = 0
    refused: int = 0
    why: str = ""
    objects: int = 0
    explained: int = 0
    released: int = 0
    withdrawn: int = 0
    at: Instant = 0
    """The latest event time of an answer: the same whatever order they come in."""


def add_up(view: View, m: OutageMatched, now: Instant) -> list[Emit]:
    """Take one partition's answer; tell the sum with the last one."""
    row: OutageSum = view.outage_sums.get(m.asked) or OutageSum(m.outage, m.lanes, max(now, m.at) + ANSWERED_WITHIN)
    row = OutageSum(
        row.outage, row.lanes, row.due, row.heard + 1, row.refused + bool(m.refused), row.why or m.refused, row.objects + m.objects,
        row.explained + m.explained, row.released + m.released, row.withdrawn + m.withdrawn,
        max(row.at, m.at))
    if row.heard < row.lanes:
        view.outage_sums.put(m.asked, row)
        return []
    return tell_sum(view, m.asked, row, row.at)


def tell_sum(view: View, asked: str, row: OutageSum, at: Instant) -> list[Emit]:
    """Answer who announced it."""
    if view.outage_sums.get(asked) is not None:
        view.outage_sums.delete(asked)
    done = row.refused < row.heard
    return answer(row.outage, asked, done, _said(row) if done else row.why, at)


def answer(outage: str, asked: str, done: bool, why: str, at: Instant, key: str = "") -> list[Emit]:
    """Tell what came of the announcement read at `asked`, under its id unless told otherwise."""
    ident = identify("", ACTION, asked)
    return [Emit("progress", key or outage or ident, ActionAnswered(ident, outage or asked, ACTION, outage, "", "", done, why, at), at)]


def _said(row: OutageSum) -> str:
    said = [_counted(row.objects, "object") + " in scope" if row.objects else "Nothing in scope any more", _counted(row.explained, "active alarm") + " explained"]
    said += [f"{row.released} explained no more"] if row.released else []
    said += [_counted(row.withdrawn, "problem") + " cancelled"] if row.withdrawn else []
    said += [f"{row.lanes - row.heard} of {row.lanes} partitions have not answered"] if row.heard < row.lanes else []
    return ", ".join(said) + "."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
