"""What stage 5 hears of a problem's hold on services, through mergers and backlogs."""

from streams.domain.alarm import Effect, Severity
from streams.domain.instant import DAY
from streams.domain.messages import HeldDown, Hurt
from streams.domain.problem import Status
from tests.builders import a_network, at
from tests.domain.problems import SOLD, Managed, all_clear, diagnosed, down, on, own_reports

MERGED = {"kind": "merged", "active": 0, "worst": Severity.CLEARED, "causes": (), "why": "alarm x links both over 2 hops"}
TWO = a_network(("s1", "path-a"), ("s2", "path-b"), ("s3", "path-a"), ("s3", "path-b"), services=["s1", "s2", "s3"])


def held(out: list, problem: str = "p1") -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    messages: list[HeldDown] = on("service-effects", out)
    return [(m.service, tuple(o for o, _ in m.held), m.mergers) for m in messages if m.problem == problem]


def test_a_service_is_told_what_of_its_cone_is_held_and_only_when_that_changes() -> None:
    stage = Managed(TWO)
    a, both = (("path-a", Effect.DOWN),), (("path-a", Effect.DOWN), ("path-b", Effect.DOWN))
    first = stage.hears(diagnosed(held=a, hurt=(Hurt("s1", Effect.DOWN), Hurt("s3", Effect.DOWN))))
    again = stage.hears(diagnosed("10:01", held=a, hurt=(Hurt("s3", Effect.DOWN), Hurt("s1", Effect.DOWN))))
    grown = stage.hears(diagnosed("10:02", held=both, hurt=tuple(Hurt(s, Effect.DOWN) for s in ("s1", "s2", "s3"))))
    less = stage.hears(diagnosed("10:03", held=both[1:], hurt=tuple(Hurt(s, Effect.DOWN) for s in ("s2", "s3"))))
    over = stage.hears(all_clear("10:04"))

    assert held(first) == [("s1", ("path-a",), ()), ("s3", ("path-a",), ())]
    assert held(again) == []
    assert held(grown) == [("s2", ("path-b",), ()), ("s3", ("path-a", "path-b"), ())]
    assert held(less) == [("s3", ("path-b",), ()), ("s1", (), ())]
    assert held(over) == [("s2", (), ()), ("s3", (), ())]


def test_a_worse_effect_on_the_same_object_is_told() -> None:
    stage = Managed(TWO)
    stage.hears(diagnosed(held=(("path-a", Effect.DEGRADED),), hurt=(Hurt("s1", Effect.DEGRADED),)))

    assert held(stage.hears(diagnosed("10:01", held=(("path-a", Effect.DOWN),), hurt=(Hurt("s1", Effect.DOWN),)))) == [("s1", ("path-a",), ())]


def test_a_merger_hands_services_over_in_the_message_that_ends_the_losers_hold() -> None:
    stage = Managed(TWO)
    a, b = (("path-a", Effect.DOWN),), (("path-b", Effect.DOWN),)
    stage.hears(diagnosed(problem="loser", held=a, hurt=(Hurt("s1", Effect.DOWN), Hurt("s3", Effect.DOWN))))
    stage.hears(diagnosed(problem="p1", held=b, hurt=(Hurt("s2", Effect.DOWN), Hurt("s3", Effect.DOWN))))
    ended = stage.hears(diagnosed("10:01", problem="loser", into="p1", **MERGED))
    taken = stage.hears(diagnosed("10:01", held=(*a, *b), hurt=tuple(Hurt(s, Effect.DOWN) for s in ("s1", "s2", "s3"))))

    assert on("service-effects", ended) == []
    assert held(taken) == [("s1", ("path-a",), ("loser",)), ("s3", ("path-a", "path-b"), ("loser",))]
    assert stage.view.tables["holdings"].get("loser") is None


def test_a_chain_of_mergers_loses_no_hold_and_frees_what_the_survivor_does_not_touch() -> None:
    stage = Managed(TWO)
    stage.hears(diagnosed(problem="first", held=(("path-a", Effect.DOWN),), hurt=(Hurt("s1", Effect.DOWN), Hurt("s3", Effect.DOWN))))
    stage.hears(diagnosed(problem="second", held=(("path-b", Effect.DOWN),), hurt=(Hurt("s2", Effect.DOWN),)))
    stage.hears(diagnosed(problem="p1", causes=()))
    stage.hears(diagnosed("10:01", problem="first", into="second", **MERGED))
    stage.hears(diagnosed("10:01", problem="second", into="p1", **MERGED))
    taken = stage.hears(diagnosed("10:01", held=(("path-a", Effect.DOWN),), hurt=(Hurt("s1", Effect.DOWN), Hurt("s3", Effect.DOWN))))

    assert held(taken) == [("s1", ("path-a",), ("first",)), ("s3", ("path-a",), ("first",)), ("s2", (), ("second",))]


def test_a_merged_problem_is_closed_names_the_other_and_hears_no_more() -> None:
    stage = Managed()
    stage.hears(diagnosed())
    stage.hears(diagnosed("10:01", into="p2", **MERGED))
    row = stage.row()

    assert (row.status, row.into, row.forget_at) == (Status.CLOSED, "p2", at("10:01") + 21 * DAY)
    assert row.status_why == "Merged into p2: alarm x links both over 2 hops" and row.cause is not None
    assert stage.hears(diagnosed("10:02", into="p2", **MERGED)) == []


def test_while_catching_up_new_holds_wait_and_releases_pass() -> None:
    stage = Managed(TWO)
    one, two = (Hurt("s1", Effect.DOWN),), (Hurt("s1", Effect.DOWN), Hurt("s3", Effect.DOWN))
    a = (("path-a", Effect.DOWN),)
    stage.hears(diagnosed(problem="before", held=a, hurt=one))
    stage.view.live = False
    released = stage.hears(all_clear("10:01", problem="before"))
    waiting = stage.hears(diagnosed("10:01", held=a, hurt=two))
    stage.hears(diagnosed("10:02", problem="gone", held=a, hurt=one))
    missed = stage.hears(all_clear("10:03", problem="gone"))
    stage.view.live = True
    out = stage.waits_until("10:04")

    assert held(released, "before") == [("s1", (), ())]
    assert held(waiting) == [] and held(stage.told, "gone") == []
    assert ("affectedService", "missed") in [c for p in on("progress", missed) for c in p.changes]
    assert held(out) == [("s1", ("path-a",), ()), ("s3", ("path-a",), ())]


def test_what_waits_is_looked_at_again_even_if_no_live_tick_comes() -> None:
    stage = Managed(SOLD)
    stage.view.live = False
    stage.hears(diagnosed(**down("svc")))
    stage.hears(diagnosed("10:01", problem="other", causes=()))
    stage.view.live = True
    out = stage.hears(diagnosed("10:04", problem="other", causes=()))

    assert {row.id for row in own_reports(out)} == {"p1"}
