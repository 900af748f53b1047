"""The simulator's truth holds together, and the processor does not fall far behind what it does on it."""

from pathlib import Path

import pytest

from tests.simulator.clustering import adjusted_rand, calibration_error, reliability
from tests.simulator.families import FAMILIES
from tests.simulator.found import Found, Named, Report, read
from tests.simulator.measure import measure
from tests.simulator.report import meets
from tests.simulator.run import Simulated, play, simulate

INCIDENTS = 24


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def simulated(request: pytest.FixtureRequest) -> Simulated:
    return simulate(request.param, INCIDENTS, 7)


def test_same_seed_tells_the_same(simulated: Simulated) -> None:
    again = simulate(simulated.plant.family, INCIDENTS, 7)

    assert simulated.feed == again.feed
    assert simulated.truth == again.truth


def test_lines_arrive_in_order_and_name_known_incidents(simulated: Simulated) -> None:
    arrivals = [line.arrives for line in simulated.lines]

    assert sorted(arrivals) == arrivals
    assert {line.incident for line in simulated.lines} <= simulated.truth.incidents.keys() | {""}


def test_every_alarm_is_raised_before_it_is_cleared_at_its_source(simulated: Simulated) -> None:
    raised: dict[str, float] = {line.alarm["id"]: line.at for line in simulated.lines if line.alarm["state"] == "raised"}

    assert all(raised[line.alarm["id"]] < line.at for line in simulated.lines if line.alarm["state"] == "cleared")


def test_incident_hits_the_products_of_the_services_its_root_takes_down(simulated: Simulated) -> None:
    plant = simulated.plant
    for incident in simulated.truth.incidents.values():
        fallen = plant.fallen(incident.fault.root)

        assert {product for product, service in plant.products.items() if service in fallen} <= incident.products
        assert incident.fault.root in incident.roots


def test_what_anybody_watches_is_its_own_only_acceptable_root(simulated: Simulated) -> None:
    for incident in simulated.truth.incidents.values():
        assert len(incident.roots) == 1 or simulated.plant.elements[incident.fault.root].mute


def test_who_knows_the_truth_meets_every_target(simulated: Simulated) -> None:
    table = measure(simulated, _all_known(simulated), 0.0).table()

    assert [name for name, value in table.items() if not meets(name, value)] == []


def test_one_problem_for_everything_misses_the_targets(simulated: Simulated) -> None:
    known = _all_known(simulated)
    lumped = known._replace(problem_of=["one" for _ in simulated.lines], head={"one": "one"})
    table = measure(simulated, lumped, 0.0).table()

    assert not any(meets(name, table[name]) for name in ("ARI", "incidents per problem", "cause top-1", "impacted products exactly right"))


def _all_known(simulated: Simulated) -> Found:
    """What a replay would leave if the processor knew the truth."""
    incidents = {line.incident for line in simulated.lines if line.incident}
    first = {name: min(line.at for line in simulated.lines if line.incident == name) for name in incidents}
    causes = {name: (simulated.truth.incidents[name].fault.root,) for name in incidents}
    return Found(
        [line.incident or None for line in simulated.lines], {name: name for name in incidents},
        {name: [Named(first[name], causes[name], 1.0)] for name in incidents},
        [Report(name, name, first[name] + 60, None, causes[name]) for name in sorted(incidents)],
        {name: set(simulated.truth.incidents[name].products) for name in incidents}, simulated.truth.down)


def test_processor_keeps_above_a_modest_floor(simulated: Simulated, tmp_path: Path) -> None:
    """Not the target (report.TARGETS) but what would show that something broke."""
    seconds = play(simulated, tmp_path)
    figures = measure(simulated, read(tmp_path, simulated.lines[-1].arrives), seconds)
    table = figures.table()

    assert table["ARI"] > 0.2, table
    assert table["cause top-1"] > 0.4, table
    assert table["cause top-3"] > 0.5, table
    assert table["impacted products exactly right"] > 0.4, table


def test_adjusted_rand_knows_the_same_the_split_and_the_lumped() -> None:
    assert adjusted_rand([1, 1, 2, 2], ["b", "b", "a", "a"]) == 1.0
    assert adjusted_rand([1, 1, 2, 2], [0, 0, 0, 0]) == 0.0
    assert round(adjusted_rand([1, 1, 2, 2], [0, 0, 1, 2]), 4) == 0.5714


def test_calibration_error_is_the_distance_from_the_diagonal() -> None:
    curve = reliability([(0.85, True)] * 17 + [(0.85, False)] * 3 + [(0.15, True)] * 20)

    assert curve[8] is not None and round(curve[8].right, 2) == 0.85
    assert round(calibration_error(curve), 4) == 0.425
