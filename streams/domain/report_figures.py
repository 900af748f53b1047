"""How reports fare with those who are to act: one row per partition, for metrics."""

import msgspec

from streams.domain.figures import ALL
from streams.domain.view import View


class ReportFigures(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Counted since figures are kept."""

    unaccepted: int = 0
    """Reports that nobody had accepted in time."""
    done: int = 0
    """Updates of the ticketing system that were taken over."""
    refused: int = 0
    """Updates that were not."""


def count(view: View, unaccepted: int = 0, done: int = 0, refused: int = 0) -> None:
    """Add to the figures."""
    if unaccepted or done or refused:
        known: ReportFigures = view.report_figures.get(ALL) or ReportFigures()
        view.report_figures.put(ALL, ReportFigures(known.unaccepted + unaccepted, known.done + done, known.refused + refused))
