"""Jeopardy as stage 5 winds the clocks of a service, and as stage 4 makes of them the due time and escalation of a problem."""

import msgspec
import pytest

from streams.domain import manage, watch
from streams.domain.alarm import Effect
from streams.domain.instant import HOUR, MINUTE
from streams.domain.jeopardy_messages import Clocked, ClockNews
from streams.domain.messages import HeldDown, Tick
from streams.domain.sla import Escalation, Sla
from tests.builders import MemoryView, a_network, a_world, at
from tests.domain.problems import Managed, all_clear, diagnosed, down

NETWORK = a_network(
    ("path-a", "olt-1"), ("path-b", "olt-2"), ("svc", ["path-a", "path-b"], 1), services=["svc"],
    products=[("prod-1", "svc", "cust-1"), ("prod-2", "svc", "cust-2")])
BOTH = ("olt-1", "olt-2")


class Watched:
    """One partition of stage 5."""

    def __init__(self, network=NETWORK):
        self.view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
        self.world = a_world(network)
        self.told = []

    def hears(self, message):
        self.told = self.view.run(watch.step, watch.come_due, message, self.world)
        return self.told

    def holds(self, problem, *elements, when, **but):
        held = tuple(sorted((e, Effect.DOWN) for e in elements))
        return self.hears(HeldDown("svc", problem, "dom", held, at(when), **but))

    def waits_until(self, when):
        return self.hears(Tick(at(when)))

    def deltas(self):
        return [(e.value.product, e.value.kind, e.value.clock, e.value.due_at, e.at) for e in self.told if e.topic == "customer-impacts"]

    def words(self):
        return {e.value.problem: (e.value.due_at, e.value.stands, [n.kind for n in e.value.news]) for e in self.told if e.topic == "problem-inbox"}


def test_every_product_is_told_of_its_violation_at_exactly_its_time_and_once():
    service = Watched()
    service.holds("p", *BOTH, when="10:00:07")
    service.waits_until("13:59")
    service.waits_until("14:30")

    assert service.deltas() == [(p, "clock", "violated", at("14:00:07"), at("14:00:07")) for p in ("prod-1", "prod-2")]
    assert service.words() == {"p": (at("14:00:07"), False, ["violation"])}
    service.waits_until("20:00")
    assert service.told == []


def test_nothing_is_violated_by_a_restoration_a_second_before():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.waits_until("13:30")
    service.holds("p", when="13:59:59")

    assert [(kind, clock) for _, kind, clock, _, _ in service.deltas()] == [("ended", "kept")] * 2
    assert service.words() == {"p": (0, False, [])}
    service.waits_until("20:00")
    assert service.told == []


def test_what_is_heard_after_the_due_time_tells_the_violation_first_at_its_own_time():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", when="14:00:05")
    news = [(n.kind, n.at) for e in service.told if e.topic == "problem-inbox" for n in e.value.news]

    assert news == [("warning", at("13:00")), ("violation", at("14:00"))]
    assert [(kind, clock, when) for product, kind, clock, _, when in service.deltas() if product == "prod-1"] == [
        ("clock", "warned", at("13:00")), ("clock", "violated", at("14:00")), ("ended", "violated", at("14:00:05"))]


def test_what_a_lane_far_ahead_says_of_a_service_comes_after_what_was_due_by_then():
    service = Watched()
    service.holds("p", *BOTH, when="10:00", told_at=at("10:00"))
    service.waits_until("10:01")
    service.holds("q", "olt-1", when="20:00", told_at=at("20:00"))

    assert [(kind, clock, when) for product, kind, clock, _, when in service.deltas() if product == "prod-1"] == [
        ("clock", "warned", at("13:00")), ("clock", "violated", at("14:00"))]


def test_a_restoration_heard_late_is_heard_when_its_lane_tells_it_whether_or_not_a_tick_came_first():
    service = Watched()
    service.holds("p", *BOTH, when="10:00", told_at=at("10:00"))
    service.holds("p", when="13:59", told_at=at("14:30"))

    assert [(kind, clock) for product, kind, clock, _, _ in service.deltas() if product == "prod-1"] == [
        ("clock", "warned"), ("clock", "violated"), ("ended", "kept")]


def test_a_word_on_a_service_of_one_domain_waits_for_no_other_lane_and_one_that_spans_two_does():
    apart = msgspec.structs.replace(NETWORK, nodes={**NETWORK.nodes, "olt-2": msgspec.structs.replace(NETWORK.nodes["olt-2"], domain="other")})
    near, far = Watched(), Watched(apart)
    for service in (near, far):
        service.holds("p", *BOTH, when="10:00", told_at=at("10:00"))

    assert [kind for _, kind, *_ in near.deltas()] == ["started"] * 2
    assert far.deltas() == []
    far.waits_until("09:59")
    assert far.deltas() == []
    far.waits_until("10:00")
    assert [(kind, when) for _, kind, _, _, when in far.deltas()] == [("started", at("10:00"))] * 2


def test_a_violation_is_taken_back_when_the_restoration_is_heard_late():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.waits_until("14:00")
    service.holds("p", when="13:59")

    assert service.words() == {"p": (0, False, ["withdrawn"])}
    assert [clock for _, _, clock, _, _ in service.deltas()] == ["kept", "kept"]


def test_the_clock_stands_while_the_problem_waits_for_its_requester_and_the_pause_stays_when_the_impact_changes():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", *BOTH, when="11:00", status="pending")
    assert service.words() == {"p": (0, True, [])}
    assert service.deltas() == [(p, "clock", "paused", 0, at("11:00")) for p in ("prod-1", "prod-2")]

    service.waits_until("18:00")
    assert service.told == []

    service.holds("p", *BOTH, when="18:00")
    assert service.words() == {"p": (at("21:00"), False, [])}
    service.hears(HeldDown("svc", "p", "dom", (("olt-1", Effect.DEGRADED), ("olt-2", Effect.DEGRADED)), at("19:00")))
    assert {(kind, due) for _, kind, _, due, _ in service.deltas()} == {("changed", at("21:00"))}


def test_the_clock_never_stands_in_held():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", *BOTH, when="11:00", status="held")

    assert service.told == []


def test_the_clock_runs_while_one_of_two_problems_that_it_takes_both_is_worked_on():
    service = Watched()
    service.holds("p", "olt-1", when="10:00", status="pending")
    service.holds("q", "olt-2", when="10:00")

    assert service.words() == {"p": (at("14:00"), False, []), "q": (at("14:00"), False, [])}


def test_the_clock_stands_where_what_is_worked_on_does_not_hurt():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("q", "olt-1", when="10:30")
    service.holds("p", *BOTH, when="11:00", status="pending")

    assert service.words() == {"p": (0, True, []), "q": (0, True, [])}


def test_a_work_around_stops_the_clock_and_leaves_the_service_at_risk():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", *BOTH, when="11:00", is_around=True)

    assert [(kind, clock) for _, kind, clock, _, _ in service.deltas()] == [("changed", "kept")] * 2
    assert service.view.watched_services.get("svc").state == Effect.AT_RISK
    service.waits_until("20:00")
    assert service.told == []


def test_a_problem_that_is_reopened_takes_the_clock_up_where_it_was():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", when="11:00")
    service.holds("p", *BOTH, when="11:20")

    assert service.words() == {"p": (at("14:20"), False, [])}


def test_a_new_problem_begins_a_new_clock():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.holds("p", when="11:00")
    service.holds("q", *BOTH, when="11:20")

    assert service.words() == {"q": (at("15:20"), False, [])}


def test_a_split_or_merger_keeps_the_clock_and_tells_who_comes_to_it_of_all_that_was():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.waits_until("13:30")
    service.holds("q", *BOTH, when="13:30", mergers=("p",))

    assert service.words() == {"p": (0, False, []), "q": (at("14:00"), False, ["warning"])}
    assert service.deltas() == []


def test_impact_that_begins_in_an_announced_window_counts_from_its_end():
    service = Watched()
    service.holds("work", *BOTH, when="10:00", planned="out-1", window_end=at("12:00"))
    assert service.words() == {}

    service.holds("work", when="12:20", planned="out-1")
    service.holds("p", *BOTH, when="12:20")
    assert service.words() == {"p": (at("16:20"), False, [])}          # released in between: a new impact

    service = Watched()
    service.holds("work", *BOTH, when="10:00", planned="out-1", window_end=at("12:00"))
    service.holds("p", *BOTH, when="12:20")
    service.holds("work", when="12:20", planned="out-1")
    assert service.view.watched_services.get("svc").hurt_since == at("12:00")


def test_no_clock_is_wound_where_nothing_was_bought_with_an_sla():
    service = Watched(msgspec.structs.replace(NETWORK, slas={}))
    service.holds("p", *BOTH, when="10:00")

    assert service.words() == {}
    assert service.view.watched_services.get("svc").clocks is None


# --- stage 4 ---


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


@pytest.mark.parametrize("order", [range(12), range(11, -1, -1), (5, 0, 7, 3, 11, 1, 9, 2, 4, 10, 6, 8)])
@pytest.mark.parametrize("lane", ["10:01", "18:00"])
def test_how_often_progress_tells_of_clocks_depends_neither_on_whose_word_comes_first_nor_on_how_far_the_lane_is(order, lane):
    stage = begun()
    stage.waits_until(lane)
    news = ClockNews("warning", "gold", at("13:00"), at("14:00"), 1, ())
    out = [e for n in order for e in stage.hears(the_clock(f"svc-{n}", when=f"13:00:0{n // 3}.{n % 3}", news=[news]))]
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


def test_what_is_violated_carries_the_steps_of_its_own_sla():
    network = msgspec.structs.replace(NETWORK, slas={"gold": Sla("gold", 2 * HOUR, escalations=(Escalation(5, HOUR, ("noc",)),))})
    service = Watched(network)
    service.holds("p", *BOTH, when="10:00")
    service.waits_until("12:00")

    assert [n.kind for e in service.told if e.topic == "problem-inbox" for n in e.value.news] == ["escalation", "warning", "violation"]


def test_a_clock_whose_sla_is_no_longer_known_stops_and_one_whose_sla_has_fewer_steps_ends_there():
    gone, fewer = Watched(), Watched(msgspec.structs.replace(NETWORK, slas={"gold": Sla("gold", 4 * HOUR, escalations=(Escalation(3, 5 * HOUR),))}))
    for service in (gone, fewer):
        service.holds("p", *BOTH, when="10:00")
        service.waits_until("14:30")
    gone.world = a_world(msgspec.structs.replace(NETWORK, slas={}))
    fewer.world = a_world(NETWORK)
    for service in (gone, fewer):
        service.waits_until("20:00")

        assert service.told == []
        service.holds("p", when="20:01")
        assert {kind for _, kind, *_ in service.deltas()} == {"ended"}
