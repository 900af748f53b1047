"""The bench feeds what it says it feeds."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from streams.bench import load
from streams.bench.latency import middle_and_edge
from streams.edge.formats import tmf642
from streams.edge.formats.told import Told
from streams.edge.topology_file import from_text

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("share", [0.5, 0.85])
def test_a_mixture_has_the_share_of_repeats_it_is_asked_for(share: float) -> None:
    states = Counter(json.loads(value)["state"] for _, value in load.mixture(20_000, share, start=START))

    assert states["updated"] / 20_000 == pytest.approx(share, abs=0.01)
    assert states["cleared"] > 0


def test_an_alarm_is_some_600_bytes_and_plain_tmf642() -> None:
    alarms = [value for _, value in load.mixture(1_000, 0.85, start=START)]

    assert all(isinstance(tmf642.plain(value), Told) for value in alarms)
    assert 550 <= sum(map(len, alarms)) / 1_000 <= 650


def test_new_alarms_are_all_different_also_where_there_are_fewer_leaves() -> None:
    told = [tmf642.plain(value) for _, value in load.all_new(1_000, domains=10, spare=20, start=START)]

    assert len({(one.object, one.qualifier) for one in told if one}) == 1_000
    assert len({one.object for one in told if one}) == 200


def test_every_object_of_a_load_is_declared_in_its_domain() -> None:
    topology = from_text(load.topology(domains=3, access=5, spare=2, probes=2, feed="bench-feed"))
    loads = [*load.mixture(200, 0.5, domains=3, access=5, start=START), *load.all_new(60, domains=3, spare=2, start=START), load.probe_alarm(1, START)]

    assert topology.feeds[0].topic == "bench-feed"
    assert {key.decode() for key, _ in loads} == {topology.network.nodes[json.loads(value)["alarmedObject"]["id"]].domain for _, value in loads}
    assert all(topology.network.nodes[json.loads(value)["alarmedObject"]["id"]].domain == key.decode() for key, value in loads)


def test_probes_come_from_the_first_alarm_on_and_at_even_distances() -> None:
    mixed = list(load.with_probes(load.mixture(100, 0.85, start=START), 25, START, 5_000.0))

    assert [n for n, (key, _) in enumerate(mixed) if key.startswith(b"probe")] == [0, 26, 52, 78]


def test_the_middle_and_the_edge_of_a_hundred_values() -> None:
    assert middle_and_edge([float(n) for n in range(101)]) == (50.0, 99.0)
