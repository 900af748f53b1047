"""Stages 4, 5 and 6 of one partition each, spoken to in the words of the tests of customers' reports."""

from collections import deque
from typing import Any

from streams.domain import manage, oversee, watch
from streams.domain.alarm import Effect
from streams.domain.customer_report import RequesterTold, request_id
from streams.domain.handling_messages import HandlingAsked
from streams.domain.instant import Instant
from streams.domain.messages import Tick
from streams.domain.network import Network
from streams.domain.policy import Policy
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at
from tests.domain.problems import diagnosed, down

TREE = a_network(
    ("splitter", "olt"), *((f"ont-{n}", "splitter") for n in range(1, 5)), *((f"svc-{n}", f"ont-{n}") for n in range(1, 5)), ("path-a", "olt"), ("svc-a", "path-a"),
    services=[*(f"svc-{n}" for n in range(1, 5)), "svc-a"], products=[*((f"prod-{n}", f"svc-{n}", f"cust-{n}") for n in range(1, 5)), ("prod-a", "svc-a", "cust-a")])
INBOXES = {"problem-inbox": manage, "service-effects": watch, "network-inbox": oversee}


class Handled:
    """All that was ever told outside is in `told`."""

    def __init__(self, network: Network = TREE, policy: Policy | None = None) -> None:
        self.world = a_world(network, policy)
        self.views = {stage: MemoryView({name: due for name, (_, due, _) in stage.TABLES.items()}) for stage in INBOXES.values()}
        self.told: list[Emit] = []
        self.requests = 0

    def hears(self, topic: str, message: Any) -> list[Emit]:
        """Fold a message and all that follows from it inside; return what was told outside."""
        waiting, out = deque([(topic, message)]), []
        while waiting:
            inbox, one = waiting.popleft()
            for emit in self.views[INBOXES[inbox]].run(INBOXES[inbox].step, INBOXES[inbox].come_due, one, self.world):
                waiting.append((emit.topic, emit.value)) if emit.topic in INBOXES else out.append(emit)
        self.told += out
        return out

    def asks(self, when: str, action: str = "report", external: str = "ph-1", **but: Any) -> list[RequesterTold]:
        """Have Problem Handling ask something; return what requesters are told."""
        self.requests += 1
        if action == "report":
            but = {"services": (("svc-a", "dom"),), "product": "prod-a", "text": "dead", "since": at(when), "request": external, **but}
        fields = {"request": f"r-{self.requests}", "position": f"topic/0/{self.requests}", **but}
        out = self.hears("network-inbox", HandlingAsked(action, external=external, owner="crm", at=at(when), clock=at(when), **fields))
        return said(out + self.hears("network-inbox", Tick(at(when) + 1)))      # what stage 4 tells of it then is heard past that time

    def reports(self, when: str, n: int, **but: Any) -> list[RequesterTold]:
        """A report of the n-th product of the tree."""
        return self.asks(when, external=f"ph-{n}", services=((f"svc-{n}", "dom"),), product=f"prod-{n}", **but)

    def alarms(self, when: str, *services: str, effect: Effect = Effect.DOWN, problem: str = "p1", **but: Any) -> list[RequesterTold]:
        """Have alarms of a problem hold services down, or clear."""
        given = down(*services, effect=effect) if services else {"active": 0, "kind": "cleared"}
        return said(self.hears("problem-inbox", diagnosed(when, problem, **{**given, **but})))

    def passes(self, until: str | Instant) -> list[RequesterTold]:
        """Let time pass in all stages."""
        moment = at(until) if isinstance(until, str) else until
        return [one for topic in INBOXES for one in said(self.hears(topic, Tick(moment)))]

    def problem(self, ident: str) -> ProblemRecord:
        row: ProblemRecord = self.views[manage].tables["problems"].get(ident)
        return row

    def open_problems(self) -> list[ProblemRecord]:
        return [row for row in self.views[manage].tables["problems"].rows.values() if row.status not in ("closed", "cancelled", "rejected")]

    def report(self, external: str = "ph-1", n: int = 0) -> Any:
        return self.views[oversee].tables["customer-reports"].get(f"{request_id('crm', external)}.{n}")


def said(out: list[Emit]) -> list[RequesterTold]:
    """What requesters were told, in order."""
    return [emit.value for emit in out if isinstance(emit.value, RequesterTold)]


def words(told: list[RequesterTold]) -> list[tuple[str, str, str]]:
    """(whose, kind, status) of each."""
    return [(one.ref.external, one.kind, one.status) for one in told]
