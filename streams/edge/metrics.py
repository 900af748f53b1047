"""What is counted of alarms, problems, services and commands, for Prometheus: read once a second in the event loop off state.

streams/catalogue/processor.py says what each means. The engine's own are in engine/metrics.py, those of what was told in told_metrics.py.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CollectorRegistry

from streams.catalogue.made import Sheet
from streams.domain.breaker import Guard
from streams.domain.figures import ALL, Figures
from streams.domain.instant import SECOND
from streams.domain.jeopardy_figures import IMPACTS, STATES, ClockFigures, ImpactFigures, LevelFigures
from streams.domain.overseen import GUARD
from streams.domain.probe import NETWORK, SERVICES
from streams.domain.problem_figures import STATUSES, ProblemFigures
from streams.domain.report_figures import ReportFigures
from streams.domain.silence import source_key

FOREVER = float("inf")
log = logging.getLogger(__name__)

_SHOWN = 1000
"""Rows of a small table looked at: dispositions and feeds are few by design."""
LOOKED_AT = (
    "spm_dispositions_total", "spm_probe_sent_seconds", "spm_feed_clock_seconds", "spm_feed_silent", "spm_feed_paused", "spm_feed_alarms", "spm_feed_unresolved_alarms",
    "spm_feed_unresolved_share", "spm_feed_suspect_times_total", "spm_feed_clock_skew_seconds", "spm_records_to_move", "spm_problems_open",
    "spm_problems_open_by_priority", "spm_problems_by_escalation", "spm_problems_undiagnosed", "spm_problems", "spm_problems_by_cause", "spm_problem_seconds",
    "spm_problem_promises", "spm_products_impacted", "spm_sla_clocks", "spm_sla_clocks_ended", "spm_sla_next_due_seconds", "spm_breaker_latched",
    "spm_commands_halted", "spm_command_results", "spm_reports_unaccepted", "spm_report_updates")


class ProcessorMetrics:
    """Of the partitions that this worker owns; sum over workers."""

    def __init__(self, registry: CollectorRegistry, feeds: Iterable[str] = ()) -> None:
        """`feeds`: those whose silence is watched."""
        self._latched: bool | None = None
        """Whether the breaker had latched at the last look, None before the first."""
        self._sheet, self._feeds = Sheet(LOOKED_AT, registry), tuple(feeds)
        self._looks: tuple[tuple[str, Callable[[Any], None]], ...] = (
            ("feed_clock", self._heard), ("dispositions", self._dispositions), ("sources", self._silent), ("networks_seen", self._moving),
            ("problem_figures", self._open), ("level_figures", self._levels), ("report_figures", self._reports), ("impact_figures", self._impacts),
            ("probes_at_services", self._probes), ("probes_at_network", self._probes), ("clock_figures", self._clocks), ("command_guard", self._guard), ("figures", self._ended))
        """(table, who looks at it): each is in one inbox."""
        self._looks_at: dict[str, list[Callable[[Any], None]]] = {}
        """Inbox -> who looks at its partitions."""

    def update(self, parts: Iterable[Any]) -> None:
        """Take the figures from the engine's owned partitions."""
        self._alarms: Counter[str] = Counter()
        self._unresolved: Counter[str] = Counter()
        self._probed: dict[tuple[str, str], float] = {}
        for part in parts:
            looks = self._looks_at.get(part.topic)
            if looks is None:
                looks = self._looks_at[part.topic] = [look for table, look in self._looks if hasattr(part, table)]
            for look in looks:
                look(part)
        for feed, count in self._alarms.items():
            self._sheet.put("spm_feed_unresolved_share", self._unresolved[feed] / count if count else 0.0, feed)
        for ends, sent in self._probed.items():
            self._sheet.put("spm_probe_sent_seconds", sent, *ends)
        self._sheet.publish()

    def _add(self, name: str, words: Iterable[object], counts: Iterable[int]) -> None:
        for word, count in zip(words, counts, strict=True):
            self._sheet.add(name, count, word)

    # --- what was heard ---
    def _heard(self, part: Any) -> None:
        put, partition = self._sheet.put, part.partition
        for feed, row in part.feed_clock.prefix("", _SHOWN):
            for word, count in row.dispositions.items():
                put("spm_dispositions_total", count, feed, partition, word)
            put("spm_feed_paused", row.paused, feed, partition)
            put("spm_feed_clock_seconds", row.clock / SECOND, feed, partition)
            put("spm_feed_alarms", row.alarms, feed, partition)
            put("spm_feed_unresolved_alarms", row.unresolved, feed, partition)
            put("spm_feed_suspect_times_total", row.suspects, feed, partition)
            self._sheet.most("spm_feed_clock_skew_seconds", row.ahead / SECOND, feed)
            self._alarms[feed] += row.alarms
            self._unresolved[feed] += row.unresolved

    def _probes(self, part: Any) -> None:
        for end, table in ((SERVICES, "probes_at_services"), (NETWORK, "probes_at_network")):
            for way, row in getattr(part, table).prefix("", _SHOWN) if hasattr(part, table) else ():
                ends = way.partition("/")[0], end
                self._probed[ends] = min(self._probed.get(ends, FOREVER), row.at / SECOND)

    def _dispositions(self, part: Any) -> None:
        for word, row in part.dispositions.prefix("", _SHOWN):
            self._sheet.put("spm_dispositions_total", row.n, "alarm-events", part.partition, word)

    def _silent(self, part: Any) -> None:
        for feed in self._feeds:
            row = part.sources.get(source_key(feed, "", "feed"))
            if row is not None and row.domain:
                self._sheet.put("spm_feed_silent", bool(row.since), feed)

    def _moving(self, part: Any) -> None:
        seen = part.networks_seen.get("")
        self._sheet.put("spm_records_to_move", seen is not None and bool(seen.due), part.partition)

    # --- problems, services, customers ---
    def _open(self, part: Any) -> None:
        row = part.problem_figures.get(ALL) or ProblemFigures()
        self._add("spm_problems_open", STATUSES, row.statuses)
        self._add("spm_problems_open_by_priority", range(len(row.priorities)), row.priorities)
        self._sheet.add("spm_problems_undiagnosed", row.undiagnosed)

    def _levels(self, part: Any) -> None:
        row = part.level_figures.get(ALL) or LevelFigures()
        self._add("spm_problems_by_escalation", range(len(row.open)), row.open)

    def _impacts(self, part: Any) -> None:
        self._add("spm_products_impacted", IMPACTS, (part.impact_figures.get(ALL) or ImpactFigures()).now)

    def _clocks(self, part: Any) -> None:
        row = part.clock_figures.get(ALL) or ClockFigures()
        self._sheet.put("spm_sla_next_due_seconds", part.next_due / SECOND, part.partition)
        self._add("spm_sla_clocks", STATES, row.now)
        self._add("spm_sla_clocks_ended", ("kept", "violated"), (row.kept, row.violated))

    def _ended(self, part: Any) -> None:
        """Show what stage 6 has counted of problems; one worker has its partition."""
        put, row = self._sheet.put, part.figures.get(ALL) or Figures()
        for state, count in (("opened", row.opened), ("reopened", row.reopened), *row.ended):
            put("spm_problems", count, state)
        for cause, count in row.causes:
            put("spm_problems_by_cause", count, cause)
        for phase, spread in (("detect", row.detect), ("locate", row.locate), ("restore", row.restore)):
            for value, span in (("mean", spread.mean), ("median", spread.within(0.5)), ("p90", spread.within(0.9)), ("most", spread.most)):
                put("spm_problem_seconds", span / SECOND, phase, value)
        put("spm_problem_promises", row.kept, "true")
        put("spm_problem_promises", row.promised - row.kept, "false")

    # --- commands and reports ---
    def _guard(self, part: Any) -> None:
        """Show whether commands may go out, and how the last ones ended."""
        put, guard = self._sheet.put, part.command_guard.get(GUARD) or Guard()
        if self._latched is not None and bool(guard.latched_at) != self._latched:
            log.warning("breaker latched" if guard.latched_at else "breaker reset", extra={"told": {"why": guard.latched_why} if guard.latched_at else {}})
        self._latched = bool(guard.latched_at)
        put("spm_breaker_latched", bool(guard.latched_at))
        put("spm_commands_halted", bool(guard.halted_by))
        failed = sum(result.failed for result in guard.results)
        put("spm_command_results", failed, "failed")
        put("spm_command_results", len(guard.results) - failed, "restored")

    def _reports(self, part: Any) -> None:
        row = part.report_figures.get(ALL) or ReportFigures()
        self._sheet.add("spm_reports_unaccepted", row.unaccepted)
        self._add("spm_report_updates", ("done", "refused"), (row.done, row.refused))
