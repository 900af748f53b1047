"""What changed the mind about a cause: what is noted of it, what is kept, and where it is told."""

from typing import Any

from streams.domain.messages import Cause
from streams.domain.revision import KEPT, Revision, revised, sentence
from streams.edge.records.problem import render
from tests.builders import at
from tests.domain.problems import Managed, a_cause, diagnosed


def a_ranking(*pairs: tuple[str, float], rules: tuple[str, ...] = ("walk",)) -> tuple[Cause, ...]:
    return tuple(a_cause(obj, confidence=sure, rules=rules, evidence=tuple(f"{rule} of {obj}" for rule in rules)) for obj, sure in pairs)


def after(*steps: tuple[tuple[Cause, ...], int]) -> tuple[Revision, ...]:
    known: tuple[Revision, ...] = ()
    for n, (causes, members) in enumerate(steps):
        known = revised(known, causes, members, at("10:00") + n)
    return known


def test_another_cause_is_told_with_what_it_was_before_and_what_was_new() -> None:
    one, two = after((a_ranking(("port", 0.4)), 1), (a_ranking(("fibre", 0.7), ("port", 0.2)), 5))

    assert "Located at port at 0.40: 1 alarm; walk: walk of port" == sentence(one)
    assert "From port at 0.40 to fibre at 0.70: 5 alarms instead of 1; port is at 0.20 now; walk: walk of fibre" == sentence(two)


def test_a_cause_that_is_named_no_more_is_said_to_be_none() -> None:
    assert "port is no longer among the first 1" in after((a_ranking(("port", 0.4)), 1), (a_ranking(("fibre", 0.7)), 1))[-1].why


def test_the_same_cause_is_news_once_its_confidence_has_moved_enough_however_slowly() -> None:
    slowly = after(*((a_ranking(("port", 0.4 + 0.04 * n)), 1) for n in range(4)))

    assert [0.4, 0.52] == [round(each.confidence, 2) for each in slowly]


def test_a_rule_that_began_or_ceased_to_speak_is_named() -> None:
    surer = after((a_ranking(("port", 0.4), rules=("walk", "severity")), 1), (a_ranking(("port", 0.8), rules=("accused", "walk")), 1))[-1]

    assert "Surer of port at 0.80 (was 0.40): now also accused; no longer severity; accused: accused of port" == sentence(surer)


def test_the_first_revision_and_the_last_ones_are_kept_and_numbered() -> None:
    kept = after(*((a_ranking((f"port-{n}", 0.4)), 1) for n in range(20)))

    assert [1, *range(20 - KEPT + 2, 21)] == [each.number for each in kept]


def test_an_operators_word_comes_first_and_may_leave_nobody() -> None:
    one = revised(after((a_ranking(("port", 0.4)), 1)), a_ranking(("fibre", 0.7)), 1, at("10:01"), "eve rejected port.")
    none = revised(one, (), 1, at("10:02"), "eve rejected fibre.")

    assert one[-1].why.startswith("eve rejected port; port is no longer")
    assert "From fibre at 0.70 to unknown: eve rejected fibre." == sentence(none[-1])
    assert none is revised(none, (), 1, at("10:03"), "eve rejected fibre.")
    assert "Located at port at 0.50" in sentence(revised(none, a_ranking(("port", 0.5)), 1, at("10:04"))[-1])


def test_nothing_located_is_no_revision() -> None:
    assert () == after(((), 3))


def the(record: dict[str, Any], name: str) -> Any:
    return next(each["value"] for each in record["characteristic"] if each["name"] == name)


def test_the_problem_record_and_its_progress_tell_the_revision() -> None:
    stage = Managed()
    stage.hears(diagnosed("10:00", causes=a_ranking(("port", 0.4))))
    told = stage.hears(diagnosed("10:01", members=4, causes=a_ranking(("fibre", 0.7), ("port", 0.2))))
    revisions = the(render(stage.row()), "causeRevisions")

    assert ["port", "fibre"] == [each["id"] for each in revisions]
    assert {"id": "port", "confidence": 0.4} == revisions[1]["previous"] and "previous" not in revisions[0]
    assert "From port at 0.40 to fibre at 0.70: 4 alarms instead of 1" in next(e.value.why for e in told if e.topic == "progress")
