"""Where it fails: the main figures by kind of fault, and by what makes an incident hard."""

from collections import Counter, defaultdict
from statistics import fmean

from rich.console import Console
from rich.table import Table

from tests.simulator.measure import Case, Figures


def breakdown(figures: Figures) -> dict[str, dict[str, float]]:
    """Return kind or trait -> figure -> value."""
    sorts: dict[str, list[Case]] = defaultdict(list)
    for case in figures.cases:
        for sort in (f"fault: {case.kind}", *case.traits):
            sorts[sort].append(case)
    return {sort: {
        "incidents": float(len(cases)), "top-1": fmean(case.rank == 1 for case in cases), "top-3": fmean(case.rank is not None and case.rank <= 3 for case in cases),
        "problems": fmean(len(case.problems) for case in cases), "reports": fmean(len(case.reports) for case in cases),
        "products right": fmean(not case.missed_products and not case.false_products for case in cases),
    } for sort, cases in sorted(sorts.items())}


def show_breakdown(family: str, figures: Figures, console: Console) -> None:
    table = Table(title=f"Where it fails: {family}")
    rows = breakdown(figures)
    table.add_column("incidents of the sort")
    for name in next(iter(rows.values()), {}):
        table.add_column(name, justify="right")
    for sort, row in rows.items():
        table.add_row(sort, *(f"{value:.0f}" if name == "incidents" else f"{value:.2f}" for name, value in row.items()))
    console.print(table)
    if figures.phantoms:
        console.print("problems without any fault began with: " + ", ".join(f"{n} {what}" for what, n in Counter(figures.phantoms).most_common(8)))
