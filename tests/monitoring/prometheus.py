"""A real Prometheus of a test, and promtool: Debian's package, as tests/broker/debian.py fetches it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from streams.engine.jars import free_port
from tests.broker.debian import program
from tests.broker.served import served

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"


def promtool(*words: object) -> subprocess.CompletedProcess[str]:
    """Run promtool; NoPackage where there is none."""
    return subprocess.run([program("prometheus", "promtool"), *map(str, words)], check=False, capture_output=True, text=True, timeout=120)


class Prometheus:
    """One that runs."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, path: str, **parameters: object) -> Any:
        """Call its API; return `data`."""
        with urlopen(f"{self.url}/api/v1/{path}?{urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return what an expression comes to now."""
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        return {alert["labels"]["alertname"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"}


@contextmanager
def prometheus(folder: Path, config: str) -> Iterator[Prometheus]:
    """Run one with this configuration, its data in `folder`; NoPackage where there is none."""
    server, port = program("prometheus"), free_port()
    (folder / "prometheus.yml").write_text(config)
    options = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}"]
    with served([server, *options], folder / "prometheus.log", f"http://127.0.0.1:{port}/-/ready"):
        yield Prometheus(port)
