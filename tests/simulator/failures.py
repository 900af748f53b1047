"""The worst incidents one by one: what was expected, what was found, what could be seen."""

from typing import NamedTuple

from rich.console import Console

from tests.simulator.feed import Line, iso
from tests.simulator.found import Found
from tests.simulator.measure import Case, Figures, length
from tests.simulator.run import Simulated

SHOWN = 6
"""Problems and products told of one incident."""
ALARMS = 12


class Outcome(NamedTuple):
    """One network, and what became of it."""

    simulated: Simulated
    found: Found
    figures: Figures


def failures(outcomes: list[Outcome], most: int, console: Console) -> None:
    """Print the `most` worst incidents, and the products whose downtime is told most wrongly."""
    cases = [(case, outcome) for outcome in outcomes for case in outcome.figures.cases if badness(case) > 0]
    for case, outcome in sorted(cases, key=lambda pair: badness(pair[0]), reverse=True)[:most]:
        _incident(case, outcome, console)
    if most:
        _downtimes(outcomes, most, console)


def badness(case: Case) -> float:
    """How far from right, for sorting only."""
    place = 4.0 if case.rank is None else 2.0 if case.rank > 3 else float(case.rank > 1)
    return place + min(3.0, len(case.problems) - 1) + (0.5 if case.missed_products or case.false_products else 0.0)


def _incident(case: Case, outcome: Outcome, console: Console) -> None:
    incident = outcome.simulated.truth.incidents[case.incident]
    fault = incident.fault
    console.rule(f"{outcome.simulated.plant.family} {case.incident}: {fault.kind} at {fault.root}, {iso(fault.start)} to {iso(fault.end)}")
    console.print(f"expected: one problem of {case.lines} lines in {', '.join(sorted(incident.domains))}; cause {' or '.join(sorted(incident.roots))}; "
                  f"{len(incident.products)} products; {', '.join(case.traits)}")
    for problem, lines in list(case.problems.items())[:SHOWN]:
        named = outcome.found.history.get(problem, [None])[-1]
        console.print(f"found:    {problem} with {lines} lines, blames {', '.join(named.causes) if named else 'nothing'} at {named.confidence if named else 0:.2f}")
    unassigned = case.lines - sum(case.problems.values())
    console.print(f"          {len(case.problems)} problems, {unassigned} lines in none; {len(case.reports)} reports; products missed {_some(case.missed_products)}, false {_some(case.false_products)}")
    raised = [line for line in outcome.simulated.lines if line.incident == case.incident and line.alarm["state"] == "raised"]
    for line in raised[:ALARMS]:
        console.print("  " + _alarm(line), style="dim")


def _some(products: frozenset[str]) -> str:
    return f"{len(products)} ({', '.join(sorted(products)[:3])}, ...)" if len(products) > 3 else ", ".join(sorted(products)) or "none"


def _alarm(line: Line) -> str:
    alarm = line.alarm
    return f"{iso(line.at)[11:23]} (+{line.arrives - line.at:.1f} s) {alarm['alarmedObject']['id']}: {alarm['probableCause']} / {alarm['specificProblem']}, {alarm['perceivedSeverity']}"


def _downtimes(outcomes: list[Outcome], most: int, console: Console) -> None:
    console.rule("products whose downtime is told most wrongly")
    wrong = []
    for outcome in outcomes:
        true, told = outcome.simulated.truth.down, outcome.found.down
        wrong += [(abs(length(told.get(p, [])) - length(true.get(p, []))), p, outcome) for p in true.keys() | told.keys()]
    for off, product, outcome in sorted(wrong, key=lambda row: (-row[0], row[1]))[:most]:
        console.print(f"{product}: off by {off / 60:.0f} min; true {_spans(outcome.simulated.truth.down.get(product, []))}; told {_spans(outcome.found.down.get(product, []))}")


def _spans(spans: list[tuple[float, float]]) -> str:
    return ", ".join(f"{iso(start)[5:16]}..{iso(end)[5:16]}" for start, end in spans[:SHOWN]) or "never"
