"""The tests that customers' reports ask for: first-in when nothing known explains one, and when Problem Handling wants one.

Where every service of a problem that only customers reported passes, no fault is found there: the problem is resolved, and
its requesters are asked whether it works. A test that fails is told to them, and to whoever works on it.
"""

import msgspec

from streams.domain import progress
from streams.domain.closing import closes_at
from streams.domain.customer_report import ReportRef
from streams.domain.instant import Instant
from streams.domain.network import TestRule
from streams.domain.problem import OPEN, PAUSED, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.service_test import ServiceTest, State
from streams.domain.test_request import ask, wanted
from streams.domain.view import Emit, View, World

NAME = "service-check"
"""Specification of the test: whether the service does what it should, end to end."""
RULE = TestRule("customer-report", "first-in", NAME)
"""What every topology has: whoever runs no such test leaves it without an answer, which changes nothing."""


def first_in(view: View, row: ProblemRecord, ref: ReportRef, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Ask for the test of what a report opened, unless a declared one was asked for with the problem (problem_tests.py)."""
    if f"{_rule(ref.service, world).name}|{ref.service}" in row.tested.asked:
        return []
    return request_test(view, row, ref, "first-in", "First-in test: a customer reported it and nothing known explains it.", at, now, world)


def request_test(view: View, row: ProblemRecord, ref: ReportRef, number: str, why: str, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Ask for one test of a report's service; `number` makes its id unique within the problem."""
    return ask(view, wanted(_rule(ref.service, world), ref.service, row.domain, why[:256], at, now, world, (row.id, number), problem=row.id), at, now, world)


def _rule(service: str, world: World) -> TestRule:
    """Return the first-in test that topology.yaml declares for a service whatever is wrong with it, else the one that every topology has."""
    node = world.network.nodes.get(service)
    kind = node.type if node is not None else None
    return next((rule for rule in world.network.tests if rule.kind == "first-in" and rule.cause is None and rule.on_type in (None, kind)), RULE)


def heed(change: Change, test: ServiceTest) -> None:
    """Tell of a test's result in a problem that only customers reported; resolve it where all that they reported is proven to work."""
    row = change.row
    if row.handling is None or not row.handling.is_reported or test.kind == "final" or test.state not in (State.PASSED, State.FAILED) or row.status not in OPEN - PAUSED:
        return
    last = {outcome.object: outcome.state for outcome in row.tested.outcomes if outcome.kind != "final"}
    if not row.active or any(last.get(one.service) != State.PASSED for one in row.services):
        change.tell(progress.ATTRIBUTE, f"Test {test.specification} of {test.object} {test.state}{': ' if test.text else ''}{test.text}.", ("serviceTest", f"{test.id} {test.state}"))
        return
    why = f"No fault found: {test.specification} of {', '.join(one.service for one in row.services[:3])} passed."
    change.set(handling=msgspec.structs.replace(row.handling, is_over=True, over=why))
    change.move(Turn.RESTORED, why, ("serviceTest", f"{test.id} passed"), active=0, close_at=closes_at(change.now, change.world.policy))
