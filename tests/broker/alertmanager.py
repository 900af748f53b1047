"""A real Alertmanager of a test: Debian's package, fetched once into the user's cache, run with one webhook to call.

Nothing is installed but a link to its templates: the package is unpacked beside Kafka's jars. Where there is no apt, or no network, it says so.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from streams.engine.jars import free_port
from tests.broker.debian import FETCHED, NoPackage, program
from tests.broker.served import served

NAME = "prometheus-alertmanager"
TEMPLATES = Path("/usr/share/prometheus/alertmanager")
CONFIG = """
route:
  receiver: spm
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
receivers:
  - name: spm
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


class NoAlertmanager(Exception):
    """There is none here and none can be fetched; the message says why."""


def binary() -> Path:
    """Return the program: installed, kept from before, or fetched now."""
    try:
        found = program(NAME)
    except NoPackage as why:
        raise NoAlertmanager(str(why)) from None
    if FETCHED / NAME in found.parents:
        _lend_templates(FETCHED / NAME)
    return found


def _lend_templates(folder: Path) -> None:
    """Have Debian's build find its default template: it looks for it where the package would have been installed, and nowhere else."""
    if TEMPLATES.exists():
        return
    try:
        TEMPLATES.parent.mkdir(parents=True, exist_ok=True)
        fresh = TEMPLATES.with_name(f"{TEMPLATES.name}.{os.getpid()}")      # Another process may do the same just now.
        fresh.symlink_to(folder / TEMPLATES.relative_to("/"))
        fresh.replace(TEMPLATES)
    except OSError as error:
        raise NoAlertmanager(f"{NAME} has to find {TEMPLATES}, which only root may put there ({error.strerror}): apt install {NAME}") from None


class Alertmanager:
    """One that runs."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        self._api = f"http://{self.address}/api/v2"

    def tell(self, *alerts: dict[str, Any]) -> None:
        """Have it told of alerts, as Prometheus tells it."""
        with urlopen(Request(f"{self._api}/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"}), timeout=10):
            pass


@contextmanager
def alertmanager(webhook: str, folder: Path) -> Iterator[Alertmanager]:
    """Run one that calls `webhook`; NoAlertmanager where there is none."""
    server, port = binary(), free_port()
    (folder / "alertmanager.yml").write_text(CONFIG.format(url=webhook))
    options = ["--config.file", folder / "alertmanager.yml", "--storage.path", folder / "alertmanager", "--web.listen-address", f"127.0.0.1:{port}", "--cluster.listen-address="]
    with served([server, *options], folder / "alertmanager.log", f"http://127.0.0.1:{port}/api/v2/status"):
        yield Alertmanager(port)
