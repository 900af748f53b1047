"""Who carries restoration commands out, by the rules of the README: each id once, whichever cluster it comes from.

It is in the network, not beside a cluster: what it has begun it ends, and its answer is lost where its cluster is.
"""

import json
import random
import threading
import time
import uuid
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer

from tests.disaster.world import Network


class Begun(NamedTuple):
    """One command as it was begun."""

    id: str
    target: str
    episode: int
    """Of the target's alarm."""


class Executor(threading.Thread):
    """Follows `restoration-commands` of one cluster; `begun` and `sent` are shared by those of both."""

    def __init__(self, bootstrap: str, prefix: str, network: Network, seed: int, before: "Executor | None" = None) -> None:
        super().__init__(daemon=True)
        self._server, self._topic, self._network, self._dice = bootstrap, f"{prefix}restoration-commands", network, random.Random(seed)
        self._ended = threading.Event()
        self._due: list[tuple[float, str, str]] = []
        self.begun: list[Begun] = before.begun if before else []
        self.again: list[str] = []
        """Ids that came once more: answered, not carried out."""
        self._known: dict[str, str] = before._known if before else {}
        self.overlapping: list[str] = before.overlapping if before else []
        """Targets of a command that was begun while another one was at work there."""
        self.heard = 0

    def run(self) -> None:
        consumer = Consumer({"bootstrap.servers": self._server, "log_level": 2, "group.id": f"executor-{uuid.uuid4().hex}", "auto.offset.reset": "earliest", "isolation.level": "read_committed"})
        consumer.subscribe([self._topic])
        producer = Producer({"bootstrap.servers": self._server, "log_level": 2})
        while not self._ended.is_set():
            message = consumer.poll(0.1)
            if message is not None and message.error() is None:
                self._take(json.loads(message.value()))
            self._carry_out(producer)
        consumer.close()

    def _take(self, told: dict[str, Any]) -> None:
        if told["@type"] != "RestorationCommand":
            return
        self.heard += 1
        ident, target = told["id"], told["target"]["id"]
        if ident in self._known:
            self.again.append(ident)
        else:
            self.overlapping += [target] * any(not self._known[one.id] for one in self.begun if one.target == target)
            self._known[ident] = ""
            self.begun.append(Begun(ident, target, self._network.episodes.get(target, 0)))
        self._due.append((time.monotonic() + 1 + 2 * self._dice.random(), ident, target))

    def _carry_out(self, producer: Producer) -> None:
        now = time.monotonic()
        for due, ident, target in [one for one in self._due if one[0] <= now]:
            self._due.remove((due, ident, target))
            if not self._known[ident]:
                self._known[ident] = self._dice.choice(("restored", "restored", "failed"))
                if self._known[ident] == "restored":
                    self._network.restore(target)
            producer.produce("restoration-results", json.dumps({"command": ident, "outcome": self._known[ident]}).encode(), ident)
        producer.poll(0)

    @property
    def restored(self) -> list[Begun]:
        """What was carried out with success."""
        return [one for one in self.begun if self._known[one.id] == "restored"]

    def end(self) -> None:
        self._ended.set()
        if self.is_alive():
            self.join(10)
