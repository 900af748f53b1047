"""Laws of customers' reports: whatever is reported, answered, alarmed, merged and waited for, in whatever order."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain import manage, oversee, watch
from streams.domain.alarm import Effect
from streams.domain.customer_report import RequesterTold
from streams.domain.handling_book import State
from streams.domain.impact_delta import ImpactDelta
from streams.domain.instant import HOUR, MINUTE, Instant, iso
from streams.domain.problem import ENDED, Status
from tests.builders import at
from tests.domain.handled import Handled
from tests.domain.problems import diagnosed

REPORTS, ALARMS = range(1, 5), ("p1", "p2")
DOMAINS = {"p1": "dom", "p2": "far"}
ACTIONS = ("confirm", "still-down", "hold", "resume", "cancel", "test")
MOVES = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(REPORTS)),
    st.tuples(st.just("again"), st.sampled_from(REPORTS)),
    st.tuples(st.sampled_from(ACTIONS), st.sampled_from(REPORTS)),
    st.tuples(st.just("lacks"), st.sampled_from(REPORTS)),
    st.tuples(st.just("alarms"), st.sampled_from(ALARMS), st.sets(st.sampled_from(REPORTS), min_size=1), st.sampled_from((Effect.DOWN, Effect.DEGRADED, Effect.AT_RISK))),
    st.tuples(st.just("clear"), st.sampled_from(ALARMS)),
    st.tuples(st.just("merge"), st.sampled_from(ALARMS)),
    st.tuples(st.just("wait"), st.sampled_from((5 * MINUTE, HOUR, 25 * HOUR))))


class Course:
    """One sequence of moves, a minute apart."""

    def __init__(self) -> None:
        self.stage = Handled()
        self.now: Instant = at("10:00")
        self.asked: list[tuple[str, str]] = []
        self.alarmed: set[str] = set()
        self.ended: set[str] = set()

    def make(self, move: tuple[Any, ...]) -> None:
        kind, *what = move
        self.now += MINUTE
        when = iso(self.now).removesuffix("Z")
        if kind == "wait":
            self.now += what[0]
            self.stage.passes(self.now)
        elif kind in ("report", "lacks"):
            n = what[0]
            self.asked.append((f"ph-{n}", "report"))
            but = {"services": (), "product": ""} if kind == "lacks" else {"services": ((f"svc-{n}", "dom"),), "product": f"prod-{n}"}
            self.stage.asks(when, external=f"ph-{n}", **but)
        elif kind == "again":
            self.stage.asks(when, external=f"ph-{what[0]}", services=((f"svc-{what[0]}", "dom"),), product=f"prod-{what[0]}")
        elif kind in ACTIONS:
            self.asked.append((f"r-{self.stage.requests + 1}", kind))
            self.stage.asks(when, kind, f"ph-{what[0]}")
        else:
            self._alarm(kind, what, when)
        self.stage.passes(self.now)

    def _alarm(self, kind: str, what: list[Any], when: str) -> None:
        problem = what[0]
        row = self.stage.problem(problem)
        if row is not None and row.status in ENDED:
            return                                              # stage 2 opens another then
        domain = DOMAINS[problem]
        if kind == "alarms":
            services, effect = sorted(what[1]), what[2]
            held = tuple((f"ont-{n}", effect) for n in services)
            self.stage.alarms(when, *(f"svc-{n}" for n in services), effect=effect, problem=problem, held=held, domain=domain)
        elif row is not None and kind == "clear":
            self.stage.alarms(when, problem=problem, domain=domain)
        elif row is not None and row.active == 0 and (other := self.stage.problem("p3")) is None and domain == "dom":
            self.stage.alarms(when, "svc-1", problem="p3", held=(("ont-1", Effect.DOWN),))
            self.stage.hears("problem-inbox", diagnosed(when, problem, kind="merged", into="p3", why="one fault", active=0, clock=self.now))
            assert other is None

    # --- what must hold after every move ---

    def check(self) -> None:
        self._impacts()
        self._reports()
        self._answers()
        self._problems()

    def _impacts(self) -> None:
        """The deltas of a product sum to its present impact, and that is what is held of its service."""
        told: dict[str, Effect] = {}
        for one in (e.value for e in self.stage.told if isinstance(e.value, ImpactDelta)):
            assert told.get(one.product, Effect.NONE) == one.previous, one
            told[one.product] = one.impact
        present = {t.product.id: t.impact for row in self.stage.views[watch].tables["watched-services"].rows.values() for t in row.told}
        states = {p.id: row.state for s, row in self.stage.views[watch].tables["watched-services"].rows.items() for p in self.stage.world.network.products[s] if row.state}

        assert {p: e for p, e in told.items() if e} == present == states

    def _reports(self) -> None:
        """A report that the desk has placed is in that problem, in one only; a problem counts what is in it."""
        joined = self.stage.views[manage].tables["joined-reports"].rows
        inside = {key.partition("|")[2]: key.partition("|")[0] for key in joined}
        desk = self.stage.views[oversee].tables["customer-reports"].rows

        assert len(inside) == len(joined)
        assert {ident: row.problem for ident, row in desk.items() if row.state is State.PLACED} == inside
        assert all(row.state is not State.SOUGHT for row in desk.values())
        for ident, row in self.stage.views[manage].tables["problems"].rows.items():
            if row.status in ENDED:                             # it keeps the count of those that were in it
                assert not any(key.startswith(f"{ident}|") for key in joined), ident
                continue
            of = [one for key, one in joined.items() if key.startswith(f"{ident}|")]
            handling = row.handling
            assert (handling.reports if handling else 0) == len(of), ident
            assert (handling.unconfirmed if handling else 0) == (sum(one.is_asked for one in of) if row.status is Status.RESOLVED else 0), ident

    def _answers(self) -> None:
        """Every request is answered, once; the same one again with the same words; no id comes twice."""
        said = [e.value for e in self.stage.told if isinstance(e.value, RequesterTold)]
        answers = Counter((one.request, one.action) for one in said if one.kind in ("accepted", "refused") and one.request)
        words: dict[tuple[str, str], set[str]] = {}
        for one in said:
            if one.kind in ("accepted", "refused") and one.request:
                words.setdefault((one.request, one.action), set()).add(one.why)
        for request, action in set(self.asked):
            row = self.stage.report(request) if action == "report" else None
            if action != "report":
                assert answers[request, action] == 1, (request, action)
            elif row is not None and row.state is not State.INCOMPLETE and row.orders[0].why:
                assert answers[request, action] >= 1 and len(words[request, action]) == 1
        ids = [e.value.id for e in self.stage.told if e.topic == "progress"]
        assert len(ids) == len(set(ids))

    def _problems(self) -> None:
        """What is over holds nothing and waits on nobody; a problem of reports alone is open while one of them stands."""
        for ident, row in self.stage.views[manage].tables["problems"].rows.items():
            if row.status in ENDED:
                assert self.stage.views[manage].tables["holdings"].get(ident) is None, row
            elif row.handling is not None and row.handling.is_reported:
                assert row.handling.reports, row


@settings(max_examples=300, deadline=None)
@given(st.lists(MOVES, min_size=1, max_size=14))
def test_reports_keep_their_laws(moves: list[tuple[Any, ...]]) -> None:
    course = Course()
    for move in moves:
        course.make(move)
        course.check()
