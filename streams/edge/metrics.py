"""What the processor counts, for Prometheus; each figure says what it means. The engine's own are in engine/metrics.py.

Read once a second in the event loop from committed and open state; no label ever holds the name of an object.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from streams.domain.breaker import Guard
from streams.domain.figures import ALL, Figures
from streams.domain.instant import SECOND
from streams.domain.jeopardy_figures import STATES, ClockFigures, LevelFigures
from streams.domain.overseen import GUARD

_SHOWN = 1000
"""Rows of a small table looked at: dispositions and feeds are few by design."""


class ProcessorMetrics:
    """Dispositions and feeds of the partitions that this worker owns; sum over workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._dispositions = Gauge("spm_dispositions", "Inputs by what became of them; they add up to what was heard (conservation law).", ["disposition"], registry=registry)
        self._paused = Gauge("spm_feed_paused", "1 while a feed partition is left alone because most of it was unreadable; it is tried again each minute.", ["feed", "partition"], registry=registry)
        self._clock = Gauge("spm_feed_clock_seconds", "Event time that a feed partition has reached, seconds since the epoch.", ["feed", "partition"], registry=registry)

        self._alarms = Gauge("spm_feed_alarms", "Alarms read from a feed partition.", ["feed", "partition"], registry=registry)
        self._unresolved = Gauge("spm_feed_unresolved_alarms", "Of these, alarms of objects that topology.yaml does not declare: `spm names` lists them.", ["feed", "partition"], registry=registry)
        self._moving = Gauge("spm_records_to_move", "1 while a partition moves alarm records to their objects' new domains, or waits for a worker with the topology.yaml that feeds are read by.", ["partition"], registry=registry)
        self._share = Gauge("spm_feed_unresolved_share", "Share of a feed's alarms, in the partitions of this worker, whose object is not declared.", ["feed"], registry=registry)

        self._problems = Gauge("spm_problems", "Problems by what became of them since figures are kept: opened, reopened, and how they ended (cancelled: false alarms).", ["state"], registry=registry)
        self._causes = Gauge("spm_problems_by_cause", "Problems restored and closed, by the probable cause of their located cause; the first 32 met, then others.", ["cause"], registry=registry)
        self._times = Gauge("spm_problem_seconds", "How long it took from the earliest alarm of a problem to detect, locate and restore it, of all that were restored and closed.", ["phase", "value"], registry=registry)
        self._promises = Gauge("spm_problem_promises", "Restored problems by whether they were restored by the first time of restoration that was told.", ["kept"], registry=registry)

        self._clocks = Gauge("spm_sla_clocks", "Affected products by how the clock of their SLA stands: running, paused, warned, violated.", ["state"], registry=registry)
        self._ended = Gauge("spm_sla_clocks_ended", "Impacts by what became of their time to restore, since figures are kept: kept, violated.", ["outcome"], registry=registry)
        self._levels = Gauge("spm_problems_by_escalation", "Open problems for which a clock ran or somebody was told, by level of escalation.", ["level"], registry=registry)
        self._next = Gauge("spm_sla_next_due_seconds", "Event time at which the next clock passes a step (warning, escalation, violation), seconds since the epoch; 0: none runs.", ["partition"], registry=registry)

        self._breaker = Gauge("spm_breaker_latched", "1 while the breaker lets no command through; an operator must reset it.", registry=registry)
        self._halted = Gauge("spm_commands_halted", "1 while an operator halts all restoration commands.", registry=registry)
        self._commands = Gauge("spm_command_results", "Results of restoration commands that still count for the breaker, by outcome.", ["outcome"], registry=registry)
        self._unaccepted = Gauge("spm_reports_unaccepted", "Trouble reports that nobody had accepted in time, since figures are kept.", registry=registry)
        self._updates = Gauge("spm_report_updates", "What the ticketing system said of trouble reports, by how it was answered: done, refused.", ["answer"], registry=registry)

    def update(self, parts: Iterable[Any]) -> None:
        """Take the figures from the engine's owned partitions."""
        counts: Counter[str] = Counter()
        alarms: Counter[str] = Counter()
        unresolved: Counter[str] = Counter()
        clocks, ended, levels = Counter(dict.fromkeys(STATES, 0)), Counter({"kept": 0, "violated": 0}), [0] * 11
        reports: Counter[str] = Counter()
        for part in parts:
            if hasattr(part, "report_figures") and (row := part.report_figures.get(ALL)) is not None:
                reports.update(unaccepted=row.unaccepted, done=row.done, refused=row.refused)
            if hasattr(part, "clock_figures"):
                self._next.labels(part.partition).set(part.next_due / 1e6)
                row = part.clock_figures.get(ALL) or ClockFigures()
                clocks.update(dict(zip(STATES, row.now, strict=True)))
                ended.update(kept=row.kept, violated=row.violated)
            if hasattr(part, "level_figures"):
                levels = [count + more for count, more in zip(levels, (part.level_figures.get(ALL) or LevelFigures()).open, strict=True)]
            if hasattr(part, "dispositions"):
                counts.update({key: row.n for key, row in part.dispositions.prefix("", _SHOWN)})
            if hasattr(part, "networks_seen"):
                seen = part.networks_seen.get("")
                self._moving.labels(part.partition).set(seen is not None and bool(seen.due))
            if hasattr(part, "command_guard") and (guard := part.command_guard.get(GUARD)) is not None:
                self._guard(guard)
            if hasattr(part, "figures") and (row := part.figures.get(ALL)) is not None:
                self._figures(row)
            if hasattr(part, "feed_clock"):
                for feed, row in part.feed_clock.prefix("", _SHOWN):
                    counts.update(row.dispositions)
                    self._paused.labels(feed, part.partition).set(row.paused)
                    self._clock.labels(feed, part.partition).set(row.clock / 1e6)
                    self._alarms.labels(feed, part.partition).set(row.alarms)
                    self._unresolved.labels(feed, part.partition).set(row.unresolved)
                    alarms[feed] += row.alarms
                    unresolved[feed] += row.unresolved
        for feed, count in alarms.items():
            self._share.labels(feed).set(unresolved[feed] / count if count else 0.0)
        for gauge, found in ((self._clocks, clocks), (self._ended, ended)):
            for word, count in found.items():
                gauge.labels(word).set(count)
        self._unaccepted.set(reports["unaccepted"])
        for word in ("done", "refused"):
            self._updates.labels(word).set(reports[word])
        for level, count in enumerate(levels):
            self._levels.labels(level).set(count)
        for disposition, count in counts.items():
            self._dispositions.labels(disposition).set(count)

    def _guard(self, guard: Guard) -> None:
        """Show whether commands may go out, and how the last ones ended."""
        self._breaker.set(bool(guard.latched_at))
        self._halted.set(bool(guard.halted_by))
        failed = sum(result.failed for result in guard.results)
        self._commands.labels("failed").set(failed)
        self._commands.labels("restored").set(len(guard.results) - failed)

    def _figures(self, row: Figures) -> None:
        """Show what stage 6 has counted of problems; one worker has its partition."""
        for state, count in (("opened", row.opened), ("reopened", row.reopened), *row.ended):
            self._problems.labels(state).set(count)
        for cause, count in row.causes:
            self._causes.labels(cause).set(count)
        for phase, spread in (("detect", row.detect), ("locate", row.locate), ("restore", row.restore)):
            for value, span in (("mean", spread.mean), ("median", spread.within(0.5)), ("p90", spread.within(0.9)), ("most", spread.most)):
                self._times.labels(phase, value).set(span / SECOND)
        self._promises.labels("true").set(row.kept)
        self._promises.labels("false").set(row.promised - row.kept)
