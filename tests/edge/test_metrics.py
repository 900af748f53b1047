"""What Prometheus is told of feeds and of records on the move."""

from prometheus_client import CollectorRegistry

from streams.domain import correlate
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
