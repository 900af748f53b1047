"""Which problem a report is of: who answers a report need not know the problem (table `reports`)."""

import msgspec

from streams.domain.problem_record import ProblemRecord
from streams.domain.view import View


class ReportOf(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The problem of a report."""

    problem: str


def enter(view: View, before: ProblemRecord | None, row: ProblemRecord) -> None:
    """Note the reports of a problem that it did not have before."""
    report = row.report
    if report is not None and (before is None or before.report is None or before.report.id != report.id):
        view.reports.put(report.id, ReportOf(row.id))


def forget(view: View, row: ProblemRecord) -> None:
    """Forget the reports of a problem with it."""
    if row.report is not None:
        view.reports.delete(row.report.id)


def known_by(view: View, report: str) -> ProblemRecord | None:
    """Return the problem of a report, None where nobody knows it."""
    of: ReportOf | None = view.reports.get(report) if report else None
    return view.problems.get(of.problem) if of is not None else None
