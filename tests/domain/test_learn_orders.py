"""Orders to learning: forget, freeze, thaw; and knowledge that is given. What comes of it is told to localization."""

from typing import Any

import msgspec
import pytest

from streams.domain.instant import DAY
from streams.domain.learnt import Kind, Pair, pair_key, weigh
from streams.domain.messages import CausesLearnt, KnowledgeGiven, OperatorRequest, Tick
from tests.builders import at
from tests.domain.test_learn import Learner, repeated

CUT = repeated(10, ("trunk", at("00:00"), "cut"), ("leaf", at("00:00:20"), "loss"))


def taught() -> tuple[Learner, list[Any]]:
    """A partition that knows that cuts make losses, and what it told localization of it."""
    learner = Learner()
    out = [emit.value for told in CUT for emit in learner.tell(*told)]
    return learner, [value for value in [*out, *(emit.value for emit in learner.send(Tick(at("00:00") + DAY)))] if isinstance(value, CausesLearnt)]


def ask(learner: Learner, action: str, **but: Any) -> list[Any]:
    return [emit.value for emit in learner.send(OperatorRequest("r", action, "", "eva", "", at("00:00") + 2 * DAY, "lane-0", **but))]


def test_localization_is_told_once_a_pair_has_its_support() -> None:
    _, told = taught()

    assert ("cut", "loss") == (told[-1].pairs[0].cause, told[-1].pairs[0].effect)
    assert 5 <= told[0].pairs[0].support < 7


def test_forgetting_forgets_all_and_tells_localization() -> None:
    learner, _ = taught()
    out = ask(learner, "reset-learned")

    assert [()] == [value.pairs for value in out if isinstance(value, CausesLearnt)]
    assert [True] == [value.done for value in out if not isinstance(value, CausesLearnt)]
    assert [] == weigh(learner.known())


def test_what_was_seen_on_an_object_before_forgetting_counts_for_nothing_after() -> None:
    learner, _ = taught()
    ask(learner, "reset-learned")
    learner.tell("leaf", at("00:00") + 2 * DAY, "loss")

    learner.send(Tick(at("00:00") + 3 * DAY))

    assert [1] == [seen.onsets for seen in learner.view.onsets.rows["leaf"].seen]


def test_while_it_is_frozen_nothing_is_learnt() -> None:
    learner, _ = taught()
    ask(learner, "freeze-learning")
    before = learner.known()
    learner.tell("leaf", at("00:00") + 3 * DAY, "loss")
    assert before == learner.known(at("00:00") + 4 * DAY)

    ask(learner, "thaw-learning")
    learner.tell("leaf", at("00:00") + 5 * DAY, "loss")
    assert before != learner.known(at("00:00") + 6 * DAY)


@pytest.mark.parametrize(("first", "then"), [("freeze-learning", "freeze-learning"), ("reset-learned", "thaw-learning")])
def test_what_is_so_already_is_refused(first: str, then: str) -> None:
    learner, _ = taught()
    ask(learner, first)

    assert [False] == [value.done for value in ask(learner, then)]


@pytest.mark.parametrize("action", ["freeze-learning", "thaw-learning"])
def test_a_partition_that_only_follows_answers_nothing(action: str) -> None:
    learner, _ = taught()

    assert [] == ask(learner, action, copy=True)
    assert {} == {name: row.n for name, row in learner.view.dispositions.rows.items() if name.startswith("request")}


def test_given_knowledge_takes_the_place_of_what_was_learnt_and_is_frozen() -> None:
    learner, _ = taught()
    given = KnowledgeGiven((("a", Kind(20, 0, 15)), ("b", Kind(20, 15, 0))), ((pair_key("a", "b"), Pair(15, 15, 0)),), "lane-0", 0)
    out = learner.send(msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=KnowledgeGiven))
    learner.tell("leaf", at("00:00") + 3 * DAY, "loss")

    assert [("a", "b")] == [(pair.cause, pair.effect) for emit in out for pair in emit.value.pairs][:1]
    assert {"a", "b"} == set(learner.known(at("00:00") + 4 * DAY).kinds)
