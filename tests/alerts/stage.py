"""A running processor that is watched: real Kafka, real workers with their metrics ports, a real Prometheus and a real Alertmanager."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

from confluent_kafka import Producer

from streams.engine.jars import free_port
from tests.alerts.hurried import CONFIG, lay_rules
from tests.broker.alertmanager import alertmanager
from tests.broker.served import end
from tests.chaos.run import Run
from tests.monitoring.prometheus import Prometheus, prometheus

ROOT = Path(__file__).parents[2]
AREAS = range(1, 9)
Json = dict[str, Any]


def topology(feed: str) -> Json:
    """Eight paths with a service each, a bank that wants its service back within seconds, three homes; a feed of their own for what is bad."""
    resources = [{"id": f"path-{n}", "type": "path", "domain": f"area-{n}"} for n in AREAS]
    depends = [{"from": f"svc-{n}", "to": f"path-{n}", "kind": "connected"} for n in AREAS]
    services = [{"id": f"svc-{n}", "type": "vpn"} for n in AREAS]
    resources += [{"id": "span-7", "type": "span", "domain": "east"}, *({"id": f"ont-{n}", "type": "ont", "domain": f"street-{n}"} for n in range(4))]
    depends += [{"from": "svc-bank", "to": "span-7"}, *({"from": f"svc-home-{n}", "to": f"ont-{n}"} for n in range(4))]
    services += [{"id": "svc-bank", "type": "vpn"}, *({"id": f"svc-home-{n}", "type": "internet"} for n in range(4))]
    products = [{"id": "prod-bank", "service": "svc-bank", "customer": "old-town-bank", "sla": "gold"}]
    products += [{"id": f"home-{n}", "service": f"svc-home-{n}", "customer": f"cust-{n}"} for n in range(4)]
    return {
        "mode": "act",
        "feeds": [{"topic": feed, "format": "tmf642"}, {"topic": f"{feed}-bad", "format": "tmf642"}, {"topic": f"{feed}-quiet", "format": "tmf642", "silent_after": "4s"}],
        "streams": {name: {"partitions": 2} for name in (feed, f"{feed}-bad", f"{feed}-quiet", "alarm-events", "problem-changes", "problem-inbox", "service-effects")},
        "network": {"resources": resources, "dependencies": depends},
        "services": services, "products": products, "slas": {"gold": {"restore_within": "12s", "warn_at": "50%"}},
        "restoration": [{"cause": "lossOfSignal", "on_type": "path", "action": "reroute", "attempts": 1}],
        "policy": {"oversee": {"breaker_commands": 4, "breaker_window": "1h"}},
    }


def alarm(object_: str, cause: str = "lossOfSignal", severity: str = "critical", ahead: float = 0.0, cleared: bool = False) -> bytes:
    """Write a TMF642 alarm of now."""
    at = (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat()
    return json.dumps({
        "id": f"{object_}:{cause}", "alarmType": "communicationsAlarm", "perceivedSeverity": "cleared" if cleared else severity, "probableCause": cause,
        "alarmedObject": {"id": object_}, "state": "cleared" if cleared else "raised", "alarmClearedTime" if cleared else "alarmRaisedTime": at}).encode()


class Processor:
    """One `spm worker`, or `spm gateway`, process with a metrics port."""

    def __init__(self, run: Run, folder: Path, name: str, what: str = "worker") -> None:
        self.port, self.name, self.what, self.log = free_port(), name, what, folder / f"{name}.log"
        settings = run.settings
        told = {"bootstrap": run.bootstrap, "topology": settings.topology, "group": settings.group, "prefix": settings.prefix, "data": folder / "state" / name, "instance": name, "metrics_port": self.port, "http_port": 0 if what == "worker" else free_port(), "probe_seconds": 1}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SPM_")}
        self._environment = kept | {f"SPM_{key.upper()}": str(value) for key, value in told.items()}
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "streams", self.what], cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def tend(self) -> None:
        """Start again after status 70, as a supervisor does."""
        if self.process.poll() == 70:
            self.start()

    def is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def signal(self, number: int) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, number)

    def end(self) -> None:
        self.signal(signal.SIGCONT)
        end(self.process)


class Stage:
    """All of it; `alerts` are those that the Alertmanager has."""

    def __init__(self, run: Run, folder: Path, watching: Prometheus, alertmanager_port: int) -> None:
        self.run, self.folder, self.prometheus, self._alertmanager = run, folder, watching, alertmanager_port
        self.workers: dict[str, Processor] = {}
        self.producer = Producer({"bootstrap.servers": run.bootstrap, "log_level": 0, "linger.ms": 5, "message.timeout.ms": 120_000})

    def worker(self, name: str, what: str = "worker") -> Processor:
        """Start a worker (or a gateway) and have it watched."""
        made = self.workers[name] = Processor(self.run, self.folder, name, what)
        self._write_targets()
        return made

    def forget(self, name: str) -> None:
        """End a worker and have it watched no more."""
        self.workers.pop(name).end()
        self._write_targets()

    def _write_targets(self) -> None:
        targets = [{"targets": [f"127.0.0.1:{worker.port}"], "labels": {"job": f"spm-{worker.what}", "instance": worker.name}} for worker in self.workers.values()]
        made = self.folder / "targets.new"
        made.write_text(json.dumps(targets))
        made.rename(self.folder / "targets.json")

    def wait_ready(self, name: str, patience: float = 60.0) -> None:
        worker, until = self.workers[name], monotonic() + patience
        while not worker.is_ready():
            worker.tend()
            assert monotonic() < until, worker.log.read_text()[-3000:]
            sleep(0.2)

    def feed(self, lines: Iterable[bytes], to: str = "", key: str = "area-1") -> None:
        """Write alarms into the feed, or into another of its kind."""
        for line in lines:
            self.producer.produce(self.run.feed + to, line, key)
            self.producer.poll(0)
        self.producer.flush(60)

    def ask(self, topic: str, request: Json) -> None:
        """Write a request."""
        self.producer.produce(topic, json.dumps(request).encode())
        self.producer.flush(60)

    def told(self, topic: str) -> list[Json]:
        """Return what was told on an output topic."""
        return [record.value for record in self.run.read([topic])[topic] if record.value is not None]

    def alerts(self) -> dict[str, Json]:
        """Return the alerts that Alertmanager has, the last of each name."""
        try:
            with urlopen(f"http://127.0.0.1:{self._alertmanager}/api/v2/alerts?active=true", timeout=5) as answer:
                return {alert["labels"]["alertname"]: alert for alert in json.load(answer)}
        except OSError:
            return {}

    def wait_fired(self, name: str, patience: float = 90.0) -> tuple[float, Json]:
        """Wait until Alertmanager has an alert; return how long that took, and the alert."""
        began = monotonic()
        while (alert := self.alerts().get(name)) is None:
            for worker in list(self.workers.values()):
                worker.tend()
            assert monotonic() - began < patience, f"{name} does not fire; firing: {self.prometheus.firing()}"
            sleep(0.2)
        return monotonic() - began, alert


@contextmanager
def stage(bootstrap: str, folder: Path, described: Callable[[str], Json] = topology) -> Iterator[Stage]:
    """Set everything up but the workers; ends all of it. `described`: the topology, by the name of its feed."""
    run = Run(bootstrap, folder / "run", described, clock="wall")
    targets = folder / "targets.json"
    targets.write_text("[]")
    with ExitStack() as open_:
        # Whom Alertmanager tells is not looked at here: a port where nobody listens.
        running = open_.enter_context(alertmanager("http://127.0.0.1:9", folder))
        where = running.address
        watching = open_.enter_context(prometheus(folder, CONFIG.format(rules=lay_rules(folder), alertmanager=where, targets=targets)))
        made = Stage(run, folder, watching, int(where.rpartition(":")[2]))
        try:
            yield made
        finally:
            ending = [threading.Thread(target=worker.end) for worker in made.workers.values()]
            for thread in ending:
                thread.start()
            for thread in ending:
                thread.join()
