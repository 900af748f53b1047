"""Operators regroup alarms: at once in stages 2 to 4, learnt for the next time, taken back, answered once."""

from typing import Any

import msgspec

from streams.domain.action_answer import ActionAnswered
from streams.domain.alarm_record import AlarmRecord
from streams.domain.ids import identify
from streams.domain.instant import HOUR
from streams.domain.messages import OperatorRequest
from streams.domain.policy import CorrelatePolicy
from streams.domain.problem import Status
from tests.builders import a_network, an_alarm, at
from tests.domain.flowing import Flow, check

NETWORK = a_network(*((f"line-{n}", "hub") for n in range(1, 6)), ("hub", "site"), ("far-1", "far-hub"), ("far-2", "far-hub"), ("far-3", "far-hub"))
REMEMBERED = CorrelatePolicy().remember_feedback


def a_flow(*objects: str, when: str = "10:00") -> Flow:
    flow = Flow(NETWORK)
    hear(flow, when, *objects)
    return flow


def hear(flow: Flow, when: str, *objects: str, **but: Any) -> None:
    for name in objects:
        flow.hear(an_alarm(name, when, **but))
    check(flow)


def record(flow: Flow, name: str) -> AlarmRecord:
    return next(r for key, r, _ in flow.records() if f"|{name}|" in key)


def problem(flow: Flow, name: str) -> str:
    return flow.problem_of(record(flow, name))


def ask(flow: Flow, action: str, when: str, *targets: str, ident: str = "r-1", **but: Any) -> ActionAnswered:
    """Targets are objects with an alarm, or ids."""
    known = [key.split("|")[2] for key, _, _ in flow.records()]
    ids = [record(flow, t).id if t in known else t for t in targets]
    if but.get("into") in known:
        but["into"] = record(flow, but["into"]).id
    out = flow.send(OperatorRequest(ident, action, ids[0], "eva", "", at(when), "dom", max(flow.now, at(when)), others=tuple(ids[1:]), **but))
    check(flow)
    answer, = flow.answers(out)
    return answer


def members(flow: Flow, name: str) -> tuple[int, int]:
    row = flow.three.located_problems.get(problem(flow, name))
    return row.members, row.active


# --- at once ---


def test_a_moved_alarm_is_the_other_problems_and_leaves_no_trace_in_the_first() -> None:
    flow = a_flow("line-1", "line-2", "far-1")
    before = record(flow, "line-2")
    answer = ask(flow, "move", "10:05", "line-2", into=problem(flow, "far-1"))

    assert (True, problem(flow, "far-1")) == (answer.done, problem(flow, "line-2"))
    assert ((1, 1), (2, 2)) == (members(flow, "line-1"), members(flow, "far-1"))
    assert before.began_at == record(flow, "line-2").began_at
    assert f"line-2 is in problem {problem(flow, 'far-1')} now, moved by eva at 2026-01-01T10:05:00.000Z." == answer.why


def test_a_split_makes_one_problem_whose_id_tells_what_it_left() -> None:
    flow = a_flow("line-1", "line-2", "line-3", "line-4")
    left, were = problem(flow, "line-1"), [record(flow, f"line-{n}").occurrence for n in (3, 4)]
    answer = ask(flow, "split", "10:05", "line-3", "line-4")

    assert answer.done
    assert problem(flow, "line-3") == problem(flow, "line-4") != left
    assert problem(flow, "line-3") == identify("dom", were[0], left)
    assert ((2, 2), (2, 2)) == (members(flow, "line-1"), members(flow, "line-3"))
    assert flow.four.problems.get(problem(flow, "line-3")) is not None


def test_split_problems_do_not_merge_again_though_an_alarm_comes_near_both() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    hear(flow, "10:00:20", "line-3", "hub")

    assert problem(flow, "line-1") != problem(flow, "line-2")
    assert problem(flow, "line-3") in (problem(flow, "line-1"), problem(flow, "line-2"))


def test_a_rejected_alarm_does_not_come_back_when_it_is_raised_again() -> None:
    flow = a_flow("line-1", "line-2", "line-3")
    ask(flow, "reject", "10:01", "line-2")
    hear(flow, "10:02", "line-2", cleared=True)
    hear(flow, "10:03", "line-2")

    assert problem(flow, "line-2") != problem(flow, "line-1") == problem(flow, "line-3")


def test_merged_problems_are_one() -> None:
    flow = a_flow("line-1", "far-1")
    loser = problem(flow, "far-1")
    assert ask(flow, "merge", "10:05", loser, into=problem(flow, "line-1")).done

    assert problem(flow, "far-1") == problem(flow, "line-1")
    assert (2, 2) == members(flow, "line-1")
    assert Status.CLOSED == flow.four.problems.get(loser).status


def test_the_only_alarm_of_a_problem_can_be_moved_and_the_problem_resolves() -> None:
    flow = a_flow("line-1", "far-1")
    left = problem(flow, "far-1")
    ask(flow, "move", "10:05", "far-1", into="line-1")
    flow.pass_time(at("10:06"))

    assert Status.RESOLVED == flow.four.problems.get(left).status


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    flow = a_flow("line-1", "line-2", "far-1")

    def why(action: str, *targets: str, **but: Any) -> str:
        answer = ask(flow, action, "10:05", *targets, **but)
        assert not answer.done
        return answer.why

    assert "in problem" in why("move", "line-2", into="line-1")
    assert "No problem nobody is known in this domain: it is another domain's" in why("move", "line-2", into="nobody")
    assert "No alarm record nobody is known in this domain" in why("move", "nobody", into="line-1")
    assert "only active one" in why("reject", "far-1")
    assert "all active alarms" in why("split", "line-1", "line-2")
    assert "not all in one problem" in why("split", "line-1", "far-1")
    assert "already" in why("merge", problem(flow, "line-1"), into="line-2")
    assert "Episode 7" in why("move", "far-1", into="line-1", episode=7)
    assert {} == flow.two.feedback.rows == flow.two.learned_links.rows


def test_a_request_that_comes_again_does_nothing() -> None:
    flow = a_flow("line-1", "line-2", "far-1")
    first = ask(flow, "move", "10:05", "line-2", into="far-1")
    told = len(flow.out)
    again = ask(flow, "move", "10:06", "line-2", into="far-1")

    assert (True, first.feedback) == (again.done, again.feedback)
    assert ["progress"] == [e.topic for e in flow.out[told:]]


# --- learnt ---


def test_what_was_merged_belongs_together_the_next_time() -> None:
    flow = a_flow("line-1", "far-1")
    ask(flow, "merge", "10:05", problem(flow, "far-1"), into="line-1")
    hear(flow, "10:30", "line-1", "far-1", cleared=True)
    hear(flow, "14:00", "line-1", "far-1")

    assert problem(flow, "line-1") == problem(flow, "far-1")
    assert any("it belongs with line-1, said eva at 2026-01-01T10:05:00.000Z" in e.value.why for e in flow.out if e.topic == "problem-changes")


def test_what_was_split_comes_apart_the_next_time_and_says_why() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    hear(flow, "10:30", "line-1", "line-2", cleared=True)
    hear(flow, "14:00", "line-1", "line-2")

    assert problem(flow, "line-1") != problem(flow, "line-2")
    assert any("does not belong with line-1, said eva" in e.value.why for e in flow.out if e.topic == "problem-changes")


def test_what_was_split_still_has_one_cause_when_that_alarms_itself() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    hear(flow, "10:30", "line-1", "line-2", cleared=True)
    hear(flow, "14:00", "hub", "line-1", "line-2")

    assert problem(flow, "line-1") == problem(flow, "line-2") == problem(flow, "hub")


def test_other_kinds_of_alarm_of_the_same_objects_are_not_meant() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    hear(flow, "10:30", "line-1", "line-2", cleared=True)
    hear(flow, "14:00", "line-1", "line-2", cause="powerProblem")

    causes = {problem_ for key, r, _ in flow.records() if "powerProblem" in key for problem_ in [flow.problem_of(r)]}
    assert 1 == len(causes)


def test_kinds_of_alarm_are_kept_apart_only_after_two_problems_and_one_word_on_others_is_not_enough() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    hear(flow, "10:30", "line-1", "line-2", cleared=True)
    hear(flow, "14:00", "line-3", "line-4")
    assert problem(flow, "line-3") == problem(flow, "line-4")

    ask(flow, "split", "14:00:10", "line-4", ident="r-2")
    hear(flow, "14:30", "line-3", "line-4", cleared=True)
    hear(flow, "18:00", "line-5", "line-1")

    assert problem(flow, "line-5") != problem(flow, "line-1")


def test_the_later_word_goes_before_the_earlier_one() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    ask(flow, "merge", "10:05", problem(flow, "line-2"), into="line-1", ident="r-2")
    ask(flow, "split", "10:06", "line-2", ident="r-3")
    hear(flow, "10:30", "line-1", "line-2", cleared=True)
    hear(flow, "14:00", "line-1", "line-2")

    assert problem(flow, "line-1") != problem(flow, "line-2")


def test_what_was_learnt_is_forgotten_in_the_end() -> None:
    flow = a_flow("line-1", "line-2")
    ask(flow, "split", "10:00:10", "line-2")
    assert flow.two.learned_links.rows
    flow.pass_time(at("10:00") + REMEMBERED + 48 * HOUR)

    assert {} == flow.two.learned_links.rows == flow.two.feedback.rows


# --- taken back ---


def test_each_word_taken_back_puts_the_alarms_back_and_leaves_nothing_learnt() -> None:
    for action, targets, but in (
            ("move", ("line-2",), {"into": "far-1"}), ("group", ("line-2",), {"into": "far-1"}), ("split", ("line-2", "line-3"), {}),
            ("reject", ("line-2",), {}), ("ungroup", ("line-2",), {})):
        flow = a_flow("line-1", "line-2", "line-3", "far-1")
        before = {key: (flow.problem_of(r), r.began_at, r.standing) for key, r, _ in flow.records()}
        held = flow.three.located_problems.get(problem(flow, "line-1"))
        given = ask(flow, action, "10:05", *targets, **but)
        assert given.done, given
        assert before != {key: (flow.problem_of(r), r.began_at, r.standing) for key, r, _ in flow.records()}, action
        answer = ask(flow, "undo", "10:06", given.feedback, ident="r-2")

        assert answer.done, answer
        assert before == {key: (flow.problem_of(r), r.began_at, r.standing) for key, r, _ in flow.records()}, (action, answer.why)
        assert (held.members, held.active) == members(flow, "line-1"), action
        assert {} == flow.two.learned_links.rows, action


def test_a_merge_taken_back_parts_the_problems_again_under_a_new_id() -> None:
    flow = a_flow("line-1", "line-2", "far-1", "far-2")
    loser = problem(flow, "far-1")
    given = ask(flow, "merge", "10:05", loser, into="line-1").feedback
    answer = ask(flow, "undo", "10:06", given, ident="r-2")

    assert answer.done
    assert problem(flow, "far-1") == problem(flow, "far-2") not in (loser, problem(flow, "line-1"))
    assert ((2, 2), (2, 2)) == (members(flow, "line-1"), members(flow, "far-1"))
    assert {} == flow.two.learned_links.rows


def test_what_is_over_cannot_be_put_back_but_is_unlearnt() -> None:
    flow = a_flow("line-1", "line-2", "far-1")
    given = ask(flow, "move", "10:05", "line-2", into="far-1").feedback
    hear(flow, "10:10", "line-1", cleared=True)
    flow.pass_time(at("15:00"))
    answer = ask(flow, "undo", "15:00", given, ident="r-2")

    assert (True, problem(flow, "far-1")) == (answer.done, problem(flow, "line-2"))
    assert "takes none any more" in answer.why
    assert {} == flow.two.learned_links.rows


def test_rows_of_feedback_survive_being_stored() -> None:
    flow = a_flow("line-1", "line-2", "line-3")
    ask(flow, "split", "10:00:10", "line-2", "line-3")
    for rows in (flow.two.feedback.rows, flow.two.learned_links.rows):
        for row in rows.values():
            assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=type(row))
