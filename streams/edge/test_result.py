"""What testers say, read from `test-results`: a TMF653 v4 ServiceTest, bare or in its event (serviceTestStateChangeEvent).

    {id, state: completed, testMeasure: [{metricName, value, ruleViolation: [...]}]}     it ran; passed where no measure violates a rule
    {id, state: acknowledged, pending or inProgress}                                     it has begun
    {id, state: failed, rejected or cancelled}                                           it could not be run: no answer
"""

from collections.abc import Callable
from typing import Any

from streams.domain.instant import Instant
from streams.domain.messages import TestHeard
from streams.domain.service_test import State
from streams.domain.view import Emit
from streams.edge.feed import Raw
from streams.edge.formats.fields import first, folded, text
from streams.edge.formats.told import Refused
from streams.edge.words import fold, time

_BEGUN = frozenset(("acknowledged", "pending", "inprogress", "running"))
_NOT_RUN = frozenset(("failed", "rejected", "cancelled", "canceled"))
_LONGEST = 256
MEASURES = 100
"""Measures of one test that are read."""


def read_result(told: dict[str, Any], raw: Raw, at: Instant, domain_of: Callable[[str, str], str]) -> list[Emit]:
    """Return the result for the partition of the test's domain; Refused with what is wrong and how to put it right."""
    test = folded(folded(told.get("event")).get("servicetest")) or told
    ident = first(test, "id")
    if not ident:
        raise Refused("id", "no-id", "Give the test's own id, as the request has it.")
    domain = domain_of("id", ident)
    at = time(test.get("enddatetime")) or at
    state = fold(first(test, "state"))
    said = first(test, "text", "description", "reason")[:_LONGEST]
    if state in _BEGUN:
        outcome = State.RUNNING
    elif state in _NOT_RUN:
        outcome, said = State.NO_ANSWER, f"{state}{': ' if said else ''}{said}"[:_LONGEST]
    elif state == "completed":
        outcome, said = _measured(test)
    else:
        raise Refused("state", "unknown-state", "Use acknowledged, pending, inProgress, completed, failed, rejected or cancelled.")
    return [Emit("problem-inbox", ident, TestHeard(ident, outcome, said, domain, at, position=raw.position), at, domain)]


def _measured(test: dict[str, Any]) -> tuple[State, str]:
    """Judge what was measured: without a measure nobody knows whether it passed."""
    given = test.get("testmeasure")
    measures = [folded(measure) for measure in (given if isinstance(given, list) else [given])[:MEASURES] if isinstance(measure, dict)]
    if not measures:
        raise Refused("testMeasure", "no-measure", "A completed test needs a `testMeasure`; whether it passed stands in its `ruleViolation`.")
    violated = [measure for measure in measures if measure.get("ruleviolation")]
    said = "; ".join(_said(measure) for measure in violated or measures)[:_LONGEST]
    return (State.FAILED if violated else State.PASSED), said


def _said(measure: dict[str, Any]) -> str:
    name, value = first(measure, "metricname") or "measure", measure.get("value")
    shown = text(value.get("value") if isinstance(value, dict) else value)
    violations = measure.get("ruleviolation")
    rules = [first(folded(rule), "name", "id", "description", "consequence") or "rule" for rule in (violations if isinstance(violations, list) else [violations]) if isinstance(rule, dict)]
    unit = first(measure, "unitofmeasure")
    return f"{name} {shown}{' ' if unit else ''}{unit}".strip() + (f" violates {', '.join(rules[:5])}" if rules else "")
