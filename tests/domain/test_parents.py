"""Which problems of one object are a family, and who is at its head."""

from typing import Any

import msgspec
import pytest

from streams.domain.instant import MINUTE, SECOND
from streams.domain.parents import Family, SharedCause, Sibling, choose, enter, families, leave, told
from streams.domain.policy import OverseePolicy
from tests.builders import at

NOW, POLICY = at("12:00"), OverseePolicy()


def located(problem: str, when: str = "10:00", **but: Any) -> Sibling:
    fields: dict[str, Any] = {"confidence": 0.8, "is_down": True, "reached": 1, "kinds": ("router",)}
    return Sibling(at(when), problem, but.pop("domain", problem), **{**fields, **but})


def explained(problem: str, when: str = "10:00", **but: Any) -> Sibling:
    return located(problem, when, **{"is_located": False, "is_down": False, "reached": 4, **but})


def spread(count: int) -> dict[str, int]:
    """So many objects of two domains."""
    return {"a": count // 2, "b": count - count // 2}


def found(*siblings: Sibling, expected: int | dict[str, int] = 10, reported: str = "", policy: OverseePolicy = POLICY) -> list[tuple[str, str]]:
    """Return (head, members) of each family."""
    shared = SharedCause()
    for one in siblings:
        shared = enter(shared, one, 100, 15 * MINUTE)
    return [(f.head, " ".join(f.members)) for f in families(shared, NOW, lambda kinds, weak: expected if isinstance(expected, dict) else spread(expected), lambda p: p == reported, policy)]


def test_the_problem_located_there_is_the_parent_of_those_its_object_explains() -> None:
    assert found(explained("a", "09:58"), located("b"), explained("c", "10:10")) == [("b", "a b c")]


@pytest.mark.parametrize(("when", "belongs"), [("09:55", True), ("09:54:59", False), ("10:15", True), ("10:15:01", False)])
def test_a_consequence_begins_no_sooner_than_polling_allows_and_no_later_than_the_window(when: str, belongs: bool) -> None:
    assert found(located("a"), explained("b", when)) == ([("a", "a b")] if belongs else [])


def test_a_doubtful_cause_explains_nobody_elsewhere() -> None:
    assert found(located("a", confidence=0.1), explained("b")) == []
    assert found(located("a", confidence=0.1), located("b")) == [("a", "a b")], "both domains point to it themselves"


def test_a_cause_that_does_not_say_it_is_down_explains_others_only_where_most_of_what_should_alarm_does() -> None:
    assert found(located("a", is_down=False), explained("b"), expected=100) == []
    assert found(located("a", is_down=False), explained("b"), expected=8) == [("a", "a b")]


def test_a_broken_router_is_no_consequence_of_a_lost_signal_but_may_be_one_of_a_broken_power_supply() -> None:
    assert found(located("a"), explained("b", has_own=True)) == []
    assert found(located("a", has_own=True), explained("b", has_own=True)) == [("a", "a b")]


def test_one_domain_is_no_family() -> None:
    assert found(located("a", domain="x"), explained("b", domain="x")) == []


def test_a_silent_object_is_the_cause_where_it_explains_two_domains_and_most_of_what_should_alarm_does() -> None:
    assert found(explained("a"), explained("b", "10:04")) == [("a", "a b")]
    assert found(explained("a"), explained("b", "10:05:01")) == [], "they began too far apart"
    assert found(explained("a", reached=2), explained("b", reached=2), expected=7) == [], "too much of it is silent"
    assert found(explained("a"), explained("b", has_own=True)) == [], "that router is broken itself"


def test_a_domain_may_be_silent_as_long_as_half_of_them_speak() -> None:
    assert found(explained("a"), explained("b"), expected={"a": 5, "b": 5, "c": 50}) == [("a", "a b")]
    assert found(explained("a"), explained("b"), expected={"a": 5, "b": 5, "c": 1, "d": 1, "e": 1}) == []


def test_a_silent_object_is_believed_when_its_problems_have_been_known_for_a_moment() -> None:
    fresh = NOW - POLICY.silent_after

    assert found(explained("a", since=fresh), explained("b", since=fresh)) == [("a", "a b")]
    assert found(explained("a", since=fresh), explained("b", since=fresh + 1)) == []


def test_of_a_silent_objects_problems_one_that_has_a_report_leads() -> None:
    assert found(explained("a"), explained("b", "10:01"), reported="b") == [("b", "a b")]


def test_who_was_told_to_lead_goes_on_leading_though_it_is_not_the_oldest() -> None:
    first = SharedCause((located("b", "10:05", parent="b"), located("c", "10:06", parent="b")))
    after = enter(first, located("a", "10:00"), 100, 15 * MINUTE)

    assert families(after, NOW, lambda kinds: spread(10), lambda p: False, POLICY) == (Family("b", ("a", "b", "c"), False, 0.8),)


def test_who_is_over_stays_at_the_head_until_another_located_there_is_open() -> None:
    over = located("a", parent="a", is_open=False)

    assert found(over, explained("b", parent="a")) == [("a", "a b")]
    assert found(over, explained("b", parent="a"), located("c", "10:09")) == [("c", "a b c")]
    assert found(located("a", is_open=False), explained("b")) == [], "it was over before anybody was told"


def test_a_family_of_a_silent_object_comes_apart_only_when_most_of_its_evidence_is_gone() -> None:
    told_ = [explained("a", parent="a"), explained("b", parent="a")]

    assert found(*told_, expected=400) == [("a", "a b")]
    assert found(*told_, expected=402) == []


def test_a_fair_share_in_each_of_two_domains_is_enough_where_many_alarm() -> None:
    many = (explained("a", reached=10), explained("b", reached=10))

    assert found(*many, expected={"a": 50, "b": 50}) == [("a", "a b")]
    assert found(*many, expected={"a": 50, "b": 51}) == [], "too few in one of the two"
    assert found(explained("a", reached=2), explained("b", reached=2), expected={"a": 10, "b": 10}) == [], "chance brings as many together"
    assert found(explained("a", reached=40), explained("b", reached=1), expected={"a": 40, "b": 90}) == [], "one of them is a fault of its own"


def test_many_alarms_of_one_domain_do_not_stand_for_another() -> None:
    assert found(explained("a", reached=100), explained("b", reached=1), expected={"a": 10, "b": 100}) == []


def test_what_follows_late_joins_a_family_while_its_head_is_open() -> None:
    silent, located_ = [explained("a", parent="a"), explained("b", parent="a")], [located("a", parent="a"), explained("b", parent="a")]

    for family in (silent, located_):
        assert found(*family, explained("c", "10:40")) == [("a", "a b c")], "its battery lasted for so long"
        assert found(*family, explained("c", "10:40", has_own=True)) == [("a", "a b")]
        over = [msgspec.structs.replace(family[0], is_open=False), family[1]]
        assert found(*over, explained("c", "10:40")) == [("a", "a b")]


def test_two_faults_of_one_object_an_hour_apart_are_two_families() -> None:
    assert found(located("a", parent="a"), explained("b", parent="a"), located("c", "11:00"), explained("d", "11:01")) == [("a", "a b"), ("c", "c d")]


def test_a_problem_goes_with_the_located_cause_then_with_the_larger_family_then_with_the_nearer_object() -> None:
    silent, pair, three = Family("p", ("p", "q", "r", "s"), True, 0.9), Family("q", ("p", "q"), False, 0.5, 400), Family("r", ("p", "q", "r"), False, 0.4, 600)
    near = msgspec.structs.replace(pair, hops=300)

    assert choose([]) is None
    assert choose([("x", silent), ("y", pair)]) == ("y", pair)
    assert choose([("x", pair), ("y", three)]) == ("y", three)
    assert choose([("x", pair), ("y", near)]) == ("y", near)


def test_a_full_row_counts_who_found_no_room() -> None:
    shared = SharedCause()
    for n in range(3):
        shared = enter(shared, located(f"p{n}", f"10:0{n}"), 2, 15 * MINUTE)

    assert ([s.problem for s in shared.siblings], shared.beyond) == (["p0", "p1"], 1)

    full = SharedCause((located("p0"), explained("p1"), explained("p2")))
    assert [s.problem for s in enter(full, located("p3"), 3, MINUTE).siblings] == ["p0", "p1", "p3"]


def test_who_began_long_before_the_newest_leaves_unless_it_has_a_family_and_comes_in_no_more() -> None:
    shared = enter(SharedCause((located("a"), located("b", parent="b"))), located("c", "10:16"), 100, 15 * MINUTE)

    assert [s.problem for s in shared.siblings] == ["b", "c"]
    assert [s.problem for s in enter(shared, located("a"), 100, 15 * MINUTE).siblings] == ["b", "c"]


def test_what_was_told_and_since_when_it_is_known_survives_another_word() -> None:
    shared = enter(SharedCause(), located("a", since=5), 9, MINUTE)
    shared = told(shared, frozenset("a"), "a")
    again = enter(shared, located("a", since=9, confidence=0.3), 9, MINUTE).of("a")

    assert again is not None
    assert (again.parent, again.since, again.confidence) == ("a", 5, 0.3)
    assert leave(shared, "a") == SharedCause()


def test_a_second_is_a_second() -> None:
    assert POLICY.silent_after < POLICY.parent_wait == 10 * SECOND, "a silent cause is found before reports open"
