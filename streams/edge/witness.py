"""Hears what has landed: counts it, writes a line for each decision, and hands decisions on to whoever traces them.

Dead letters may come by the thousand: one line for each feed and reason in ten seconds, with how many there were.
"""

import logging
from collections.abc import Callable, Sequence
from time import monotonic

import msgspec
from prometheus_client import CollectorRegistry

from streams.catalogue.made import counter
from streams.edge.decisions import OPENED, READERS, Decision, Output, letter_of, with_first_alarm

log = logging.getLogger(__name__)

LETTERS_SECONDS = 10.0
FEW = 500
"""Reasons and feeds counted apart; a request's topic or an unknown reason beyond them counts as `others`."""
Hear = Callable[[Decision], None]


class Witness:
    """One a process."""

    def __init__(self, registry: CollectorRegistry, also: Hear | None = None) -> None:
        self._letters, self._changes, self._commands = (counter(name, registry) for name in ("spm_dead_letters_total", "spm_problem_changes_total", "spm_commands_total"))
        self._also = also
        self._buried: dict[tuple[str, str, str], _Buried] = {}
        """By feed, reason and status."""

    def hear(self, outputs: Sequence[Output]) -> None:
        """Take in the outputs of one unit of work."""
        for output in outputs:
            if (reader := READERS.get(output[0])) is not None:
                if output[2] is not None:
                    for decision in reader(output):
                        self._decided(with_first_alarm(decision, outputs) if decision.what == OPENED else decision)
            elif output[0] == "dead-letters" and output[2] is not None:
                self._bury(output[2])

    def _decided(self, decision: Decision) -> None:
        if decision.change:
            self._changes.labels(decision.change).inc()
        elif decision.what.startswith("command"):
            self._commands.labels(decision.what.removeprefix("command ")).inc()
        log.info(decision.what, extra={"told": {"event_time": decision.at, **decision.of, **_trace(decision.traceparent)}})
        if self._also is not None:
            self._also(decision)

    def _bury(self, value: bytes) -> None:
        letter = letter_of(value)
        name = (letter.feed, letter.reason, letter.status)
        if name not in self._buried and len(self._buried) >= FEW:
            name = ("others", "others", letter.status)
        self._letters.labels(*name).inc()
        buried = self._buried.setdefault(name, _Buried())
        buried.count, buried.first = buried.count + 1, buried.first or letter.id
        self._tell(name, buried, monotonic())

    def tell_letters(self) -> None:
        """Write the lines that are due; called now and then."""
        now = monotonic()
        for name, buried in self._buried.items():
            if buried.count:
                self._tell(name, buried, now)

    def _tell(self, name: tuple[str, str, str], buried: "_Buried", now: float) -> None:
        if now - buried.told_at >= LETTERS_SECONDS:
            feed, reason, status = name
            log.info("dead letters", extra={"told": {"feed": feed, "reason": reason, "status": status, "count": buried.count, "first": buried.first}})
            buried.count, buried.first, buried.told_at = 0, "", now


class _Buried(msgspec.Struct):
    """Dead letters of one kind that no line has told of yet."""

    count: int = 0
    first: str = ""
    told_at: float = -LETTERS_SECONDS


def _trace(traceparent: str) -> dict[str, str]:
    parts = traceparent.split("-")
    return {"trace_id": parts[1], "span_id": parts[2]} if len(parts) == 4 else {}
