"""Jeopardy in stage 4: what it makes of the clocks of services, a problem's due time, its warnings, violations and escalations."""

import msgspec
import pytest

from streams.domain import manage
from streams.domain.instant import HOUR, MINUTE
from streams.domain.jeopardy_messages import Clocked, ClockNews
from streams.domain.sla import Escalation
from tests.builders import at
from tests.domain.problems import Managed, all_clear, diagnosed, down


def the_clock(service="svc-1", due="14:00", when="10:00", news=(), stands=False):
    return Clocked("p1", "dom", service, at(due) if due else 0, stands, at(when), tuple(news))


def jeopardy(stage):
    return stage.view.problems.get("p1").jeopardy


def escalation(level, *tell, priority=10, when="12:00"):
    return ClockNews("escalation", "gold", at(when), at("14:00"), 1, (), level, tell, priority)


def begun(**network):
    stage = Managed(**network)
    stage.hears(diagnosed("10:00"))
    return stage


def test_a_problem_is_due_when_the_first_of_its_services_is():
    stage = begun()
    for n, due in enumerate(("14:00", "13:00", "15:00")):
        stage.hears(the_clock(f"svc-{n}", due))
    assert jeopardy(stage).due_at == at("13:00")

    stage.hears(the_clock("svc-1", None))
    assert jeopardy(stage).due_at == at("14:00")
    stage.hears(the_clock("svc-0", None, stands=True))
    stage.hears(the_clock("svc-2", None))
    assert (jeopardy(stage).due_at, jeopardy(stage).stands) == (0, True)


def test_the_word_that_no_clock_runs_says_nothing_of_a_problem_whose_clocks_never_ran():
    stage = begun()
    stage.hears(the_clock("svc-1", None))

    assert jeopardy(stage) is None
    assert not [row.show_at for row in stage.view.jeopardy_work.rows.values()]


def test_the_least_of_five_thousand_is_found_in_rows_of_bounded_size():
    stage = begun()
    for n in range(5_000):
        stage.hears(Clocked("p1", "dom", f"svc-{n}", at("14:00") + n * MINUTE, False, at("10:00")))
    for n in range(4_999):
        stage.hears(Clocked("p1", "dom", f"svc-{n}", 0, False, at("10:30")))
    sizes = [len(bucket.dues) for bucket in stage.view.jeopardy_dues.rows.values()]

    assert jeopardy(stage).due_at == at("14:00") + 4_999 * MINUTE
    assert sizes == [1]


def test_what_comes_in_one_second_is_told_at_once_and_the_rest_is_shown_together():
    stage = begun()
    late = ClockNews("violation", "gold", at("14:00"), at("14:00"), 1, ("v",))
    out = [e for n in range(1_000) for e in stage.hears(the_clock(f"svc-{n}", when="14:00", news=[msgspec.structs.replace(late, violations=(f"v-{n}",))]))]
    out += stage.waits_until("14:00:02")
    told = [e.value.why for e in out if e.topic == "progress" and "run out" in e.value.why]

    shown = [e.value.jeopardy.violated for e in out if e.topic == "problems"]

    assert told == ["The time to restore has run out: of 1 product so far, 1 since this was said last."]
    assert (shown[0], shown[-1]) == (1, 1_000)
    out = stage.hears(the_clock("svc-7", when="14:00:05", news=[msgspec.structs.replace(late, violations=("w",))]))
    assert [e.value.why for e in out if e.topic == "progress"] == ["The time to restore has run out: of 1,001 products so far, 1,000 since this was said last."]
    assert (jeopardy(stage).violated, len(jeopardy(stage).violations)) == (1_001, 100)


def test_words_that_a_lane_comes_to_late_are_shown_once_in_a_second_of_its_time():
    stage = begun()
    stage.hears(the_clock("svc", when="14:00", news=[ClockNews("warning", "gold", at("13:00"), at("14:00"), 1, ())]))
    stage.waits_until("14:00:02")
    out = []
    for n in range(100):
        out += stage.waits_until(f"14:00:{3 + n // 50:02d}.{n % 50:02d}")
        out += stage.hears(the_clock(f"svc-{n}", when="14:00", news=[ClockNews("warning", "gold", at("13:00"), at("14:00"), 1, ())]))
    out += stage.waits_until("14:00:06")
    shown = [e.value.jeopardy.warned for e in out if e.topic == "problems"]

    assert (shown[-1], len(shown) <= 4) == (101, True)


@pytest.mark.parametrize("order", [range(12), range(11, -1, -1), (5, 0, 7, 3, 11, 1, 9, 2, 4, 10, 6, 8)])
@pytest.mark.parametrize("lane", ["10:01", "18:00"])
def test_how_often_progress_tells_of_clocks_depends_neither_on_whose_word_comes_first_nor_on_how_far_the_lane_is(order, lane):
    stage = begun()
    stage.waits_until(lane)
    news = ClockNews("warning", "gold", at("13:00"), at("14:00"), 1, ())
    out = [e for n in order for word in (the_clock(f"svc-{n}", when=f"13:00:0{n // 3}.{n % 3}", news=[news]), the_clock(f"other-{n}", when=f"12:00:{n:02d}")) for e in stage.hears(word)]
    out += stage.waits_until("18:00:02")

    assert len([e for e in out if e.topic == "progress" and "running out" in e.value.why]) == 4


def test_each_level_tells_each_of_its_parties_once():
    stage = begun()
    out = stage.hears(the_clock(news=[escalation(3, "noc", "head")]))
    out += stage.hears(the_clock("svc-2", news=[escalation(3, "noc", "desk")]))
    out += stage.hears(the_clock("svc-3", news=[escalation(2)]))

    assert [e.value.parties for e in out if e.topic == "progress" and e.value.parties] == [((3, "noc"), (3, "head")), ((3, "desk"),)]
    assert jeopardy(stage).level == 3


def test_an_escalation_waits_for_the_priority_it_asks_for():
    stage = Managed()
    stage.hears(diagnosed("10:00"))
    low = stage.view.problems.get("p1").priority
    assert not [e for e in stage.hears(the_clock(news=[escalation(4, "head", priority=low - 1)])) if e.topic == "progress" and e.value.parties]

    out = stage.hears(diagnosed("10:05", **down("svc")))

    assert stage.view.problems.get("p1").priority < low
    assert [e.value.parties for e in out if e.topic == "progress" and e.value.parties] == [((4, "head"),)]


def test_escalation_by_age_is_told_at_its_time_and_not_of_what_is_over():
    rules = (Escalation(1, 30 * MINUTE, ("desk",)), Escalation(2, HOUR, ("head",)))
    stage = begun(network=msgspec.structs.replace(Managed().world.network, escalations=rules))
    out = stage.waits_until("10:45")
    assert [(e.at, e.value.parties) for e in out if e.topic == "progress" and e.value.parties] == [(at("10:30"), ((1, "desk"),))]

    stage.hears(all_clear("10:50"))
    stage.waits_until("12:30")
    assert jeopardy(stage).level == 1


def test_a_problem_that_is_over_hears_of_no_clock_and_leaves_no_rows():
    stage = begun()
    stage.hears(the_clock())
    stage.hears(all_clear("10:21"))
    stage.waits_until("12:00")
    assert stage.hears(the_clock(due=None, when="12:00")) == []

    assert not stage.view.jeopardy_dues.rows
    assert manage.TABLES.keys() >= {"jeopardy-work", "jeopardy-dues"}
