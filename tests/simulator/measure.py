"""Truth and what was found, figure by figure."""

from collections import Counter, defaultdict
from statistics import fmean, median
from typing import NamedTuple

from tests.simulator.clustering import Bin, adjusted_rand, calibration_error, reliability
from tests.simulator.found import Found, Report, blamed
from tests.simulator.run import Simulated
from tests.simulator.truth import Spans

WITHDRAWN_WITHIN = 15 * 60.0
NEAR = 15 * 60.0


class Case(NamedTuple):
    """One incident and what became of it."""

    incident: str
    kind: str
    """Of fault."""
    traits: tuple[str, ...]
    """Words that breakdown.py counts by."""
    lines: int
    first_alarm: float
    problems: dict[str, int]
    """Problem head -> how many of its lines."""
    main: str | None
    rank: int | None
    """Place of the first acceptable root, from 1."""
    reports: list[Report]
    at_report: bool | None
    """Whether the report named the right cause as it was opened; None without a report."""
    five_minutes_later: bool | None
    right_after: float
    """Seconds from the first alarm until the right cause stood first; inf: never."""
    missed_products: frozenset[str]
    false_products: frozenset[str]


class Figures(NamedTuple):
    """Of one family, or of all."""

    cases: list[Case]
    shared: list[int]
    """Incidents per problem, over problems with any."""
    ari: float
    phantoms: list[str]
    """Of each problem without any fault the first alarm: its kind."""
    noise: int
    """Noise alarms raised."""
    reports: int
    withdrawn: int
    confidences: list[tuple[float, bool]]
    down_true: float
    down_off: float
    """Sum over products of |told - true|, seconds."""
    down_off_misled: float
    """The part of it of products for which a clear was lost."""
    silent: int
    """Incidents of which no alarm tells."""
    seconds: float

    def share(self, what: list[bool]) -> float:
        return fmean(what) if what else 0.0

    def table(self) -> dict[str, float]:
        """Return figure -> value; names as in report.TARGETS."""
        ranks = [case.rank for case in self.cases]
        reported = [case for case in self.cases if case.reports]
        return {
            "ARI": self.ari,
            "problems per incident": fmean(len(case.problems) for case in self.cases),
            "incidents per problem": fmean(self.shared) if self.shared else 0.0,
            "cause top-1": self.share([rank == 1 for rank in ranks]),
            "cause top-3": self.share([rank is not None and rank <= 3 for rank in ranks]),
            "faultless problems per 100k noise": 1e5 * len(self.phantoms) / max(1, self.noise),
            "reports per incident": fmean(len(case.reports) for case in reported) if reported else 0.0,
            "reports per incident, worst": float(max((len(case.reports) for case in reported), default=0)),
            "reports withdrawn in 15 min": self.withdrawn / max(1, self.reports),
            "top-1 as the report opens": self.share([bool(case.at_report) for case in reported]),
            "top-1 five minutes later": self.share([bool(case.five_minutes_later) for case in reported]),
            "median s to the right cause": median(case.right_after for case in self.cases) if self.cases else 0.0,
            "impacted products exactly right": self.share([not case.missed_products and not case.false_products for case in self.cases]),
            "down-minutes off": self.down_off / max(1.0, self.down_true),
            "... of products with a lost clear": self.down_off_misled / max(1.0, self.down_true),
            "calibration error": calibration_error(self.curve()),
        }

    def curve(self) -> list[Bin | None]:
        return reliability(self.confidences)


def measure(simulated: Simulated, found: Found, seconds: float) -> Figures:
    lines = simulated.lines
    held: dict[str, Counter[str | None]] = defaultdict(Counter)
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, float] = {}
    for line, problem in zip(lines, found.problem_of, strict=True):
        if line.incident:
            held[line.incident][problem] += 1
            first[line.incident] = min(line.at, first.get(line.incident, line.at))
            if problem:
                inside[problem][line.incident] += 1
    reports = _reports(found, inside)
    cases = [_case(name, simulated, found, held[name], first[name], reports.get(name, [])) for name in simulated.truth.incidents if name in held]
    products = simulated.truth.down.keys() | found.down.keys()
    labelled = [(line.incident, problem or f"line {n}") for n, (line, problem) in enumerate(zip(lines, found.problem_of, strict=True)) if line.incident]
    return Figures(
        cases, [len(incidents) for incidents in inside.values()], adjusted_rand([a for a, _ in labelled], [b for _, b in labelled]),
        _phantoms(simulated, found, inside), sum(not line.incident and line.alarm["state"] == "raised" for line in lines),
        len(found.reports), sum(r.withdrawn is not None and r.withdrawn - r.opened <= WITHDRAWN_WITHIN for r in found.reports),
        _confidences(simulated, found, inside), sum(length(spans) for spans in simulated.truth.down.values()),
        _off(simulated, found, products), _off(simulated, found, products & simulated.truth.misled), len(simulated.truth.incidents) - len(held), seconds)


def _reports(found: Found, inside: dict[str, Counter[str]]) -> dict[str, list[Report]]:
    """Return incident -> the reports of problems of which it is the most."""
    reports: dict[str, list[Report]] = defaultdict(list)
    for report in found.reports:
        incidents = inside.get(found.head.get(report.problem, report.problem))
        if incidents:
            reports[incidents.most_common(1)[0][0]].append(report)
    return reports


def _case(name: str, simulated: Simulated, found: Found, held: Counter[str | None], first: float, reports: list[Report]) -> Case:
    incident = simulated.truth.incidents[name]
    problems = {problem: n for problem, n in held.most_common() if problem}
    main = next(iter(problems), None)
    history = found.history.get(main, []) if main else []
    last = history[-1].causes if history else ()
    rank = next((place for place, cause in enumerate(last, 1) if cause in incident.roots), None)
    right = next((named.at - first for named in history if named.causes[:1] and named.causes[0] in incident.roots), float("inf"))
    opened = min(reports, key=lambda report: report.opened, default=None)
    later = blamed(found.history.get(found.head.get(opened.problem, opened.problem), []), opened.opened + 300) if opened else None
    told = set().union(*(found.impacted.get(problem, set()) for problem in problems)) if problems else set()
    return Case(
        name, incident.fault.kind, _traits(simulated, name), sum(held.values()), first, problems, main, rank, reports,
        None if opened is None else bool(opened.causes) and opened.causes[0] in incident.roots,
        None if opened is None else bool(later and later.causes and later.causes[0] in incident.roots),
        max(0.0, right), incident.products - told, frozenset(told - incident.products - incident.sharing))


def _confidences(simulated: Simulated, found: Found, inside: dict[str, Counter[str]]) -> list[tuple[float, bool]]:
    """Return (confidence of the best cause at the end, right) of every problem that holds some incident."""
    cases = []
    for problem, incidents in inside.items():
        history = found.history.get(problem)
        if history and history[-1].causes:
            roots = simulated.truth.incidents[incidents.most_common(1)[0][0]].roots
            cases.append((history[-1].confidence, history[-1].causes[0] in roots))
    return cases


def _phantoms(simulated: Simulated, found: Found, inside: dict[str, Counter[str]]) -> list[str]:
    """Return the kind of the first alarm of every problem that holds no line of any incident."""
    began: dict[str, str] = {}
    for line, problem in zip(simulated.lines, found.problem_of, strict=True):
        if problem and problem not in inside and problem not in began:
            began[problem] = f"{line.alarm['specificProblem']} ({line.alarm['perceivedSeverity']})"
    return [began.get(problem, "nothing that is left in it") for problem in sorted(set(found.head.values()) - inside.keys())]


def _traits(simulated: Simulated, name: str) -> tuple[str, ...]:
    """Return what makes an incident easy or hard."""
    incident = simulated.truth.incidents[name]
    fault = incident.fault
    others = [other for other in simulated.truth.incidents.values() if other.fault.incident != name and other.domains & incident.domains]
    near = any(abs(other.fault.start - fault.start) <= NEAR for other in others)
    meets = any(other.fault.start < fault.end and fault.start < other.fault.end for other in others)
    return (
        "another began within 15 min in the domain" if near else "another stood in the domain" if meets else "alone in its domain",
        "root raises no alarm" if simulated.plant.elements[fault.root].mute else "root may alarm",
        "across domains" if len(incident.domains) > 1 else "within a domain")


def length(spans: Spans) -> float:
    return sum(end - start for start, end in spans)


def _off(simulated: Simulated, found: Found, products: set[str]) -> float:
    return sum(abs(length(found.down.get(product, [])) - length(simulated.truth.down.get(product, []))) for product in sorted(products))


def together(figures: list[Figures]) -> Figures:
    """Return the figures over all families; ARI and shares by cases, the ARI averaged over families."""
    return Figures(
        [case for f in figures for case in f.cases], [n for f in figures for n in f.shared], fmean(f.ari for f in figures),
        [p for f in figures for p in f.phantoms], sum(f.noise for f in figures), sum(f.reports for f in figures), sum(f.withdrawn for f in figures),
        [c for f in figures for c in f.confidences], sum(f.down_true for f in figures), sum(f.down_off for f in figures), sum(f.down_off_misled for f in figures),
        sum(f.silent for f in figures), sum(f.seconds for f in figures))
