"""test-results: TMF653's ServiceTest as testers write it, read or refused; and tests on demand."""

from typing import Any

import pytest

from tests.edge.test_requests import admit

IDENT = "8ac4802d-5d1f3a6c7b8e9f01"
LOSS = {"metricName": "packet loss", "unitOfMeasure": "%", "value": {"value": "12"}, "ruleViolation": [{"name": "at most 1 %"}]}
DELAY = {"metricName": "delay", "unitOfMeasure": "ms", "value": 8}


def heard(**test: Any) -> tuple[str, str, str]:
    [emit] = admit("test-results", {"id": IDENT, **test})
    assert (emit.topic, emit.route, emit.value.domain, emit.value.test) == ("problem-inbox", "dom", "dom", IDENT)
    return emit.value.outcome, emit.value.text, emit.value.position


def refused(record: dict[str, Any]) -> str:
    [emit] = admit("test-results", record)
    assert emit.topic == "dead-letters"
    return emit.value.reason


def test_whether_a_completed_test_passed_stands_in_its_measures() -> None:
    assert heard(state="completed", testMeasure=[DELAY])[:2] == ("passed", "delay 8 ms")
    assert heard(state="completed", testMeasure=[DELAY, LOSS])[:2] == ("failed", "packet loss 12 % violates at most 1 %")
    assert heard(state="completed", testMeasure=[DELAY | {"ruleViolation": []}])[0] == "passed"


@pytest.mark.parametrize("state", ["failed", "rejected", "cancelled"])
def test_one_that_could_not_be_run_gives_no_answer(state: str) -> None:
    assert heard(state=state, description="no probe here")[:2] == ("no-answer", f"{state}: no probe here")


@pytest.mark.parametrize("state", ["acknowledged", "pending", "inProgress"])
def test_one_that_has_begun_is_running(state: str) -> None:
    assert heard(state=state)[0] == "running"


def test_it_is_read_in_an_events_envelope_too() -> None:
    [emit] = admit("test-results", {"eventType": "ServiceTestStateChangeEvent", "event": {"serviceTest": {"id": IDENT, "state": "completed", "testMeasure": [DELAY]}}})

    assert (emit.value.test, emit.value.outcome) == (IDENT, "passed")


def test_what_cannot_be_read_is_refused_with_the_reason() -> None:
    assert refused({"state": "completed"}) == "id:no-id" or "no-id" in refused({"state": "completed"})
    assert "no-measure" in refused({"id": IDENT, "state": "completed"})
    assert "unknown-state" in refused({"id": IDENT, "state": "passed"})
    assert "unknown-id" in refused({"id": "elsewhere-1", "state": "failed"})
