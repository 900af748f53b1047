"""What stage 6 asks of all partitions, or of testers: announcements summed up, audits on schedule."""

import msgspec

from streams.domain.instant import HOUR
from streams.domain.messages import OutageMatched
from streams.domain.network import TestRule
from tests.builders import a_world, at
from tests.domain.overseen import NETWORK, Oversight


def test_the_answers_of_all_partitions_to_an_announcement_are_summed_up():
    net = Oversight()
    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 3, 1, 0, 1, at("10:00")))

    assert net.replies == []

    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 0, 4, 0, 0, at("10:01")))

    assert [(r.target, r.done, r.why) for r in net.replies] == [("chg-7", True, "3 objects in scope, 5 active alarms explained, 1 problem cancelled.")]
    assert net.view.outage_sums.rows == {}


def test_an_announcement_that_every_partition_refuses_is_refused():
    net = Oversight()
    for _ in range(2):
        net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "It is not known.", 0, 0, 0, 0, at("10:00")))

    assert [(r.done, r.why) for r in net.replies] == [(False, "It is not known.")]


def test_partitions_that_never_answer_are_said_to_be_missing():
    net = Oversight()
    net.hears(OutageMatched("chg-7", "planned-outages/0/1", 2, "", 3, 1, 0, 0, at("10:00")))
    net.tick("11:00")

    assert [r.why for r in net.replies] == ["3 objects in scope, 1 active alarm explained, 1 of 2 partitions have not answered."]


def test_an_audit_is_run_on_every_object_of_its_type_each_time_it_is_due():
    audit = TestRule("config", "audit", "config-audit", on_type="path", every=HOUR)
    net = Oversight(msgspec.structs.replace(NETWORK, tests=(audit, TestRule("on-demand", "audit", "x"))))
    net.tick("10:00")

    assert [] == net.asks("10:59:59")
    assert [("config", "path-1"), ("config", "path-2")] == net.asks("11:00")
    assert [] == net.asks("11:59:59")
    assert 2 == len(net.asks("12:00"))


def test_an_audit_that_is_declared_no_more_ends():
    audit = TestRule("config", "audit", "config-audit", on_type="path", every=HOUR)
    net = Oversight(msgspec.structs.replace(NETWORK, tests=(audit,)))
    net.tick("10:00")
    net.world = a_world(NETWORK)

    assert [] == net.asks("12:00")
    assert {} == net.view.audits.rows
