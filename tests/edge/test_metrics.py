"""What Prometheus is told of feeds and of records on the move."""

import logging

import pytest
from prometheus_client import CollectorRegistry

from streams.domain import correlate, oversee
from streams.domain.breaker import Guard, Result
from streams.domain.figures import ALL, Figures, Spread
from streams.domain.instant import SECOND
from streams.domain.overseen import GUARD
from streams.domain.rehome import NetworkSeen
from streams.edge.metrics import ProcessorMetrics
from tests.builders import MemoryView, at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down
from tests.domain.test_jeopardy import begun, escalation, the_clock
from tests.domain.test_jeopardy_service import Watched
from tests.domain.test_report_update import update
from tests.edge.feeder import Feeder, an_input


def test_the_share_of_a_feed_that_did_not_resolve_and_records_on_the_move() -> None:
    registry = CollectorRegistry()
    feeder, stage = Feeder(), MemoryView({name: due for name, (_, due, _) in correlate.TABLES.items()})
    for name in ("node-1", "node-2", "stranger", "node-1/2"):
        feeder.send(an_input(name))
    metrics = ProcessorMetrics(registry)

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    stage.tables["networks-seen"].put("", NetworkSeen("v2", 1, due=5))
    metrics.update([feeder.view, stage])
    assert told("spm_feed_unresolved_share", feed="raw-alarms") == 0.25
    assert (told("spm_feed_alarms", feed="raw-alarms", partition="0"), told("spm_feed_unresolved_alarms", feed="raw-alarms", partition="0")) == (4.0, 1.0)
    assert told("spm_records_to_move", partition="0") == 1.0

    stage.tables["networks-seen"].put("", NetworkSeen("v2", 1))
    metrics.update([feeder.view, stage])
    assert told("spm_records_to_move", partition="0") == 0.0


def test_what_became_of_problems_and_how_long_it_took() -> None:
    registry = CollectorRegistry()
    stage = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
    stage.tables["figures"].put(ALL, Figures(
        opened=4, ended=(("cleared", 2), ("cancelled", 1)), causes=(("lossOfSignal", 2),), reopened=1, restore=Spread().plus(600 * SECOND).plus(1800 * SECOND), promised=2, kept=1))
    ProcessorMetrics(registry).update([stage])

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert (4.0, 2.0, 1.0) == tuple(told("spm_problems", state=state) for state in ("opened", "cleared", "cancelled"))
    assert (1200.0, 1800.0) == (told("spm_problem_seconds", phase="restore", value="mean"), told("spm_problem_seconds", phase="restore", value="most"))
    assert (2.0, 1.0, 1.0) == (told("spm_problems_by_cause", cause="lossOfSignal"), told("spm_problem_promises", kept="true"), told("spm_problem_promises", kept="false"))


def test_clocks_by_how_they_stand_and_problems_by_level_of_escalation() -> None:
    registry = CollectorRegistry()
    service, stage = Watched(), begun()
    service.holds("p", "olt-1", "olt-2", when="10:00")
    stage.hears(the_clock(news=[escalation(3, "noc")]))
    metrics = ProcessorMetrics(registry)

    def told(name: str, **labels: str) -> float | None:
        metrics.update([service.view, stage.view])
        return registry.get_sample_value(name, labels)

    assert (told("spm_sla_clocks", state="running"), told("spm_problems_by_escalation", level="3")) == (2.0, 1.0)
    assert told("spm_sla_next_due_seconds", partition="0") == at("13:00") / SECOND
    service.waits_until("14:00")
    assert [told("spm_sla_clocks", state=state) for state in ("running", "warned", "violated")] == [0.0, 0.0, 2.0]
    service.holds("p", when="14:30")
    stage.hears(all_clear("14:30"))
    stage.waits_until("18:00")

    assert [told("spm_sla_clocks_ended", outcome=outcome) for outcome in ("kept", "violated")] == [0.0, 2.0]
    assert (told("spm_sla_clocks", state="violated"), told("spm_problems_by_escalation", level="3")) == (0.0, 0.0)


def test_whether_commands_may_go_out_and_how_the_last_ones_ended() -> None:
    registry = CollectorRegistry()
    stage = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
    metrics = ProcessorMetrics(registry)
    names = ("spm_breaker_latched", "spm_commands_halted")
    for guard, expected in ((Guard(halted_by="ann", latched_at=5, results=(Result(1, True), Result(2, True), Result(3, False))), (1.0, 1.0)), (Guard(), (0.0, 0.0))):
        stage.tables["command-guard"].put(GUARD, guard)
        metrics.update([stage])

        assert expected == tuple(registry.get_sample_value(name) for name in names)
        assert len(guard.results) == sum(registry.get_sample_value("spm_command_results", {"outcome": outcome}) or 0.0 for outcome in ("failed", "restored"))


def test_that_the_breaker_latches_and_is_reset_is_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    stage = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
    metrics = ProcessorMetrics(CollectorRegistry())
    with caplog.at_level(logging.WARNING):
        for guard in (Guard(), Guard(), Guard(latched_at=5, latched_why="3 of the last 5 commands failed"), Guard(latched_at=5), Guard()):
            stage.tables["command-guard"].put(GUARD, guard)
            metrics.update([stage])

    assert [(record.getMessage(), record.told) for record in caplog.records] == [("breaker latched", {"why": "3 of the last 5 commands failed"}), ("breaker reset", {})]


def test_reports_that_nobody_accepts_and_what_the_ticketing_system_says_are_counted() -> None:
    registry = CollectorRegistry()
    stage = Managed(SOLD)
    stage.hears(diagnosed(**down("svc")))
    stage.hears(update("10:05", status="closed"))
    stage.hears(update("10:06", person="Eva"))
    stage.waits_until("18:00")
    ProcessorMetrics(registry).update([stage.view])

    assert registry.get_sample_value("spm_reports_unaccepted") == 1.0, "the request to work on it"
    assert [registry.get_sample_value("spm_report_updates", {"answer": word}) for word in ("done", "refused")] == [1.0, 1.0]
