"""Which problem an occurrence belongs to: nearness in the network, event time, merging, opening."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from streams.domain.alarm import Severity
from streams.domain.instant import MINUTE
from tests.builders import a_network, at
from tests.domain.correlating import Correlator, a_tree


def test_alarms_under_one_near_ancestor_are_one_problem() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage("ont-2", "10:01")

    assert stage.kinds() == ["opened", "joined"]
    assert list(stage.problems().values()) == [{"ont-1", "ont-2"}]


def test_alarms_further_apart_than_the_chain_are_two_problems() -> None:
    stage = Correlator(a_tree(), chain=3)
    stage("ont-1", "10:00")
    stage("ont-3", "10:01")
    stage("radio", "10:01")

    assert stage.kinds() == ["opened", "opened", "opened"]


def test_three_that_begin_at_once_under_one_node_are_one_however_far_below_it() -> None:
    deep = a_network(*((f"leaf-{n}", f"hub-{n}") for n in range(3)), *((f"hub-{n}", f"ring-{n}") for n in range(3)), *((f"ring-{n}", "core") for n in range(3)))
    stage = Correlator(deep)
    stage("leaf-0", "10:00:00")
    stage("leaf-1", "10:00:10")

    assert stage.kinds() == ["opened", "opened"]

    stage("leaf-2", "10:00:20")

    assert stage.kinds() == ["opened", "opened", "merged", "joined"]


@pytest.mark.parametrize("order", list(permutations((("leaf-0", "10:00:00"), ("leaf-1", "10:00:10"), ("hub-1", "10:00:20")))))
def test_three_alarms_at_once_under_one_node_are_one_problem_whichever_comes_first(order: Sequence[tuple[str, str]]) -> None:
    deep = a_network(*((f"leaf-{n}", f"hub-{n}") for n in range(2)), *((f"hub-{n}", f"ring-{n}") for n in range(2)), *((f"ring-{n}", "core") for n in range(2)))
    stage = Correlator(deep)
    for object_, time in order:
        stage(object_, time)
    left = {c.into or c.problem for c in stage.changes()}

    assert len(left - {c.problem for c in stage.changes() if c.kind == "merged"}) == 1


def test_two_that_begin_at_once_far_below_one_node_are_two() -> None:
    deep = a_network(*((f"leaf-{n}", f"hub-{n}") for n in range(2)), *((f"hub-{n}", f"ring-{n}") for n in range(2)), *((f"ring-{n}", "core") for n in range(2)))
    stage = Correlator(deep)
    stage("leaf-0", "10:00:00")
    stage("leaf-1", "10:00:10")
    stage("hub-1", "10:03:00")

    assert stage.kinds() == ["opened", "opened", "joined"]


def test_a_node_that_breaks_both_brings_them_together() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage("ont-3", "10:01")

    assert stage.kinds() == ["opened", "joined"]


def test_an_alarm_that_links_two_problems_merges_them_into_the_older() -> None:
    stage = Correlator(a_tree(), chain=3)
    stage("ont-3", "10:00")
    stage("ont-1", "10:01:40")
    stage("olt", "10:01:50")
    older, younger, merged, joined = stage.changes()

    assert [c.kind for c in stage.changes()] == ["opened", "opened", "merged", "joined"]
    assert (merged.problem, merged.into, merged.active) == (younger.problem, older.problem, 2)
    assert (joined.problem, joined.active) == (older.problem, 3)
    assert "olt" in merged.why and "olt is 0 from olt" in joined.why


def test_a_merged_problems_alarms_clear_in_the_one_that_took_them() -> None:
    stage = Correlator(a_tree(), chain=3)
    stage("ont-3", "10:00")
    stage("ont-1", "10:01:40")
    stage("olt", "10:01:50")
    stage.clear("ont-1", "10:03")

    assert stage.changes()[-1].kind == "cleared"
    assert (stage.changes()[-1].problem, stage.changes()[-1].active) == (stage.changes()[0].problem, 2)


def test_the_quiet_period_slides_and_ends() -> None:
    stage = Correlator(a_tree())
    stage("split-1", "10:00", severity=Severity.CRITICAL)
    stage("ont-2", "10:14")
    stage("ont-1", "10:15:10", qualifier="other")

    assert stage.kinds() == ["opened", "joined", "joined"]

    stage.clear("split-1", "10:16")
    stage("split-1", "10:30:11", qualifier="other", severity=Severity.CRITICAL)

    assert stage.kinds() == ["opened", "joined", "joined", "cleared", "quiet", "opened"]


def test_event_time_counts_not_arrival() -> None:
    stage = Correlator(a_tree())
    stage("radio", "11:00")
    stage("ont-1", "10:00")
    stage("ont-2", "10:01:50")
    stage("split-1", "10:01")

    assert sorted(map(sorted, stage.problems().values())) == [["ont-1", "ont-2", "split-1"], ["radio"]]


def test_a_member_raised_again_within_the_quiet_period_joins_its_problem_again() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage.clear("ont-1", "10:01")
    stage("ont-1", "10:05")
    opened, cleared, joined = stage.changes()

    assert (opened.kind, cleared.kind, joined.kind) == ("opened", "cleared", "joined")
    assert (joined.problem, joined.active, cleared.active) == (opened.problem, 1, 0)
    assert opened.members[0].occurrence != joined.members[0].occurrence


def test_a_member_raised_again_after_the_quiet_period_opens_a_problem_that_names_the_old_one() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage.clear("ont-1", "10:01")
    stage("ont-1", "10:30")

    assert stage.kinds() == ["opened", "cleared", "quiet", "opened"]
    assert stage.changes()[-1].recurrence_of == stage.changes()[0].problem


def test_a_repeat_after_the_quiet_period_begins_a_new_occurrence() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage("ont-1", "10:30")
    opened, quiet, left, renewed = stage.changes()

    assert (opened.kind, quiet.kind, left.kind, renewed.kind) == ("opened", "quiet", "left", "opened")
    assert (left.problem, left.active, left.members[0].occurrence) == (opened.problem, 0, opened.members[0].occurrence)
    assert renewed.members[0].occurrence != opened.members[0].occurrence
    assert "renewed" in left.why
    assert stage.judged() == ["new", "repeat"]


def test_a_repeat_of_a_state_that_lasts_stays_in_its_problem() -> None:
    stage = Correlator(a_tree())
    stage("ont-1", "10:00")
    stage("ont-1", "10:10", raised_at=at("10:00"))
    stage("ont-1", "10:20", raised_at=at("10:00"))
    stage("ont-1", "11:20", raised_at=at("10:00"))

    assert stage.kinds() == ["opened", "quiet"]


def test_what_is_raised_anew_after_a_silence_is_another_problem_unless_it_is_regular_or_says_that_all_is_down() -> None:
    stage, slow = Correlator(a_tree()), {"cause": "responseTimeExcessive"}
    for when in ("10:00", "10:10", "10:20", "10:30"):
        stage("ont-1", when, **slow)

    assert stage.kinds() == ["opened", "left", "opened", "quiet"]

    for when in ("10:30", "10:40", "10:51"):
        stage("radio", when)

    assert stage.kinds().count("opened") == 3


def test_what_is_registered_at_a_node_is_bounded_and_swept() -> None:
    wide = a_network(*((f"leaf-{n}", f"hub-{n}") for n in range(9)), *((f"hub-{n}", "core") for n in range(9)))
    stage = Correlator(wide, anchor_problems=4, chain=2)
    for n in range(9):
        stage(f"leaf-{n}", at("10:00") + n * 2 * MINUTE)

    assert len(stage.view.anchors.get("dom|core").sightings) == 4

    stage.tick("12:00")

    assert stage.view.anchors.rows == {}


def test_a_group_that_is_clear_and_quiet_is_forgotten_and_so_is_what_was_merged_into_it() -> None:
    stage = Correlator(a_tree())
    stage("ont-3", "10:00")
    stage("ont-1", "10:01")
    stage("olt", "10:02")
    for name in ("ont-3", "ont-1", "olt"):
        stage.clear(name, "10:03")
    stage.tick("2026-01-04T00:00:00")

    assert stage.view.groups.rows == {}
    assert stage.view.alarm_records.rows == {}
    assert stage.view.alarm_lives.rows == {}


def test_a_problem_of_late_alarms_goes_quiet_at_its_own_time_not_the_clocks() -> None:
    stage = Correlator(a_tree())
    stage("radio", "11:00")
    stage("ont-1", "10:00")
    stage.tick("11:00")

    assert [(c.kind, c.at) for c in stage.changes()] == [("opened", at("11:00")), ("opened", at("10:00")), ("quiet", at("10:15"))]
