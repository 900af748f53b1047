"""What stage 4 makes of a problem that may have relatives in other domains, and of what stage 6 answers about it."""

import msgspec

from streams.domain.alarm import Severity
from streams.domain.messages import Claim, ProblemTold
from streams.domain.network import Network
from streams.domain.problem import Status
from streams.domain.report import report_id
from streams.edge.records import problem, trouble_report
from tests.builders import a_network, at
from tests.domain.problems import SOLD, Managed, a_cause, all_clear, answer, diagnosed, down, on


def crossing() -> Network:
    net = a_network(("path-a", "olt-1"), ("olt-1", "cable"), ("other", "cable"), ("svc", "path-a"), services=["svc"], products=[("prod", "svc", "cust")])
    return msgspec.structs.replace(net, nodes={n: msgspec.structs.replace(node, domain="far" if n in ("cable", "other") else "dom") for n, node in net.nodes.items()})


CROSSING = crossing()
URGENT = {"worst": Severity.CRITICAL, **down("svc")}


def told(stage: Managed) -> list[ProblemTold]:
    return on("network-inbox", stage.told)


def test_a_problem_that_stands_on_what_other_domains_stand_on_leaves_its_report_to_stage_6() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    stage.waits_until("10:30")

    assert on("trouble-reports", stage.told) == []
    (word,) = told(stage)
    assert (word.crosses, word.report_at, word.reported, word.claims, word.alarmed, word.kinds) == (True, at("10:00"), False, (Claim("cable", 200, 1.0),), 1, ("path-a",))


def test_a_problem_of_its_own_domain_alone_is_reported_by_itself_and_tells_nothing_of_it() -> None:
    stage = Managed(SOLD)
    stage.hears(diagnosed(**URGENT))

    assert len(on("trouble-reports", stage.told)) == 1
    assert [(w.crosses, w.report_at, w.claims) for w in told(stage)] == [(False, 0, ())]


def test_stage_6_hears_when_no_report_is_wanted_any_more() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    stage.hears(all_clear("10:00:05"))

    assert [w.report_at for w in told(stage)] == [at("10:00"), 0]


def test_a_cause_that_says_it_is_down_stays_down_when_its_alarm_clears() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    stage.hears(diagnosed("10:00:01", causes=(a_cause("path-a"),), **URGENT))
    stage.hears(diagnosed("10:00:02", causes=(a_cause("path-a"),), worst=Severity.CRITICAL))

    assert [w.is_down for w in told(stage)] == [False, True]


def test_the_report_is_made_as_of_the_time_decided_whatever_came_after() -> None:
    early, late = Managed(CROSSING), Managed(CROSSING)
    words = [diagnosed(**URGENT), answer("family-report", "p1", "open", "Alone.", "10:00:10"), all_clear("10:01")]
    for stage, order in ((early, (0, 1, 2)), (late, (0, 2, 1))):
        for n in order:
            stage.hears(words[n])
            if n == 2:
                stage.waits_until("10:02")

    for stage in (early, late):
        row = on("trouble-reports", stage.told)[-1]
        assert (row.report.id, row.report.created_at, row.report.history[-1].status) == (report_id("dom", "p1"), at("10:00:10"), Status.RESOLVED)


def test_opening_twice_is_opening_once() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    for _ in range(2):
        stage.hears(answer("family-report", "p1", "open", "Alone.", "10:00:10"))

    assert len(on("trouble-reports", stage.told)) == 1


def test_a_withdrawn_report_is_cancelled_follows_no_longer_and_the_next_one_has_an_id_of_its_own() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    for word, when in (("open", "10:00:10"), ("withdraw", "10:01"), ("withdraw", "10:01"), ("open", "10:09")):
        stage.hears(answer("family-report", "p2", word, "The report of p2 stands for it.", when))
    stage.hears(all_clear("10:10"))
    stage.waits_until("10:11")

    reports = {row.report.id: trouble_report.render(row) for row in on("trouble-reports", stage.told)}
    assert [(r["status"], r["creationDate"]) for r in reports.values()] == [("cancelled", "2026-01-01T10:00:10.000Z"), ("resolved", "2026-01-01T10:09:00.000Z")]
    assert reports[report_id("dom", "p1")]["statusChangeReason"] == "The report of p2 stands for it."
    assert list(reports) == [report_id("dom", "p1"), report_id("dom", "p1", 1)]


def test_a_report_that_stands_for_a_more_urgent_parent_has_its_priority_until_it_stands_for_itself() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(worst=Severity.MINOR))
    stage.hears(answer("family-report", "p1", "open", "Alone.", "10:00:10"))
    own = stage.row().priority
    stage.hears(answer("family-priority", "p2", "1", "It stands for p2.", "10:01"))
    stage.hears(answer("family-priority", "", "0", "It stands for itself.", "10:05"))

    records = [trouble_report.render(row) for row in on("trouble-reports", stage.told)]
    assert own > 4 and [(r["priority"], r["troubleTicketCharacteristic"][0]["value"]) for r in records] == [("Low", own), ("Critical", own), ("Low", own)]


def test_a_parent_that_is_less_urgent_lends_nothing() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    stage.hears(answer("family-report", "p1", "open", "Alone.", "10:00:10"))
    stage.hears(answer("family-priority", "p2", "9", "It stands for p2.", "10:01"))

    assert len(on("trouble-reports", stage.told)) == 1 and stage.row().report_priority == stage.row().priority


def test_while_the_partition_catches_up_the_report_waits_and_is_made_if_still_wanted() -> None:
    for clears in (False, True):
        stage = Managed(CROSSING)
        stage.hears(diagnosed(**URGENT))
        stage.view.live = False
        stage.hears(answer("family-report", "p1", "open", "Alone.", "10:00:10"))
        if clears:
            stage.hears(all_clear("10:01"))
        stage.view.live = True
        stage.waits_until("10:05")

        assert len(on("trouble-reports", stage.told)) == (0 if clears else 1)


def test_the_cause_it_shares_comes_first_and_goes_again_and_stage_6_keeps_hearing_of_its_own() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    first = stage.hears(answer("cause", "cable", "0.83", "It explains 3 problems of 3 domains.", "10:00:06"))
    stage.hears(diagnosed("10:00:07", members=2, **URGENT))
    last = stage.hears(answer("cause", "", "", "No more.", "10:05"))

    record = problem.render(on("problems", first)[-1])
    assert [c["id"] for c in record["rootCauseResource"]] == ["cable", "olt-1"]
    assert stage.row().causes[0].object == "olt-1"
    assert {w.cause_object for w in told(stage)} == {"olt-1"}
    assert [c["id"] for c in problem.render(on("problems", last)[-1])["rootCauseResource"]] == ["olt-1"]


def test_a_child_that_becomes_the_parent_has_none_any_more() -> None:
    stage = Managed(CROSSING)
    stage.hears(diagnosed(**URGENT))
    stage.hears(answer("parent", "far-1", "child"))
    assert stage.row().parent == "far-1"

    stage.hears(answer("parent", "p1", "parent"))

    assert stage.row().parent == ""
