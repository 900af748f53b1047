"""Trace contexts (W3C traceparent) of the alarms of a problem: the first is the parent of what is traced of it, up to eight more are linked."""

from collections.abc import Iterable

MOST = 9
"""One parent, eight links."""


def with_more(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """Return contexts with others after them, each once, as many as are kept; the same value where nothing is new."""
    for trace in more:
        if trace and trace not in known and len(known) < MOST:
            known = (*known, trace)
    return known
