"""What is learnt is a fold of the log: the same log learns the same, and within the time that learning waits order is nothing."""

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.alarm import Position
from streams.domain.instant import DAY, SECOND
from streams.domain.learnt import Knowledge, added_up, weigh
from streams.domain.messages import AlarmHeard, Tick
from tests.builders import a_network, an_alarm, at
from tests.domain.test_learn import Learner

NETWORK = a_network(("leaf-1", "trunk"), ("leaf-2", "trunk"), ("twig", "leaf-1"))
SETTLE = 60
"""Seconds."""
told = st.lists(st.tuples(st.sampled_from(("trunk", "leaf-1", "leaf-2", "twig")), st.integers(0, 6 * 3600), st.sampled_from("abc"), st.integers(0, SETTLE - 1)), max_size=60)
"""Object, when (seconds), type, how much later it arrives."""


def learnt(arrivals: list[tuple[int, str, int, str]]) -> Knowledge:
    """Tell alarms (arrival, object, when, type) in order of arrival, on a clock that does not run ahead of them."""
    learner, start = Learner(NETWORK), at("00:00")
    for n, (arrives, obj, when, kind) in enumerate(arrivals):
        learner.send(AlarmHeard(an_alarm(obj, start + when * SECOND, qualifier=kind), Position("raw-alarms", 0, n), start + arrives * SECOND))
    learner.send(Tick(start + DAY))
    return added_up([(learner.view.learnt_types.rows, learner.view.learnt_pairs.rows)], learner.world.policy.learn.half_life)


@given(told)
def test_the_same_log_learns_the_same(alarms: list[tuple[str, int, str, int]]) -> None:
    arrivals = sorted((when + late, obj, when, kind) for obj, when, kind, late in alarms)

    assert learnt(arrivals) == learnt(arrivals)


@given(told)
def test_arrivals_shuffled_within_the_wait_learn_the_same(alarms: list[tuple[str, int, str, int]]) -> None:
    """One raise of an alarm per 20 minutes: of two that are nearer the later is a repeat, whichever comes first."""
    told = {(obj, kind, when // 1200): (obj, when // 1200 * 1200, kind, late) for obj, when, kind, late in alarms}.values()
    in_order = sorted((when, obj, when, kind) for obj, when, kind, _ in told)
    shuffled = sorted((when + late, obj, when, kind) for obj, when, kind, late in told)

    assert learnt(in_order) == learnt(shuffled)


@given(told)
def test_an_onset_is_shared_out_once(alarms: list[tuple[str, int, str, int]]) -> None:
    known = learnt(sorted((when, obj, when, kind) for obj, when, kind, _ in alarms))
    explained = sum(kind.explained for kind in known.kinds.values())

    assert explained <= sum(kind.onsets for kind in known.kinds.values()) + 1e-6
    assert abs(explained - sum(kind.explains for kind in known.kinds.values())) < 1e-6
    assert abs(explained - sum(pair.weight for pair in known.pairs.values())) < 1e-6
    assert all(pair.strength > 0 for pair in weigh(known))
