"""Problems of several domains with one cause: the parent and its children."""


from tests.builders import at
from tests.domain.overseen import Oversight


def parents(net: Oversight) -> dict[str, str]:
    return {a.problem: a.ref for a in net.answers if a.kind == "parent"}


def test_problems_of_two_domains_with_one_cause_get_the_oldest_as_parent():
    net = Oversight()
    net.told("p2", domain="b", opened_at=at("10:05"))
    heard = net.told("p1", domain="a", opened_at=at("10:00"))

    assert {"p1": "p1", "p2": "p1"} == parents(net)
    assert "children with the same located cause: 1, in b" == next(a.text for a in heard.answers if a.word == "parent")


def test_of_equally_old_problems_the_lowest_id_is_the_parent():
    net = Oversight()
    net.told("p2", domain="b")
    net.told("p1", domain="a")

    assert {"p1": "p1", "p2": "p1"} == parents(net)


def test_problems_of_one_domain_or_with_another_cause_or_too_far_apart_stay_alone():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="a")
    net.told("p3", domain="b", cause_object="path-2")
    net.told("p4", domain="b", opened_at=at("10:15") + 1)
    net.told("p5", domain="b", cause_object="")
    net.told("p6", domain="c", cause_object="")

    assert {} == parents(net)


def test_a_third_problem_joins_and_the_parent_hears_the_count():
    net = Oversight()
    for number, domain in enumerate("abc"):
        net.told(f"p{number}", domain=domain)

    assert {"p0": "p0", "p1": "p0", "p2": "p0"} == parents(net)
    assert "children with the same located cause: 2, in b, c" == [a.text for a in net.answers if a.word == "parent"][-1]


def test_a_parent_once_told_stays_though_an_older_problem_arrives_later():
    net = Oversight()
    net.told("p1", domain="a", opened_at=at("10:05"))
    net.told("p2", domain="b", opened_at=at("10:06"))
    net.told("p0", domain="c", opened_at=at("10:00"))

    assert {"p1": "p1", "p2": "p1", "p0": "p1"} == parents(net)


def test_telling_it_again_tells_no_parent_again():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="b")

    assert [] == net.told("p2", domain="b", when="10:01", priority=1).words


def test_a_child_whose_cause_turns_out_another_loses_its_parent():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p2", domain="b")
    left = net.told("p2", domain="b", when="10:01", cause_object="path-2", cause="lossOfPower")

    assert [("parent", "p1", "left"), ("parent", "p2", "left")] == left.words
    assert ["p1", ""] == [a.ref for a in left.answers]


def test_a_closed_problem_is_nobodys_parent():
    net = Oversight()
    net.told("p1", domain="a")
    net.told("p1", domain="a", when="10:01", status="closed")
    net.told("p2", domain="b", when="10:02")

    assert {} == parents(net)


def test_a_child_leaves_the_command_to_its_parent_and_takes_over_when_that_is_over():
    net = Oversight()
    net.told("p1", domain="a")

    assert ("command", "p2", "parent-acts") in net.told("p2", domain="b").words
    net.result("failed", "10:02")
    net.told("p1", domain="a", when="10:03", status="closed")
    assert ["p1"] == [c.problem for c in net.commands]
    assert ["p2"] == [c.problem for c in net.tick("10:07").commands]
