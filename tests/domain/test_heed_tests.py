"""What tests say of the candidates: a hit, its near miss, and the way from a result to the ranking."""

from streams.domain.heed_tests import heeding
from streams.domain.messages import Cause, ObjectVerdict, ProblemChange
from tests.builders import a_network, an_alarm, at
from tests.domain.flowing import Flow, check
from tests.domain.problems import a_cause

CARD, POWER = a_cause("card-1", confidence=0.5), a_cause("power-1", confidence=0.3)


def said(name: str, passed: bool) -> ObjectVerdict:
    return ObjectVerdict(name, passed, at("10:05"), "loopback")


def ranked(*causes: Cause) -> list[tuple[str, float]]:
    return [(cause.object, round(cause.confidence, 2)) for cause in causes]


def test_a_failed_test_makes_its_object_nine_times_as_likely_and_says_so():
    causes = heeding((CARD, POWER), (said("power-1", False),))

    assert [("power-1", 0.79), ("card-1", 0.15)] == ranked(*causes)
    assert ("test", "Test loopback failed at 2026-01-01T10:05:00.000Z.") == (causes[0].rules[-1], causes[0].evidence[-1])


def test_a_passed_test_makes_its_object_as_much_less_likely():
    assert [("power-1", 0.54), ("card-1", 0.1)] == ranked(*heeding((CARD, POWER), (said("card-1", True),)))


def test_a_test_of_something_else_says_nothing():
    assert (CARD, POWER) == heeding((CARD, POWER), (said("line-9", False),))


def test_that_the_test_of_a_service_fails_says_nothing_but_that_it_passes_does():
    service = a_cause("svc-1", is_service=True, confidence=0.5)

    assert [("svc-1", 0.5), ("power-1", 0.3)] == ranked(*heeding((service, POWER), (said("svc-1", False),)))
    assert [("power-1", 0.54), ("svc-1", 0.1)] == ranked(*heeding((service, POWER), (said("svc-1", True),)))


def test_the_last_test_of_an_object_counts():
    assert heeding((CARD, POWER), (said("card-1", True),)) == heeding((CARD, POWER), (said("card-1", False), said("card-1", True)))


def test_a_result_moves_the_ranking_of_an_open_problem_and_nothing_else_of_it():
    flow = Flow(a_network(("line-1", "card-1"), ("line-2", "card-1"), ("card-1", "power-1")))
    for line in ("line-1", "line-2"):
        flow.hear(an_alarm(line, "10:00"))
    flow.pass_time(at("10:01"))
    before, = flow.four.problems.rows.values()
    first = before.causes[0].object
    flow._onward(ProblemChange("tested", before.id, "dom", at("10:05"), why="Test loopback passed", tested=said(first, True)))
    after, = flow.four.problems.rows.values()

    assert first != after.causes[0].object
    assert (before.active, before.members, before.status) == (after.active, after.members, after.status)
    check(flow)


def test_a_result_for_what_is_forgotten_makes_no_problem():
    flow = Flow(a_network(("line-1", "card-1")))
    flow._onward(ProblemChange("tested", "dom-gone", "dom", at("10:05"), tested=said("card-1", False)))

    assert ({}, {}) == (flow.three.located_problems.rows, flow.four.problems.rows)
