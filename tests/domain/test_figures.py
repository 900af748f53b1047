"""What is counted of problems in a day, and when it is told."""

from typing import Any

import pytest

from streams.domain.figures import ALL, Figures, FiguresTold, Spread, counted
from streams.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant
from streams.domain.messages import OperatorRequest, ProblemTold, ResultHeard
from streams.edge.records.figures import render
from tests.builders import at
from tests.domain.overseen import Oversight

NOON = at("12:00")


class Office(Oversight):
    """Stage 6, and the figures that it told."""

    def word(self, problem: str, when: Instant, status: str = "inProgress", **but: Any) -> None:
        fields: dict[str, Any] = {
            "priority": 2, "cause_object": "path-1", "cause": "lossOfSignal", "cause_type": "path", "confidence": 0.8, "opened_at": NOON, "etr": NOON + 8 * HOUR,
            "detected_at": NOON + 3 * SECOND, "located_at": NOON + MINUTE, "turn": "aged" if status == "closed" else ""}
        self.hears(ProblemTold(problem, "dom", status, at=when, clock=when, **{**fields, **but}))

    def lived(self, problem: str, minutes: int = 30, **but: Any) -> None:
        self.word(problem, NOON, **but)
        self.word(problem, NOON + (minutes + 60) * MINUTE, "closed", **{"resolved_at": NOON + minutes * MINUTE, **but})

    def day(self, key: str = "2026-01-01") -> Figures:
        row: Figures = self.view.tables["figures"].get(key)
        return row

    def told_figures(self) -> list[FiguresTold]:
        return [one for one in self.replies if isinstance(one, FiguresTold)]


def test_a_restored_problem_counts_with_its_times() -> None:
    office = Office()
    office.lived("p1")
    day = office.day()

    assert (1, (("cleared", 1),), (("lossOfSignal", 1),)) == (day.opened, day.ended, day.causes)
    assert (3 * SECOND, MINUTE, 30 * MINUTE) == (day.detect.mean, day.locate.mean, day.restore.mean)
    assert (1, 1) == (day.promised, day.kept)
    assert day.restore == office.day(ALL).restore


def test_a_word_that_comes_after_a_problem_is_over_counts_nothing() -> None:
    office = Office()
    office.lived("p1")
    before = office.day()
    office.word("p1", NOON + 3 * HOUR, "closed", resolved_at=NOON + HOUR, cause="powerProblem")

    assert before == office.day()


@pytest.mark.parametrize(("status", "turn", "ended"), [("closed", "merged", "merged"), ("cancelled", "withdrawn", "cancelled"), ("rejected", "refused", "rejected")])
def test_what_was_never_restored_counts_in_no_time(status: str, turn: str, ended: str) -> None:
    office = Office()
    office.word("p1", NOON)
    office.word("p1", NOON + HOUR, status, turn=turn, resolved_at=NOON + HOUR if turn == "merged" else 0)
    day = office.day()

    assert ((ended, 1),) == day.ended
    assert (Spread(), Spread(), Spread(), ()) == (day.detect, day.locate, day.restore, day.causes)


def test_pauses_are_left_out_and_a_broken_promise_is_seen() -> None:
    office = Office()
    office.lived("p1", 20 * 60, paused=5 * HOUR)

    assert (15 * HOUR, 1, 0) == (office.day("2026-01-02").restore.mean, office.day("2026-01-02").promised, office.day("2026-01-02").kept)


def test_a_reopening_counts_once_however_often_it_is_told() -> None:
    office = Office()
    office.word("p1", NOON)
    office.word("p1", NOON + HOUR, "resolved", resolved_at=NOON + HOUR)
    office.word("p1", NOON + 2 * HOUR, reopened=1)
    office.word("p1", NOON + 3 * HOUR, reopened=1, priority=1)

    assert 1 == office.day().reopened


def test_what_a_command_restored_is_told_apart() -> None:
    office = Office()
    office.word("p1", NOON)
    office.hears(ResultHeard(office.commands[-1].id, "workaround", "", NOON + MINUTE))
    office.word("p1", NOON + 2 * HOUR, "closed", resolved_at=NOON + HOUR)

    assert (("workaround", 1),) == office.day().ended


def test_a_day_is_told_once_ten_minutes_past_its_end_and_kept_for_a_month() -> None:
    office = Office()
    office.lived("p1")
    midnight = NOON + 12 * HOUR
    office.tick_to(midnight + 10 * MINUTE - 1)
    before = office.told_figures()
    office.tick_to(midnight + 10 * MINUTE)
    office.tick_to(midnight + 40 * DAY)
    [told] = office.told_figures()

    assert [] == before
    assert ("2026-01-01", at("00:00"), midnight, True) == (told.day, told.since, told.until, told.figures.is_told)
    assert office.day() is None and office.day(ALL) is not None


def test_what_is_told_late_counts_in_the_day_it_comes() -> None:
    office = Office()
    office.lived("p1")
    office.tick_to(NOON + 12 * HOUR + 5 * MINUTE)
    office.word("p2", NOON + 11 * HOUR)
    office.tick_to(NOON + 13 * HOUR)
    office.word("p3", NOON + 11 * HOUR)

    assert (2, 1) == (office.day().opened, office.day("2026-01-02").opened)


@pytest.mark.parametrize(("target", "day"), [("", "2026-01-01"), ("2026-01-01", "2026-01-01"), ("all", "all")])
def test_an_operator_gets_the_figures_so_far(target: str, day: str) -> None:
    office = Office()
    office.lived("p1")
    office.hears(OperatorRequest("r-1", "report-figures", target, "ann", "", NOON + 2 * HOUR))
    [told] = office.told_figures()

    assert (day, NOON + 2 * HOUR, False) == (told.day, told.until, told.figures.is_told)
    assert office.replies[-1].done


def test_a_day_of_which_nothing_is_known_is_refused() -> None:
    office = Office()
    office.hears(OperatorRequest("r-1", "report-figures", "2025-05-05", "ann", "", NOON))

    assert [(False, "Nothing was counted for 2025-05-05; name a day as YYYY-MM-DD, or all.")] == [(r.done, r.why) for r in office.replies]


def test_causes_beyond_the_first_count_together() -> None:
    counts: tuple[tuple[str, int], ...] = ()
    for name in ("a", "b", "c", "a", "d"):
        counts = counted(counts, name, most=2)

    assert (("a", 2), ("b", 1), ("others", 2)) == counts


def test_quantiles_are_told_to_a_tenth_and_never_beyond_the_longest() -> None:
    office = Office()
    for n in range(1, 101):
        office.lived(f"p{n}", n)
    office.hears(OperatorRequest("r-1", "report-figures", "", "ann", "", NOON + 5 * HOUR))
    times = render(office.told_figures()[0])["times"]["restore"]

    assert times["median"] == pytest.approx(50 * 60, rel=0.1) and times["p90"] == pytest.approx(90 * 60, rel=0.1)
    assert (100, 100 * 60, 50.5 * 60) == (times["count"], times["most"], times["mean"])
