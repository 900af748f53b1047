"""Whatever is heard in whatever order: a problem's life stays legal, its records stay ordered, stage 5's view stays true."""

from typing import Any

import hypothesis.strategies as st
import msgspec
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.domain import manage
from streams.domain.alarm import Effect, Severity
from streams.domain.instant import MINUTE, SECOND, Instant
from streams.domain.messages import Answered, HeldDown, Hurt, ReportUpdated, Tick
from streams.domain.problem import ENDED, PAUSED, TRANSITIONS, Status
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_index import reports_of
from streams.domain.update_answer import UpdateAnswered
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at
from tests.domain.problems import a_cause, diagnosed

NETWORK = a_network(("s1", "a"), ("s2", "b"), ("s3", ["a", "b"], 1), services=["s1", "s2", "s3"], products=[("prod", "s3", "cust")])
PROBLEMS = ("p1", "p2", "p3")
CARRIED = {"a": ("s1", "s3"), "b": ("s2", "s3")}


class ProblemLife(RuleBasedStateMachine):
    """Three problems of one domain; what stage 5 knows is folded from what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.view = MemoryView({name: due for name, (_, due, _) in manage.TABLES.items()})
        self.world = a_world(NETWORK)
        self.now: Instant = at("10:00")
        self.statuses: dict[str, str] = {}
        self.ids: list[str] = []
        self.reports: dict[str, str] = {}
        self.told_at: dict[str, Instant] = {}
        self.held: dict[tuple[str, str], tuple[Any, ...]] = {}
        self.truth: dict[str, tuple[str, ...]] = {}
        self.asked = 0
        self.answers: list[UpdateAnswered] = []

    def hear(self, message: Any) -> None:
        for emit in self.view.run(manage.step, manage.come_due, message, self.world):
            self.fold(emit, answered=isinstance(message, Answered | ReportUpdated))

    def fold(self, emit: Emit, answered: bool) -> None:
        if emit.topic == "problems" and emit.value is not None:
            before, after = self.statuses.get(emit.key), emit.value.status
            assert before is None or before == after or reachable(Status(before), after), f"{before} -> {after}"
            self.statuses[emit.key] = after
        elif emit.topic == "progress":
            self.ids.append(emit.value.id)
            if isinstance(emit.value, UpdateAnswered):
                self.answers.append(emit.value)
        elif emit.topic == "trouble-reports" and emit.value is not None:
            if isinstance(emit.value, ProblemRecord):
                assert self.reports.setdefault(emit.value.id, emit.key) == emit.key, "a problem has one report of its own"
        elif emit.topic == "service-effects":
            message: HeldDown = emit.value
            for loser in message.mergers:
                self.held.pop((message.service, loser), None)
            self.held[message.service, message.problem] = message.held
            if not message.held:
                del self.held[message.service, message.problem]
        if not answered and emit.topic in ("problems", "progress", "trouble-reports"):
            of = emit.value.problem if emit.topic == "progress" else emit.key
            assert emit.at >= self.told_at.get(of, 0)
            self.told_at[of] = emit.at

    @rule(problem=st.sampled_from(PROBLEMS), objects=st.sets(st.sampled_from("ab")), severity=st.sampled_from([*Severity][1:]), cause=st.sampled_from(["", "a", "b"]),
          late=st.sampled_from([0, SECOND, 5 * MINUTE]))
    def diagnose(self, problem: str, objects: set[str], severity: Severity, cause: str, late: int) -> None:
        row = self.view.tables["problems"].get(problem)
        if row is not None and row.status in ENDED:
            return
        held = tuple((o, Effect.DOWN) for o in sorted(objects))
        hurt = tuple(Hurt(s, Effect.DOWN) for s in sorted({s for o in objects for s in CARRIED[o]}))
        self.truth[problem] = tuple(sorted(objects))
        self.hear(diagnosed(self.now - late, problem, opened_at=at("10:00"), active=len(objects), worst=severity if objects else Severity.CLEARED,
                            causes=(a_cause(cause),) if cause else (), held=held, hurt=hurt, clock=self.now))

    @rule(loser=st.sampled_from(PROBLEMS), into=st.sampled_from(PROBLEMS))
    def merge(self, loser: str, into: str) -> None:
        rows = self.view.tables["problems"]
        if loser == into or any(rows.get(p) is None or rows.get(p).status in ENDED for p in (loser, into)):
            return
        self.hear(diagnosed(self.now, loser, kind="merged", into=into, active=0, worst=Severity.CLEARED, causes=(), clock=self.now))
        self.diagnose_now(into, set(self.truth.get(into, ())) | set(self.truth.pop(loser, ())))

    def diagnose_now(self, problem: str, objects: set[str]) -> None:
        self.truth[problem] = tuple(sorted(objects))
        hurt = tuple(Hurt(s, Effect.DOWN) for s in sorted({s for o in objects for s in CARRIED[o]}))
        self.hear(diagnosed(self.now, problem, active=len(objects), worst=Severity.MAJOR if objects else Severity.CLEARED,
                            held=tuple((o, Effect.DOWN) for o in sorted(objects)), hurt=hurt, clock=self.now))

    @rule(passes=st.sampled_from([SECOND, 15 * SECOND, 11 * MINUTE, 90 * MINUTE]))
    def time_passes(self, passes: int) -> None:
        self.now += passes
        self.hear(Tick(self.now, live=self.view.live))

    @rule(live=st.booleans())
    def backlog(self, live: bool) -> None:
        self.view.live = live

    @rule(problem=st.sampled_from(PROBLEMS), kind=st.sampled_from(["parent", "command", "outcome", "operator"]))
    def answer(self, problem: str, kind: str) -> None:
        before = self.view.tables["problems"].get(problem)
        self.hear(Answered(kind, problem, "dom", "ref", "word", "text", self.now + MINUTE))
        after = self.view.tables["problems"].get(problem)
        if before is not None:
            assert (before.status, before.priority, before.last_at, manage.due_of(before)) == (after.status, after.priority, after.last_at, manage.due_of(after))

    @rule(problem=st.sampled_from(PROBLEMS), number=st.integers(0, 8), status=st.sampled_from(["", *Status]), late=st.sampled_from([0, 5 * MINUTE]),
          more=st.sampled_from([{}, {"number": "INC-7"}, {"person": "Eva"}, {"promised": True}, {"ours": (("priority", "Low"),)}]), again=st.booleans())
    def ticketing(self, problem: str, number: int, status: str, late: int, more: dict[str, Any], again: bool) -> None:
        """The ticketing system says something of one of the problem's reports, or of a report that never was."""
        row = self.view.tables["problems"].get(problem)
        reports = reports_of(row) if row is not None else ()
        said = {"promised_at": self.now + 60 * MINUTE} if "promised" in more else more
        self.asked += 1
        update = ReportUpdated(
            reports[number] if number < len(reports) else f"none-{number}", "", "dom", f"e{self.asked}", f"updates/0/{self.asked}", self.now - late, status=status, **said)
        for message in (update, msgspec.structs.replace(update, position=f"updates/0/{self.asked}-again"))[: 2 if again else 1]:
            before, told = self.view.tables["problems"].get(problem), len(self.answers)
            self.hear(message)
            after = self.view.tables["problems"].get(problem)
            assert len(self.answers) == told + 1, "every update is answered once"
            if before is not None:
                assert (before.priority, before.last_at, before.active, before.causes) == (after.priority, after.last_at, after.active, after.causes)
                assert after.status == before.status or {before.status, after.status} <= {Status.ACKNOWLEDGED, Status.IN_PROGRESS, *PAUSED}
                assert message is update or after.status == before.status

    @invariant()
    def no_record_of_progress_is_told_twice(self) -> None:
        assert len(self.ids) == len(set(self.ids))

    @invariant()
    def stage_5_knows_what_is_held(self) -> None:
        """Released holds are gone at once; begun ones are known unless they wait for the backlog."""
        truth = {(s, p): tuple((o, Effect.DOWN) for o in held if s in CARRIED[o]) for p, held in self.truth.items() for o in held for s in CARRIED[o]}
        waiting = {(s, p) for p, row in self.view.tables["holdings"].rows.items() for s in row.waiting}
        assert self.held == {key: held for key, held in truth.items() if key not in waiting}

    @invariant()
    def nothing_stays_due(self) -> None:
        for name, rows in self.view.tables.items():
            assert all((rows.due_of(row) or self.now + 1) > self.now - 1 for row in rows.rows.values() if rows.due_of), name


def reachable(before: Status, after: Status) -> bool:
    """Whether moves of one step, or of one wait, lead from one published status to the next."""
    once = set(TRANSITIONS[before].values())
    return after in once | {to for status in once for to in TRANSITIONS[status].values()}


TestProblemLife = ProblemLife.TestCase
TestProblemLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
