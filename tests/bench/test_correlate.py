"""`spm bench correlate` measures what it says: its network loads, its incidents are problems, its stock stays active."""

from pathlib import Path

import pytest

from streams.bench import correlate, large_network
from streams.bench.lane import Lane, raised
from streams.domain.view import World
from streams.edge.topology_check import check
from streams.edge.topology_file import Topology, load


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Topology:
    return load(large_network.write(tmp_path_factory.mktemp("large"), 2_000, domain_size=1_000))


def test_the_network_has_as_many_objects_as_asked_and_three_dependencies_for_each(topology: Topology) -> None:
    network = topology.network

    assert 2_001 == len(network.nodes)
    assert 2.9 < sum(map(len, network.depends.values())) / len(network.nodes) < 3.1
    assert ("backbone", large_network.domain_of(0), large_network.domain_of(1)) == topology.domains


def test_the_network_is_valid(tmp_path: Path) -> None:
    assert not check(large_network.write(tmp_path, 1_000)).refused


def test_a_measurement_says_microseconds_of_every_kind(topology: Topology) -> None:
    figures = correlate.measure(World(topology.network, topology.policy), 1_000, active=20, places=4)

    assert all(0 < median <= p99 for median, p99 in (figures.new, figures.first, figures.repeat, figures.clear))


def test_a_crowd_is_one_problem(topology: Topology) -> None:
    found = correlate.crowds(World(topology.network, topology.policy), 1_000, sizes=(10, 40))

    assert [10, 40] == [each["members"] for each in found]


def test_a_lane_folds_an_alarm_into_a_problem_and_its_repeat_into_the_record(topology: Topology) -> None:
    lane = Lane(World(topology.network, topology.policy))
    alarm = raised(f"{large_network.domain_of(0)}/acc-3", large_network.domain_of(0), 1_700_000_000_000_000)
    lane.hear(alarm)
    lane.hear(alarm)

    assert 1 == len(lane.problems.located_problems.prefix(""))
    assert [2] == [record.count for _, record in lane.alarms.alarm_records.prefix("")]
