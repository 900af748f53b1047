"""Trace contexts go from a feed's headers through a problem to its outputs, its log lines and its spans; without any nothing is added."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry

from streams.app import Embedded, serve_metrics
from streams.domain.instant import MINUTE, SECOND, iso
from streams.edge.decisions import Decision
from streams.edge.topology_file import from_text
from streams.edge.trace_context import trace_of, well_formed
from streams.edge.tracing import Tracing, derived, to_endpoint
from streams.edge.witness import Witness
from streams.engine.record import Output
from streams.settings import read_settings
from tests.builders import at

TOPOLOGY = {
    "mode": "act",
    "network": {"resources": [{"id": "olt-1", "type": "olt", "domain": "east"}, *({"id": f"ont-{n}", "type": "ont", "domain": "east"} for n in range(14))],
                "dependencies": [{"from": f"ont-{n}", "to": "olt-1", "kind": "connected"} for n in range(14)] + [{"from": "svc", "to": "olt-1"}]},
    "services": [{"id": "svc", "type": "internet"}],
    "restoration": [{"cause": "lossOfSignal", "on_type": "olt", "action": "reboot"}],
}


def context(n: int) -> str:
    return f"00-{n + 1:032x}-{n + 1:016x}-01"


def alarm(object_: str, when: int) -> bytes:
    return json.dumps({"id": f"{object_}:los", "alarmType": "communicationsAlarm", "perceivedSeverity": "critical", "probableCause": "lossOfSignal",
                       "alarmedObject": {"id": object_}, "state": "raised", "alarmRaisedTime": iso(when)}).encode()


def told(traced: bool) -> list[Output]:
    """Let an OLT and what hangs on it fail, each alarm with a trace context of its own or none; return all outputs."""
    found: list[Output] = []

    async def run() -> None:
        topology = from_text(json.dumps(TOPOLOGY))
        embedded = Embedded(topology, "event", None, lambda output, partition: found.append(output))
        await embedded.start()
        start = at("10:00")
        for n, name in enumerate(("olt-1", *(f"ont-{n}" for n in range(14)))):
            headers = (("traceparent", context(n).encode()),) if traced else ()
            embedded.log.append(topology.feeds[0].topic, [(0, b"east", alarm(name, start + n * SECOND), headers)])
            await embedded.settle()
        embedded.mark(start + 5 * MINUTE)
        await embedded.settle()
        await embedded.stop()

    asyncio.run(run())
    return found


@pytest.fixture(scope="module")
def outputs() -> list[Output]:
    return told(traced=True)


def test_only_what_is_well_formed_is_a_context() -> None:
    good = context(4)
    assert good == well_formed(good.encode()) == trace_of((("other", b"x"), ("traceparent", good.encode())))
    for bad in (b"", b"00-0-0-01", good.upper().replace("00-", "0A-").encode(), b"ff" + good[2:].encode(), f"00-{0:032x}-{1:016x}-01".encode(), f"00-{1:032x}-{0:016x}-01".encode(), good.encode() + b"\n"):
        assert well_formed(bad) == "", bad


def test_what_is_told_of_a_problem_goes_on_under_its_first_alarms_context_with_eight_links(outputs: list[Output]) -> None:
    problems = [dict(headers) for topic, _, value, _, headers in outputs if topic == "problems" and value is not None]

    assert {headers["traceparent"] for headers in problems} == {context(0).encode()}
    assert problems[-1]["spm-links"].decode().split(",") == [context(n) for n in range(1, 9)]
    commands = [dict(headers) for topic, _, _, _, headers in outputs if topic == "restoration-commands"]
    assert commands and all(headers["traceparent"] == context(0).encode() for headers in commands)


def test_without_contexts_nothing_is_added(outputs: list[Output]) -> None:
    plain = told(traced=False)

    assert {name for _, _, _, _, headers in plain for name, _ in headers} == {"at"}
    assert [(topic, key, value) for topic, key, value, _, _ in plain] == [(topic, key, value) for topic, key, value, _, _ in outputs]


def test_a_decision_has_a_log_line_with_problem_alarm_and_trace(outputs: list[Output], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Witness(CollectorRegistry()).hear(outputs)
    lines: dict[str, dict[str, Any]] = {record.getMessage(): record.told for record in reversed(caplog.records) if hasattr(record, "told")}
    problem = next((key or b"").decode() for topic, key, *_ in outputs if topic == "problems")
    record = next(json.loads(value or b"") for topic, _, value, _, _ in outputs if topic == "alarm-records")

    assert lines["problem opened"]["problem"] == problem and lines["problem opened"]["trace_id"] == context(0).split("-")[1]
    assert lines["problem opened"]["alarm"] == record["event"]["alarm"]["id"]
    assert lines["problem inProgress"]["rootCauseResource"].startswith("olt-1")
    assert (lines["command issued"]["action"], lines["command issued"]["target"], lines["command issued"]["problem"]) == ("reboot", "olt-1", problem)


def test_spans_have_the_first_alarm_as_parent_and_links_to_others(outputs: list[Output]) -> None:
    exporter = InMemorySpanExporter()
    tracing = Tracing(SimpleSpanProcessor(exporter), "w0")
    Witness(CollectorRegistry(), tracing.hear).hear(outputs)
    spans = {span.name: span for span in exporter.get_finished_spans()}
    opened, grown = spans["problem opened"], spans["command issued"]

    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {context(0).split("-")[1]}
    assert opened.parent is not None and f"{opened.parent.span_id:016x}" == context(0).split("-")[2]
    assert opened.start_time == at("10:00") * 1000 < opened.end_time
    assert opened.attributes is not None and opened.attributes["spm.status"] == "acknowledged"
    assert grown.parent is not None and grown.parent.span_id == opened.parent.span_id
    assert max(len(span.links) for span in exporter.get_finished_spans()) <= 8


def test_decisions_of_a_problem_without_context_are_one_trace() -> None:
    exporter = InMemorySpanExporter()
    tracing = Tracing(SimpleSpanProcessor(exporter), "w0")
    for what in ("problem opened", "problem resolved"):
        tracing.hear(Decision(what, "2026-01-01T10:00:00.000Z", {"problem": "p-1"}))
    tracing.hear(Decision("problem opened", "2026-01-01T10:00:00.000Z", {"problem": "p-2"}))

    assert [span.context.trace_id for span in exporter.get_finished_spans()] == [derived("p-1").trace_id] * 2 + [derived("p-2").trace_id]


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Take OTLP over HTTP."""
    taken: list[ExportTraceServiceRequest] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = ExportTraceServiceRequest()
            request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append(request)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Take)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", taken
    finally:
        server.shutdown()
        server.server_close()


def test_a_collector_gets_them_over_http(outputs: list[Output]) -> None:
    with collector() as (endpoint, taken):
        tracing = to_endpoint(endpoint, "w0")
        Witness(CollectorRegistry(), tracing.hear).hear(outputs)
        tracing.close()
    spans = [span for request in taken for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]

    assert {"problem opened", "problem inProgress", "command issued"} <= {span.name for span in spans}
    assert {span.parent_span_id.hex() for span in spans} == {context(0).split("-")[2]}


def test_a_processor_with_an_endpoint_traces_and_one_without_loads_nothing_for_it() -> None:
    topology = from_text(json.dumps(TOPOLOGY))

    async def run(endpoint: str) -> None:
        embedded = Embedded(topology, "event")
        watching = serve_metrics(read_settings(metrics_port=0, traces_endpoint=endpoint), embedded.processor.engine, ())
        await embedded.start()
        await embedded.feed(topology.feeds[0].topic, [alarm("olt-1", at("10:00"))])
        await embedded.settle()
        await embedded.stop()
        watching.close()

    with collector() as (endpoint, taken):
        asyncio.run(run(endpoint))
    assert taken

    said = "import streams.app, streams.gateway, sys; print([name for name in sys.modules if 'opentelemetry' in name])"
    assert subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True).stdout.strip() == "[]"
