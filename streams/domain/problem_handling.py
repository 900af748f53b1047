"""What a problem's row knows of the customers' reports in it, and the row of each report (handling.py)."""

import msgspec

from streams.domain.alarm import Effect
from streams.domain.customer_report import ReportRef


class Handling(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Counts of a problem's reports, and how it stands with those who made them."""

    is_reported: bool = False
    """Customers reported it and no alarm did: Problem Handling coordinates it."""
    reports: int = 0
    """That are in it now."""
    unconfirmed: int = 0
    """Of these, asked to confirm that it is restored."""
    explained_by: str = ""
    """Problem of another domain that explains what was reported."""
    is_over: bool = False
    """Nothing speaks for the fault any more: what explained it is over, or a test passed."""
    over: str = ""
    """Why, in one sentence."""
    suspect: str = ""
    """Object that its reports share."""
    evidence: str = ""
    joined: int = 0
    """Reports that ever came into it."""
    left: str = ""
    """The problem that its report was in: restored, so it was told, but not for this customer."""


class JoinedReport(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One report in one problem (table joined-reports, key: problem|report)."""

    ref: ReportRef
    effect: Effect
    is_asked: bool = False
    """Its requester was asked to confirm, and has not answered."""
    told: int = 0
    """Records told of it since it came into this problem; with `number` it makes their ids unique."""
    number: int = 0
    """Which of all that ever came into this problem it is: a report may leave, and come back."""
