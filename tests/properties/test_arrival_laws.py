"""Laws of arrival: what is one problem does not depend on the order in which alarms of the same minute come in (ADR 0032)."""

import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.alarm import Alarm, Severity
from streams.domain.group import reach
from streams.domain.instant import HOUR, SECOND
from streams.domain.messages import Tick
from streams.domain.network import Network
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import Correlator

START = at("10:00")
STEPS = (0, 1, 3, 10, 30, 50, 80)
"""Seconds between two alarms of one moment: a neighbour of the last alarm is together with it (90 s)."""
APART = 9 * HOUR
"""Between two moments: longer than the longest failure explains anything."""
SHUFFLED = 60 * SECOND
CAUSES = ("lossOfSignal", "equipmentMalfunction", "thresholdCrossed")


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A few objects; each stands on one or two before it, which may be paths of which one is enough."""
    dependencies: list[tuple[str, str] | tuple[str, list[str], int]] = []
    for n in range(1, draw(st.integers(4, 12))):
        under = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=2, unique=True))
        names = [f"n{one}" for one in under]
        if len(names) > 1 and draw(st.booleans()):
            dependencies.append((f"n{n}", names, 1))
        else:
            dependencies += [(f"n{n}", name) for name in names]
    return a_network(*dependencies)


@st.composite
def histories(draw: st.DrawFn, network: Network) -> list[Alarm]:
    """One or two moments at which some objects alarm, at most one alarm a microsecond, none of them twice."""
    now, told = START, {}
    for _ in range(draw(st.integers(1, 2))):
        for _ in range(draw(st.integers(2, 9))):
            now += draw(st.sampled_from(STEPS)) * SECOND + 1
            severity = draw(st.sampled_from((Severity.MAJOR, Severity.MAJOR, Severity.MINOR)))
            alarm = an_alarm(draw(st.sampled_from(sorted(network.nodes))), now, severity=severity, cause=draw(st.sampled_from(CAUSES)))
            told.setdefault(alarm.key, alarm)
        now += APART
    return list(told.values())


def problems(network: Network, told: Iterable[Alarm]) -> list[list[str]]:
    """Return the alarms of each problem in the end; those in none come last."""
    stage, found, alone = Correlator(network), {}, []
    for alarm in told:
        stage.tell(alarm)
    stage.send(Tick(stage.watermark + HOUR))
    for key, record in sorted(stage.view.alarm_records.rows.items()):
        problem, group = reach(stage.view, record.problem) if record.problem else ("", None)
        if group is not None and group.open:
            found.setdefault(problem, []).append(key)
        else:
            alone.append(key)
    return [*sorted(found.values()), alone]


@settings(max_examples=200)
@given(st.data())
def test_shuffled_within_a_minute_the_same_alarms_are_one_problem(data: st.DataObject) -> None:
    network = data.draw(networks())
    told = data.draw(histories(network))
    dice: random.Random = data.draw(st.randoms(use_true_random=False))
    arrived = sorted(told, key=lambda alarm: alarm.at + dice.randint(0, SHUFFLED))

    assert problems(network, arrived) == problems(network, told)


@given(st.integers(3, 60), st.sampled_from((340, 1500)))
def test_who_came_before_the_one_it_follows_goes_where_that_one_belongs(late: int, since: int) -> None:
    """n3 is explained by the failure of n2 that began long ago; n8, which only n3 is together with, was told before it."""
    network = a_network(("n1", "n0"), ("n2", "n0"), ("n3", "n2"), ("n8", ["n3", "n1"], 1))
    first = an_alarm("n2", START, cause="equipmentMalfunction")
    cause = an_alarm("n3", START + since * SECOND, cause="equipmentMalfunction")
    follows = an_alarm("n8", cause.at + late * SECOND, cause="thresholdCrossed")

    assert problems(network, (first, follows, cause)) == problems(network, (first, cause, follows)) == [sorted(f"dom|{alarm.key}" for alarm in (first, cause, follows)), []]
