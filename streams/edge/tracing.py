"""Decisions as OpenTelemetry spans, where an endpoint is set: how long it took from the event to the decision that has landed.

    span   name: the decision; from its event time until it landed; attributes: problem, status, ... as in the log
    parent the trace context of the problem's first alarm; where that came with none, one made of the problem's id, so that
           all decisions of a problem are one trace
    links  the contexts of up to eight more of its alarms

OpenTelemetry is an optional part (`pip install spm[tracing]`) and is imported only here, only then. Spans leave in a thread of
their own; where the collector does not take them they are dropped, and nothing here waits.
"""

from hashlib import sha256
from time import time_ns
from typing import TYPE_CHECKING, Any

from streams.edge.decisions import Decision
from streams.edge.words import time

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import SpanContext

SERVICE = "spm"
NAMED = "spm."
"""Before the name of each attribute."""


class NoTracing(Exception):
    """OpenTelemetry is not installed."""


class Tracing:
    """Makes spans of decisions; `processor` takes them."""

    def __init__(self, processor: "SpanProcessor", instance: str) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._provider = TracerProvider(resource=Resource.create({"service.name": SERVICE, "service.instance.id": instance}), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer(SERVICE)

    def hear(self, decision: Decision) -> None:
        """Make the span of a decision that has landed."""
        from opentelemetry.trace import Link, NonRecordingSpan, set_span_in_context

        parent = context_of(decision.traceparent) or derived(str(decision.of.get("problem") or decision.of.get("alarm") or decision.what))
        links = [Link(context) for trace in decision.links if (context := context_of(trace)) is not None]
        now = time_ns()
        attributes: dict[str, Any] = {NAMED + name: value if isinstance(value, bool | int | float) else str(value) for name, value in decision.of.items()}
        span = self._tracer.start_span(
            decision.what, set_span_in_context(NonRecordingSpan(parent)), attributes=attributes, links=links, start_time=min(time(decision.at) * 1000 or now, now))
        span.end(now)

    def close(self) -> None:
        """Send what is left, for a moment."""
        self._provider.shutdown()


def context_of(traceparent: str) -> "SpanContext | None":
    """Return the span context that a well-formed traceparent names."""
    from opentelemetry.trace import SpanContext, TraceFlags

    parts = traceparent.split("-")
    return SpanContext(int(parts[1], 16), int(parts[2], 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)) if len(parts) == 4 else None


def derived(ident: str) -> "SpanContext":
    """Return a context that follows from an id: whoever tells of the same problem is in the same trace."""
    from opentelemetry.trace import SpanContext, TraceFlags

    made = sha256(ident.encode()).digest()
    return SpanContext(int.from_bytes(made[:16]), int.from_bytes(made[16:24]), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def to_endpoint(endpoint: str, instance: str) -> Tracing:
    """Have spans sent to an OTLP/HTTP collector; NoTracing where OpenTelemetry is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTracing(f"{error.name} is not installed: pip install 'spm[tracing]', or leave SPM_TRACES_ENDPOINT unset") from None
    return Tracing(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=5)), instance)
