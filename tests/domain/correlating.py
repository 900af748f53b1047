"""A stage 2 that tests can talk to: `heard = Correlator(network); heard("a", "10:00")`."""

from typing import Any

from streams.domain import correlate
from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard, Judged, Placed, ProblemChange, Tick
from streams.domain.network import Network
from streams.domain.policy import CorrelatePolicy, Policy
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, an_alarm, at

LESSER = {"severity": Severity.MINOR}


def a_tree() -> Network:
    """ONTs on splitters on one OLT: ont -> splitter -> olt, and a radio apart."""
    return a_network(("ont-1", "split-1"), ("ont-2", "split-1"), ("ont-3", "split-2"), ("split-1", "olt"), ("split-2", "olt"), ("radio", "mast"))


class Correlator:
    """One partition of stage 2 in memory; a message's clock is the latest event time it was told."""

    def __init__(self, network: Network | None = None, **policy: Any) -> None:
        self.world = a_world(network, Policy(correlate=CorrelatePolicy(**policy)), trace=True)
        self.view = MemoryView({name: due for name, (_, due, _) in correlate.TABLES.items()}, correlate.TICKED)
        self.out: list[Emit] = []
        self.inputs = 0
        self.watermark: Instant = 0

    def send(self, message: Any) -> list[Emit]:
        """Fold one message; return what it and all that came due before it gave."""
        new = self.view.run(correlate.step, correlate.come_due, message, self.world)
        self.out += new
        return new

    def tell(self, alarm: Alarm, clock: Instant | None = None) -> list[Emit]:
        self.watermark = max(self.watermark, alarm.at)
        self.inputs += 1
        return self.send(AlarmHeard(alarm, Position("raw-alarms", 0, self.inputs - 1), self.watermark if clock is None else clock))

    def __call__(self, obj: str, when: str, **but: Any) -> list[Emit]:
        return self.tell(an_alarm(obj, when, **but))

    def clear(self, obj: str, when: str, **but: Any) -> list[Emit]:
        return self.tell(an_alarm(obj, when, cleared=True, **but))

    def tick(self, when: str) -> list[Emit]:
        return self.send(Tick(at(when)))

    def changes(self, out: list[Emit] | None = None) -> list[ProblemChange]:
        """Of problems; what announced work holds down is in `bundles`."""
        return [e.value for e in (self.out if out is None else out) if isinstance(e.value, ProblemChange) and not e.value.planned]

    def bundles(self, out: list[Emit] | None = None) -> list[ProblemChange]:
        return [e.value for e in (self.out if out is None else out) if isinstance(e.value, ProblemChange) and e.value.planned]

    def kinds(self, out: list[Emit] | None = None) -> list[str]:
        return [c.kind for c in self.changes(out)]

    def judged(self) -> list[str]:
        """Dispositions in order of input."""
        said = sorted((e.value.source.offset, str(e.value.disposition)) for e in self.out if isinstance(e.value, Judged))
        assert [n for n, _ in said] == sorted({n for n, _ in said})
        return [word for _, word in said]

    def counts(self) -> dict[str, int]:
        return {str(name): row.n for name, row in self.view.dispositions.rows.items() if row.n}

    def problems(self) -> dict[str, set[str]]:
        """Problem -> objects ever placed in it, merges followed."""
        into = {c.problem: c.into for c in self.changes() if c.kind == "merged"}
        who = {m.occurrence: m.object for c in self.changes() for m in c.members}
        found: dict[str, set[str]] = {}
        for placed in [e.value for e in self.out if isinstance(e.value, Placed)]:
            problem = placed.problem
            while problem in into:
                problem = into[problem]
            found.setdefault(problem, set()).add(who[placed.occurrence])
        return found
