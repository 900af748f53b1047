"""A probe: a record of ours that runs from a feed partition through a lane and both ends to the topic `probe-arrivals`, and changes nothing.

    feed p --> alarm-events lane --> problem-changes --> problem-inbox --+--> service-effects --> probe-arrivals (end: services)
                                                                         +--> network-inbox ----> probe-arrivals (end: network)

It waits where alarms wait, so its age at an end is how far behind the chain is there. It opens nothing, teaches nothing and
moves no clock; each end remembers the newest of each way for a day.
"""

import msgspec

from streams.domain.instant import DAY, Instant
from streams.domain.view import Emit, Rows, World, to_network
from streams.domain.wire import Wire

SERVICES, NETWORK = "services", "network"


class ProbeSent(Wire, frozen=True):
    """One probe on its way."""

    feed: str
    partition: int
    """Of the feed."""
    lane: int
    """Partition of alarm-events, problem-changes and problem-inbox."""
    at: Instant
    """When it was sent, by the wall clock of the worker that owned the feed partition."""
    clock: Instant = 0

    @property
    def way(self) -> str:
        """Name the way it goes."""
        return f"{self.feed}/{self.partition}/{self.lane}"


class ProbeSeen(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The newest probe of one way that came to an end."""

    at: Instant
    """When it was sent."""

    @property
    def due(self) -> Instant:
        """When it is forgotten: the way is gone."""
        return self.at + DAY


class ProbeTold(msgspec.Struct, frozen=True, gc=False):
    """What is told on `probe-arrivals`; edge/records/probe.py renders it."""

    probe: ProbeSent
    end: str


def forward(message: ProbeSent, topic: str, now: Instant, world: World) -> list[Emit]:
    """Carry a probe on down its lane."""
    if message.lane >= len(world.lanes):
        return []
    return [Emit(topic, message.way, msgspec.structs.replace(message, clock=now), message.at, world.lanes[message.lane])]


def part(message: ProbeSent, world: World) -> list[Emit]:
    """Carry a probe from the end of its lane to both ends of the chain."""
    services = [key for topic, key in world.joins if topic == "service-effects"]
    there = msgspec.structs.replace(message, clock=0)
    aside = [Emit("service-effects", services[message.lane % len(services)], there, message.at)] if services else []
    return [*aside, to_network(there, message.at)]


def arrive(rows: Rows[ProbeSeen], message: ProbeSent, end: str) -> list[Emit]:
    """Remember and tell a probe that has come to an end."""
    known = rows.get(message.way)
    if known is None or known.at < message.at:
        rows.put(message.way, ProbeSeen(message.at))
    return [Emit("probe-arrivals", f"{message.way}/{end}", ProbeTold(message, end), message.at)]
