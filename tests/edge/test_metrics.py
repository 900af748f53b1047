"""What Prometheus is told of feeds and of records on the move."""

from prometheus_client import CollectorRegistry

from streams.domain import correlate, oversee
from streams.domain.figures import ALL, Figures, Spread
from streams.domain.instant import SECOND
from streams.domain.rehome import NetworkSeen
from streams.edge.metrics import ProcessorMetrics
from tests.builders import MemoryView
from tests.edge.test_intake import Feeder, an_input


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
