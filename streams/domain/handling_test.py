"""The tests that customers' reports ask for: first-in when nothing known explains one, and when Problem Handling wants one."""

from streams.domain.customer_report import ReportRef
from streams.domain.instant import Instant
from streams.domain.network import TestRule
from streams.domain.problem_record import ProblemRecord
from streams.domain.test_request import ask, wanted
from streams.domain.view import Emit, View, World

NAME = "service-check"
"""Specification of the test: whether the service does what it should, end to end."""
RULE = TestRule("customer-report", "first-in", NAME)
"""What every topology has: whoever runs no such test leaves it without an answer, which changes nothing."""


def request_test(view: View, row: ProblemRecord, ref: ReportRef, number: str, why: str, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Ask for one test of a report's service; `number` makes its id unique within the problem."""
    return ask(view, wanted(RULE, ref.service, row.domain, why[:256], at, now, world, (row.id, number), problem=row.id), at, now, world)
