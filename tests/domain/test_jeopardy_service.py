"""Clocks of affected products in stage 5: when they run, stand, and what they tell."""

import msgspec

from streams.domain import watch
from streams.domain.alarm import Effect
from streams.domain.instant import HOUR
from streams.domain.messages import HeldDown, NetworkTurned, Tick
from streams.domain.sla import Escalation, Sla
from streams.domain.touched import differing, touched
from tests.builders import MemoryView, a_network, a_world, at

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
    far.waits_until("10:00")
    assert far.deltas() == []           # a lane that has come to that time may tell more at it
    far.waits_until("10:00:01")
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


def test_work_that_is_called_off_holds_no_clock_back_any_longer():
    service = Watched()
    service.holds("work", *BOTH, when="10:00", planned="out-1", window_end=at("20:00"))
    service.holds("p", *BOTH, when="10:10")
    service.holds("work", when="10:10:02", planned="out-1", window_end=at("20:00"))

    assert service.words() == {"p": (at("14:10:02"), False, [])}
    service.waits_until("15:00")
    assert {clock for _, _, clock, _, _ in service.deltas()} == {"warned", "violated"}


def test_work_that_is_shortened_counts_from_its_new_end():
    service = Watched()
    service.holds("work", *BOTH, when="10:00", planned="out-1", window_end=at("20:00"))
    service.holds("p", *BOTH, when="10:26")
    service.holds("work", when="10:26:02", planned="out-1", window_end=at("10:06"))

    assert service.words() == {"p": (at("14:06"), False, [])}


def test_clocks_end_with_the_products_they_are_of():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    turned(service, NETWORK, msgspec.structs.replace(NETWORK, products={}), "10:30")
    assert service.words() == {"p": (0, False, [])}
    assert service.view.watched_services.get("svc").clocks is None

    service.holds("p", when="11:00")
    turned(service, msgspec.structs.replace(NETWORK, products={}), NETWORK, "12:00")
    service.holds("q", *BOTH, when="15:00")
    assert service.words() == {"q": (at("19:00"), False, [])}


def test_no_clock_is_wound_where_nothing_was_bought_with_an_sla():
    service = Watched(msgspec.structs.replace(NETWORK, slas={}))
    service.holds("p", *BOTH, when="10:00")

    assert service.words() == {}
    assert service.view.watched_services.get("svc").clocks is None


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


def agreed(service, hours, when):
    """Have topology.yaml change what the SLA promises."""
    return turned(service, service.world.network, msgspec.structs.replace(NETWORK, slas={"gold": Sla("gold", hours * HOUR)}), when)


def turned(service, before, after, when):
    """Have the network be another from a time on."""
    service.world = msgspec.structs.replace(a_world(after), touched=touched(before, after, differing(before, after)))
    return service.hears(NetworkTurned(2, at(when), ""))


def test_a_clock_that_runs_goes_by_the_sla_as_it_is_agreed_anew():
    longer, shorter = Watched(), Watched()
    for service in (longer, shorter):
        service.holds("p", *BOTH, when="10:00")
    agreed(longer, 8, "12:00")
    agreed(shorter, 1, "12:00")

    assert longer.words() == {"p": (at("18:00"), False, [])}
    assert shorter.words() == {"p": (at("11:00"), False, ["warning", "violation"])}
    assert {(clock, when) for _, _, clock, _, when in shorter.deltas()} == {("violated", at("12:00"))}
    longer.waits_until("17:00")
    shorter.waits_until("17:00")
    assert longer.words() == {"p": (at("18:00"), False, ["warning"])}
    assert shorter.told == []


def test_what_was_violated_stays_violated_under_a_longer_promise():
    service = Watched()
    service.holds("p", *BOTH, when="10:00")
    service.waits_until("14:30")
    agreed(service, 8, "15:00")
    service.waits_until("19:00")
    service.holds("p", when="19:01")

    assert {clock for _, kind, clock, *_ in service.deltas() if kind == "ended"} == {"violated"}
