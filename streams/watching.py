"""Everything by which one processor is seen from outside: figures read off its state, decisions counted, logged and traced."""

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry

from streams.edge.metrics import ProcessorMetrics
from streams.edge.tracing import NoTracing, Tracing, to_endpoint
from streams.edge.witness import Witness
from streams.settings import Settings, SettingsError


class Watching:
    """One a process; SettingsError where traces are wanted and cannot be made."""

    def __init__(self, settings: Settings, registry: CollectorRegistry, feeds: Iterable[str]) -> None:
        self._figures = ProcessorMetrics(registry, feeds)
        self._tracing: Tracing | None = None
        if settings.traces_endpoint is not None:
            try:
                self._tracing = to_endpoint(settings.traces_endpoint, settings.instance)
            except NoTracing as error:
                raise SettingsError(str(error)) from None
        self.witness = Witness(registry, self._tracing.hear if self._tracing is not None else None)

    def look(self, parts: Iterable[Any]) -> None:
        """Bring figures up to date, and write log lines that are due."""
        self._figures.update(parts)
        self.witness.tell_letters()

    def close(self) -> None:
        """Send what is left to be traced."""
        if self._tracing is not None:
            self._tracing.close()
