"""Every rule of localization has a file of cases here, with at least one hit and one near miss.

A case: `says` (one sentence), `kind` (hit or near-miss), `network` (pairs dependent, on), `types` (where not the letters
of the id), `learnt` (cause, effect, strength), `alarms`, `past` (what operators said of similar problems, where anything), and `points_at`: the one object the rule scores best, or null where it must not single one out.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML

from streams.domain.alarm import Effect, Severity
from streams.domain.facts import Facts, Rule, gather
from streams.domain.learnt import Learnt
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.past_causes import Heed, PastCause, Recall
from streams.domain.policy import LocalizePolicy
from streams.domain.rules import RULES
from tests.builders import a_network, at

FOLDER = Path(__file__).parent
POLICY = LocalizePolicy()


def cases_of(rule: Rule) -> list[dict[str, Any]]:
    path = FOLDER / f"{rule.name}.yaml"
    return list(YAML(typ="safe").load(path)) if path.exists() else []


ALL = [pytest.param(rule, case, id=f"{rule.name}-{n}") for rule in RULES for n, case in enumerate(cases_of(rule))]


def facts_of(case: dict[str, Any]) -> tuple[Facts, Network]:
    network = a_network(*(tuple(d) for d in case.get("network", [])))
    kinds = case.get("types", {})
    network = msgspec.structs.replace(network, nodes={n: msgspec.structs.replace(node, type=kinds.get(n, node.type)) for n, node in network.nodes.items()})
    members = [
        Member(f"occurrence-{n}", f"alarm-{n}", a["object"], a["object"] in network.nodes, a.get("type", "communicationsAlarm"), a.get("cause", "indeterminate"),
               a.get("qualifier", ""), Severity[a.get("severity", "major").upper()], Effect.NONE, at(a.get("at", "10:00")), a.get("id", ""),
               a.get("root"), tuple(a.get("parents", ())), a.get("peer", ""))
        for n, a in enumerate(case["alarms"])
    ]
    return gather(members, network, POLICY, heed=Heed(tuple(a_recall(network, **said) for said in case.get("past", ()))), learnt={tuple(pair[:2]): Learnt(*pair[:3], 20.0, 12_000_000, 0.0) for pair in case.get("learnt", ())}), network


def a_recall(network: Network, object: str, confirmed: bool = True, weight: float = 1.0, own: list[str] | None = None, here: bool = False) -> Recall:
    """What eva said on an earlier day; `own`: what that object told of itself then."""
    kind = network.nodes[object].type if object in network.nodes else ""
    return Recall(PastCause("f", object, kind, confirmed, "eva", at("09:00"), "earlier", tuple(own or ()), (), ()), weight, 1.0, here)


@pytest.mark.parametrize(("rule", "case"), ALL)
def test_rule_points_at_what_the_case_says(rule: Rule, case: dict[str, Any]) -> None:
    facts, network = facts_of(case)
    scores = rule.judge(facts, network, POLICY)
    best = max(scores.values(), default=0.0)
    singled_out = [c for c, score in sorted(scores.items()) if score > 0 and score >= best - 1e-9]
    expected = case["points_at"]

    assert ([expected] == singled_out) if expected else (len(singled_out) != 1), f"{case['says']} Scores: {dict(scores)}"
    assert all(-1 <= score <= 1 for score in scores.values())
    for candidate in singled_out:
        evidence = rule.tell(facts, network, candidate)
        assert not evidence[0].islower() and evidence.endswith(".")


@pytest.mark.parametrize(("rule", "case"), ALL)
def test_rule_does_not_read_the_order_of_arrival(rule: Rule, case: dict[str, Any]) -> None:
    facts, network = facts_of(case)
    backwards, _ = facts_of({**case, "alarms": case["alarms"][::-1]})

    assert rule.judge(facts, network, POLICY) == pytest.approx(rule.judge(backwards, network, POLICY))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_hit_and_a_near_miss_each_with_a_sentence(rule: Rule) -> None:
    cases = cases_of(rule)

    assert {"hit", "near-miss"} <= {case["kind"] for case in cases}
    assert all(case["says"].endswith(".") and case["says"].count(".") == 1 for case in cases)


def test_every_file_of_cases_has_its_rule() -> None:
    assert {rule.name for rule in RULES} == {path.stem for path in FOLDER.glob("*.yaml")}


def test_every_rule_module_is_in_the_index_and_within_its_size() -> None:
    folder = FOLDER.parent.parent / "streams" / "domain" / "rules"
    modules = {path.stem: path for path in folder.glob("*.py") if path.stem != "__init__"}

    assert {rule.name for rule in RULES} == set(modules)
    assert all(len(path.read_text().splitlines()) <= 60 for path in modules.values())
