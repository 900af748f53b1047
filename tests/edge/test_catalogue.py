"""Every figure that is shown is declared, every declared one is shown, the page of them is up to date, and labels are bounded."""

import asyncio
import json
import logging
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from streams.app import Embedded, serve_metrics
from streams.catalogue import ALL, GATEWAY, WORKER, page
from streams.catalogue.made import Sheet, counter, declared
from streams.edge.gateway.figures import GatewayFigures
from streams.edge.logs import JsonLines
from streams.edge.story import read_story
from streams.edge.topology_file import from_text
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]
STORY = ROOT / "tests" / "scenarios" / "five-alarms.yaml"
FORBIDDEN = {"problem", "object", "customer", "product", "service", "alarm", "source", "instance"}
"""Labels whose values outside makes up, or as many of them as there are things."""


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, list[tuple[str, dict[str, str], float]]]]:
    """What a worker shows after a story with a dead letter: name -> type and samples."""
    story = read_story(STORY)
    topology = from_text(story.topology)
    registry: list[CollectorRegistry] = []

    async def run() -> None:
        embedded = Embedded(topology, "event")
        engine = embedded.processor.engine
        serve_metrics(read_settings(metrics_port=0), engine, [feed.topic for feed in topology.feeds])
        await embedded.start()
        for given in story.inputs:
            if not given.topic:
                await embedded.feed(topology.feeds[0].topic, [given.line])
                await embedded.settle()
        await embedded.feed(topology.feeds[0].topic, [b"no alarm"])
        embedded.mark(story.until)
        await embedded.settle()
        engine.figures.update()
        registry.append(engine.metrics.registry)
        await embedded.stop()

    asyncio.run(run())
    families = text_string_to_metric_families(generate_latest(registry[0]).decode())
    return {family.name: {family.type: [(sample.name, dict(sample.labels), sample.value) for sample in family.samples]} for family in families}


def test_a_worker_shows_what_is_declared_and_nothing_else(shown: dict) -> None:  # type: ignore[type-arg]
    assert {metric.family: metric.kind for metric in WORKER} == {name: next(iter(of)) for name, of in shown.items()}


def test_a_gateway_shows_what_is_declared_and_nothing_else() -> None:
    registry = CollectorRegistry()
    GatewayFigures(registry)

    assert {metric.family: metric.kind for metric in GATEWAY} == {family.name: family.type for family in registry.collect()}


def test_labels_are_those_declared_and_name_no_things(shown: dict) -> None:  # type: ignore[type-arg]
    metrics = {metric.family: metric for metric in WORKER}
    for name, of in shown.items():
        for _, labels, _ in next(iter(of.values())):
            assert set(labels) - {"le"} == set(metrics[name].labels), name

    assert not any(FORBIDDEN & set(metric.labels) for metric in ALL)


def test_no_figure_has_more_series_than_declared() -> None:
    registry = CollectorRegistry()
    sheet = Sheet(["spm_sla_clocks"], registry)
    for n in range(20):
        sheet.add("spm_sla_clocks", 1, f"state-{n}")
    sheet.publish()
    samples = [sample for family in registry.collect() for sample in family.samples]

    assert len(samples) == declared("spm_sla_clocks", "gauge").most + 1, "four, and the others"
    assert sum(sample.value for sample in samples) == 20
    assert samples[-1].labels == {"state": "others"}


def test_what_a_look_does_not_find_any_more_is_not_shown() -> None:
    registry = CollectorRegistry()
    sheet = Sheet(["spm_lag_records"], registry)
    sheet.put("spm_lag_records", 5, "alarm-events", 3)
    sheet.publish()
    assert registry.get_sample_value("spm_lag_records", {"topic": "alarm-events", "partition": "3"}) == 5
    sheet.publish()

    assert registry.get_sample_value("spm_lag_records", {"topic": "alarm-events", "partition": "3"}) is None


def test_what_is_not_declared_cannot_be_counted() -> None:
    for name in ("spm_anything_total", "spm_ready"):
        with pytest.raises(KeyError):
            counter(name, CollectorRegistry())


def test_every_figure_says_what_it_means_and_what_to_do_about_it_once() -> None:
    assert len({metric.name for metric in ALL}) == len(ALL)
    for metric in ALL:
        assert metric.meaning.endswith(".") and metric.remedy.endswith("."), metric.name
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name


def test_the_page_of_figures_is_up_to_date() -> None:
    assert (ROOT / "deploy" / "monitoring" / "METRICS.md").read_text() == "\n".join(page.lines()) + "\n", "python -m streams.catalogue.page > deploy/monitoring/METRICS.md"


def test_what_a_story_came_to_is_counted(shown: dict) -> None:  # type: ignore[type-arg]
    def told(name: str, **labels: str) -> float:
        return sum(value for _, found, value in next(iter(shown[name].values())) if labels.items() <= found.items())

    assert told("spm_problems_open", status="inProgress") == told("spm_problems_open_by_priority", priority="1") == 1
    assert told("spm_problems_undiagnosed") == 0
    assert told("spm_products_impacted", impact="down") == 1
    assert told("spm_dead_letters", reason="not-json") == told("spm_dispositions", disposition="refused:not-json") == 1
    assert told("spm_problem_changes", change="created") == 1
    assert told("spm_commands", kind="issued") >= 1
    assert told("spm_hottest_domain_share") > 0.5


def test_a_log_line_has_what_was_told_by_name() -> None:
    record = logging.LogRecord("streams.edge.witness", logging.INFO, "", 0, "problem opened", (), None)
    record.told = {"problem": "p-1", "trace_id": "0af7651916cd43dd8448eb211c80319c"}
    line = json.loads(JsonLines().format(record))

    assert (line["say"], line["problem"], line["trace_id"]) == ("problem opened", "p-1", "0af7651916cd43dd8448eb211c80319c")
