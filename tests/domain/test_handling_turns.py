"""Stage 5's answers are taken in the order of the desk's questions."""

from streams.domain import handling_turns, oversee
from streams.domain.handling_messages import HandlingAsked, HolderFound, ProblemReported
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at

NOW = at("10:05")
SHARED = a_network(*((f"svc-{n}", "olt") for n in range(5)), services=[f"svc-{n}" for n in range(5)], products=[(f"prod-{n}", f"svc-{n}", f"cust-{n}") for n in range(5)])


def found(report: str) -> HolderFound:
    return HolderFound(report, "", "", "", NOW)


class Desk:
    """Stage 6 without the others: what they would answer is said by the test."""

    def __init__(self) -> None:
        self.view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
        self.world = a_world(SHARED)

    def hears(self, message: object) -> list[Emit]:
        return self.view.run(oversee.step, oversee.come_due, message, self.world)

    def asks(self, n: int) -> str:
        """Have customer n report; return the report's id."""
        out = self.hears(HandlingAsked(
            "report", external=f"ph-{n}", owner="crm", services=((f"svc-{n}", "dom"),), product=f"prod-{n}", text="dead", since=NOW, request=f"r-{n}", position=f"t/0/{n}", at=NOW, clock=NOW))
        [asked] = [emit.value for emit in out if emit.topic == "service-effects"]
        return str(asked.report)

    def places(self, *answers: str) -> dict[str, tuple[str, bool]]:
        """Hear answers that nothing is known; return report -> (problem, whether that is to open)."""
        told = [emit.value for report in answers for emit in self.hears(found(report))]
        return {one.ref.id: (one.problem, one.opens) for one in told if isinstance(one, ProblemReported)}


def test_the_first_who_asked_opens_the_problem_that_the_others_join_whoever_is_answered_first():
    one, other = Desk(), Desk()
    reports = [one.asks(n) for n in range(5)]
    assert reports == [other.asks(n) for n in range(5)]

    placed = one.places(*reports)
    assert placed == other.places(*reversed(reports))
    assert placed[reports[0]][1] and placed[reports[-1]] == (placed[reports[0]][0], False)


def test_an_answer_waits_for_those_before_it_and_no_longer_than_a_while():
    view = MemoryView({name: due for name, (_, due, _) in handling_turns.TABLES.items()})
    first, second, third = (handling_turns.ask(view, NOW) for _ in range(3))

    assert handling_turns.answered(view, second, found("b")) == []
    assert handling_turns.come_due(view, NOW + handling_turns.PATIENCE - 1) == []
    assert handling_turns.come_due(view, NOW + handling_turns.PATIENCE) == [found("b")]
    assert handling_turns.answered(view, first, found("a")) == [found("a")]
    assert handling_turns.answered(view, third, found("c")) == [found("c")]
    assert not view.tables["holder-questions"].rows
