"""One feed partition that tests can send records into."""

import json
from typing import Any

from streams.domain.alarm import Alarm
from streams.domain.policy import NormalizePolicy
from streams.domain.view import Emit
from streams.edge.feed import Feed, Raw
from streams.edge.feed_control import watermark
from streams.edge.intake import TABLES, Intake
from streams.edge.names import Names
from tests.builders import MemoryView, a_network, a_world, at

NETWORK = a_network(("node-2", "node-1"))
HOUR = 3_600_000_000


def an_input(obj: str = "node-1", when: str | int = "10:00", source: str = "ems", **but: Any) -> dict[str, Any]:
    moment = at(when) if isinstance(when, str) else when
    return {"id": "1", "alarmedObject": {"id": obj}, "probableCause": "lossOfSignal", "perceivedSeverity": "major", "alarmRaisedTime": moment, "sourceSystemId": source, **but}


class Feeder:
    """One feed partition: hands records to stage 1 with rising offsets."""

    def __init__(self, feed: Feed | None = None, trace: bool = False, policy: NormalizePolicy | None = None, **but: Any) -> None:
        self.feed = feed or Feed("raw-alarms")
        self.intake = Intake(Names(NETWORK.nodes, {"n1": "node-1"}), [self.feed], policy or NormalizePolicy(), **but)
        self.view = MemoryView({name: due for name, (_, due, _) in TABLES.items()})
        self.world = a_world(NETWORK, trace=trace)
        self.offset = -1

    def send(self, value: Any, arrived_at: int = 0, key: bytes | None = None, **headers: str) -> list[Emit]:
        self.offset += 1
        raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
        head = tuple((name.replace("_", "-"), text.encode()) for name, text in headers.items())
        return self.intake.step(self.view, Raw(self.feed.topic, 3, self.offset, arrived_at, key, raw, head), 0, self.world)  # type: ignore[arg-type]

    def alarm(self, value: Any, **but: Any) -> Alarm:
        [emit] = self.send(value, **but)
        return emit.value.alarm  # type: ignore[no-any-return]

    @property
    def clock(self) -> int:
        return watermark(self.view)  # type: ignore[arg-type]

    @property
    def counts(self) -> dict[str, int]:
        return self.view.feed_clock.get(self.feed.topic).dispositions  # type: ignore[no-any-return, attr-defined]
