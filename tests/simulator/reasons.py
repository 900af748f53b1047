"""Why reports are withdrawn and products are not exactly right: named classes, counted, each case in the first that fits."""

from collections import Counter, defaultdict

from rich.console import Console

from tests.simulator.failures import Outcome
from tests.simulator.found import Report
from tests.simulator.measure import NEAR, WITHDRAWN_WITHIN, Case

AT_ONCE = 30.0
"""Seconds between two reports from which on waiting a little longer would have spared neither."""


def reasons(outcomes: list[Outcome]) -> dict[str, Counter[str]]:
    """Return for each of the two figures the classes of what fails."""
    found: dict[str, Counter[str]] = {"reports withdrawn": Counter(), "products not exactly right": Counter()}
    for outcome in outcomes:
        for report in outcome.found.reports:
            if report.withdrawn is not None and report.withdrawn - report.opened <= WITHDRAWN_WITHIN:
                found["reports withdrawn"][_withdrawn(report, outcome)] += 1
        for case in outcome.figures.cases:
            if case.missed_products or case.false_products:
                found["products not exactly right"][_wrong(case, outcome)] += 1
    return found


def _withdrawn(report: Report, outcome: Outcome) -> str:
    if report.is_merged:
        return "merged with another of its domain"
    head = outcome.found.head.get(report.problem, report.problem)
    opened = [other.opened for other in outcome.found.reports if other.problem == head != report.problem]
    if not opened:
        return "its problem has no parent in the end"
    return "its parent's opened within 30 s" if min(abs(at - report.opened) for at in opened) <= AT_ONCE else "its parent's opened earlier or later"


def _wrong(case: Case, outcome: Outcome) -> str:
    truth, found = outcome.simulated.truth, outcome.found
    fault = truth.incidents[case.incident].fault
    lumped = {line.incident for line, problem in zip(outcome.simulated.lines, found.problem_of, strict=True) if problem in case.problems} - {case.incident, ""}
    hurt_by: dict[str, set[str]] = defaultdict(set)
    for name, incident in truth.incidents.items():
        for product in incident.products:
            hurt_by[product].add(name)
    if any(hurt_by[product] & lumped for product in case.false_products):
        return "of another incident that is in its problem"
    if case.false_products:
        near = [name for product in case.false_products for name in hurt_by[product] if truth.incidents[name].fault.start < fault.end + NEAR and fault.start < truth.incidents[name].fault.end + NEAR]
        return "of another incident at the time" if near else "of products that work"
    told = [span for product in case.missed_products for span in found.down.get(product, ())]
    is_told = any(start < fault.end + NEAR and end > fault.start for start, end in told)
    return "told, but of another problem" if is_told else "nobody said that they are down"


def show_reasons(found: dict[str, dict[str, Counter[str]]], console: Console) -> None:
    """Print them by family, the most frequent first."""
    for family, figures in found.items():
        for figure, classes in figures.items():
            if classes:
                console.print(f"{family}, {figure}: " + ", ".join(f"{count} {what}" for what, count in classes.most_common()))
