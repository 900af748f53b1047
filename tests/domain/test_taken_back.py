"""Commands taken back before they began, groups and targets they hold, approvals that expire, work-arounds: stage 6 over time."""

import msgspec

from streams.domain.alarm import Effect
from streams.domain.instant import HOUR, MINUTE
from streams.domain.messages import ObjectTested, OutageAnnounced
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy, Policy
from tests.builders import a_network, at
from tests.domain.flowing import Flow
from tests.domain.overseen import NETWORK, Oversight

REROUTE, DISPATCH = Action("reroute", on_type="path", attempts=2, cooldown=5 * MINUTE), Action("dispatch", attempts=1, within=8 * HOUR, confidence=0.0, definitive=True)
CARDS = a_network(
    ("svc", ["path-1", "path-2"], 1), ("path-1", "card-1"), ("path-2", "card-2"), services=["svc"], mode="act",
    restoration=(Action("restart", on_type="card", disrupts=True, cooldown=5 * MINUTE),))


def acting(*actions: Action, **policy) -> Oversight:
    return Oversight(msgspec.structs.replace(NETWORK, restoration=actions), Policy(oversee=OverseePolicy(**policy)))


def a_card(net: Oversight, number: int, when: str, effect: Effect = Effect.DEGRADED, **but):
    return net.told(f"c{number}", when, cause_object=f"card-{number}", cause="equipmentMalfunction", cause_type="card", opened_at=at("09:50"), held=((f"card-{number}", effect),), **but)


# --- taken back ---


def test_a_clear_before_it_began_takes_the_command_back_and_it_is_no_attempt():
    net = Oversight()
    net.told()
    heard = net.told(when="10:01", is_clear=True)

    assert [("command", "p1", "withdrawn")] == heard.words
    assert [(net.commands[0].id, "path-1", at("10:01"))] == [(w.command, w.target, w.at) for w in net.withdrawn]
    assert [] == net.told(when="10:02").commands                                    # the cooldown: it may have begun all the same
    assert [(1, 2)] == [(c.attempt, c.attempts) for c in net.tick("10:06").commands]
    assert 2 == len({c.id for c in net.commands})


def test_one_that_has_begun_is_not_taken_back():
    net = Oversight()
    net.told()
    net.result("accepted", "10:00:30")

    assert [] == net.told(when="10:01", is_clear=True).words + net.told(when="10:02", status="resolved").words
    assert [] == net.withdrawn
    assert [("outcome", "p1", "restored")] == net.result("restored", "10:03").words


def test_what_has_begun_counts_as_failed_without_a_result_though_all_is_over():
    net = Oversight()
    net.told()
    net.result("accepted", "10:00:30")
    net.told(when="10:02", status="resolved")

    assert [("outcome", "p1", "failed")] == net.tick("10:10").words
    assert [] == net.tick("12:00").commands


def test_halt_takes_back_what_has_not_begun_and_stands_until_somebody_resumes():
    net = acting(REROUTE)
    for number in (3, 4):
        net.told(f"p{number}", cause_object=f"path-{number}")
    net.result("accepted", "10:00:20", net.commands[0].id)
    net.operator("halt", when="10:00:30")

    assert [(net.commands[1].id, at("10:00:30"))] == [(w.command, w.at) for w in net.withdrawn]
    assert ["All restoration commands are halted by ann; 1 command taken back."] == [r.why for r in net.replies]
    assert [("command", "p4", "halted")] == [word for when in ("10:06", "10:30") for word in net.tick(when).words if word[1] == "p4"]
    assert ["p4"] == [c.problem for c in net.operator("resume", when="11:00").commands if c.problem == "p4"]


def test_a_halt_survives_a_restart():
    net, fresh = acting(REROUTE), acting(REROUTE)
    net.operator("halt")
    for name, table in net.view.tables.items():
        fresh.view.tables[name].rows = {k: msgspec.msgpack.decode(msgspec.msgpack.encode(v), type=type(v)) for k, v in table.rows.items()}

    assert [("command", "p1", "halted")] == fresh.told(when="10:02").words


def test_the_result_of_a_command_taken_back_changes_nothing_if_it_failed_and_counts_if_it_restored():
    for outcome, expected in (("failed", []), ("restored", [("outcome", "p1", "restored")])):
        net = Oversight()
        net.told()
        net.told(when="10:01", is_clear=True)

        assert expected == net.result(outcome, "10:02").words
        assert len(net.kept) == (not expected)


def test_an_older_success_takes_a_later_attempt_back():
    net = Oversight()
    net.told()
    net.tick("10:16")
    net.result("restored", "10:17", net.commands[0].id)

    assert [net.commands[1].id] == [w.command for w in net.withdrawn]
    assert [] == net.tick("12:00").commands


# --- results that change nothing ---


def test_results_that_are_late_twice_or_about_nothing_are_kept():
    net = Oversight()
    net.told()
    net.result("restored", "10:01")
    for when, outcome, command in (("10:02", "restored", None), ("10:03", "failed", None), ("10:04", "accepted", None), ("10:05", "restored", "dom-nobody")):
        assert [] == net.result(outcome, when, command).words

    assert ["twice", "late", "late", "unknown"] == [k.state for k in net.kept]
    assert 4 == len({k.id for k in net.kept})


def test_a_result_for_a_proposal_is_about_nothing():
    net = Oversight(msgspec.structs.replace(NETWORK, mode="advise"))
    proposal = net.told().answers[0].ref

    assert [] == net.result("restored", command=proposal).words
    assert ["unknown"] == [k.state for k in net.kept]


# --- the next action, approval, work-arounds ---


def test_after_the_last_attempt_at_one_action_the_next_is_tried():
    net = acting(REROUTE, DISPATCH)
    net.told()
    net.result("failed", "10:01")
    net.tick("10:06")
    net.result("failed", "10:07")

    assert [("dispatch", 1, at("18:12"))] == [(c.action, c.attempt, c.not_after - at("10:12") + at("10:12")) for c in net.tick("10:12").commands]


def test_an_approval_that_does_not_come_expires_and_says_so():
    net = acting(Action("restart", approval=True), DISPATCH)
    net.told()

    assert [] == net.told(when="10:20", priority=1).words
    assert [("command", "p1", "approval-expired"), ("command", "p1", "issued")] == net.tick("10:30").words
    assert [] == net.operator("approve", "p1", "10:31").commands
    assert ["dispatch"] == [c.action for c in net.commands]


def test_an_approval_is_for_the_action_that_was_proposed():
    net = acting(Action("restart", approval=True, cause="lossOfSignal"), Action("reset", approval=True))
    restart = net.told().answers[0].ref
    net.told(when="10:01", cause="lossOfPower")

    assert [] == net.operator("approve", restart, "10:02").commands
    assert ["reset"] == [c.action for c in net.operator("approve", "p1", "10:03").commands]


def test_after_a_work_around_the_definitive_repair_is_still_to_come_and_is_not_taken_back_when_all_is_clear():
    net = acting(Action("bypass"), DISPATCH)
    net.told()

    assert [("outcome", "p1", "workaround"), ("repair", "p1", "open")] == net.result("workaround", "10:02").words
    assert ["dispatch"] == [c.action for c in net.tick("10:07").commands]
    net.told(when="10:08", is_clear=True)
    net.told(when="10:09", status="resolved", is_clear=True)
    assert [] == net.withdrawn
    assert net.commands[-1].repairs
    assert [("outcome", "p1", "restored"), ("repair", "p1", "done")] == net.result("restored", "14:00").words


def test_a_work_around_that_does_not_hold_is_no_reason_to_wait():
    net = acting(Action("bypass"))
    net.told()
    net.result("workaround", "10:02")
    net.told(when="10:03", status="resolved", is_clear=True)

    assert [("bypass", 2)] == [(c.action, c.attempt) for c in net.told(when="10:10").commands]


def test_a_failed_final_test_sends_the_restoration_back():
    net = Oversight()
    net.told()
    net.result("restored", "10:01")
    assert [] == net.told(when="10:10", is_clear=True).commands

    assert [2] == [c.attempt for c in net.told(when="10:11", unproven=1).commands]


# --- the group, the target, announced work, the survivor ---


def test_one_command_is_under_way_in_a_group_at_a_time():
    net = Oversight()
    net.told("p1", cause_object="path-1")

    assert [("command", "p2", "group-busy")] == net.told("p2", cause_object="path-2").words
    assert [("command", "p3", "issued")] == net.told("p3", cause_object="path-3").words
    net.result("failed", "10:00:30", net.commands[0].id)
    assert ["p2"] == [c.problem for c in net.tick("10:01").commands]


def test_a_target_has_so_many_commands_over_all_its_problems():
    net = acting(Action("reroute", attempts=9, cooldown=0), target_commands=2, target_within=HOUR, look_again=MINUTE)
    net.told()
    net.result("failed", "10:01")
    assert 2 == len(net.commands)
    heard = net.result("failed", "10:02")

    assert [("outcome", "p1", "failed"), ("command", "p1", "target-cap")] == heard.words
    assert [] == net.tick("10:59").commands
    assert [at("11:00")] == [c.issued_at for c in net.tick("11:00").commands]


def test_no_command_to_what_is_worked_on_until_the_work_is_over():
    net = Oversight()
    net.hears(OutageAnnounced("chg-1", "", ("path-1",), at("09:00"), at("11:00"), False, at("08:00")))

    assert [("command", "p1", "planned-outage")] == net.told().words
    assert [("command", "p3", "issued")] == net.told("p3", cause_object="path-3").words
    net.result("restored", "10:01", net.commands[0].id)
    assert ["p1"] == [c.problem for c in net.tick("11:00").commands]


def test_work_that_was_called_off_stops_nothing():
    net = Oversight()
    for cancelled in (False, True):
        net.hears(OutageAnnounced("chg-1", "", ("path-1",), at("09:00"), at("11:00"), cancelled, at("08:00")))

    assert ["p1"] == [c.problem for c in net.told().commands]


def test_work_that_an_object_tells_of_itself_stops_commands_too_until_it_tells_of_the_end():
    flow = Flow(msgspec.structs.replace(NETWORK, mode="act"))
    begins = OutageAnnounced("raw-ves|path-1", "dom", ("path-1",), at("09:00"), at("21:00"), False, at("09:00"), at("09:00"), by_source=True)
    ends = msgspec.structs.replace(begins, starts_at=0, ends_at=at("10:30"), at=at("10:30"), clock=at("10:30"))
    net = Oversight()
    told = [e.value for message in (begins, ends) for e in flow.send(message) if e.topic == "network-inbox"]

    assert [0, 0] == [message.clock for message in told]
    net.hears(told[0])
    assert [("command", "p1", "planned-outage")] == net.told().words
    net.hears(told[1])
    assert ["p1"] == [c.problem for c in net.told(when="10:31", priority=1).commands]


def test_the_surviving_member_is_not_taken_out_whatever_took_the_other():
    def refused(prepare) -> bool:
        net = Oversight(CARDS)
        prepare(net)
        return [("command", "c1", "would-drop")] == a_card(net, 1, "10:00").words

    assert refused(lambda net: net.told("p2", "09:59", cause_object="", held=(("path-2", Effect.DOWN),)))
    assert refused(lambda net: net.hears(ObjectTested("card-2", "test-1", at("10:10"), at("09:59"))))
    assert refused(lambda net: net.hears(OutageAnnounced("chg-1", "", ("card-2",), at("09:00"), at("11:00"), False, at("08:00"))))
    assert not refused(lambda net: None)
    assert not refused(lambda net: net.hears(ObjectTested("card-2", "test-1", at("09:59:30"), at("09:59"))))


def test_a_member_under_a_command_counts_as_out():
    net = Oversight(CARDS)
    a_card(net, 2, "10:00")

    assert [("command", "c1", "group-busy")] == a_card(net, 1, "10:00:01").words


def test_a_restart_that_has_not_begun_is_taken_back_when_the_other_member_goes():
    net = Oversight(CARDS)
    a_card(net, 1, "10:00")
    net.told("p2", "10:00:20", cause_object="", held=(("path-2", Effect.DOWN),))

    assert ["it takes card-1 out: svc would fall below what it needs"] == [w.reason for w in net.withdrawn]
    assert [] == net.tick("10:59:50").commands
    net.told("p2", "11:00", status="resolved", cause_object="", is_clear=True)
    assert ["card-1"] == [c.target for c in net.tick("11:01").commands]


def test_a_restart_goes_on_when_something_else_goes_or_the_target_itself_is_down():
    net = Oversight(CARDS)
    a_card(net, 1, "10:00")
    net.told("p9", "10:00:20", cause_object="", held=(("path-9", Effect.DOWN),))
    a_card(net, 1, "10:00:30", Effect.DOWN)
    net.told("p2", "10:00:40", cause_object="", held=(("path-2", Effect.DOWN),))

    assert [] == net.withdrawn
