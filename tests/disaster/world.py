"""The network that is watched, as it really is: which alarms stand, told as a source tells them, lists included.

It goes on whether or not anybody hears of it; what a restoration command does to it, it does once.
"""

import json
import random
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

Json = dict[str, Any]
SITES, LINES = 40, 3
SOURCE = "nms"
ALWAYS = "olt-0-0"
"""Its alarm always stands: a list that is empty names no source."""


def objects() -> dict[str, str]:
    """Return each watched object and its site."""
    return {f"olt-{site}-{line}": f"site-{site}" for site in range(SITES) for line in range(LINES)}


def topology(feed: str, mode: str = "act") -> Json:
    """Describe the network: each line stands alone, with a service and a customer."""
    inboxes = ("alarm-events", "problem-changes", "problem-inbox", "service-effects")
    action = {"cause": "lossOfSignal", "action": "restart", "attempts": 9, "cooldown": "10s", "within": "20s"}
    return {
        "mode": mode, "feeds": [{"topic": feed, "format": "3gpp", "first_contact": "alarming"}],
        "streams": {topic: {"partitions": 4} for topic in (feed, *inboxes)}, "restoration": [action],
        "policy": {"oversee": {"breaker_commands": 100_000, "breaker_results": 100_000, "target_commands": 100}},
        "network": {
            "resources": [{"id": name, "type": "olt", "site": site} for name, site in objects().items()],
            "dependencies": [{"from": f"svc-{name}", "to": name} for name in objects()]},
        "services": [{"id": f"svc-{name}"} for name in objects()],
        "products": [{"id": f"prod-{name}", "service": f"svc-{name}", "customer": f"cust-{name}"} for name in objects()]}


class Network(threading.Thread):
    """Raises and clears alarms at `rate` a second and tells them to `bootstrap`, until told to end."""

    def __init__(self, feed: str, rate: float, seed: int, orders: Path) -> None:
        super().__init__(daemon=True)
        self._feed, self._rate, self._dice = feed, rate, random.Random(seed)
        self._lock, self._ended = threading.RLock(), threading.Event()
        self._producer: Producer | None = None
        self._orders = orders
        self.raised: dict[str, datetime] = {}
        """Object -> when its alarm was raised: the truth."""
        self.episodes: dict[str, int] = {}
        self.is_calm = False
        """Nothing happens by itself."""
        self.told = self.acknowledged = 0

    def tell_to(self, bootstrap: str | None) -> None:
        """Tell all that follows there; None: nobody hears it."""
        with self._lock:
            self._producer = None if bootstrap is None else Producer({"bootstrap.servers": bootstrap, "log_level": 2, "partitioner": "murmur2_random", "message.timeout.ms": 20_000, "linger.ms": 5})

    def run(self) -> None:
        self._turn(ALWAYS)
        names = [name for name in objects() if name != ALWAYS]
        while not self._ended.wait(1 / self._rate):
            if not self.is_calm:
                self._turn(self._dice.choice(names))
            if self._orders.exists():
                self.tell_list()
                self._orders.unlink()
            if self._producer is not None:
                self._producer.poll(0)

    def end(self) -> None:
        self._ended.set()
        if self.is_alive():
            self.join(10)
        if self._producer is not None:
            self._producer.flush(10)

    def restore(self, name: str) -> None:
        """A command did its work: the alarm of this object clears, if it stands."""
        with self._lock:
            if name in self.raised and name != ALWAYS:
                self._turn(name)

    def _turn(self, name: str) -> None:
        with self._lock:
            now = datetime.now(UTC)
            if (since := self.raised.pop(name, None)) is None:
                self.raised[name] = now
                self.episodes[name] = self.episodes.get(name, 0) + 1
                self._tell(name, {"notificationType": "notifyNewAlarm", "perceivedSeverity": "CRITICAL", "eventTime": now.isoformat(), "alarmRaisedTime": now.isoformat()} | _about(name))
            else:
                self._tell(name, {"notificationType": "notifyClearedAlarm", "perceivedSeverity": "CLEARED", "eventTime": now.isoformat(), "alarmRaisedTime": since.isoformat(), "alarmClearedTime": now.isoformat()} | _about(name))

    def tell_list(self) -> None:
        """Tell what stands now, as an answer to `GET /alarms`."""
        with self._lock:
            listed = {f"{name}-los": {"perceivedSeverity": "CRITICAL", "alarmRaisedTime": since.isoformat(), "lastNotificationHeader": {"systemDN": SOURCE}} | _about(name) for name, since in sorted(self.raised.items())}
            self._tell(SOURCE, listed)

    def _tell(self, name: str, told: Json) -> None:
        if self._producer is not None:
            self.told += 1
            self._producer.produce(self._feed, json.dumps(told).encode(), objects().get(name, name), on_delivery=self._heard)

    def _heard(self, error: Any, _message: Any) -> None:
        self.acknowledged += error is None

    def wait_told(self) -> None:
        """Wait until what was told is acknowledged."""
        until = time.monotonic() + 20
        while self._producer is not None and len(self._producer) and time.monotonic() < until:
            self._producer.poll(0.1)


def _about(name: str) -> Json:
    return {"alarmId": f"{name}-los", "objectInstance": name, "probableCause": "lossOfSignal", "alarmType": "COMMUNICATIONS_ALARM", "systemDN": SOURCE}
