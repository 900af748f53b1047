"""Which alarm types cause which, learnt from onsets: `taught(("a", "10:00", "x"), ...)` tells alarms and lets them settle."""

from typing import Any

import msgspec
import pytest

from streams.domain import correlate, learn
from streams.domain.alarm import Position
from streams.domain.instant import DAY, MINUTE, SECOND
from streams.domain.learnt import Kind, Knowledge, Learnt, Pair, added_up, is_noise, weigh
from streams.domain.messages import AlarmHeard, Tick
from streams.domain.network import Network
from streams.domain.policy import LearnPolicy, Policy
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, an_alarm, at

HOUR = 60 * MINUTE
PAIR = a_network(("leaf", "trunk"))
Told = tuple[str, int, str]
"""Object, event time, alarm type."""


class Learner:
    """One partition of stage 2 that is told alarms of types."""

    def __init__(self, network: Network = PAIR, **policy: Any) -> None:
        self.world = a_world(network, Policy(learn=LearnPolicy(**policy)))
        self.view = MemoryView({name: due for name, (_, due, _) in correlate.TABLES.items()}, correlate.TICKED)
        self.n = 0

    def tell(self, obj: str, when: int, kind: str, clock: int | None = None, **but: Any) -> list[Emit]:
        self.n += 1
        return self.send(AlarmHeard(an_alarm(obj, when, qualifier=kind, **but), Position("raw-alarms", 0, self.n), when if clock is None else clock))

    def send(self, message: Any) -> list[Emit]:
        return self.view.run(correlate.step, correlate.come_due, message, self.world)

    def known(self, until: int | None = None) -> Knowledge:
        if until is not None:
            self.send(Tick(until))
        return added_up([(self.view.learnt_types.rows, self.view.learnt_pairs.rows)], self.world.policy.learn.half_life)


def repeated(times: int, *told: Told, every: int = HOUR) -> list[Told]:
    """The same alarms once an hour."""
    return [(obj, when + n * every, kind) for n in range(times) for obj, when, kind in told]


def taught(told: list[Told], network: Network = PAIR, **policy: Any) -> list[Learnt]:
    learner = Learner(network, **policy)
    for obj, when, kind in told:
        learner.tell(obj, when, kind)
    return weigh(learner.known(max(when for _, when, _ in told) + DAY))


def best(found: list[Learnt]) -> tuple[str, str]:
    return found[0].cause, found[0].effect


def test_what_follows_on_a_neighbour_is_learnt_with_its_delay() -> None:
    found = taught(repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00:20"), "loss")))

    assert ("cut", "loss") == best(found)
    assert 20 * SECOND == found[0].delay
    assert 0.0 == found[0].beside
    assert 12 < found[0].support <= 20


def test_what_follows_on_the_same_object_is_told_to_be_beside() -> None:
    found = taught(repeated(20, ("leaf", at("00:00"), "hot"), ("leaf", at("00:00:20"), "off")))

    assert ("hot", "off") == best(found)
    assert 1.0 == found[0].beside


def test_direction_is_that_of_time() -> None:
    found = {(pair.cause, pair.effect): pair.strength for pair in taught(repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00:20"), "loss")))}

    assert found["cut", "loss"] > 5 * found.get(("loss", "cut"), 0.0)


def test_what_lies_apart_in_the_network_teaches_nothing() -> None:
    apart = a_network(("leaf", "trunk"), ("other", "elsewhere"))

    assert [] == taught(repeated(20, ("trunk", at("00:00"), "cut"), ("other", at("00:00:20"), "loss")), apart)


def test_what_lies_apart_in_time_teaches_nothing() -> None:
    assert [] == taught(repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:10:01"), "loss")))


def test_a_batch_of_one_instant_teaches_no_direction() -> None:
    found = {(pair.cause, pair.effect): pair for pair in taught(repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00"), "loss")))}

    assert found["cut", "loss"].strength == pytest.approx(found["loss", "cut"].strength)


def test_what_comes_all_the_time_accounts_for_little() -> None:
    """Chatter begins anew every 16 minutes, so it often comes just before the loss; the cut always does."""
    chatter = [("leaf", at("00:00") + n * 16 * MINUTE, "chatter") for n in range(80)]
    told = sorted([*chatter, *repeated(20, ("trunk", at("00:00:05"), "cut"), ("leaf", at("00:00:20"), "loss"))], key=lambda each: each[1])
    found = {(pair.cause, pair.effect): pair.strength for pair in taught(told)}

    assert found["cut", "loss"] == max(found.values())
    assert found["cut", "loss"] > 1.5 * found.get(("chatter", "loss"), 0.0)


def test_what_is_a_consequence_itself_is_the_weaker_cause() -> None:
    line = a_network(("leaf", "trunk"), ("twig", "leaf"))
    found = {(p.cause, p.effect): p.strength for p in taught(
        repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00:20"), "loss"), ("twig", at("00:00:40"), "down")), line)}

    assert found["cut", "loss"] > found["loss", "down"]


def test_chains_are_timed_from_their_first_alarm() -> None:
    line, learner = a_network(("leaf", "trunk"), ("twig", "leaf")), None
    learner = Learner(line)
    for told in repeated(20, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00:20"), "loss"), ("twig", at("00:00:50"), "down")):
        learner.tell(*told)
    down = learner.known(at("00:00") + 2 * DAY).kinds["down"]

    assert 20 == pytest.approx(down.chains, abs=1)
    assert 50 * SECOND == pytest.approx(down.chain_time / down.chains)


def test_a_repeat_is_no_onset() -> None:
    learner = Learner()
    for n in range(100):
        learner.tell("leaf", at("10:00") + n * 10 * MINUTE, "loss")
    learner.send(Tick(at("10:00") + DAY))

    assert 1.0 == pytest.approx(learner.known().kinds["loss"].onsets)


@pytest.mark.parametrize("but", [{"standing": True}, {"suspect_clock": True}], ids=lambda but: next(iter(but)))
def test_an_alarm_whose_beginning_nobody_knows_teaches_nothing(but: dict[str, bool]) -> None:
    learner = Learner()
    learner.tell("leaf", at("10:00"), "loss", **but)

    assert {} == learner.known(at("12:00")).kinds


def test_an_alarm_without_a_name_teaches_nothing() -> None:
    learner = Learner()
    learner.tell("leaf", at("10:00"), "", cause="indeterminate")
    learner.tell("leaf", at("10:00"), "x" * 300)

    assert {} == learner.known(at("12:00")).kinds


def test_a_type_without_a_specific_problem_is_named_by_its_cause() -> None:
    learner = Learner()
    learner.tell("leaf", at("10:00"), "", cause="lossOfSignal")

    assert ["lossOfSignal"] == list(learner.known(at("12:00")).kinds)


def test_late_arrivals_are_learnt_in_the_order_of_event_time() -> None:
    in_order, late = Learner(), Learner()
    for n in range(5):
        in_order.tell("trunk", at("10:00") + n * HOUR, "cut")
        in_order.tell("leaf", at("10:00:20") + n * HOUR, "loss")
        late.tell("leaf", at("10:00:20") + n * HOUR, "loss")
        late.tell("trunk", at("10:00") + n * HOUR, "cut", clock=at("10:00:20") + n * HOUR)
    end = at("10:00") + DAY

    assert in_order.known(end) == late.known(end)


def test_a_storm_teaches_no_more_than_policy_says() -> None:
    learner = Learner(onsets=10)
    for n in range(100):
        learner.tell(f"leaf-{n}", at("10:00"), "loss")

    assert 10.0 == pytest.approx(learner.known(at("12:00")).kinds["loss"].onsets)


def test_only_the_strongest_pairs_are_kept() -> None:
    learner = Learner(pairs=8, types=8)
    for n in range(200):
        learner.tell("trunk", at("00:00") + n * HOUR, f"cut-{n if n % 2 else 0}")
        learner.tell("leaf", at("00:00:20") + n * HOUR, "loss")
    known = learner.known(at("00:00") + 20 * DAY)

    assert len(known.pairs) <= 10 and len(known.kinds) <= 10
    assert ("cut-0", "loss") in known.pairs


def test_an_object_that_was_not_alarmed_for_long_is_forgotten() -> None:
    learner = Learner()
    learner.tell("leaf", at("10:00"), "loss")
    learner.send(Tick(at("10:00") + 6 * DAY))
    assert "leaf" in learner.view.onsets.rows
    learner.send(Tick(at("10:00") + 8 * DAY))

    assert {} == learner.view.onsets.rows
    assert {} == learner.view.onsets_waiting.rows


def test_what_was_learnt_long_ago_fades() -> None:
    learner = Learner()
    learner.tell("leaf", at("10:00"), "loss")
    learner.tell("leaf", at("10:00") + 30 * DAY, "loss")

    assert 1.5 == pytest.approx(learner.known(at("10:00") + 31 * DAY).kinds["loss"].onsets)


def test_partitions_add_up() -> None:
    one = ({"a": Kind(4, 1, 2, at=DAY), "b": Kind(4, 2, 1, at=DAY)}, {"a\x1fb": Pair(2, 20 * SECOND, 1, at=DAY)})
    both = added_up([one, one], 0)

    assert Kind(8, 2, 4, at=DAY) == both.kinds["a"]
    assert Pair(4, 40 * SECOND, 2, at=DAY) == both.pairs["a", "b"]
    assert 10 * SECOND == weigh(both)[0].delay


def test_a_frequent_type_that_has_to_do_with_nothing_is_noise() -> None:
    assert is_noise(Kind(onsets=100, explained=4, explains=4))
    assert not is_noise(Kind(onsets=100, explained=4, explains=40))
    assert not is_noise(Kind(onsets=10))


def test_neighbours_are_bounded_and_those_depended_on_come_first() -> None:
    star = a_network(*((f"leaf-{n}", "hub") for n in range(100)), ("hub", "power"))

    assert ("hub", "power", "leaf-0") == learn.near(star, "hub", 2)
    assert ("nobody",) == learn.near(star, "nobody", 2)


def test_rows_survive_the_wire() -> None:
    row = learn.Onsets((learn.Seen("loss", 5, 1, 5),), 5, 6, 1)

    assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=learn.Onsets)
