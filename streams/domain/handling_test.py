"""The tests that customers' reports ask for: first-in when nothing known explains one, and when Problem Handling wants one."""

from streams.domain.alarm_action import ActionTold
from streams.domain.customer_report import ReportRef
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit

NAME = "service-check"
"""Specification of the test: whether the service does what it should, end to end."""


def request_test(row: ProblemRecord, ref: ReportRef, number: str, why: str, at: Instant) -> list[Emit]:
    """Ask for one test of a report's service; `number` makes its id unique within the problem."""
    ident = identify(row.domain, row.id, "test", ref.service, number)
    told = ActionTold(ident, ident, "customer-report", "test", "asked", row.domain, "", ref.service, "", why[:256], at, NAME, row.id)
    return [Emit("test-requests", ref.service, told, at)]
