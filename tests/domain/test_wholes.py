"""What the parts of a whole say together (streams/domain/wholes.py), and which silent ones speak against a cause (facts.py)."""

import msgspec
import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.explanation import explanation
from streams.domain.facts import Facts, asked, footprint, gather
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.wholes import Voice, spoken, voices
from tests.builders import a_network, at

REPLICAS = [f"pod-{n}" for n in range(4)]
SHOP = a_network(("shop", REPLICAS, 1, "part_of"), *((f"service-{n}", [f"pod-{n}"], 1) for n in range(4, 40)))


def said(*told: tuple[str, str], network: Network = SHOP, effect: Effect = Effect.NONE) -> Facts:
    members = [Member(f"{o}|{cause}", o, o, True, "processingErrorAlarm", cause, "", Severity.MINOR, effect, at("10:00")) for o, cause in told]
    return gather(members, network, LocalizePolicy())


def test_replicas_that_report_the_same_speak_with_one_voice() -> None:
    found = voices(said(*((pod, "outOfMemory") for pod in REPLICAS)), SHOP)

    assert {"shop": Voice(pytest.approx(1.0), tuple(REPLICAS), 4)} == found
    assert pytest.approx(6.0) == spoken(found["shop"], dict.fromkeys(REPLICAS, 1.5))


def test_silent_replicas_weaken_the_voice() -> None:
    found = voices(said(("pod-0", "outOfMemory"), ("pod-1", "outOfMemory")), SHOP)["shop"]

    assert (pytest.approx(1 / 3), ("pod-0", "pod-1")) == (found.agreement, found.parts)


@pytest.mark.parametrize("told", [(("pod-0", "outOfMemory"),), (("pod-0", "outOfMemory"), ("pod-1", "softwareError"))])
def test_one_ill_replica_or_two_of_different_ills_are_no_voice(told: tuple[tuple[str, str], ...]) -> None:
    assert {} == voices(said(*told), SHOP)


def test_only_declared_wholes_have_a_voice() -> None:
    network = a_network(("shop", REPLICAS, 1))

    assert {} == voices(said(*((pod, "outOfMemory") for pod in REPLICAS), network=network), network)


def test_who_is_of_another_domain_is_no_witness_by_silence() -> None:
    """A supply of two halls, whose alarms are two problems: all of the one hall explains it as well as if there were no other."""
    both = a_network(*((f"rack-{n}", "supply") for n in range(20)))
    east = {f"rack-{n}" for n in range(10, 20)}
    halls = msgspec.structs.replace(both, nodes={n: msgspec.structs.replace(node, domain="east" if n in east else "west") for n, node in both.nodes.items()})
    told = [(f"rack-{n}", "powerProblem") for n in (2, 3, 4, 5, 6)]
    here, everywhere = said(*told, network=halls, effect=Effect.DOWN), said(*told, network=both, effect=Effect.DOWN)

    assert ({("rack", 0.8): 10}, {("rack", 0.8): 20}) == (asked(here, footprint(halls, "supply")), asked(everywhere, footprint(both, "supply")))
    assert explanation(here, halls).score["supply"] > explanation(everywhere, both).score["supply"]
