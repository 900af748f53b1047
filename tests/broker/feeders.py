"""Two feeders, a service on one of them and its products: ids of one test's own, since the topic of the inventory has no prefix and other tests read it too."""

import json
import uuid
from typing import Any

from confluent_kafka import Producer

from tests.chaos import network as made
from tests.chaos.network import Json


class Feeders:
    """A little network whose changes are told while it is at work."""

    def __init__(self) -> None:
        self.name = f"n{uuid.uuid4().hex[:6]}"

    def id(self, what: str) -> str:
        return f"{self.name}-{what}"

    def described(self, feed: str, on: str = "feeder-1") -> Json:
        """Return the content of topology.yaml; what ended is forgotten after a second."""
        return {
            "feeds": [{"topic": feed}],
            "network": {"resources": [{"id": self.id(name), "type": "feeder", "domain": self.id(name)} for name in ("feeder-1", "feeder-2")],
                        "dependencies": [{"from": self.id("svc"), "to": self.id(on)}]},
            "services": [{"id": self.id("svc"), "type": "vpn"}],
            "products": [{"id": self.id("old"), "service": self.id("svc"), "customer": "anna"}],
            "policy": {"oversee": {"remember_ended": "1s"}},
            "streams": {"alarm-events": {"partitions": 4}}}

    def product(self, what: str) -> bytes:
        """Return what the inventory tells of a product that Bert bought."""
        return json.dumps({"@type": "Product", "id": self.id(what), "realizingService": [{"id": self.id("svc")}], "relatedParty": [{"id": "bert", "role": "customer"}]}).encode()

    def ended(self, what: str) -> bytes:
        """Return what it tells of one that is no more."""
        return json.dumps({"@type": "Product", "id": self.id(what), "status": "terminated"}).encode()

    def alarm(self, feeder: str, raised: float, cleared: float = 0.0) -> tuple[str, Json]:
        """Return key and value of an alarm of a feeder that is down; seconds since the made-up network's start."""
        return self.id(feeder), made.alarm_of(self.id(feeder), "lossOfSignal", "critical", raised, cleared=cleared)

    def told(self, values: list[Any]) -> list[tuple[str, str, str]]:
        """Return product, kind and impact of what customers were told."""
        return [(value["product"].removeprefix(self.name), value["kind"], value["impact"]) for value in values]


def write(bootstrap: str, topic: str, value: bytes, key: str | None = None) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random"})
    producer.produce(topic, value, key)
    producer.flush(10)
