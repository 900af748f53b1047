"""What stage 6 promises of a problem, and what it learns from how it went."""

import itertools
from typing import Any

import msgspec
import pytest

from streams.domain.etr import promise
from streams.domain.etr_learnt import classes_of
from streams.domain.forecast import Forecast, Source
from streams.domain.instant import HOUR, MINUTE, SECOND, Instant
from streams.domain.messages import Answered, OperatorRequest, ProblemTold, Tick
from streams.domain.policy import OverseePolicy, Policy
from tests.builders import a_network, at
from tests.domain.overseen import Oversight
from tests.domain.problems import answer, own_reports
from tests.domain.test_report_requests import reported, ruled
from tests.domain.test_report_update import update

START = at("00:00")
NETWORK = a_network(("svc", "path-1"), services=["svc"])


class Desk(Oversight):
    """Stage 6 told of problems that last as long as the test says."""

    def __init__(self, **policy: Any) -> None:
        super().__init__(NETWORK, Policy(oversee=OverseePolicy(**{"etr_cases": 5, **policy})))
        self.now: Instant = START

    def word(self, problem: str, when: Instant, opened: Instant, status: str = "inProgress", **but: Any) -> list[Answered]:
        fields: dict[str, Any] = {
            "priority": 2, "cause_object": "path-1", "cause": "lossOfSignal", "cause_type": "path", "confidence": 0.8, "opened_at": opened,
            "etr": opened + 8 * HOUR, "site": "north-1"}
        self.now = max(self.now, when)
        return self.hears(ProblemTold(problem, "dom", status, at=when, clock=when, **{**fields, **but})).answers

    def pass_to(self, when: Instant) -> list[Answered]:
        self.now = when
        return self.tick_to(when).answers

    def lasts(self, problem: str, span: int, **but: Any) -> None:
        """A problem from now on that is closed an hour after it was restored."""
        opened = self.now
        self.word(problem, opened, opened, **but)
        self.pass_to(opened + span)
        self.word(problem, opened + span + HOUR, opened, "closed", resolved_at=opened + span, turn="aged", **but)

    def forecast(self, problem: str = "new", **but: Any) -> Forecast | None:
        answers = self.word(problem, self.now, self.now, **but)
        return answers[-1].forecast if answers else None


def learnt(*spans: int, **but: Any) -> Desk:
    desk = Desk()
    for n, span in enumerate(spans or (HOUR,) * 8):
        desk.lasts(f"old-{n}", span, **but)
    return desk


def test_nothing_is_said_while_too_little_is_known() -> None:
    desk = learnt(HOUR, HOUR, HOUR)

    assert desk.forecast() is None


def test_the_eighty_percent_quantile_is_promised_with_how_sure_it_is() -> None:
    desk = learnt()
    said = desk.forecast()

    assert said is not None and (said.source, said.cases, said.kind) == (Source.LEARNT, 8, "lossOfSignal|path|north-1")
    assert HOUR * 0.9 < said.etr - desk.now < HOUR * 1.1
    assert 0.5 < said.confidence < 0.8


@pytest.mark.parametrize(("but", "kind"), [
    ({"site": "south-1"}, "lossOfSignal|path"), ({"cause_type": "span"}, "lossOfSignal"), ({"cause": "powerProblem"}, ""), ({"cause": "", "cause_object": ""}, "")])
def test_where_too_little_is_known_of_its_kind_a_coarser_one_speaks(but: dict[str, Any], kind: str) -> None:
    said = learnt().forecast(**but)

    assert said is not None and kind == said.kind


@pytest.mark.parametrize("but", [{"turn": "merged"}, {"resolved_at": 0}])
def test_merged_problems_and_those_never_restored_teach_nothing(but: dict[str, Any]) -> None:
    desk = Desk()
    for n in range(8):
        opened = desk.now
        desk.word(f"old-{n}", opened, opened)
        desk.word(f"old-{n}", opened + HOUR, opened, "closed", **{"resolved_at": opened + HOUR, "turn": "aged", **but})

    assert desk.forecast() is None


def test_cancelled_problems_teach_nothing() -> None:
    desk = Desk()
    for n in range(8):
        desk.word(f"old-{n}", desk.now, desk.now)
        desk.word(f"old-{n}", desk.now + HOUR, desk.now, "cancelled", turn="withdrawn")

    assert desk.forecast() is None


def test_paused_time_is_no_time_of_repair() -> None:
    desk = Desk()
    for n in range(8):
        opened = desk.now
        desk.word(f"old-{n}", opened, opened)
        desk.word(f"old-{n}", opened + 10 * HOUR, opened, "closed", resolved_at=opened + 9 * HOUR, paused=8 * HOUR, turn="aged")
    said = desk.forecast()

    assert said is not None and said.etr - desk.now < 2 * HOUR


def test_another_cause_is_told_at_once_and_the_same_word_again_is_not() -> None:
    desk = learnt(*(HOUR,) * 8)
    opened = desk.now
    desk.word("new", opened, opened, cause="", cause_object="")
    changed = desk.word("new", opened + SECOND, opened)
    again = desk.word("new", opened + 2 * SECOND, opened, priority=1)

    assert ["lossOfSignal|path|north-1"] == [a.forecast.kind for a in changed if a.forecast]
    assert [] == again


def test_a_promise_is_revised_before_it_passes_and_no_more_often_than_every_fifteen_minutes() -> None:
    desk = learnt(*(HOUR,) * 8, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR, 6 * HOUR)
    opened = desk.now
    told = [a.forecast for a in desk.word("new", opened, opened)]
    for minute in range(1, 60 * 24):
        told += [a.forecast for a in desk.pass_to(opened + minute * MINUTE)]
    promises = [one for one in told if one is not None]

    assert all(after.at < before.etr for before, after in itertools.pairwise(promises)), "there was always one that had not passed"
    assert all(after.at - before.at >= 14 * MINUTE for before, after in itertools.pairwise(promises))
    assert 0 == promises[-1].cases, "nothing lasted as long"


def test_what_policy_promised_is_promised_anew_before_it_passes() -> None:
    desk = Desk()
    desk.word("new", START, START)
    before, after = desk.pass_to(START + 7 * HOUR), desk.pass_to(START + 8 * HOUR)

    assert [] == before
    assert [(Source.POLICY, 0)] == [(a.forecast.source, a.forecast.cases) for a in after if a.forecast]
    assert all(a.forecast.etr > START + 8 * HOUR for a in after if a.forecast)


def test_open_problems_count_as_far_as_they_have_lasted() -> None:
    short = learnt(*(HOUR,) * 8).forecast()
    desk = learnt(*(HOUR,) * 8, *(9 * HOUR,) * 1)
    for n in range(8):
        desk.word(f"open-{n}", desk.now, desk.now)
    opened = desk.now
    desk.pass_to(opened + 3 * HOUR)
    said = desk.forecast()

    assert short is not None and said is not None
    assert said.etr - desk.now > short.etr - START - 9 * HOUR and said.etr - desk.now > 2 * HOUR


def test_a_class_is_as_fine_as_what_is_known_of_the_cause() -> None:
    def named(**but: Any) -> tuple[str, ...]:
        fields: dict[str, Any] = {"cause_object": "o", "cause": "c", "cause_type": "t", "site": "s", **but}
        return classes_of(ProblemTold("p", "dom", "inProgress", 2, confidence=0.5, opened_at=0, at=0, **fields))

    assert ("c|t|s", "c|t", "c", "*") == named()
    assert ("c", "*") == named(cause_type="")
    assert ("*",) == named(cause="")


def test_time_alone_tells_of_a_problem_that_is_over_nothing() -> None:
    desk = learnt()
    opened = desk.now
    desk.word("new", opened, opened)
    desk.word("new", opened + 10 * MINUTE, opened, "resolved", resolved_at=opened + 10 * MINUTE)

    assert [] == desk.hears(Tick(opened + 5 * HOUR)).answers


@pytest.mark.parametrize(("owners", "source"), [({}, Source.FIELD), ({"olt-1": "acme"}, Source.SUPPLIER)])
def test_what_people_promise_goes_before_what_was_learnt_until_it_has_passed(owners: dict[str, str], source: Source) -> None:
    stage = reported(ruled(owners=owners))
    learnt_etr = at("13:00")
    stage.hears(msgspec.structs.replace(answer("etr", "", when="10:02"), forecast=Forecast(at("10:02"), learnt_etr, Source.LEARNT, 40, 0.68)))
    before = promise(stage.row(), at("10:03"))
    (request,) = stage.row().desk.ids  # type: ignore[union-attr]
    out = stage.hears(update("10:05", report=request, number="A-1", status="inProgress", promised_at=at("11:00")))

    assert (learnt_etr, Source.LEARNT, 40) == before[:3]
    assert (at("11:00"), source) == promise(stage.row(), at("10:05"))[:2]
    assert at("11:00") == own_reports(out)[-1].report.etr
    assert (learnt_etr, Source.LEARNT) == promise(stage.row(), at("11:00"))[:2]


def test_learning_is_frozen_thawed_and_forgotten_with_all_other_learning() -> None:
    desk = learnt()
    desk.hears(OperatorRequest("r-1", "freeze-learning", "", "ann", "", desk.now, copy=True))
    desk.lasts("frozen", HOUR)
    frozen = desk.forecast("a")
    desk.hears(OperatorRequest("r-2", "thaw-learning", "", "ann", "", desk.now, copy=True))
    desk.word("a", desk.now, desk.now, "cancelled")
    desk.lasts("thawed", HOUR)
    thawed = desk.forecast("b")
    desk.hears(OperatorRequest("r-3", "reset-learned", "", "ann", "", desk.now, copy=True))

    assert (8, 9) == (frozen.cases if frozen else 0, thawed.cases if thawed else 0)
    assert desk.forecast("c") is None
    assert [] == desk.replies, "stage 2 answers for all that learn"
