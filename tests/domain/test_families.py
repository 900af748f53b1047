"""Problems of several domains at stage 6: parents, causes and reports, word by word."""

from typing import Any

import msgspec

from streams.domain.level import LENT, LEVEL
from streams.domain.messages import Claim
from streams.domain.network import Node
from tests.builders import a_network, at
from tests.domain.overseen import NETWORK, Heard, Oversight

REPORT = msgspec.structs.replace(NETWORK, mode="report")
ON_CABLE = (Claim("cable", 100, 1.0),)


def network(level: int = LEVEL) -> Oversight:
    net = Oversight(REPORT)
    net.world = msgspec.structs.replace(net.world, level=level)
    return net


def cable(net: Oversight, when: str = "10:00", **but: Any) -> Heard:
    """A problem of the backbone located at the cable that says it is down."""
    fields = {"domain": "backbone", "cause_object": "cable", "opened_at": at("10:00"), "claims": ON_CABLE, "alarmed": 1, "kinds": ("cable",), "is_down": True, "crosses": True, "report_at": at("10:00")}
    net.tick(when, net.view.live)
    return net.told("p-cable", when, **{**fields, **but})


def access(net: Oversight, domain: str, when: str = "10:00", **but: Any) -> Heard:
    """A problem of an access network located at its own router, which hangs on the cable."""
    fields = {"domain": domain, "cause_object": f"router-{domain}", "opened_at": at("10:00"), "claims": ON_CABLE, "alarmed": 5, "kinds": ("router",), "crosses": True, "report_at": at("10:00")}
    net.tick(when, net.view.live)
    return net.told(f"p-{domain}", when, **{**fields, **but})


def reports(net: Oversight) -> list[tuple[str, str, str]]:
    """(problem, open or withdraw, when) in order."""
    return [(a.problem, a.word, f"{(a.at - at('10:00')) // 1_000_000} s") for a in net.answers if a.kind == "family-report"]


def lent(net: Oversight) -> list[tuple[str, str, str, str]]:
    """(problem, for which parent, its priority, when) in order."""
    return [(a.problem, a.ref, a.word, f"{(a.at - at('10:00')) // 1_000_000} s") for a in net.answers if a.kind == "family-priority"]


def test_a_cut_over_three_domains_is_one_parent_one_cause_and_one_report() -> None:
    net = network()
    access(net, "north")
    access(net, "south", "10:00:03")
    heard = cable(net, "10:00:06")
    net.tick("10:30")

    assert heard.words == [("parent", "p-cable", "parent"), ("parent", "p-north", "child"), ("cause", "p-north", "0.80"), ("parent", "p-south", "child"), ("cause", "p-south", "0.80")]
    assert reports(net) == [("p-cable", "open", "16 s")]
    assert {a.ref for a in net.answers if a.kind == "cause"} == {"cable"}


def test_of_two_silent_causes_of_the_same_problems_all_go_with_one_though_each_is_nearer_to_another() -> None:
    net = network()
    plain = a_network(("router-north", "cable"), ("router-south", "cable"), ("cable", "trunk"), mode="report")
    net.world = msgspec.structs.replace(net.world, network=msgspec.structs.replace(
        plain, nodes={name: Node(name, name.split("-")[0], name.split("-")[1] if "-" in name else "backbone") for name in plain.nodes}))
    access(net, "north", claims=(Claim("cable", 100, 1.0), Claim("trunk", 300, 1.0)), alarmed=1)
    access(net, "south", claims=(Claim("trunk", 100, 1.0), Claim("cable", 200, 1.0)), alarmed=1)
    net.tick("10:30")

    assert [(a.problem, a.word) for a in net.answers if a.kind == "parent"] == [("p-north", "parent"), ("p-south", "child")]
    assert {a.ref for a in net.answers if a.kind == "cause"} == {"cable"}
    assert reports(net) == [("p-north", "open", "10 s")]


def test_who_arrives_first_does_not_matter_within_the_wait() -> None:
    told_: list[set[tuple[str, str, str]]] = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        net = network()
        for n in order:
            (cable, lambda net: access(net, "north"), lambda net: access(net, "south"))[n](net)
        net.tick("10:30")
        told_.append({(a.kind, a.problem, a.ref) for a in net.answers})

    assert told_[0] == told_[1] == told_[2]


def test_a_report_that_is_open_stands_for_a_parent_that_comes_late_with_its_priority_and_for_itself_when_that_is_over() -> None:
    net = network()
    access(net, "north", priority=4)
    access(net, "south", "10:00:30", opened_at=at("10:00:30"), report_at=at("10:05"))
    cable(net, "10:01", priority=2)
    cable(net, "10:02", priority=1)
    cable(net, "10:05", status="resolved", report_at=0, priority=1)
    access(net, "south", "10:06", status="resolved", report_at=0)
    net.tick("10:30")

    assert reports(net) == [("p-north", "open", "10 s")]
    assert lent(net) == [("p-north", "p-cable", "2", "60 s"), ("p-north", "p-cable", "1", "120 s"), ("p-north", "", "0", "660 s")]


def test_while_a_predecessor_may_be_about_that_does_not_know_it_the_childs_report_is_withdrawn() -> None:
    net = network(level=LENT - 1)
    access(net, "north", priority=4)
    cable(net, "10:01", priority=2)
    net.tick("10:30")

    assert [kind for _, kind, _ in reports(net)] == ["open", "withdraw", "open"] and lent(net) == []


def test_a_parent_that_outlives_the_child_whose_report_stood_for_it_gets_one_of_its_own() -> None:
    net = network()
    access(net, "north")
    cable(net, "10:01")
    access(net, "north", "10:05", status="resolved", report_at=0)
    net.tick("10:10")
    assert reports(net) == [("p-north", "open", "10 s")], "most are over together"
    net.tick("10:30")

    assert reports(net)[1:] == [("p-cable", "open", "660 s")]


def test_of_two_reports_that_are_open_when_it_turns_out_that_they_are_of_one_family_the_childs_is_withdrawn_and_given_back_when_the_parent_is_over() -> None:
    net = network()
    access(net, "north", claims=())
    cable(net)
    access(net, "north", "10:02")
    cable(net, "10:05", status="resolved", report_at=0)
    net.tick("10:30")

    assert reports(net) == [("p-cable", "open", "10 s"), ("p-north", "open", "10 s"), ("p-north", "withdraw", "120 s"), ("p-north", "open", "670 s")]


def test_a_child_that_is_over_before_its_parents_stay_ends_keeps_its_parent() -> None:
    net = network()
    access(net, "north")
    cable(net)
    cable(net, "10:05", status="resolved", report_at=0)
    access(net, "north", "10:06", status="resolved", report_at=0)
    net.tick("10:30")

    assert [a.word for a in net.answers if a.kind == "parent"] == ["parent", "child"]
    assert reports(net) == [("p-cable", "open", "10 s")]


def test_a_parent_that_is_over_before_it_was_reported_holds_its_children_up_no_longer_than_a_wait() -> None:
    net = network()
    access(net, "north")
    cable(net, report_at=at("10:05"))
    access(net, "north", report_at=at("10:05"))
    cable(net, "10:01", status="resolved", report_at=0)
    net.tick("10:30")

    assert reports(net) == [("p-north", "open", "300 s")]


def test_who_outlives_a_parent_that_was_mended_still_names_it() -> None:
    net = network()
    access(net, "north")
    cable(net)
    cable(net, "10:05", status="resolved", report_at=0)
    net.tick("10:30")

    assert [(a.problem, a.word) for a in net.answers if a.kind == "parent"] == [("p-cable", "parent"), ("p-north", "child")]
    assert reports(net)[-1] == ("p-north", "open", "670 s")


def test_a_cancelled_parent_is_nobodys_from_then_on() -> None:
    net = network()
    access(net, "north")
    cable(net)
    gone = cable(net, "10:00:05", status="cancelled", report_at=0)
    net.tick("10:30")

    assert gone.words == [("parent", "p-north", "left"), ("cause", "p-north", "")]
    assert reports(net) == [("p-north", "open", "15 s")]


def test_a_parent_whose_cause_is_refuted_loses_its_children() -> None:
    net = network()
    access(net, "north")
    cable(net)
    refuted = cable(net, "10:00:05", cause_object="card", claims=())
    net.tick("10:30")

    assert refuted.words == [("parent", "p-cable", "left"), ("parent", "p-north", "left"), ("cause", "p-north", "")]
    assert reports(net) == [("p-cable", "open", "10 s"), ("p-north", "open", "15 s")]


def test_a_parents_report_is_due_when_that_of_its_most_urgent_child_would_be() -> None:
    net = network()
    cable(net, report_at=at("10:05"))
    access(net, "north", "10:00:01", report_at=at("10:00"))
    net.tick("10:30")

    assert reports(net) == [("p-cable", "open", "10 s")]


def test_a_parent_that_may_have_no_report_stands_for_nobodys() -> None:
    net = Oversight(msgspec.structs.replace(REPORT, mode_by_domain={"backbone": "observe"}))
    cable(net, report_at=0)
    access(net, "north")
    net.tick("10:30")

    assert [a.word for a in net.answers if a.kind == "parent"] == ["parent", "child"]
    assert reports(net) == [("p-north", "open", "10 s")]


def test_a_problem_that_clears_while_it_waits_is_not_reported() -> None:
    net = network()
    access(net, "north")
    access(net, "north", "10:00:09", report_at=0)
    net.tick("10:30")

    assert reports(net) == []


def test_a_report_opened_before_it_was_known_to_cross_is_not_opened_again_but_withdrawn_for_a_parent_that_has_one() -> None:
    net = network()
    cable(net)
    access(net, "north", reported=True, claims=())
    net.tick("10:01")
    access(net, "north", "10:01", reported=True)

    assert reports(net) == [("p-cable", "open", "10 s"), ("p-north", "withdraw", "60 s")]


def test_reports_wait_while_the_partition_catches_up_and_what_went_is_missed() -> None:
    net = network()
    net.tick("09:00", live=False)
    access(net, "north")
    access(net, "south", claims=(Claim("other", 100, 1.0),))
    net.tick("10:01", live=False)
    access(net, "south", "10:02", status="resolved", report_at=0)
    net.tick("10:03")

    assert reports(net) == [("p-south", "missed", "120 s"), ("p-north", "open", "180 s")]


def test_a_child_leaves_the_command_to_its_parent_though_its_own_cause_is_another() -> None:
    net = Oversight()
    net.told("p1", domain="a", claims=(Claim("path-1", 0, 1.0),), is_down=True)
    heard = net.told("p2", domain="b", cause_object="router", cause_type="path", claims=(Claim("path-1", 100, 1.0),))

    assert ("command", "p2", "parent-acts") in heard.words
    assert [c.target for c in net.commands] == ["path-1"]


def test_nothing_is_remembered_of_families_that_are_over() -> None:
    net = network()
    access(net, "north")
    cable(net)
    for tell in (cable, lambda *a, **b: access(a[0], "north", *a[1:], **b)):
        tell(net, "10:05", status="closed", report_at=0)
    net.tick("12:00")

    assert {} == {name: table.rows for name, table in net.view.tables.items() if table.rows and name != "figures"}
