"""The short form of `python -m tests.naming`."""

import pytest

from tests.naming.incidents import problems_per_incident
from tests.naming.inventory import rules, spoken
from tests.naming.resolving import a_topology, score


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_ten_rules_nearly_every_name_resolves_and_none_wrongly(seed: int) -> None:
    found = score(a_topology(), spoken(seed, 4_000))

    assert rules() == 10
    assert found.wrong == [] and found.share >= 0.99 and found.kept_apart == found.strangers


def test_without_the_rules_none_resolves_wrongly_either() -> None:
    found = score(a_topology(False), spoken(1, 4_000))

    assert found.wrong == [] and 0.5 < found.share < 0.9


def test_unresolved_names_split_incidents() -> None:
    whole, few, many = (problems_per_incident(1, 8, share) for share in (0.0, 0.05, 0.20))

    assert whole == 1.0 < few <= many
