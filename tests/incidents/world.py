"""The truth of one simulated incident: which cards are down, what executors do to them, and what was wrong with it.

A service is protected by two cards, each the head of a path; a third card carries a service alone. Cards fail and heal by
themselves; executors begin what they are told after a while, honour withdrawals and `notAfter`, do nothing twice, and say what
became of it. All news travels with a lag of its own, so what was told last is not what is true now.
"""

from dataclasses import dataclass, field
from random import Random

from streams.domain.command import CommandWithdrawn, RestorationCommand
from streams.domain.instant import MINUTE, SECOND, Instant

CARDS = ("card-1", "card-2", "card-3")
GROUP = ("card-1", "card-2")
OTHER = {"card-1": "card-2", "card-2": "card-1"}
TAKES = (5 * SECOND, 4 * MINUTE)
"""How long a restart takes, from and to."""
BEGINS = (SECOND, 40 * SECOND)


@dataclass
class Order:
    """A command as its executor has it."""

    command: RestorationCommand
    begins: Instant
    withdrawn_at: Instant = 0
    began: bool = False
    ends: Instant = 0


@dataclass
class Truth:
    """What is, whatever anybody was told."""

    random: Random
    down_since: dict[str, Instant] = field(default_factory=dict)
    degraded_since: dict[str, Instant] = field(default_factory=dict)
    out: dict[str, Instant] = field(default_factory=dict)
    """Card -> when the restart that takes it out ends."""
    orders: dict[str, Order] = field(default_factory=dict)
    doubled: int = 0
    whole_since: dict[str, Instant] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)

    def hears(self, command: RestorationCommand, at: Instant) -> None:
        """Take an order; one that is known already is done once."""
        if command.id in self.orders or command.id in self.taken_back:
            self.doubled += 1
            return
        self.orders[command.id] = Order(command, at + self.random.randint(*BEGINS))

    def takes_back(self, word: CommandWithdrawn, at: Instant) -> None:
        """Heed a withdrawal unless it has begun."""
        self.taken_back.add(word.command)
        order = self.orders.get(word.command)
        if order is not None and not order.began:
            order.withdrawn_at = at

    def due(self, until: Instant) -> list[tuple[Instant, str, Order]]:
        """Return what executors do by then, in order of time: begin, end."""
        doing = [(o.begins, "begin", o) for o in self.orders.values() if not o.began and not o.withdrawn_at and o.begins <= min(until, o.command.not_after)]
        doing += [(o.ends, "end", o) for o in self.orders.values() if o.began and o.ends and o.ends <= until]
        return sorted(doing, key=lambda one: (one[0], one[1], one[2].command.id))

    def is_whole(self, card: str) -> bool:
        return card not in self.down_since and card not in self.degraded_since

    def works(self, card: str) -> bool:
        return card not in self.down_since and card not in self.out
