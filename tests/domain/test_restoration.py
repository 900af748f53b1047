"""The guardrails, one by one: what lets a command through and what stops it."""

import msgspec
import pytest

from streams.domain.breaker import Guard
from streams.domain.command import command_id, order
from streams.domain.instant import MINUTE, SECOND
from streams.domain.messages import ProblemTold
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy
from streams.domain.restoration import Circumstances, Word, choices, judge
from tests.builders import a_network, at

REROUTE = Action("reroute", cause="lossOfSignal", on_type="path", attempts=2)
NETWORK = a_network(("svc", ["path-1", "path-2"], 1), services=["svc"], restoration=(REROUTE,), mode="act")
ANY = Action("restart")


def a_told(**but) -> ProblemTold:
    fields = {"problem": "p1", "domain": "dom", "status": "inProgress", "priority": 2, "cause_object": "path-1", "cause": "lossOfSignal",
              "cause_type": "path", "confidence": 0.8, "opened_at": at("10:00"), "at": at("10:00"), "services": 3}
    return ProblemTold(**{**fields, **but})


def all_clear(**but) -> Circumstances:
    return Circumstances(**{"at": at("10:00"), **but})


def word(network=NETWORK, told=None, policy=None, **circumstances) -> Word:
    return judge(network, policy or OverseePolicy(), told or a_told(), all_clear(**circumstances)).word


def test_a_declared_action_goes_out_when_nothing_stands_in_its_way():
    assert Word.ISSUED == word()


@pytest.mark.parametrize("mode", ["observe", "report"])
def test_no_command_goes_out_unless_the_mode_says_act(mode):
    assert Word.NOTHING == word(msgspec.structs.replace(NETWORK, mode=mode))


def test_under_advise_a_command_waits_for_approval_and_goes_with_it():
    advise = msgspec.structs.replace(NETWORK, mode="advise")

    assert Word.APPROVAL_WANTED == word(advise)
    assert Word.ISSUED == word(advise, approved="reroute")


def test_a_more_cautious_mode_for_the_domain_or_the_cause_wins():
    assert Word.NOTHING == word(msgspec.structs.replace(NETWORK, mode_by_domain={"dom": "report"}))
    assert Word.APPROVAL_WANTED == word(msgspec.structs.replace(NETWORK, mode_by_cause={"lossOfSignal": "advise"}))


@pytest.mark.parametrize("but", [{"cause": "lossOfPower"}, {"cause_type": "olt"}, {"cause_object": ""}])
def test_another_cause_or_type_or_no_cause_gets_no_command(but):
    assert Word.NOTHING == word(told=a_told(**but))


def test_declarations_that_match_are_tried_in_order_and_none_matches_anything():
    network = msgspec.structs.replace(NETWORK, restoration=(REROUTE, ANY))

    assert [(REROUTE, ANY), (ANY,), (ANY,)] == [choices(network, a_told(**but)) for but in ({}, {"cause_type": "olt"}, {"cause": "", "cause_type": ""})]


def test_a_service_that_has_said_nothing_itself_gets_no_command():
    network = msgspec.structs.replace(NETWORK, restoration=(ANY,))

    assert Word.IMPLIED == word(network, a_told(cause_object="svc", cause="", cause_type="svc"))
    assert Word.ISSUED == word(network, a_told(cause_object="svc", cause="lossOfSignal", cause_type="svc"))


def test_the_last_attempt_allowed_is_the_last():
    assert [Word.ISSUED, Word.USED_UP] == [word(tried={"reroute": 1}), word(tried={"reroute": 2})]


def test_a_child_leaves_the_command_to_its_parent():
    assert Word.PARENT_ACTS == word(parent_acts=True)


def test_the_cooldown_ends_at_its_end():
    assert [Word.COOLING, Word.ISSUED] == [word(not_before=at("10:00") + 1), word(not_before=at("10:00"))]


def test_a_target_that_another_problem_works_on_is_left_alone():
    assert [Word.TARGET_BUSY, Word.ISSUED] == [word(busy_until=at("10:00") + 1), word(busy_until=at("10:00"))]


def test_commands_wait_while_the_partition_catches_up_and_while_halted():
    assert [Word.BEHIND, Word.HALTED] == [word(live=False), word(guard=Guard(halted_by="ann"))]


def test_the_breaker_counts_only_commands_within_its_window():
    policy = OverseePolicy(breaker_commands=2, breaker_window=10 * MINUTE)
    lately = (at("09:55"), at("09:56"))

    assert Word.BREAKER == word(policy=policy, guard=Guard(issued=lately))
    assert Word.ISSUED == word(policy=policy, guard=Guard(issued=(at("09:50"), at("09:56"))))


def test_a_latched_breaker_stops_all_however_long_ago_it_latched():
    assert Word.BREAKER == word(guard=Guard(latched_at=at("00:01")))


def test_an_order_says_what_why_and_until_when():
    command = order(a_told(), REROUTE, 2, at("10:00"), OverseePolicy(result_within=30 * SECOND))

    assert ("reroute", "path-1", "path", 2, 2) == (command.action, command.target, command.target_type, command.attempt, command.attempts)
    assert at("10:00:30") == command.not_after
    assert "reroute is declared for cause lossOfSignal on type path; attempt 2 of 2" == command.reason
    assert "located cause path-1: lossOfSignal, confidence 0.80" == command.evidence[0]


def test_the_id_of_an_attempt_depends_on_problem_action_and_attempt_alone():
    same = {command_id(a_told(priority=p, at=at("11:00"), cause_object=o), REROUTE, 1) for p in (1, 5) for o in ("path-1", "path-2")}
    others = {command_id(a_told(problem="p2"), REROUTE, 1), command_id(a_told(), ANY, 1), command_id(a_told(), REROUTE, 2)}

    assert 1 == len(same)
    assert 3 == len(others - same)


@pytest.mark.parametrize("first", [Action("restart", after=5 * MINUTE), Action("restart", disrupts=True)], ids=["after", "disrupts"])
def test_an_action_that_is_only_too_soon_holds_back_the_dearer_ones_after_it(first):
    network = msgspec.structs.replace(NETWORK, restoration=(first, Action("dispatch")))
    due = at("10:00") + max(first.after, OverseePolicy().disrupt_wait if first.disrupts else 0)
    early, on_time = (judge(network, OverseePolicy(), a_told(), all_clear(at=when)) for when in (at("10:00"), due))

    assert (Word.TOO_SOON, due) == (early.word, early.until)
    assert (Word.ISSUED, "restart") == (on_time.word, on_time.action.action)
