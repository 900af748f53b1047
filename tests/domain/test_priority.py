"""The table of priority, and the classes of impact that it is read by."""

import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.instant import HOUR
from streams.domain.messages import Hurt
from streams.domain.network import Sla
from streams.domain.policy import ManagePolicy
from streams.domain.priority import IMPORTANCE, ROWS, WIDE, WORDS, impact_of, priority_of
from tests.builders import a_network
from tests.domain.problems import SOLD, UNSOLD

POLICY = ManagePolicy(many_services=3)
TABLE = tuple(POLICY.priorities.values())


def test_priority_stays_within_1_to_10_and_never_falls_with_more_impact_or_urgency() -> None:
    for worse, better in zip(TABLE[1:], TABLE, strict=False):
        assert all(w <= b for w, b in zip(worse, better, strict=True))
    for row in TABLE:
        assert list(row) == sorted(row) and row[0] >= 1 and row[-1] <= 10


def test_every_class_of_impact_has_its_words_and_factor() -> None:
    assert len(TABLE) == len(WORDS) == len(IMPORTANCE) == WIDE + 1
    assert tuple(POLICY.priorities) == ROWS


@pytest.mark.parametrize(("effect", "sold", "expected"), [
    (Effect.NONE, False, "no service hurt"), (Effect.AT_RISK, False, "services at risk"), (Effect.DEGRADED, False, "services degraded"),
    (Effect.DOWN, False, "services down"), (Effect.DOWN, True, "widespread or demanding customers down"), (Effect.AT_RISK, True, "services down"),
])
def test_impact_grows_with_effect_and_with_who_stands_behind(effect: Effect, sold: bool, expected: str) -> None:
    assert WORDS[impact_of((Hurt("svc", effect),), SOLD if sold else UNSOLD, POLICY)] == expected


def test_a_customer_without_a_demanding_sla_counts_one_class() -> None:
    relaxed = a_network(services=["svc"], products=[("prod", "svc", "cust")])
    relaxed = type(relaxed)(relaxed.version, relaxed.nodes, {}, {}, relaxed.products, {"gold": Sla("gold", 24 * HOUR)})

    assert WORDS[impact_of((Hurt("svc", Effect.DOWN),), relaxed, POLICY)] == "customers down"


def test_many_services_down_are_widespread_and_one_fewer_are_not() -> None:
    hurt = tuple(Hurt(f"s{n}", Effect.DOWN) for n in range(3))

    assert impact_of(hurt, UNSOLD, POLICY) == WIDE
    assert impact_of((*hurt[:2], Hurt("s2", Effect.DEGRADED)), UNSOLD, POLICY) < WIDE


@pytest.mark.parametrize(("severity", "expected"), [
    (Severity.CRITICAL, 5), (Severity.MAJOR, 6), (Severity.MINOR, 7), (Severity.WARNING, 9), (Severity.INDETERMINATE, 9), (Severity.CLEARED, 9)])
def test_urgency_is_the_worst_active_severity(severity: Severity, expected: int) -> None:
    assert priority_of(0, severity, POLICY) == expected
