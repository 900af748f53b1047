"""An `spm gateway` process of a test, on a port of its own: started, killed, started again. Ends only its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

from streams.engine.jars import free_port
from tests.broker.served import end

ROOT = Path(__file__).parents[2]


class Gate:
    """One gateway."""

    def __init__(self, bootstrap: str, topology: Path, folder: Path, **settings: object) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self.url, self.log = f"http://127.0.0.1:{self.port}", folder / "gateway.log"
        given = {"bootstrap": bootstrap, "topology": topology, "http_port": self.port, "metrics_port": self.metrics_port, "http_rate": 0, "instance": "gate", **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
        self._environment = kept | {f"SPM_{name.upper()}": str(value) for name, value in given.items()}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Gate":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen([sys.executable, "-m", "streams", "gateway"], cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def wait(self, patience: float = 30.0) -> None:
        """Wait until it says that Kafka has its feeds."""
        until = monotonic() + patience
        while not self.health().get("ready"):
            assert self._process is not None and self._process.poll() is None and monotonic() < until, self.log.read_text()[-3000:]
            sleep(0.05)

    def health(self) -> dict[str, Any]:
        try:
            with urlopen(f"{self.url}/health", timeout=5) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except OSError:
            return {}

    def figures(self) -> dict[str, float]:
        """Return the gateway's own figures, by name and labels."""
        with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines) if name.startswith("spm_gateway_")}

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """SIGTERM; return the status."""
        assert self._process is not None
        return end(self._process, 40)
