"""A small installation that a page is carried out on: topics and group of its own, workers, alarms, and what must hold afterwards.

What an operator's site has and a page takes for granted stands in `bin/`: `start` and `stop` a worker, `send` alarms, `wait-for`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streams.engine.jars import cache
from tests.runbooks.page import Page

ROOT = Path(__file__).parents[2]
BIN = Path(__file__).parent / "bin"
OBJECTS = [f"olt-{n}" for n in range(1, 9)]
PATIENCE = 90.0
TOOLS = {
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand", "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand", "connect-mirror-maker.sh": "org.apache.kafka.connect.mirror.MirrorMaker"}
"""Kafka's own tools -> their class: the jars come without scripts."""
_HEAP = {"connect-mirror-maker.sh": "384m"}


def topology(feed: str) -> dict[str, Any]:
    """Describe eight lines, each in a domain of its own, with a service and a customer on each."""
    inboxes = ("alarm-events", "problem-changes", "problem-inbox", "service-effects")
    return {
        "feeds": [{"topic": feed, "format": "tmf642"}], "streams": {topic: {"partitions": 4} for topic in (feed, *inboxes)},
        "network": {
            "resources": [{"id": name, "type": "olt", "site": f"site-{name}"} for name in OBJECTS],
            "dependencies": [{"from": f"svc-{name}", "to": name} for name in OBJECTS]},
        "services": [{"id": f"svc-{name}"} for name in OBJECTS],
        "products": [{"id": f"prod-{name}", "service": f"svc-{name}", "customer": f"cust-{name}"} for name in OBJECTS]}


class Site:
    """One installation in a folder."""

    def __init__(self, bootstrap: str, folder: Path, described: Callable[[str], dict[str, Any]] = topology, jars: Callable[[str], Path] = lambda tool: cache()) -> None:
        """`described`: feed -> topology.yaml's content; `jars`: a tool's name -> where its jars are."""
        name = f"r{uuid.uuid4().hex[:8]}"
        self.folder, self.feed = folder, f"{name}-alarms"
        (folder / "bin").mkdir(parents=True)
        (folder / "topology.yaml").write_text(json.dumps(described(self.feed), indent=1))
        self._tools(folder / "bin", jars)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")} | {
            "PATH": f"{folder / 'bin'}:{BIN}:{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "SITE": str(folder), "FEED": self.feed,
            "SPM_BOOTSTRAP": bootstrap, "SPM_TOPOLOGY": str(folder / "topology.yaml"), "SPM_GROUP": f"{name}-g", "SPM_PREFIX": f"{name}-", "SPM_PROBE_SECONDS": "2"}

    def _tools(self, folder: Path, jars: Callable[[str], Path]) -> None:
        for name, java in TOOLS.items():
            (folder / name).write_text(f'#!/bin/sh\nexec java -Xmx{_HEAP.get(name, "128m")} -cp "{ROOT}/deploy/kafka:{jars(name)}/*" {java} "$@"\n')
        (folder / "spm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m streams "$@"\n')
        for path in folder.iterdir():
            path.chmod(0o755)

    def run(self, script: str, patience: float = PATIENCE * 10) -> subprocess.CompletedProcess[str]:
        """Have a shell carry something out in the site's folder."""
        process = subprocess.Popen(["bash", "-c", script], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            told, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            told, _ = process.communicate()
            told += f"\nnot done after {patience:.0f} s"
        return subprocess.CompletedProcess(script, process.returncode, told, "")

    def need(self, script: str) -> str:
        done = self.run("set -euo pipefail\n" + script)
        assert done.returncode == 0, f"{script}: status {done.returncode}\n{done.stdout[-4000:]}{self.logs()}"
        return done.stdout

    def logs(self) -> str:
        return "".join(f"\n--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in sorted(self.folder.glob("*.log")))

    def begin(self) -> None:
        """Bring the site up: topics, two workers, and a fault of two objects."""
        self.need("spm topics apply > topics.txt\nstart w1 w2\nsend raise olt-1 olt-2\nwait-for open olt-1 olt-2")

    def carry_out(self, page: Page) -> str:
        """Carry a page out; AssertionError, with what was said, where a command fails."""
        return self.need(page.script)

    def verify(self) -> None:
        """What holds after every task: what stood stands, what is new is heard, what clears is cleared, and tables and topics agree."""
        self.need("start w1 w2\nsend raise olt-3\nwait-for open olt-1 olt-2 olt-3\nsend clear olt-1\nwait-for gone olt-1\nwait-for open olt-2 olt-3\nwait-for agreement")

    def end(self) -> None:
        """End what was started here."""
        for path in self.folder.glob("*.pid"):
            try:
                os.killpg(int(path.read_text()), signal.SIGKILL)
            except (ProcessLookupError, ValueError):
                continue        # It had ended.
        time.sleep(0.2)
        shutil.rmtree(self.folder, ignore_errors=True)
