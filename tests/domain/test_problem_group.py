"""Problems that an operator puts under another, and takes out again."""

import msgspec
import pytest

from streams.domain.messages import ProblemAsked
from streams.edge.records.problem import render
from tests.domain.problems import SOLD, Managed, answer, diagnosed, down, on
from tests.domain.test_problem_request import answers, asks


def group(into: str, when: str = "10:05", action: str = "problem-group", domain: str = "dom") -> ProblemAsked:
    asked = asks(action, when)
    return msgspec.structs.replace(asked, request=msgspec.structs.replace(asked.request, into=into, into_domain=domain))


def two() -> Managed:
    stage = Managed(SOLD)
    stage.hears(diagnosed("10:00", "p2"))
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.waits_until("10:02")
    return stage


def deliver(stage: Managed, out: list) -> None:  # type: ignore[type-arg]
    for told in on("problem-inbox", out):
        stage.hears(told)


def test_child_and_parent_name_each_other_and_nothing_else_changes() -> None:
    stage = two()
    before = stage.row()
    deliver(stage, stage.hears(group("p2")))
    child, parent = render(stage.row()), render(stage.row("p2"))

    assert [(True, "Put under p2 by eva.")] == answers(stage)
    assert (["p2"], ["p1"]) == ([p["id"] for p in child["parentProblem"]], [p["id"] for p in parent["underlyingProblem"]])
    assert (before.status, before.services, before.report.id) == (stage.row().status, stage.row().services, stage.row().report.id)  # type: ignore[union-attr]


def test_taken_out_again_neither_names_the_other() -> None:
    stage = two()
    deliver(stage, stage.hears(group("p2")))
    deliver(stage, stage.hears(group("", "10:06", "problem-ungroup")))

    assert ("", ()) == (stage.row().head, stage.row("p2").grouping.underlying)


def test_an_operators_word_goes_before_the_parent_that_was_found() -> None:
    stage = two()
    stage.hears(answer("parent", "p7"))
    deliver(stage, stage.hears(group("p2")))
    grouped = stage.row().head
    stage.hears(group("", "10:06", "problem-ungroup"))

    assert ("p2", "p7") == (grouped, stage.row().head)


@pytest.mark.parametrize(("into", "domain", "why"), [
    ("p1", "dom", "A problem cannot be put under itself."), ("p9", "dom", "No problem p9 is known: it never was, or it has been forgotten.")])
def test_what_cannot_be_its_parent_is_refused(into: str, domain: str, why: str) -> None:
    stage = two()
    stage.hears(group(into, domain=domain))

    assert [(False, why)] == answers(stage)


def test_a_parent_of_another_domain_is_told_there() -> None:
    stage = two()
    out = stage.hears(group("q1", domain="south"))

    assert [("q1", "south", "joined")] == [(e.key, e.route, e.value.word) for e in out if e.topic == "problem-inbox"]


def test_a_problem_that_was_never_put_under_another_cannot_be_taken_out() -> None:
    stage = two()
    stage.hears(group("", "10:05", "problem-ungroup"))

    assert [(False, "No operator put it under another problem.")] == answers(stage)


def test_a_merged_problem_is_underlying_too() -> None:
    stage = two()
    stage.hears(diagnosed("10:01", kind="merged", into="p2", active=0, causes=()))

    assert ("p1",) == stage.row("p2").grouping.underlying
