"""A partition of stage 4 spoken to in the words of the tests."""

from typing import Any

from streams.domain import manage
from streams.domain.alarm import Effect, Severity
from streams.domain.instant import Instant
from streams.domain.messages import Answered, Cause, Diagnosed, Hurt, Tick
from streams.domain.network import Network
from streams.domain.policy import ManagePolicy, Policy
from streams.domain.problem_record import ProblemRecord
from streams.domain.request_told import RequestTold
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at

SOLD = a_network(("path-a", "olt-1"), ("svc", "path-a"), services=["svc"], products=[("prod", "svc", "cust")])
"""A service with a gold customer (restore within 4 h) on a path over an OLT."""
UNSOLD = a_network(("svc", "path-a"), services=["svc"])


def a_cause(obj: str = "olt-1", **but: Any) -> Cause:
    fields: dict[str, Any] = {"object": obj, "is_service": False, "confidence": 0.8, "rules": ("shared-upstream",), "evidence": ("explains 3 of 3",), "cause": "lossOfSignal"}
    return Cause(**{**fields, **but})


def diagnosed(when: str | Instant = "10:00", problem: str = "p1", **but: Any) -> Diagnosed:
    """A major problem with one active alarm on path-a that hurts nobody, located at olt-1."""
    moment = at(when) if isinstance(when, str) else when
    fields: dict[str, Any] = {
        "kind": "joined", "problem": problem, "domain": "dom", "at": moment, "opened_at": at("10:00"), "last_alarm_at": moment, "members": 1, "active": 1,
        "worst": Severity.MAJOR, "causes": (a_cause(),), "alarms": ("a1",), "resources": ("path-a",), "first_alarm": "a1", "first_cause": "lossOfSignal", "clock": moment}
    return Diagnosed(**{**fields, **but})


def all_clear(when: str, **but: Any) -> Diagnosed:
    return diagnosed(when, kind="cleared", active=0, worst=Severity.CLEARED, **but)


def down(*services: str, effect: Effect = Effect.DOWN) -> dict[str, Any]:
    """Fields of a diagnosis that holds path-a down and so hurts these services."""
    return {"held": (("path-a", Effect.DOWN),), "hurt": tuple(Hurt(s, effect) for s in services)}


class Managed:
    """One partition of the stage, and all it ever told."""

    def __init__(self, network: Network = UNSOLD, **manage_policy: Any) -> None:
        self.view = MemoryView({name: due for name, (_, due, _) in manage.TABLES.items()})
        self.world = a_world(network, Policy(manage=ManagePolicy(**manage_policy)))
        self.told: list[Emit] = []

    def hears(self, message: Any) -> list[Emit]:
        """Fold a message (and what is due before it); return what was told."""
        out = self.view.run(manage.step, manage.come_due, message, self.world)
        self.told += out
        return out

    def waits_until(self, when: str) -> list[Emit]:
        return self.hears(Tick(at(when)))

    def row(self, problem: str = "p1") -> ProblemRecord:
        row: ProblemRecord = self.view.tables["problems"].get(problem)
        return row


def on(topic: str, out: list[Emit]) -> list[Any]:
    """Values told on a topic, in order."""
    return [emit.value for emit in out if emit.topic == topic]


def own_reports(out: list[Emit]) -> list[Any]:
    """Problems whose own report was told, in order, without requests to others."""
    return [value for value in on("trouble-reports", out) if isinstance(value, ProblemRecord)]


def requests(out: list[Emit]) -> list[Any]:
    """Requests to others that were told, in order."""
    return [value.request for value in on("trouble-reports", out) if isinstance(value, RequestTold)]


def answer(kind: str, ref: str, word: str = "", text: str = "", when: str = "10:01", problem: str = "p1") -> Answered:
    return Answered(kind, problem, "dom", ref, word, text, at(when))
