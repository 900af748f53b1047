"""One ranking out of all rules (streams/domain/rank.py), on faults whose cause a person would name at once."""

from typing import Any

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.facts import CANDIDATES, gather
from streams.domain.instant import SECOND
from streams.domain.messages import Cause, Member
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.rank import locate
from tests.builders import a_network, at

T = at("10:00")
ACCESS = a_network(
    *((f"line-{card}{n}", f"card-{card}") for card in "123" for n in range(8)), ("card-1", "power-1"), ("card-2", "power-2"), ("card-3", "power-3"),
    ("svc", ["card-1", "card-2"], 1), services=["svc"])


def told(obj: str, cause: str = "lossOfSignal", after: float = 0, **but: Any) -> Member:
    fields: dict[str, Any] = {
        "occurrence": f"{obj}|{cause}", "alarm": obj, "object": obj, "resolved": True, "alarm_type": "communicationsAlarm", "cause": cause, "qualifier": "",
        "severity": Severity.MAJOR, "effect": Effect.DOWN, "raised_at": T + round(after * SECOND)}
    return Member(**{**fields, **but})


def causes(*members: Member, network: Network = ACCESS) -> tuple[Cause, ...]:
    return locate(members, network, LocalizePolicy())


LINES = [told(f"line-1{n}", after=n / 10) for n in range(8)]


@pytest.mark.parametrize(("members", "expected"), [
    (LINES, "card-1"),
    ([*LINES, told("card-1", "equipmentMalfunction", after=3)], "card-1"),
    ([*LINES, told("card-1", "underlyingResourceUnavailable"), told("power-1", "powerProblem", after=5)], "power-1"),
    ([*LINES, told("line-23", "thresholdCrossed", after=-60, severity=Severity.MINOR)], "card-1"),
    ([told("line-11")], "line-11"),
    ([told("svc", "underlyingResourceUnavailable")], "svc"),
])
def test_fault_is_located_where_a_person_would_look(members: list[Member], expected: str) -> None:
    found = causes(*members)

    assert expected == found[0].object
    assert found == causes(*members[::-1])


def test_half_the_evidence_makes_half_the_confidence_an_unknown_share_remains() -> None:
    sure, lost = causes(*LINES, told("card-1", "equipmentMalfunction", after=-1)), causes(told("line-11", "x"), told("line-22", "y"), told("line-33", "z"))

    assert sure[0].confidence > 0.8
    assert lost[0].confidence < 0.5
    assert sum(c.confidence for c in lost) < 1


def test_a_lone_alarm_is_located_the_same_at_any_time_and_for_any_occurrence() -> None:
    assert causes(told("line-11")) == causes(told("line-11", after=77, occurrence="other"))


def test_a_problem_of_thousands_weighs_a_bounded_number_of_candidates() -> None:
    network = a_network(*((f"line-{n}", f"card-{n // 10}") for n in range(2000)), *((f"card-{n}", "shelf") for n in range(200)))
    members = [told(f"line-{n}") for n in range(2000)]

    assert CANDIDATES == len(gather(members, network, LocalizePolicy()).candidates)
    assert "shelf" == causes(*members, network=network)[0].object
