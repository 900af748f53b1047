"""Requests and answers from outside reach the inbox that must act, or become dead letters with a reason."""

import json
from typing import Any

import pytest

from streams.domain.ids import identify
from streams.domain.messages import (
    OperatorRequest,
    ResultHeard,
)
from streams.domain.view import Emit
from streams.edge.feed import Feed, Raw
from streams.edge.names import Names
from streams.edge.requests import Admission
from tests.builders import MemoryView, a_network, a_world, at

NETWORK = a_network(("node-2", "node-1"))
FEEDS = [Feed("raw-alarms", home="home")]
ALARM = identify("dom", "alarm")


def admit(topic: str, value: Any) -> list[Emit]:
    raw = Raw(topic, 0, 5, 0, None, value if isinstance(value, bytes) else json.dumps(value).encode())
    return Admission(NETWORK, Names(NETWORK.nodes, {"n1": "node-1"}), FEEDS).admit(MemoryView({}), raw, at("09:00"), a_world(NETWORK))  # type: ignore[arg-type]


def test_an_action_on_an_alarm_goes_to_its_domain_by_its_id_alone() -> None:
    [emit] = admit("operator-actions", {"id": "r1", "action": "Acknowledge", "target": ALARM, "user": "eva", "text": "mine", "at": "2026-01-01T10:00:00Z"})

    assert (emit.topic, emit.key, emit.route) == ("alarm-events", "dom", "dom")
    assert emit.value == OperatorRequest("r1", "ack", ALARM, "eva", "mine", at("10:00"), "dom", position="operator-actions/0/5")


@pytest.mark.parametrize(("action", "known"), [("halt", "halt"), ("reset_breaker", "reset-breaker"), ("approve", "approve")])
def test_what_concerns_commands_goes_to_the_network(action: str, known: str) -> None:
    [emit] = admit("operator-actions", {"action": action, "target": ALARM})

    assert (emit.topic, emit.key, emit.value.action, emit.value.id, emit.at) == ("network-inbox", "network", known, "operator-actions/0/5", at("09:00"))


@pytest.mark.parametrize(("told", "topic", "route"), [({}, "network-inbox", None), ({"problem": ALARM}, "alarm-events", "dom")])
def test_resume_means_all_commands_or_the_problem_it_names(told: dict[str, str], topic: str, route: str | None) -> None:
    [emit] = admit("operator-actions", {"action": "RESUME", **told})

    assert (emit.topic, emit.route, emit.value.action, emit.value.target) == (topic, route, "resume", told.get("problem", ""))


def test_an_order_to_learning_goes_to_every_partition_and_one_answers() -> None:
    raw = Raw("operator-actions", 0, 5, 0, None, json.dumps({"action": "Freeze-Learning", "user": "eva"}).encode())
    out = Admission(NETWORK, Names(NETWORK.nodes, {}), FEEDS, ("lane-0", "lane-3")).admit(MemoryView({}), raw, at("09:00"), a_world(NETWORK))  # type: ignore[arg-type]

    assert [("alarm-events", "lane-0"), ("alarm-events", "lane-3"), ("network-inbox", None)] == [(emit.topic, emit.route) for emit in out]
    assert [("freeze-learning", False), ("freeze-learning", True), ("freeze-learning", True)] == [(emit.value.action, emit.value.copy) for emit in out]


def test_a_result_of_a_command_goes_to_the_network() -> None:
    [emit] = admit("restoration-results", {"command": "c", "outcome": "SUCCESS", "at": "2026-01-01T10:00:00Z"})

    assert (emit.topic, emit.value) == ("network-inbox", ResultHeard("c", "restored", "", at("10:00"), position="restoration-results/0/5"))


@pytest.mark.parametrize(("topic", "value", "reason"), [
    ("operator-actions", b"{", "not-json"), ("operator-actions", {"action": "dance", "target": ALARM}, "unknown-action"), ("operator-actions", {"action": "ack"}, "no-target"),
    ("operator-actions", {"action": "ack", "target": "0000-1"}, "unknown-id"), ("planned-outages", {"id": "c", "objects": ["x"], "startsAt": 1}, "no-time"),
    ("planned-outages", {"objects": ["x"]}, "no-id"), ("planned-outages", {"id": "c", "startsAt": "2026-01-01", "endsAt": "2026-01-02"}, "no-object"),
    ("restoration-results", {"outcome": "restored"}, "no-id"), ("restoration-results", {"command": "c", "outcome": "maybe"}, "unknown-outcome"),
    ("trouble-report-updates", {"status": "closed"}, "no-report"), ("trouble-report-updates", {"id": ALARM, "status": "dancing"}, "unknown-status"), ("trouble-report-updates", {"problem": "0000-1"}, "unknown-id"), ("trouble-report-updates", [], "not-an-object")])
def test_what_cannot_be_read_is_a_dead_letter(topic: str, value: Any, reason: str) -> None:
    emit, *answers = admit(topic, value)

    assert [(a.topic, a.value.done) for a in answers] == [("progress", False)] * (topic != "restoration-results")
    assert (emit.topic, emit.value.reason, emit.key) == ("dead-letters", reason, f"{topic}/0/5")
    assert {f"{topic}/0/5"} >= {a.key for a in answers}, "a replay of inboxes knows by it that no stage gave the answer"


def test_one_action_on_several_alarms_is_a_request_each() -> None:
    second = identify("dom", "second")
    out = admit("operator-actions", {"@type": "AckAlarms", "ackUserId": "eva", "alarmPattern": [{"id": ALARM}, {"id": second}], "at": "2026-01-01T10:00:00Z"})

    assert [(e.value.action, e.value.target, e.value.user) for e in out] == [("ack", ALARM, "eva"), ("ack", second, "eva")]


def test_a_shelf_ends_at_a_time_or_after_one() -> None:
    [until] = admit("operator-actions", {"action": "shelve", "target": ALARM, "until": "2026-01-01T12:00:00Z", "at": "2026-01-01T10:00:00Z"})
    [span] = admit("operator-actions", {"action": "shelve", "target": ALARM, "for": "2h", "at": "2026-01-01T10:00:00Z"})
    letter, answer = admit("operator-actions", {"id": "r", "action": "shelve", "target": ALARM, "for": "soon"})

    assert until.value.until == span.value.until == at("12:00")
    assert (letter.value.reason, answer.value.request, answer.value.action) == ("no-duration", "r", "shelve")


def test_feedback_goes_to_the_domain_of_its_target() -> None:
    [cause] = admit("operator-actions", {"action": "confirm-cause", "target": ALARM, "object": "node-1", "user": "eva"})
    [split] = admit("operator-actions", {"action": "split", "target": [ALARM, "a-2", "a-3"]})
    [off] = admit("operator-actions", {"action": "split", "target": ALARM, "alarms": ["a-2", "a-3"]})
    letter, answer = admit("operator-actions", {"action": "reject-cause", "target": ALARM})

    assert (cause.value.action, cause.value.target, cause.value.object, cause.topic) == ("confirm-cause", ALARM, "node-1", "alarm-events")
    assert (ALARM, ("a-2", "a-3")) == (split.value.target, split.value.others) == (off.value.target, off.value.others)
    assert (letter.value.field, answer.value.done) == ("object", False)


def test_tmf642_groups_alarms_under_a_parent() -> None:
    [emit] = admit("operator-actions", {"@type": "GroupAlarms", "correlatedAlarm": [{"id": ALARM}], "parentAlarm": {"id": "p"}, "comment": {"comment": "one fibre"}})
    letter, _ = admit("operator-actions", {"action": "group", "target": ALARM})

    assert (emit.value.action, emit.value.target, emit.value.into, emit.value.text) == ("group", ALARM, "p", "one fibre")
    assert letter.value.field == "into"
