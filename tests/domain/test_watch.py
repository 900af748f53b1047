"""Stage 5: what all problems of a service mean for the products on it."""

import msgspec

from streams.domain import watch
from streams.domain.alarm import Effect
from streams.domain.impact_delta import ImpactDelta
from streams.domain.instant import HOUR, SECOND
from streams.domain.messages import HeldDown, Tick
from streams.domain.policy import Policy, WatchPolicy
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at

TWO_PATHS = a_network(("path-a", "olt-1"), ("path-b", "olt-2"), ("svc", ["path-a", "path-b"], 1), services=["svc"], products=[("prod", "svc", "cust")])
ONE_PATH = a_network(("path-a", "olt-1"), ("svc", "path-a"), services=["svc"], products=[("prod", "svc", "cust")])


class Watched:
    """One partition of the stage, spoken to in the words of the tests."""

    def __init__(self, network=ONE_PATH, policy=None):
        self.view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
        self.world = a_world(network, policy)

    def holds(self, problem, *elements, when="10:00", service="svc", mergers=()) -> list[ImpactDelta]:
        held = tuple(sorted(e if isinstance(e, tuple) else (e, Effect.DOWN) for e in elements))
        return self.hears(HeldDown(service, problem, "dom", held, at(when), mergers))

    def hears(self, message) -> list[ImpactDelta]:
        told: list[Emit] = self.view.run(watch.step, watch.come_due, message, self.world)
        emits = [emit for emit in told if emit.topic != "problem-inbox"]        # what clocks say to problems: test_jeopardy.py
        for emit in emits:
            assert (emit.topic, emit.key, emit.at) == ("customer-impacts", emit.value.product, emit.value.at)
        return [emit.value for emit in emits]

    def row(self, service="svc") -> watch.WatchedService:
        return self.view.watched_services.get(service)


def words(deltas: list[ImpactDelta]) -> list[tuple[str, Effect]]:
    return [(d.kind, d.impact) for d in deltas]


def test_two_problems_that_each_cut_one_path_are_told_in_four_deltas():
    service = Watched(TWO_PATHS)
    told = service.holds("dom-1", "olt-1") + service.holds("dom-2", "olt-2") + service.holds("dom-1") + service.holds("dom-2")

    assert [("started", Effect.AT_RISK), ("changed", Effect.DOWN), ("changed", Effect.AT_RISK), ("ended", Effect.NONE)] == words(told)
    assert 4 == len({d.id for d in told})


def test_the_same_word_again_tells_nothing():
    service = Watched()
    service.holds("p1", "olt-1")

    assert [] == service.holds("p1", "olt-1")


def test_the_last_word_of_a_problem_replaces_all_it_said_before():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1", "olt-2")

    assert [("changed", Effect.AT_RISK)] == words(service.holds("p1", "olt-2"))


def test_the_service_stays_down_while_another_problem_holds_the_same_element():
    service = Watched()
    service.holds("p1", "olt-1")

    assert [] == service.holds("p2", "olt-1")
    assert [] == service.holds("p1")
    assert [("ended", Effect.NONE)] == words(service.holds("p2"))


def test_a_merger_lets_go_of_what_the_merged_problems_held():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1")
    service.holds("p2", "olt-2")

    assert [] == service.holds("p2", "olt-1", "olt-2", mergers=("p1",))
    assert [("ended", Effect.NONE)] == words(service.holds("p2"))


def test_a_merger_into_a_problem_that_holds_nothing_ends_the_impact():
    service = Watched()
    service.holds("p1", "olt-1")

    assert [("ended", Effect.NONE)] == words(service.holds("p2", mergers=("p1",)))


def test_the_services_own_word_beats_what_is_inferred_about_it():
    service = Watched()

    assert [("started", Effect.DEGRADED)] == words(service.holds("p1", "olt-1", ("svc", Effect.DEGRADED)))


def test_a_release_of_what_was_never_held_leaves_no_row():
    service = Watched()

    assert [] == service.holds("p1")
    assert service.row() is None


def test_what_a_service_does_not_stand_on_does_not_hurt_it():
    service = Watched()

    assert [] == service.holds("p1", "olt-9")


def test_every_product_on_the_service_is_told_by_itself():
    service = Watched(a_network(("svc", "olt-1"), services=["svc"], products=[("prod-1", "svc", "cust-1"), ("prod-2", "svc", "cust-2")]))
    told = service.holds("p1", "olt-1")

    assert [("prod-1", "cust-1"), ("prod-2", "cust-2")] == [(d.product, d.customer) for d in told]
    assert 2 == len({d.id for d in told})


def test_a_service_without_products_is_watched_and_told_to_nobody():
    service = Watched(a_network(("svc", "olt-1"), services=["svc"]))

    assert [] == service.holds("p1", "olt-1")
    assert Effect.DOWN == service.row().state


def test_the_problem_that_hurts_most_explains_the_impact_with_its_path():
    service = Watched(a_network(("path-a", "olt-1"), ("path-b", "olt-2"), ("svc", ["path-a", "path-b"], 1), ("svc", "power"),
                                services=["svc"], products=[("prod", "svc", "cust")]))
    service.holds("p1", "olt-1")
    (down,) = service.holds("p2", "power")

    assert ("p2", ("p2",), ("svc", "power")) == (down.reason.problem, down.reason.problems, down.reason.path)


def test_all_that_it_takes_to_bring_it_down_share_in_it_also_two_at_one_place():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1")
    service.holds("p2", "olt-1")
    (down,) = service.holds("p3", "olt-2")

    assert (Effect.DOWN, ("p1", "p2", "p3")) == (down.impact, down.reason.problems)


def test_of_equal_problems_the_lowest_id_explains_the_impact():
    service = Watched(TWO_PATHS)
    service.holds("p2", "olt-2")
    (down,) = service.holds("p1", "olt-1")

    assert ("p1", ("svc", "path-a", "olt-1")) == (down.reason.problem, down.reason.path)


def test_an_end_says_what_had_been_wrong():
    service = Watched()
    service.holds("p1", "olt-1")
    (ended,) = service.holds("p1", when="11:00")

    assert ("p1", Effect.DOWN, at("10:00"), at("11:00")) == (ended.reason.problem, ended.previous, ended.since, ended.at)


def test_the_clock_of_the_sla_starts_when_the_service_is_hurt_not_when_it_is_at_risk():
    service = Watched(TWO_PATHS)
    (risk,) = service.holds("p1", "olt-1", when="10:00")
    (down,) = service.holds("p2", "olt-2", when="12:00")
    (risk_again,) = service.holds("p1", when="13:00")
    (ended,) = service.holds("p2", when="14:00")

    assert [0, at("16:00"), 0, 0] == [risk.due_at, down.due_at, risk_again.due_at, ended.due_at]
    assert {at("10:00")} == {d.since for d in (risk, down, risk_again, ended)}


def test_an_end_straight_from_down_says_by_when_the_sla_wanted_it():
    service = Watched()
    service.holds("p1", "olt-1")
    *_, ended = service.holds("p1", when="15:00")

    assert ("ended", at("10:00") + 4 * HOUR) == (ended.kind, ended.due_at)


def test_time_never_goes_back_for_a_service():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1", when="10:05")
    (down,) = service.holds("p2", "olt-2", when="10:00")

    assert at("10:05") == down.at


def test_mode_observe_tells_nothing_and_remembers_all():
    service = Watched(msgspec.structs.replace(ONE_PATH, mode="observe"))

    assert [] == service.holds("p1", "olt-1") + service.holds("p1") + service.holds("p1", "olt-1")
    assert Effect.DOWN == service.row().state
    assert [] == service.hears(Tick(at("10:10")))


def test_who_was_told_of_a_beginning_hears_of_the_end_even_in_mode_observe():
    service = Watched()
    service.holds("p1", "olt-1")
    service.world = a_world(msgspec.structs.replace(ONE_PATH, mode="observe"))

    assert [("ended", Effect.NONE)] == words(service.holds("p1"))


def test_a_product_that_left_the_service_ends_with_the_next_word():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1")
    service.world = a_world(msgspec.structs.replace(TWO_PATHS, products={}))

    assert [("ended", Effect.NONE)] == words(service.holds("p2", "olt-2"))


def test_beginnings_wait_while_the_partition_catches_up_and_are_told_if_they_last():
    service = Watched()
    service.view.live = False

    assert [] == service.holds("p1", "olt-1")
    assert [] == service.hears(Tick(at("10:01"), live=False))
    service.view.live = True
    (started,) = service.hears(Tick(at("10:02")))
    assert ("started", at("10:00"), at("10:00")) == (started.kind, started.since, started.at)
    assert [] == service.hears(Tick(at("10:03")))


def test_what_went_before_the_partition_had_caught_up_is_missed_not_told():
    service = Watched()
    service.view.live = False
    told = service.holds("p1", "olt-1") + service.holds("p1", when="10:01")
    service.view.live = True

    assert [] == told + service.hears(Tick(at("10:02")))
    assert 1 == service.row().missed


def test_what_waits_is_told_with_the_next_word_once_caught_up_and_only_once():
    service = Watched(TWO_PATHS)
    service.view.live = False
    service.holds("p1", "olt-1")
    service.view.live = True

    assert [("started", Effect.DOWN)] == words(service.holds("p2", "olt-2"))
    assert [] == service.hears(Tick(at("10:02")))
    assert 0 == service.row().missed


def test_ends_do_not_wait():
    service = Watched()
    service.holds("p1", "olt-1")
    service.view.live = False

    assert [("ended", Effect.NONE)] == words(service.holds("p1"))
    assert 0 == service.row().missed


def test_a_row_counts_in_no_more_problems_than_the_policy_allows_and_keeps_the_worst():
    service = Watched(policy=Policy(watch=WatchPolicy(problems=2)))
    service.holds("p1", ("olt-1", Effect.AT_RISK))
    service.holds("p2", ("olt-1", Effect.DEGRADED))
    service.holds("p3", ("olt-1", Effect.DOWN))

    assert ["p2", "p3"] == [h.problem for h in service.row().holdings]
    assert 1 == service.row().beyond


def test_a_row_counts_in_no_more_elements_of_a_problem_than_the_policy_allows():
    service = Watched(policy=Policy(watch=WatchPolicy(elements=1)))
    service.holds("p1", ("a", Effect.AT_RISK), ("olt-1", Effect.DOWN))

    assert (("olt-1", Effect.DOWN),) == service.row().holdings[0].held
    assert 1 == service.row().beyond


def test_rows_survive_being_written_and_read():
    service = Watched(TWO_PATHS)
    service.holds("p1", "olt-1")
    row = service.row()

    assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=watch.WatchedService)


def test_a_second_of_many_words_is_affordable():
    """Some 17 us a word were measured; ten times that would be a mistake in the code, not a slow machine."""
    import time
    import timeit

    service = Watched()
    down = HeldDown("svc", "p1", "dom", (("olt-1", Effect.DOWN),), at("10:00"))
    free = HeldDown("svc", "p1", "dom", (), at("10:00") + SECOND)
    spent = timeit.timeit(lambda: (watch.step(service.view, down, 0, service.world), watch.step(service.view, free, 0, service.world)), timer=time.process_time, number=500)

    assert spent / 1000 < 0.0003
