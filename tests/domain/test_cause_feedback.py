"""Operators' words on causes on their way from stage 2 to the problem record; what is refused, and what comes twice."""

from typing import Any

from streams.domain.action_answer import ActionAnswered
from streams.domain.feedback import feedback_id
from streams.domain.instant import HOUR
from streams.domain.messages import OperatorRequest
from streams.domain.problem import Status
from streams.domain.problem_record import ProblemRecord
from tests.builders import a_network, an_alarm, at
from tests.domain.flowing import Flow, check

NETWORK = a_network(("line-1", "card-1"), ("line-2", "card-1"), ("card-1", "power-1"))


def a_flow() -> Flow:
    flow = Flow(NETWORK)
    for line in ("line-1", "line-2"):
        flow.hear(an_alarm(line, "10:00"))
    flow.pass_time(at("10:01"))
    return flow


def the_problem(flow: Flow) -> ProblemRecord:
    return max(flow.four.problems.rows.values(), key=lambda row: row.created_at)


def ask(flow: Flow, action: str, when: str, target: str = "", ident: str = "r-1", **but: Any) -> ActionAnswered:
    moment = at(when)
    out = flow.send(OperatorRequest(ident, action, target or the_problem(flow).id, "eva", "", moment, "dom", max(flow.now, moment), **but))
    check(flow)
    answer, = flow.answers(out)
    return answer


def test_the_problem_says_who_confirmed_its_cause_and_when() -> None:
    flow = a_flow()
    answer = ask(flow, "confirm-cause", "10:05", object="power-1")
    row = the_problem(flow)

    assert (True, feedback_id("dom", "r-1", "confirm-cause", row.id)) == (answer.done, answer.feedback)
    assert ("power-1", 1.0, Status.IN_PROGRESS) == (row.causes[0].object, row.causes[0].confidence, row.status)
    assert [("power-1", True, "eva", at("10:05"))] == [(v.object, v.confirmed, v.user, v.at) for v in row.verdicts]
    assert any(e.topic == "progress" and "confirmed as the cause by eva" in e.value.why for e in flow.out if e.key == row.id and not isinstance(e.value, ActionAnswered))


def test_an_alarm_stands_for_its_problem() -> None:
    flow = a_flow()
    record = flow.records()[0][1]

    assert ask(flow, "reject-cause", "10:05", record.id, object="card-1").done
    assert "card-1" not in [c.object for c in the_problem(flow).causes]


def test_a_request_that_comes_again_is_answered_and_does_nothing() -> None:
    flow = a_flow()
    first = ask(flow, "confirm-cause", "10:05", object="power-1")
    told = len(flow.out)
    again = ask(flow, "confirm-cause", "10:06", object="power-1")

    assert (True, first.feedback) == (again.done, again.feedback)
    assert "nothing is done twice" in again.why
    assert ["progress"] == [e.topic for e in flow.out[told:]]


def test_a_word_is_taken_back_once() -> None:
    flow = a_flow()
    before = the_problem(flow).causes
    given = ask(flow, "confirm-cause", "10:05", object="power-1").feedback

    assert ask(flow, "undo", "10:06", given, "r-2").done
    assert (before, ()) == (the_problem(flow).causes, the_problem(flow).verdicts)
    assert {} == flow.three.past_causes.rows
    assert ask(flow, "undo", "10:07", given, "r-2").done
    refused = ask(flow, "undo", "10:08", given, "r-3")
    assert (False, "It was taken back already, by eva.") == (refused.done, refused.why)
    assert "taken back by eva" in ask(flow, "confirm-cause", "10:09", object="power-1").why


def test_a_closed_problem_still_takes_what_its_cause_was() -> None:
    flow = a_flow()
    for line in ("line-1", "line-2"):
        flow.hear(an_alarm(line, "10:30", cleared=True))
    flow.pass_time(at("10:30") + 3 * HOUR)

    assert the_problem(flow).status == Status.CLOSED
    assert ask(flow, "confirm-cause", "14:00", object="power-1").done
    assert (Status.CLOSED, "power-1") == (the_problem(flow).status, the_problem(flow).causes[0].object)


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    flow = a_flow()

    assert "No problem nobody is known in this domain" in ask(flow, "confirm-cause", "10:05", "nobody", object="power-1").why
    assert "'moon' is no declared object" in ask(flow, "confirm-cause", "10:05", object="moon").why
    assert "No feedback f-9 is known" in ask(flow, "undo", "10:05", "f-9").why
