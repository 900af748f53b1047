"""The guardrails that look at the diagnosis, at the way round, at what stands on the target, and at what others do: a hit and a near miss each."""

import msgspec
import pytest

from streams.domain.alarm import Effect
from streams.domain.breaker import Guard, concluded, latched
from streams.domain.instant import MINUTE, SECOND
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy
from streams.domain.restoration import Circumstances, Verdict, Word, judge
from tests.builders import a_network, at
from tests.domain.test_restoration import a_told

RESTART = Action("restart", disrupts=True)
NETWORK = a_network(
    ("svc", ["path-1", "path-2"], 1), ("path-1", "card-1"), ("path-2", "card-2"), ("path-3", "card-1"), ("solo", "card-3"), services=["svc", "solo"], mode="act")


def verdict(*actions: Action, told=None, policy=None, mode="act", **but) -> Verdict:
    network = msgspec.structs.replace(NETWORK, restoration=actions, mode=mode)
    now = Circumstances(**{"at": at("10:05"), **but})
    return judge(network, policy or OverseePolicy(), told or a_told(), now)


def down(*names: str, effect=Effect.DOWN):
    return lambda name: effect if name in names else Effect.NONE


def of_card(number: int, **but):
    return a_told(**{"cause_object": f"card-{number}", "cause": "equipmentMalfunction", "cause_type": "card", **but})


# --- the diagnosis ---


def test_no_command_below_the_confidence_of_the_policy_or_of_the_action():
    assert [Word.UNSURE, Word.ISSUED] == [verdict(Action("reroute"), told=a_told(confidence=c)).word for c in (0.49, 0.5)]
    assert [Word.UNSURE, Word.ISSUED] == [verdict(Action("reroute", confidence=0.9), told=a_told(confidence=c)).word for c in (0.89, 0.9)]


def test_an_action_for_which_the_diagnosis_is_too_unsure_gives_way_to_the_next():
    assert "dispatch" == verdict(Action("reroute", confidence=0.9), Action("dispatch", confidence=0.3)).action.action


def test_nothing_is_restored_where_all_is_clear():
    assert [Word.CLEAR, Word.ISSUED] == [verdict(Action("reroute"), told=a_told(is_clear=clear)).word for clear in (True, False)]


# --- which action ---


def test_an_action_for_a_service_or_its_type_needs_such_a_service_among_the_hurt():
    for action in (Action("reassign", service="svc"), Action("reassign", service_type="svc")):
        assert [Word.ISSUED, Word.NOTHING, Word.NOTHING] == [verdict(action, told=a_told(hurt=hurt)).word for hurt in (("svc",), ("solo",), ())]


def test_what_is_used_up_gives_way_to_the_next_until_none_is_left():
    both = (Action("reroute", attempts=1), Action("dispatch", attempts=1))

    assert ["reroute", "dispatch"] == [verdict(*both, tried=tried).action.action for tried in ({}, {"reroute": 1})]
    assert Word.USED_UP == verdict(*both, tried={"reroute": 1, "dispatch": 1}).word


def test_an_action_for_problems_that_last_waits_until_they_do():
    late = Action("dispatch", after=10 * MINUTE)

    assert [Word.TOO_SOON, Word.ISSUED] == [verdict(late, at=when).word for when in (at("10:10") - 1, at("10:10"))]
    assert at("10:10") == verdict(late).until


def test_after_a_work_around_only_what_repairs_for_good_is_done_clear_or_not():
    both = (Action("reroute"), Action("dispatch", definitive=True))

    assert "dispatch" == verdict(*both, told=a_told(is_clear=True), repairs=True).action.action
    assert Word.NOTHING == verdict(both[0], repairs=True).word


# --- approval ---


def test_an_action_that_wants_approval_waits_for_it_even_where_the_mode_is_act():
    asks = Action("restart", approval=True)

    assert [Word.APPROVAL_WANTED, Word.ISSUED] == [verdict(asks, approved=by).word for by in ("", "restart")]
    assert Word.APPROVAL_WANTED == verdict(asks, approved="reroute").word
    assert at("10:35") == verdict(asks).until


def test_an_approval_that_nobody_gave_in_time_expires_and_the_next_action_is_tried():
    asks, then = Action("restart", approval=True), Action("dispatch")

    assert [Word.APPROVAL_WANTED, Word.EXPIRED] == [verdict(asks, proposed="restart", expires=at("10:05") + more).word for more in (1, 0)]
    assert "dispatch" == verdict(asks, then, expired=("restart",)).action.action


# --- announced work, others, the cap ---


def test_no_command_in_announced_work():
    assert [Word.PLANNED, Word.ISSUED] == [verdict(Action("reroute"), planned=work, planned_until=at("11:00")).word for work in ("chg-1", "")]


def test_no_command_while_another_member_of_the_group_is_worked_on():
    assert [Word.GROUP_BUSY, Word.ISSUED] == [verdict(Action("reroute"), group_busy=busy).word for busy in ("command x is under way", "")]


def test_a_target_has_only_so_many_commands_whoever_asks():
    policy = OverseePolicy(target_commands=3)

    assert [Word.TARGET_CAP, Word.ISSUED] == [verdict(Action("reroute"), policy=policy, commanded=n).word for n in (3, 2)]


# --- the way round ---


def test_a_way_round_must_be_whole_with_all_it_stands_on():
    move = Action("reassign", alternative=("protection",))

    assert "path-2" == verdict(move).alternative
    for broken in ("path-2", "card-2"):
        assert Word.NO_ALTERNATIVE == verdict(move, state=down(broken)).word, broken
    assert "path-2" == verdict(move, state=down("card-3")).alternative


def test_a_way_that_stands_on_the_target_is_none():
    assert Word.NO_ALTERNATIVE == verdict(Action("reassign", alternative=("path-3",)), told=of_card(1)).word
    assert "path-2" == verdict(Action("reassign", alternative=("path-3", "path-2")), told=of_card(1)).alternative


def test_a_degraded_way_is_not_whole_and_where_nothing_protects_there_is_none():
    assert Word.NO_ALTERNATIVE == verdict(Action("reassign", alternative=("path-2",)), state=down("card-2", effect=Effect.DEGRADED)).word
    assert "nothing protects card-3" in verdict(Action("reassign", alternative=("protection",)), told=of_card(3)).text


# --- what takes its target out ---


@pytest.mark.parametrize("out", ["path-2", "card-2"])
def test_a_restart_is_refused_where_the_surviving_member_would_go(out):
    refused = verdict(RESTART, told=of_card(1), state=down(out))

    assert (Word.WOULD_DROP, "restart takes card-1 out: svc would fall below what it needs") == (refused.word, refused.text)


def test_it_goes_where_another_member_works_or_the_target_is_down_anyway():
    states = (down(), down("card-1"), down("card-1", "path-2"), down("path-2"))

    assert [Word.ISSUED, Word.ISSUED, Word.ISSUED, Word.WOULD_DROP] == [verdict(RESTART, told=of_card(1), state=state).word for state in states]


def test_what_stands_on_the_target_alone_would_go_with_it():
    assert [Word.WOULD_DROP, Word.ISSUED] == [verdict(RESTART, told=of_card(3), state=state).word for state in (down(), down("card-3"))]


def test_it_waits_for_news_of_the_neighbours():
    known = {"told": of_card(3), "state": down("card-3")}

    assert [Word.TOO_SOON, Word.ISSUED] == [verdict(RESTART, at=at("10:00") + wait, **known).word for wait in (29 * SECOND, 30 * SECOND)]


def test_where_more_stands_around_than_is_looked_at_it_is_refused():
    tight = OverseePolicy(around=1)

    assert [Word.WOULD_DROP, Word.ISSUED] == [verdict(RESTART, told=of_card(3), state=down("card-3"), policy=p).word for p in (tight, OverseePolicy())]


# --- the breaker's share of failed commands ---


def after(results: str, apart=MINUTE, **policy) -> Guard:
    guard = Guard()
    for n, word in enumerate(results):
        guard = concluded(guard, word == "f", at("10:00") + n * apart, OverseePolicy(**policy))
    return guard


def test_the_breaker_latches_on_the_share_of_failed_commands_once_there_are_enough():
    assert [0, at("10:04"), 0] == [after(results).latched_at for results in ("ffff", "fffrf"[:5], "frfrr")]
    assert "4 of the last 5 commands failed" == after("fffrf").latched_why


def test_failures_of_long_ago_count_no_more():
    assert [0, at("10:00") + 4 * 16 * MINUTE] == [after("fffff", 16 * MINUTE, breaker_failed_within=span).latched_at for span in (60 * MINUTE, 65 * MINUTE)]


def test_a_latched_breaker_keeps_its_reason():
    assert "first" == latched(latched(Guard(), "first", at("10:00")), "second", at("11:00")).latched_why
    assert Word.BREAKER == verdict(Action("reroute"), guard=latched(Guard(), "first", at("10:00"))).word
