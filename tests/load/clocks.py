"""Twenty thousand clocks that are due in the same second: what they cost, in time of this process's processor.

    python -m tests.load.clocks [CLOCKS]

Four problems hold a quarter of the services each; each service has a product, each product a clock. Measured are stages
5 and 4 with their records rendered and encoded, as a worker does it, and a tick where nothing is due. What waits in
between (commits, the broker) is not: tests/engine/test_due_in_slices.py holds that others have their turns meanwhile.
"""

import sys
from time import process_time
from typing import Any

import msgspec

from streams.domain import manage, watch
from streams.domain.alarm import Effect, Severity
from streams.domain.instant import HOUR, SECOND, Instant
from streams.domain.messages import Diagnosed, HeldDown, ProblemEvent, ServiceEvent, Tick
from streams.domain.network import Network, Node, Product
from streams.domain.policy import Policy
from streams.domain.sla import Escalation, Sla
from streams.domain.view import World
from streams.engine.folding import Folding
from streams.engine.inbox import Inbox
from streams.engine.metrics import EngineMetrics
from streams.engine.part import Part
from streams.engine.store import MemoryStore
from streams.engine.table import TableSpec
from streams.topology import at_header, bury, codecs, timekeeping

PROBLEMS = 4
START: Instant = 1_767_261_600 * SECOND


def a_network(clocks: int) -> Network:
    services = [f"svc-{n}" for n in range(clocks)]
    return Network(
        "load", {s: Node(s, "vpn", "dom", "", True) for s in services}, {}, {}, {s: (Product(f"prod-{s}", s, "cust", "gold"),) for s in services},
        {"gold": Sla("gold", 4 * HOUR, escalations=(Escalation(5, 4 * HOUR, ("noc",)),))})


class Stage:
    """One partition of one stage, and the messages that it has for the other."""

    def __init__(self, stage: Any, topic: str, union: Any, world: World) -> None:
        self.stage, self.world = stage, world
        specs = tuple(TableSpec(name, row, due_of) for name, (row, due_of, _) in stage.TABLES.items())
        self.part = Part(topic, 0, 0, 0, specs, MemoryStore(), 1_000_000)
        self.folding = Folding(codecs(), timekeeping("event"), bury, lambda _: 1, at_header, EngineMetrics())
        self.inbox = Inbox(topic, 0, lambda record, partition: None, "join")
        self.decode = msgspec.msgpack.Decoder(union).decode

    def fold(self, message: Any) -> None:
        self.folding.fold(self.part, self.inbox, message, self.stage.step, self.stage.come_due, self.world)

    def told(self, topic: str) -> list[bytes]:
        """Return what was told to a topic since the unit was new."""
        return [value for name, _, value, _, _ in self.folding.unit.outputs if name == topic and value is not None]


def main(clocks: int = 20_000) -> int:
    world = World(a_network(clocks), Policy())
    five, four = Stage(watch, "service-effects", ServiceEvent, world), Stage(manage, "problem-inbox", ProblemEvent, world)
    for n in range(PROBLEMS):
        four.fold(Diagnosed("opened", f"p-{n}", "dom", START, START, START, 1, 1, Severity.CRITICAL, clock=START))
    for n in range(clocks):
        five.fold(HeldDown(f"svc-{n}", f"p-{n % PROBLEMS}", "dom", ((f"svc-{n}", Effect.DOWN),), START))
    for value in five.told("problem-inbox"):
        four.fold(four.decode(value))
    five.fold(Tick(START + 4 * HOUR - 1))
    for value in five.told("problem-inbox")[clocks:]:
        four.fold(four.decode(value))
    idle = _spent(lambda: [five.fold(Tick(START + 4 * HOUR - 1)) for _ in range(1000)]) / 1000
    before = {topic: len(five.told(topic)) for topic in ("customer-impacts", "problem-inbox")}
    due = _spent(lambda: five.fold(Tick(START + 4 * HOUR)))
    words = five.told("problem-inbox")[before["problem-inbox"]:]
    folded = _spent(lambda: [four.fold(four.decode(value)) for value in words])
    told = len(five.told("customer-impacts")) - before["customer-impacts"]
    print(f"{clocks:,} clocks due at once: {told:,} customers told and {len(words):,} words to problems in {due:.2f} s, folded in {folded:.2f} s; a tick with nothing due {idle * 1e6:.1f} us")
    return 0 if told == clocks else 1


def _spent(do: Any) -> float:
    started = process_time()
    do()
    return process_time() - started


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
