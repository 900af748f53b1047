"""Two partitions of stage 2 and the messages between them and from stage 1, delivered in any order that logs allow."""

from collections import deque
from typing import Any

import msgspec

from streams.domain.alarm import Alarm, Position
from streams.domain.alarm_record import Standing
from streams.domain.messages import AlarmHeard, Tick, TopologyChanged
from streams.domain.view import Emit
from tests.builders import an_alarm
from tests.domain.correlating import Correlator

OLD, NEW = "v1", "v2"
DOMAINS = {OLD: "a", NEW: "b"}


def as_of(version: str, alarm: Alarm) -> Alarm:
    """The alarm as stage 1 tells it under a version: the object lies in a, then in b; before it had another name too."""
    name = "port-1" if version == NEW else "node-1"
    return msgspec.structs.replace(alarm, domain=DOMAINS[version], object=name, key=f"|{name}|{alarm.cause}|", reported="" if name == "node-1" else "node-1")


class Lanes:
    """Partitions a and b; each writer's messages to one partition stay in order, all else is free."""

    def __init__(self, version: str = OLD, **policy: Any) -> None:
        self.partitions = {name: Correlator(**policy) for name in "ab"}
        self.queues: dict[tuple[str, str], deque[Any]] = {}
        self.inputs = 0
        for name in self.partitions:
            self.begins_under(name, version)

    def begins_under(self, name: str, version: str) -> None:
        """A worker with this version of topology.yaml takes a partition over."""
        stage = self.partitions[name]
        network = msgspec.structs.replace(stage.world.network, version=version)
        stage.world = msgspec.structs.replace(stage.world, network=network, readdress=lambda alarm: as_of(version, alarm))

    def told(self, feed: str, version: str, when: int, **but: Any) -> None:
        """One feed partition reads an alarm under a version."""
        alarm = as_of(version, an_alarm("node-1", when, **but))
        self.inputs += 1
        self._write(feed, alarm.domain, AlarmHeard(alarm, Position("raw-alarms", ord(feed), self.inputs), 0))

    def changed(self, feed: str, version: str, when: int) -> None:
        """One feed partition tells all partitions that it reads under a version."""
        for name in self.partitions:
            self._write(feed, name, TopologyChanged(version, when))

    def _write(self, writer: str, to: str, message: Any) -> None:
        self.queues.setdefault((writer, to), deque()).append(message)

    def pending(self) -> list[tuple[str, str]]:
        return sorted(place for place, queue in self.queues.items() if queue)

    def deliver(self, place: tuple[str, str]) -> list[Emit]:
        """Fold the next message of one writer in one partition; what it sends on is written."""
        return self._fold(place[1], self.queues[place].popleft())

    def tick(self, name: str, at: int) -> list[Emit]:
        """Let time come to a partition."""
        return self._fold(name, Tick(at))

    def _fold(self, name: str, message: Any) -> list[Emit]:
        out = self.partitions[name].send(message)
        for emit in out:
            if emit.topic == "alarm-events":
                self._write(name, emit.route or "", emit.value)
        return out

    def settle(self, at: int) -> None:
        """Deliver all that is left, and let time come to `at`."""
        while True:
            while left := self.pending():
                self.deliver(left[0])
            for name in self.partitions:
                self.tick(name, at)
            if not self.pending():
                return

    def standing(self, name: str) -> dict[str, Standing]:
        """Row key -> standing of a partition's records, those of clears alone left out."""
        rows = self.partitions[name].view.alarm_records.rows
        return {key: row.standing for key, row in rows.items() if row.standing is not Standing.UNRAISED}

    def judged(self) -> list[int]:
        """Offsets of the inputs that were given a disposition."""
        return sorted(emit.value.source.offset for stage in self.partitions.values() for emit in stage.out if emit.topic == "trace" and hasattr(emit.value, "disposition"))
