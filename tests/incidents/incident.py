"""One incident told to stage 6 with lag, and the verdicts: no command to what is restored, none to a surviving member."""

from dataclasses import dataclass, field
from random import Random

from streams.domain import oversee
from streams.domain.alarm import Effect
from streams.domain.command import CommandWithdrawn, RestorationCommand
from streams.domain.instant import HOUR, MINUTE, SECOND, Instant
from streams.domain.messages import OperatorRequest, ProblemTold, ResultHeard, Tick
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy, Policy
from tests.builders import MemoryView, a_network, a_world, at
from tests.incidents.world import CARDS, OTHER, Order, Truth

LAG = 25 * SECOND
"""The longest that news of an alarm, and of an order, is under way: within `disrupt_wait`."""
STEP = 5 * SECOND
KNOWN = 2 * SECOND
"""The way of a withdrawal, and more: what stage 6 was told so long ago an executor knows."""
NETWORK = a_network(
    ("svc", ["path-1", "path-2"], 1), ("path-1", "card-1"), ("path-2", "card-2"), ("solo", "card-3"), services=["svc", "solo"], mode="act",
    restoration=(Action("restart", on_type="card", attempts=2, cooldown=MINUTE, disrupts=True), Action("dispatch", attempts=1, within=HOUR, cooldown=MINUTE)))
WORLD = a_world(NETWORK, Policy(oversee=OverseePolicy(breaker_commands=50, breaker_results=50)))
DOMAIN = {"card-1": "a", "card-2": "b", "card-3": "c"}


@dataclass
class Counts:
    """What came of some incidents."""

    incidents: int = 0
    commands: int = 0
    withdrawn: int = 0
    refused: int = 0
    begun: int = 0
    to_restored: list[str] = field(default_factory=list)
    to_survivor: list[str] = field(default_factory=list)
    beyond_cap: list[str] = field(default_factory=list)
    in_group: list[str] = field(default_factory=list)
    doubled: int = 0


class Incident:
    """Faults, clears, orders and results of half an hour, in the order in which they are heard."""

    def __init__(self, seed: int, counts: Counts) -> None:
        self.random, self.counts, self.seed = Random(seed), counts, seed
        self.truth = Truth(self.random)
        self.view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
        self.news: list[tuple[Instant, int, object]] = []
        """(when it arrives, number, what)."""
        self.episodes = dict.fromkeys(CARDS, 0)
        self.told: dict[str, tuple[str, bool, Instant]] = {}
        """Problem -> (card, whether it is down, when that was told), of those that stage 6 was told of as active."""
        self.told_clear: dict[str, Instant] = {}
        """Problem -> since when stage 6 has known it to be clear."""
        self.heard_at: dict[str, Instant] = {}
        """Problem -> when its last word arrives: words of one problem never overtake each other."""
        self.open: dict[str, RestorationCommand] = {}
        self.sent: list[RestorationCommand] = []
        self.now = at("10:00")

    def run(self) -> None:
        """Play it to its end."""
        self.counts.incidents += 1
        for _ in range(self.random.randint(2, 5)):
            self._later(self.random.randint(0, 12 * MINUTE), ("fault", self.random.choice(CARDS), self.random.random() < 0.6))
        if self.random.random() < 0.1:
            self._later(self.random.randint(0, 12 * MINUTE), ("halt", "", False))
        end = self.now + 30 * MINUTE
        while self.now < end:
            doing = self.truth.due(end)
            self.now = min([self.now + STEP, *(when for when, _, _ in self.news), *(when for when, _, _ in doing[:1])])
            self._says(Tick(self.now))
            if doing and doing[0][0] <= self.now:
                when, what, order = doing[0]
                (self._begins if what == "begin" else self._ends)(order, when)
            elif self.news and min(when for when, _, _ in self.news) <= self.now:
                first = min(self.news, key=lambda one: one[:2])
                self.news.remove(first)
                self._happens(first[2], first[0])

    def _later(self, span: int, what: object) -> None:
        self.news.append((self.now + span, len(self.news) + self.random.randint(0, 1 << 30), what))

    def _happens(self, what: object, when: Instant) -> None:
        if isinstance(what, RestorationCommand):
            self.truth.hears(what, when)
        elif isinstance(what, CommandWithdrawn):
            self.truth.takes_back(what, when)
        elif isinstance(what, ProblemTold | ResultHeard | OperatorRequest):
            self._says(what)
        elif isinstance(what, tuple):
            {"fault": self._fault, "heal": self._heal, "halt": self._halt}[what[0]](*what[1:])

    def _fault(self, card: str, is_down: bool) -> None:
        """A card fails, or works badly; half of the faults heal by themselves sooner or later."""
        if not self.truth.is_whole(card) or card in self.truth.out:
            return
        self.episodes[card] += 1
        (self.truth.down_since if is_down else self.truth.degraded_since)[card] = self.now
        self._tell(card)
        if self.random.random() < 0.5:
            self._later(self.random.randint(10 * SECOND, 8 * MINUTE), ("heal", card, False))

    def _heal(self, card: str, is_down: bool) -> None:
        if self.truth.is_whole(card):
            return
        self.truth.down_since.pop(card, None)
        self.truth.degraded_since.pop(card, None)
        self.truth.whole_since[card] = self.now
        self._tell(card)

    def _halt(self, card: str, is_down: bool) -> None:
        self._says(OperatorRequest("h", "halt", "", "ann", "", self.now, position=f"{self.now}"))
        self._later(2 * MINUTE, OperatorRequest("r", "resume", "", "ann", "", self.now + 2 * MINUTE, position=f"{self.now}r"))

    def _tell(self, card: str) -> None:
        """Send what is true of a card now on its way, with a lag; resolved follows ten seconds after a clear."""
        problem, down = f"{DOMAIN[card]}-{self.episodes[card]}", card in self.truth.down_since
        whole = self.truth.is_whole(card)
        effect = Effect.DOWN if down else Effect.DEGRADED

        def word(status: str, when: Instant) -> ProblemTold:
            return ProblemTold(
                problem, DOMAIN[card], status, 2, card, "equipmentMalfunction", "card", 0.9, self.now, when, 1, is_clear=whole,
                held=() if whole else ((card, effect),), is_down=down)

        arrives = max(self.now + self.random.randint(0, LAG), self.heard_at.get(problem, 0) + 1)
        self._later(arrives - self.now, word("inProgress", arrives))
        if whole:
            arrives += 10 * SECOND
            self._later(arrives - self.now, word("resolved", arrives))
        self.heard_at[problem] = arrives

    def _says(self, message: object) -> None:
        if isinstance(message, ProblemTold):
            if message.is_clear:
                self.told.pop(message.problem, None)
                self.told_clear.setdefault(message.problem, message.at)
            else:
                self.told[message.problem] = (message.cause_object, message.is_down, message.at)
        for emit in self.view.run(oversee.step, oversee.come_due, message, WORLD):
            if isinstance(emit.value, CommandWithdrawn):
                self.counts.withdrawn += 1
                self.open.pop(emit.value.command, None)
                self._later(self.random.randint(0, SECOND), emit.value)
            elif isinstance(emit.value, RestorationCommand):
                self._ordered(emit.value)
            elif getattr(emit.value, "word", "") in ("would-drop", "group-busy"):
                self.counts.refused += 1
            elif getattr(emit.value, "kind", "") == "outcome":
                self.open.pop(emit.value.ref, None)

    def _ordered(self, command: RestorationCommand) -> None:
        """Hold an order against what stage 6 had been told by then."""
        counts, card, note = self.counts, command.target, f"seed {self.seed}: {command.action} {command.target} of {command.problem} at {command.issued_at}"
        counts.commands += 1
        if command.problem not in self.told:
            counts.to_restored.append(note)
        down = {name for name, is_down, _ in self.told.values() if is_down}
        if command.disrupts and card in OTHER and OTHER[card] in down and card not in down:
            counts.to_survivor.append(note)
        if any(other.target != card and other.target in OTHER and card in OTHER for other in self.open.values()):
            counts.in_group.append(note)
        if command.attempt > command.attempts or sum(c.problem == command.problem and c.action == command.action and c.attempt == command.attempt for c in self.sent if c.id in self.open):
            counts.beyond_cap.append(note)
        self.open[command.id] = command
        self.sent.append(command)
        for _ in range(1 + (self.random.random() < 0.1)):       # an order may come twice
            self._later(self.random.randint(0, SECOND), command)

    # --- executors ---

    def _begins(self, order: Order, when: Instant) -> None:
        """Begin, unless the card was restored meanwhile, which the executor sees; hold it against the truth."""
        command, truth = order.command, self.truth
        card, other = command.target, OTHER.get(command.target, "")
        note = f"seed {self.seed}: {command.action} {card} began at {when}"
        if self.told_clear.get(command.problem, when) < when - KNOWN:
            self.counts.to_restored.append(note)
        # What came about within the longest lag nobody could know: that the other went, or that this one is whole again.
        known = when - LAG - KNOWN
        if command.disrupts and other and truth.down_since.get(other, when) < known and card not in truth.down_since and truth.whole_since.get(card, 0) < known:
            self.counts.to_survivor.append(note)
        order.began, order.ends = True, when + self.random.randint(5 * SECOND, 4 * MINUTE)
        self.counts.begun += 1
        if order.command.disrupts:
            truth.out[card] = order.ends
        self._answer(order, "accepted", when)

    def _ends(self, order: Order, when: Instant) -> None:
        card = order.command.target
        order.ends = 0
        self.truth.out.pop(card, None)
        outcome = "restored" if self.random.random() < 0.6 else "failed"
        if outcome == "restored":
            self._heal(card, False)
        self._answer(order, outcome, when)
        if self.random.random() < 0.1:
            self._answer(order, outcome, when)                  # said twice

    def _answer(self, order: Order, outcome: str, when: Instant) -> None:
        lag = self.random.randint(0, LAG)
        self._later(max(0, when - self.now) + lag, ResultHeard(order.command.id, outcome, "", self.now + lag, position=f"r/{len(self.news)}/{self.now}"))


def run(incidents: int, first: int = 0) -> Counts:
    """Play so many incidents, one seed each."""
    counts = Counts()
    for seed in range(first, first + incidents):
        incident = Incident(seed, counts)
        incident.run()
        counts.doubled += incident.truth.doubled
    return counts
