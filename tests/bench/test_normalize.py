"""`spm bench normalize` measures alarms: every format has a load, and every record of it becomes an alarm, raised and cleared in turn."""

import pytest

from streams.bench import load, normalize
from streams.bench.format_loads import LOADS, Load
from streams.domain.messages import AlarmHeard
from streams.domain.policy import NormalizePolicy
from streams.domain.view import World
from streams.edge.formats import NAMES
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.topology_file import from_text

TOPOLOGY = from_text(load.topology(domains=2, access=3))
WORLD = World(TOPOLOGY.network, TOPOLOGY.policy)


def an_intake(each: Load) -> Intake:
    return Intake(Names(TOPOLOGY.network.nodes, {}), [normalize.feed_of(each)], NormalizePolicy())


def test_every_format_has_a_load() -> None:
    assert {each.format for each in LOADS} == set(NAMES)


@pytest.mark.parametrize("each", LOADS, ids=[each.name for each in LOADS])
def test_each_record_of_a_load_is_an_alarm_of_a_declared_object(each: Load) -> None:
    intake, view = an_intake(each), normalize.TablesInMemory()
    heard = [emit.value for raw in normalize.records(each, ["d000-acc-0", "d001-acc-2"], 8) for emit in intake.step(view, raw, 0, WORLD)]  # type: ignore[arg-type]

    assert all(isinstance(message, AlarmHeard) and message.alarm.resolved for message in heard)
    assert [message.alarm.cleared for message in heard] == [False, True] * 4 * each.alarms
    assert len({message.alarm.key for message in heard}) == 2


def test_a_measurement_says_microseconds_and_bytes() -> None:
    found = normalize.measure(an_intake(LOADS[0]), WORLD, normalize.records(LOADS[0], ["d000-acc-0"], 300))

    assert found["bytes"] > 400
    assert 0 < found["median"] <= found["p90"]
