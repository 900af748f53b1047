"""Which problem a report is of: who answers a report need not know the problem (table `reports`)."""

import msgspec

from streams.domain.problem_record import ProblemRecord
from streams.domain.report import report_id
from streams.domain.view import View


class ReportOf(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The problem of a report."""

    problem: str


def reports_of(row: ProblemRecord) -> tuple[str, ...]:
    """Return the ids of the reports of a problem, its own first; without those of its own that were withdrawn and followed by another."""
    own = (row.report.id,) if row.report is not None else ()
    return (*own, *row.desk.ids) if row.desk is not None else own


def ever_made(row: ProblemRecord) -> tuple[str, ...]:
    """Return the ids of all reports that were ever made of a problem."""
    earlier = row.report.number if row.report is not None else 0
    return (*(report_id(row.domain, row.id, number) for number in range(earlier)), *reports_of(row))


def enter(view: View, before: ProblemRecord | None, row: ProblemRecord) -> None:
    """Note the reports of a problem that it did not have before."""
    if before is not None and before.report is row.report and before.desk is row.desk:
        return
    known = reports_of(before) if before is not None else ()
    for ident in reports_of(row):
        if ident not in known:
            view.reports.put(ident, ReportOf(row.id))


def forget(view: View, row: ProblemRecord) -> None:
    """Forget the reports of a problem with it."""
    for ident in ever_made(row):
        view.reports.delete(ident)


def known_by(view: View, report: str) -> ProblemRecord | None:
    """Return the problem of a report, None where nobody knows it."""
    of: ReportOf | None = view.reports.get(report) if report else None
    return view.problems.get(of.problem) if of is not None else None
