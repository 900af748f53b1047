"""What is read from `test-results`: a tester's word on a test, as TMF653 v4 ServiceTest. Tolerant: more fields are ignored.

The same in an event's envelope (`event.serviceTest`) is read too (streams/edge/test_result.py).
"""

from typing import Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.alarm import Word
from schemas.restoration_result import Inbound


class TestMeasure(Inbound):
    """One thing that was measured."""

    __test__ = False

    metric_name: Word = Field(alias="metricName")
    unit_of_measure: str | None = Field(None, alias="unitOfMeasure")
    value: Any = None
    rule_violation: list[dict[str, Any]] | None = Field(None, alias="ruleViolation")
    """What it violates; a test passes where no measure violates anything."""


class ServiceTestResult(Inbound):
    """How a test stands, or ended."""

    id: Word
    """The test's id, as the request has it."""
    state: Literal["acknowledged", "pending", "inProgress", "completed", "failed", "rejected", "cancelled"]
    """completed: it ran, whatever it found; failed, rejected, cancelled: it could not be run, which is no answer."""
    test_measure: list[TestMeasure] | None = Field(None, alias="testMeasure")
    """Of a completed test: at least one."""
    end_date_time: AwareDatetime | None = Field(None, alias="endDateTime")
    """When it ended; when the record arrived where absent."""

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.state == "completed" and not self.test_measure:
            raise ValueError("a completed test needs a testMeasure: whether it passed stands there")
        return self
