"""The simulator's truth holds together, and the processor does not fall far behind what it does on it."""

import json
import random
from pathlib import Path

import pytest

from tests.simulator.calibrate import cases, fit
from tests.simulator.calibrate import simulated as simulated_alone
from tests.simulator.clustering import adjusted_rand, calibration_error, reliability
from tests.simulator.course import follow
from tests.simulator.failures import Outcome
from tests.simulator.families import FAMILIES
from tests.simulator.faults import Fault
from tests.simulator.found import Found, Named, Report, read
from tests.simulator.measure import measure
from tests.simulator.microservices import application
from tests.simulator.reasons import reasons
from tests.simulator.report import meets
from tests.simulator.run import Asked, Simulated, play, simulate
from tests.simulator.truth import truth
from tests.simulator.yard import Yard

INCIDENTS = 24


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def simulated(request: pytest.FixtureRequest) -> Simulated:
    return simulate(Asked(request.param, INCIDENTS, 7))


def test_same_seed_tells_the_same(simulated: Simulated) -> None:
    again = simulate(Asked(simulated.plant.family, INCIDENTS, 7))

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


def test_root_that_was_heard_is_the_only_acceptable_one(simulated: Simulated) -> None:
    heard = {(line.incident, line.alarm["alarmedObject"]["id"]) for line in simulated.lines}
    incidents = [incident for name, incident in simulated.truth.incidents.items() if (name, incident.fault.root) in heard]

    assert incidents
    assert all(incident.roots == {incident.fault.root} for incident in incidents)


def test_who_knows_the_truth_meets_every_target(simulated: Simulated) -> None:
    table = measure(simulated, _all_known(simulated), 0.0).table()

    assert [name for name, value in table.items() if not meets(name, value)] == []


def test_one_problem_for_everything_misses_the_targets(simulated: Simulated) -> None:
    known = _all_known(simulated)
    lumped = known._replace(problem_of=["one" for _ in simulated.lines], head={"one": "one"})
    table = measure(simulated, lumped, 0.0).table()

    assert not any(meets(name, table[name]) for name in ("ARI", "incidents per problem", "cause top-1", "impacted products exactly right"))


def test_what_fails_is_counted_in_named_classes(simulated: Simulated) -> None:
    known = _all_known(simulated)
    lumped = known._replace(
        problem_of=["one" for _ in simulated.lines], head={"one": "one"}, impacted={"one": set(simulated.plant.products)},
        reports=[Report("r", "one", 0.0, 60.0, (), is_merged=True), Report("s", "one", 0.0, 30.0, ())])
    figures = measure(simulated, lumped, 0.0)
    found = reasons([Outcome(simulated, lumped, figures)])

    assert found["reports withdrawn"] == {"merged with another of its domain": 1, "its problem has no parent in the end": 1}
    assert found["products not exactly right"].most_common(1)[0][0] == "of another incident that is in its problem"
    assert sum(found["products not exactly right"].values()) == sum(bool(case.missed_products or case.false_products) for case in figures.cases)
    assert not any(reasons([Outcome(simulated, known, measure(simulated, known, 0.0))]).values()), "who knows the truth fails in nothing"


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

    assert table["ARI"] > 0.7, table
    assert table["problems per incident"] < 1.3, table
    assert table["incidents per problem"] < 1.25, table
    assert table["reports per incident"] < 1.4, table
    assert table["cause top-1"] > 0.6, table
    assert table["cause top-3"] > 0.9, table
    assert table["impacted products exactly right"] > 0.5, table
    assert table["down-minutes off"] < 0.25, table


def test_adjusted_rand_knows_the_same_the_split_and_the_lumped() -> None:
    assert adjusted_rand([1, 1, 2, 2], ["b", "b", "a", "a"]) == 1.0
    assert adjusted_rand([1, 1, 2, 2], [0, 0, 0, 0]) == 0.0
    assert round(adjusted_rand([1, 1, 2, 2], [0, 0, 1, 2]), 4) == 0.5714


def test_calibration_error_is_the_distance_from_the_diagonal() -> None:
    curve = reliability([(0.85, True)] * 17 + [(0.85, False)] * 3 + [(0.15, True)] * 20)

    assert curve[8] is not None and round(curve[8].right, 2) == 0.85
    assert round(calibration_error(curve), 4) == 0.425


def test_what_is_still_down_as_another_fault_ends_is_the_fault_of_the_one_that_stands() -> None:
    """Two supplies, each with a fault; the first is mended while the second stands, so that the box goes from down to weak."""
    dice = random.Random(1)
    yard = Yard("test", dice)
    box = yard.add("box", "box", "box", "here")
    supplies = [yard.add(f"supply-{n}", "supply", "feed", "here") for n in (1, 2)]
    yard.bond(box, supplies, "powered_by", needs=1)
    first, second = (Fault(f"i{n}", "power", supply, True, ((10.0 * n, 100.0 * n),)) for n, supply in enumerate(supplies, 1))
    of_box = [(e.state, e.incident, e.start, e.end) for e in follow(yard.plant(), [first, second]) if e.element == box]

    assert [("weak", "i1", 10.0, 20.0), ("dead", "i2", 20.0, 100.0), ("weak", "i2", 100.0, 200.0)] == of_box


def test_battery_holds_for_a_while_and_then_the_element_dies() -> None:
    yard = Yard("test", random.Random(1))
    box, supply = yard.add("box", "box", "box", "here"), yard.add("supply", "supply", "feed", "here")
    yard.bond(box, supply, "powered_by")
    yard.battery(box, 60.0)
    service = yard.serve("service", "internet", box)
    episodes = follow(yard.plant(), [Fault("i1", "power", supply, True, ((10.0, 100.0),))])

    assert [("battery", 10.0, 100.0), ("dead", 70.0, 100.0)] == [(e.state, e.start, e.end) for e in episodes if e.element == box]
    assert [(70.0, 100.0)] == [(e.start, e.end) for e in episodes if e.element == service and e.saying is None]


def test_protected_element_is_weak_with_one_way_gone_and_down_with_both() -> None:
    yard = Yard("test", random.Random(1))
    node = yard.add("node", "node", "box", "here")
    ways = [yard.add(f"way-{n}", "span", "link", "here") for n in (1, 2)]
    yard.bond(node, ways, needs=1)
    plant = yard.plant()

    assert plant.condition(ways[:1], []).weak == {node}
    assert node in plant.condition(ways, []).down


def test_of_two_cuts_that_only_together_take_a_product_down_the_last_does_and_the_first_may_be_named() -> None:
    yard = Yard("test", random.Random(1))
    node = yard.add("node", "node", "box", "here")
    ways = [yard.add(f"way-{n}", "span", "link", "here") for n in (1, 2)]
    yard.bond(node, ways, needs=1)
    yard.serve("line", "vpn", node)
    plant = yard.plant()
    cuts = [Fault(f"i{n}", "link", way, True, ((10.0 * n, 100.0 * n),)) for n, way in enumerate(ways, 1)]
    incidents = truth(plant, cuts, follow(plant, cuts), set()).incidents

    assert [(set(i.products), set(i.sharing)) for i in incidents.values()] == [(set(), {"product-line"}), ({"product-line"}, {"product-line"})]


def test_what_only_the_final_report_says_was_down_counts_as_told(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "topology.yaml").write_text('{"products": [{"id": "sold", "service": "line"}]}')
    for name in ("problems.ndjson", "trace.ndjson", "events/problems.ndjson", "events/customer-impacts.ndjson", "events/trouble-reports.ndjson"):
        (tmp_path / name).write_text("")
    report = {"@type": "ServiceProblemFinalReport", "finalReport": {"impact": {"services": [{"id": "line", "downMinutes": 3.0, "products": 1}]}}}
    (tmp_path / "events" / "progress.ndjson").write_text(json.dumps({"key": "p1", "at": "", "value": report}) + "\n")

    assert read(tmp_path, 0.0).impacted == {"p1": {"sold"}}


@pytest.mark.parametrize("family", ["ring", "microservices"])
def test_a_confidence_can_be_fitted_to_what_was_right(family: str) -> None:
    found = list(cases(family, *(simulated_alone(family, 12, 3) if family in FAMILIES else application(3, 40))))

    assert len(found) >= 10 and 0.3 < sum(case.right for case in found) / len(found)
    assert all(weight >= 0 for weight in fit(found, steps=10)[1:])
