"""topology.yaml as text in; the network, feeds and policy out."""

import json
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from streams.domain.instant import DAY, HOUR, MINUTE
from streams.domain.network import Action, Dependency
from streams.domain.policy import Policy
from streams.edge.feed import Feed
from streams.edge.topology_document import Document
from streams.edge.topology_file import Topology, from_text, load
from streams.edge.topology_source import Source

ROOT = Path(__file__).parents[2]


def a_topology(*dependencies: dict, resources: str = "a b c d", services: str = "", **sections: object) -> Topology:
    network = {"resources": [{"id": name} for name in resources.split()], "dependencies": list(dependencies)}
    return from_text(json.dumps({"network": network, "services": [{"id": name} for name in services.split()], **sections}))


# --- what is read ---


def test_the_file_at_the_root_loads_and_shows_every_section() -> None:
    topology = load(ROOT / "topology.yaml")

    assert topology.domains == ("berlin",)
    assert topology.network.depends["svc-vpn-17"] == (Dependency("svc-vpn-17", ("path-a", "path-b"), 1, 2),)
    assert [product.id for product in topology.network.products["svc-vpn-17"]] == ["prod-990", "prod-991"]
    assert topology.network.slas["gold"].restore_within == 4 * HOUR
    assert topology.network.slas["gold"].warn_at == 3 * 3_600_000_000
    assert topology.network.restoration == (Action("reroute", "lossOfSignal", "path", 2, 5 * MINUTE),)
    assert topology.aliases == {"10.7.0.1": "olt-7"}
    assert topology.feeds[0].rewrite == ((r"^OLT(\d+)\.BER$", r"olt-\1"),)
    assert topology.streams["alarm-events"].retention == 7 * DAY
    assert topology.mode == "report"


@pytest.mark.parametrize(
    "text", ["", "# nothing", "network: {resources: []}", "network:\n  resources:\nservices:\n", "{}", '{"network": {}}']
)
def test_an_empty_network_loads_with_one_default_feed(text: str) -> None:
    topology = from_text(text)

    assert topology.network.nodes == {}
    assert topology.feeds == (Feed("raw-alarms", "auto"),)
    assert topology.policy == Policy()


def test_a_yaml_flow_mapping_that_is_no_json_is_read_as_yaml() -> None:
    assert from_text("{mode: observe, network: {resources: [{id: a}]}}").mode == "observe"


def test_a_policy_override_changes_only_what_it_names() -> None:
    policy = from_text("policy: {correlate: {quiet_period: 90}, manage: {report_after: {2: 30s}}}").policy

    assert policy.correlate.quiet_period == 90_000_000
    assert policy.correlate.hops == Policy().correlate.hops
    assert policy.manage.report_after == {**Policy().manage.report_after, 2: 30_000_000}


def test_priorities_may_be_text_because_json_has_no_other_keys() -> None:
    assert from_text('{"policy": {"manage": {"report_after": {"2": "30s"}}}}').policy.manage.report_after[2] == 30_000_000


def test_modes_have_exceptions_and_the_more_cautious_one_wins() -> None:
    network = from_text("mode: {default: report, domains: {berlin: act}, causes: {lossOfSignal: advise}}").network

    assert network.mode_for("berlin", "powerProblem") == "act"
    assert network.mode_for("berlin", "lossOfSignal") == "advise"
    assert network.mode_for("hamburg", "lossOfSignal") == "advise"
    assert network.mode_for("hamburg", "powerProblem") == "report"


def test_the_lanes_share_one_partition_count_and_the_networks_inbox_has_one() -> None:
    topology = from_text("streams: {alarm-events: {partitions: 6}}\nfeeds: [{topic: ran, partitions: 3}]")

    assert topology.partitions("problem-inbox", 12) == 6
    assert topology.partitions("network-inbox", 12) == 1
    assert topology.partitions("ran", 12) == 3
    assert topology.partitions("problems", 12) == 12


# --- dependencies ---


def test_every_name_in_to_must_work_unless_needs_says_otherwise() -> None:
    depends = a_topology({"from": "a", "to": ["b", "c"]}, {"from": "d", "to": ["b", "c"], "needs": 1}).network.depends

    assert depends["a"] == (Dependency("a", ("b", "c"), 2, 2),)
    assert depends["d"] == (Dependency("d", ("b", "c"), 1, 1),)


def test_parts_declared_one_by_one_are_one_group_of_which_one_must_work() -> None:
    depends = a_topology({"from": "a", "to": "b", "kind": "part_of"}, {"from": "a", "to": ["c", "d"], "kind": "part_of"}).network.depends

    assert depends["a"] == (Dependency("a", ("b", "c", "d"), 1, 1, "part_of"),)


def test_parts_with_needs_stand_by_themselves() -> None:
    depends = a_topology(
        {"from": "a", "to": ["b", "c"], "kind": "part_of", "needs": 2}, {"from": "a", "to": "d", "kind": "part_of"}
    ).network.depends

    assert depends["a"] == (Dependency("a", ("b", "c"), 2, 2, "part_of"), Dependency("a", ("d",), 1, 1, "part_of"))


def test_links_both_ways_are_no_mistake() -> None:
    network = a_topology({"from": "a", "to": "b", "kind": "connected"}, {"from": "b", "to": "a", "kind": "connected"}).network

    assert network.carries == {"a": ("b",), "b": ("a",)}
    assert set(network.anchors("a", 5)) == {("a", 0), ("b", 1)}


def test_parts_on_their_whole_and_the_whole_on_its_parts_are_no_cycle_of_one_kind() -> None:
    a_topology({"from": "a", "to": "b", "kind": "part_of"}, {"from": "b", "to": "a", "kind": "hosted_on"})


def test_two_ways_down_to_one_host_are_no_cycle() -> None:
    a_topology(*({"from": a, "to": b, "kind": "hosted_on"} for a, b in ("ab", "ac", "bd", "cd")))


def test_a_deep_chain_is_walked_without_recursion() -> None:
    names = [f"n{i}" for i in range(5000)]

    assert len(a_topology(*({"from": a, "to": b, "kind": "hosted_on"} for a, b in pairwise(names)), resources=" ".join(names)).domains) == 1


# --- domains ---


def domains(text: str) -> dict[str, str]:
    return {node.id: node.domain for node in from_text(text).network.nodes.values()}


def test_a_resource_belongs_to_its_domain_else_its_site_else_its_component() -> None:
    assert domains("""
network:
  resources: [{id: a, domain: x, site: y}, {id: b, site: y}, {id: d}, {id: c}, {id: e}]
  dependencies: [{from: d, to: c}]
""") == {"a": "x", "b": "y", "c": "component:c", "d": "component:c", "e": "component:e"}


def test_a_service_belongs_to_the_first_domain_of_what_it_stands_on_over_other_services() -> None:
    assert domains("""
network:
  resources: [{id: a, domain: x}, {id: b, domain: w}]
  dependencies: [{from: s, to: [a, b]}, {from: t, to: s}, {from: v, to: a}, {from: t, to: u}, {from: u, to: t}]
services: [{id: s}, {id: t}, {id: u}, {id: v, domain: z}, {id: lonely}]
""") == {"a": "x", "b": "w", "s": "w", "t": "w", "u": "w", "v": "z", "lonely": "component:lonely"}


def test_a_service_over_two_components_does_not_make_them_one() -> None:
    assert domains("network: {resources: [{id: a}, {id: b}], dependencies: [{from: s, to: [a, b]}]}\nservices: [{id: s}]") == {
        "a": "component:a",
        "b": "component:b",
        "s": "component:a",
    }


# --- the version ---


def test_the_version_is_of_what_is_said_not_of_how() -> None:
    one = from_text("""
network:
  resources: [{id: a, type: olt}, {id: b}]
  dependencies: [{from: a, to: b, kind: connected}, {from: b, to: a, kind: connected}]
policy: {correlate: {quiet_period: 15m}, manage: {quiet_moment: 5s}}
""")
    other = from_text("""
policy: {manage: {quiet_moment: 5}, correlate: {quiet_period: 900}}   # the same
network:
  dependencies: [{kind: connected, to: [a], from: b}, {from: a, to: b, kind: connected}]
  resources: [{id: b}, {type: olt, id: a}]
""")

    assert one.version == other.version
    assert one == other


@pytest.mark.parametrize(
    "change",
    [
        "mode: observe",
        "policy: {correlate: {hops: 3}}",
        "network: {resources: [{id: a, type: x}]}",
        "effects: [{effect: none}]",
        "feeds: [{topic: t}]",
    ],
)
def test_the_version_changes_with_what_is_said(change: str) -> None:
    assert from_text(change).version != from_text("").version


def test_a_network_in_a_file_of_its_own_is_the_same_network(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "network.json").write_text(
        '{"resources": [{"id": "a"}], "dependencies": [{"from": "s", "to": "a"}], "services": [{"id": "s"}]}'
    )
    (tmp_path / "topology.yaml").write_text("network: {file: parts/network.json}\n")

    loaded = load(tmp_path / "topology.yaml")

    assert list(loaded.included) == ["parts/network.json"]
    assert msgspec.structs.replace(loaded, stamp=(0, 0), included={}) == from_text(
        "network: {resources: [{id: a}], dependencies: [{from: s, to: a}]}\nservices: [{id: s}]"
    )


# --- size ---


def an_operator(domains: int, access: int) -> dict:
    """JSON as a program writes it: per domain two cores, four aggregation nodes on both, access nodes with four services each."""
    resources, dependencies, services, products = [], [], [], []
    for d in range(domains):
        domain = f"dom-{d:04d}"
        resources += [
            {"id": f"{domain}/{name}", "type": name.split("-")[0], "domain": domain}
            for name in ("core-0", "core-1", "agg-0", "agg-1", "agg-2", "agg-3")
        ]
        dependencies += [
            {"from": f"{domain}/agg-{g}", "to": [f"{domain}/core-0", f"{domain}/core-1"], "kind": "connected", "needs": 1} for g in range(4)
        ]
        for a in range(access):
            resources.append({"id": f"{domain}/access-{a}", "type": "access", "domain": domain})
            dependencies.append({"from": f"{domain}/access-{a}", "to": f"{domain}/agg-{a % 4}", "kind": "connected"})
            services += [{"id": f"{domain}/svc-{a}-{s}", "type": "internet", "domain": domain} for s in range(4)]
            dependencies += [{"from": f"{domain}/svc-{a}-{s}", "to": f"{domain}/access-{a}", "kind": "hosted_on"} for s in range(4)]
            products += [
                {"id": f"prod-{d}-{a}-{s}", "service": f"{domain}/svc-{a}-{s}", "customer": f"cust-{d}-{a}-{s}", "sla": "gold"}
                for s in range(4)
            ]
    return {
        "network": {"resources": resources, "dependencies": dependencies},
        "services": services,
        "products": products,
        "slas": {"gold": {"restore_within": "4h", "warn_at": "75%"}},
    }


def test_an_operator_of_sixty_domains_loads_without_reading_a_line_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("YAML, or line numbers, for a valid JSON file: that takes a minute for a large one")

    monkeypatch.setattr(Source, "_yaml", never)
    monkeypatch.setattr(Source, "line", never)
    topology = from_text(json.dumps(an_operator(domains=60, access=20)))

    assert len(topology.domains) == 60
    assert len(topology.network.nodes) == 60 * (6 + 20 + 80)
    assert sum(map(len, topology.network.products.values())) == 60 * 80


def test_json_and_yaml_of_one_network_are_one_version() -> None:
    operator = an_operator(domains=1, access=2)
    yaml = "# not JSON\n" + json.dumps(operator)

    assert from_text(yaml) == from_text(json.dumps(operator))


def test_lines_are_found_in_json_however_it_is_written() -> None:
    odd = 'a " }] \\'
    text = json.dumps(an_operator(domains=2, access=3) | {"mode": {"domains": {odd: "x {"}}}, indent=1)
    lines = text.split("\n")
    source = Source(text, "net.json")
    source.plain()

    assert '"dom-0001/access-2"' in lines[source.line(("network", "resources", 17, "id")) - 1]
    assert '"x {"' in lines[source.line(("mode", "domains", odd)) - 1]
    assert '"warn_at"' in lines[source.line(("slas", "gold", "warn_at")) - 1]
    assert source.line(("slas", "gold", "none", "deeper")) == source.line(("slas", "gold"))


def test_rows_know_their_place_over_several_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("resources:\n  - {id: b}\n  - {id: a}\n")
    document = Document(Source("network:\n  file: b.yaml\n  resources:\n    - {id: x}\n", "t.yaml"), tmp_path)

    assert [(s.name, s.line(path)) for s, path in map(document.resources.place, range(3))] == [("t.yaml", 4), ("b.yaml", 2), ("b.yaml", 3)]
