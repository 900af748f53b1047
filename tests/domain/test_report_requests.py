"""Whom else a reported problem is brought to, who must act, in what words, and what becomes of it when the cause is another."""

import msgspec

from streams.domain.instant import MINUTE
from streams.domain.messages import Tick
from streams.domain.network import Network
from streams.domain.problem import Status
from streams.domain.report_rules import Assignment, Engagement, ReportRules, Template
from tests.builders import at
from tests.domain.problems import SOLD, UNSOLD, Managed, a_cause, all_clear, answer, diagnosed, down, on, own_reports, requests
from tests.domain.test_report_update import answers, update


def ruled(**rules: object) -> Network:
    return msgspec.structs.replace(SOLD, reports=ReportRules(**rules))  # type: ignore[arg-type]


def reported(network: Network = SOLD, until: str = "10:00:30", **policy: object) -> Managed:
    """A problem of priority 1 on olt-1, and time passed until others were asked."""
    stage = Managed(network, **policy)
    stage.hears(diagnosed(**down("svc")))
    stage.waits_until(until)
    return stage


def kinds(stage: Managed) -> list[tuple[str, str, str]]:
    desk = stage.row().desk
    return [(one.kind, one.target, one.party) for one in desk.requests if one.is_open] if desk else []


def test_the_resource_domain_is_asked_to_work_on_what_has_been_the_cause_for_a_while() -> None:
    stage = reported(until="10:00:29")
    assert requests(stage.told) == []
    out = stage.waits_until("10:00:30")

    (one,) = requests(out)
    assert (one.kind, one.target, one.report.group, one.report.created_at) == ("resourceTrouble", "olt-1", "resource-operations", at("10:00:30"))
    assert own_reports(out)[-1].desk.ids == on("problems", out)[-1].desk.ids == (one.report.id,)


def test_what_belongs_to_a_supplier_is_the_suppliers_to_repair() -> None:
    assert kinds(reported(ruled(owners={"olt-1": "acme"}))) == [("partyTrouble", "olt-1", "acme")]


def test_a_party_helps_by_rule_beside_our_own_work() -> None:
    network = ruled(vendors={"olt-1": "nokia"}, engage=(
        Engagement("nokia-care", vendor="nokia", priority=2), Engagement("never", vendor="other"), Engagement("never", domain="other"), Engagement("field", cause="lossOfSignal", on_type="olt")))

    assert kinds(reported(network)) == [("resourceTrouble", "olt-1", ""), ("partyTrouble", "olt-1", "nokia-care"), ("partyTrouble", "olt-1", "field")]


def test_a_blamed_service_is_no_resource_but_may_be_a_suppliers() -> None:
    for owners, wanted in (({}, []), ({"svc": "acme"}, [("partyTrouble", "svc", "acme")])):
        stage = Managed(ruled(owners=owners))
        stage.hears(diagnosed(causes=(a_cause("svc", is_service=True),), **down("svc")))
        stage.waits_until("10:01")
        assert kinds(stage) == wanted


def test_when_the_cause_is_another_the_request_is_withdrawn_and_replaced_once() -> None:
    stage = reported()
    stage.hears(diagnosed("10:05", causes=(a_cause("path-a"),), **down("svc")))
    stage.hears(diagnosed("10:05:10", causes=(a_cause("path-a", confidence=0.9),), **down("svc")))
    out = stage.waits_until("10:06")
    gone, new = requests(out)

    assert (gone.target, gone.report.history[-1].status, gone.report.history[-1].why) == ("olt-1", Status.CANCELLED, "The cause is located at path-a instead.")
    assert (new.target, new.is_open, kinds(stage)) == ("path-a", True, [("resourceTrouble", "path-a", "")])
    assert requests(stage.waits_until("10:09")) == []


def test_a_cause_that_was_the_best_for_a_moment_only_moves_nobody() -> None:
    stage = reported()
    stage.hears(diagnosed("10:05", causes=(a_cause("path-a"),), **down("svc")))
    stage.hears(diagnosed("10:05:20", **down("svc")))
    stage.waits_until("10:09")

    assert [one.target for one in requests(stage.told)] == ["olt-1"]


def test_an_unsure_cause_is_nobodys_work() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(causes=(a_cause(confidence=0.1),), **down("svc")))
    stage.waits_until("10:05")

    assert kinds(stage) == []


def test_a_request_goes_back_and_forth_no_more_than_so_often_and_each_has_an_id_of_its_own() -> None:
    stage = reported(accept_within={10: 600 * MINUTE})
    for n in range(12):
        stage.hears(diagnosed(f"10:{10 + n}", causes=(a_cause("path-a" if n % 2 == 0 else "olt-1"),), **down("svc")))
    desk = stage.row().desk

    assert desk is not None and len(set(desk.ids)) == len(desk.ids) == 8


def test_a_report_that_was_withdrawn_and_made_again_is_forgotten_with_its_problem_under_both_ids() -> None:
    stage = Managed(UNSOLD)
    stage.hears(diagnosed())
    for when, word in (("10:01", "open"), ("10:02", "withdraw"), ("10:03", "open")):
        stage.hears(answer("family-report", "", word, when=when))
    first, second = dict.fromkeys(row.report.id for row in own_reports(stage.told))
    index = set(stage.view.tables["reports"].rows)
    stage.hears(all_clear("10:10"))
    gone = stage.waits_until("2026-02-20T10:00")

    assert index == {first, second}
    assert sorted(emit.key for emit in gone if emit.topic == "trouble-reports" and emit.value is None) == sorted((first, second))
    assert stage.view.tables["reports"].rows == {}


def test_requests_follow_their_problem_to_its_end_and_are_forgotten_with_it() -> None:
    stage = reported()
    stage.hears(all_clear("10:10"))
    stage.waits_until("13:00")
    last = requests(stage.told)[-1]
    gone = stage.waits_until("2026-02-20T10:00")

    assert [change.status for change in last.report.history] == [Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED]
    assert [emit.key for emit in gone if emit.topic == "trouble-reports"] == [own_reports(stage.told)[0].report.id, last.report.id]
    assert stage.view.tables["reports"].rows == {}


def test_while_catching_up_nobody_is_asked() -> None:
    stage = reported(until="10:00:10")
    stage.view.live = False
    assert requests(stage.hears(Tick(at("10:02"), live=False))) == []
    stage.view.live = True

    assert [one.target for one in requests(stage.waits_until("10:03"))] == ["olt-1"]


def test_every_report_names_the_group_that_must_act() -> None:
    network = ruled(vendors={"olt-1": "nokia"}, assignment=(
        Assignment("elsewhere", domain="other"), Assignment("access", report="resourceTrouble", on_type="olt", vendor="nokia"), Assignment("desk")))
    stage = reported(network)

    assert (own_reports(stage.told)[0].report.group, requests(stage.told)[0].report.group) == ("desk", "access")


def test_who_must_act_on_the_own_report_follows_the_cause_unless_somebody_has_accepted_it() -> None:
    network = ruled(assignment=(Assignment("access", on_type="olt"), Assignment("transport", on_type="path-a")))
    for accepted, group in ((False, "transport"), (True, "access")):
        stage = reported(network)
        if accepted:
            stage.hears(update("10:02", number="INC-7"))
        stage.hears(diagnosed("10:05", causes=(a_cause("path-a"),), **down("svc")))
        stage.waits_until("10:06")
        assert stage.row().report.group == group  # type: ignore[union-attr]


def test_a_report_that_nobody_accepts_in_time_is_told_once() -> None:
    stage = reported(until="10:14:59", accept_within={10: 15 * MINUTE})
    out = stage.waits_until("11:00")
    late = [one for one in on("progress", out) if ("acceptance", "overdue") in getattr(one, "changes", ())]

    assert [one.at for one in late] == [at("10:15"), at("10:15:30")]
    assert ([row.report.is_late for row in own_reports(out)], [one.report.is_late for one in requests(out)]) == ([True], [True])
    assert late[0].why == f"Trouble report {stage.row().report.id} was not accepted by service-operations within 15 min."  # type: ignore[union-attr]


def test_a_report_that_was_accepted_is_not_late() -> None:
    stage = reported(accept_within={10: 15 * MINUTE})
    (one,) = stage.row().desk.ids  # type: ignore[union-attr]
    stage.hears(update("10:02", number="INC-7"))
    stage.hears(update("10:03", report=one, status="inProgress"))

    assert not any(("acceptance", "overdue") in getattr(told, "changes", ()) for told in on("progress", stage.waits_until("12:00")))


def test_a_supplier_that_holds_holds_the_problem_and_its_promise_counts() -> None:
    stage = reported(ruled(owners={"olt-1": "acme"}))
    (one,) = stage.row().desk.ids  # type: ignore[union-attr]
    out = stage.hears(update("10:05", report=one, number="A-1", group="acme noc", status="pending", reason="waits for a part", promised_at=at("12:00")))
    assert (stage.row().status, stage.row().status_why) == (Status.HELD, "Ticket A-1 is pending: waits for a part.")
    assert (stage.row().ticket.promised_at, stage.row().ticket.promised_by) == (at("12:00"), "acme noc")  # type: ignore[union-attr]
    assert [told.ticket.number for told in requests(out)] == ["A-1"]

    stage.hears(update("10:06", status="held"))
    stage.hears(update("10:07", report=one, status="inProgress"))
    assert stage.row().status == Status.HELD
    stage.hears(update("10:08", status="inProgress"))
    assert stage.row().status == Status.IN_PROGRESS


def test_a_request_cannot_be_closed_there_either_while_alarms_are_active() -> None:
    stage = reported()
    (one,) = stage.row().desk.ids  # type: ignore[union-attr]

    assert [done for done, _ in answers(stage.hears(update("10:05", report=one, status="closed")))] == [False]


def test_of_a_problem_that_crosses_domains_stage_6_says_what_to_work_on() -> None:
    network = SOLD
    stage = reported(network, until="10:00:05")
    stage.view.tables["problems"].put("p1", msgspec.structs.replace(stage.row(), crosses=True, desk=None))
    stage.waits_until("10:05")
    assert kinds(stage) == []
    out = stage.hears(answer("work", "cable-9", "asked", "The cause is located at cable-9.", "10:06"))

    assert kinds(stage) == [("resourceTrouble", "cable-9", "")]
    assert [one.report.created_at for one in requests(out)] == [at("10:06")]


def test_names_and_descriptions_come_from_templates() -> None:
    words = Template("{severity} {cause} at {where}", "{services}, {customers} on {vendor} {type} in {domain}: {problem} {{priority {priority}}}")
    stage = reported(ruled(vendors={"olt-1": "nokia"}, templates={"serviceTrouble": words, "partyTrouble": Template("to {party}")}, owners={"olt-1": "acme"}))
    own, party = own_reports(stage.told)[-1].report, requests(stage.told)[-1].report

    assert own.name == "major lossOfSignal at olt-1"
    assert own.description == "1 service, 1 customer on nokia olt in dom: p1 {priority 1}"
    assert (party.name, party.description) == ("to acme", "")


def test_who_works_on_it_is_told_when_it_is_resolved_by_clear_evidence() -> None:
    stage = reported()
    stage.hears(update("10:02", number="INC-7", group="transport", person="Eva", status="inProgress"))
    stage.hears(all_clear("10:10"))
    told = [one.why for one in on("progress", stage.waits_until("10:20"))]

    assert told.count("Resolved while ticket INC-7 is inProgress: Eva of transport is to close it.") == 1
