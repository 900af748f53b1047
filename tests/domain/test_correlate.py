"""Stage 2 as a whole: dispositions, hold-down, outages, operators, what is published when."""

import msgspec

from streams.domain.alarm import Effect, Severity
from streams.domain.alarm_record import AlarmChanged
from streams.domain.correlate import TABLES
from streams.domain.hold_down import Hold, hold_of
from streams.domain.messages import AlarmListTold, OperatorRequest, OutageAnnounced, SourceSpoke, TopologyChanged
from streams.domain.policy import CorrelatePolicy, Policy
from streams.domain.state_unknown import begin_sweep
from streams.domain.view import Emit
from tests.builders import a_world, an_alarm, at
from tests.domain.correlating import Correlator

LESSER = {"severity": Severity.MINOR}


def published(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


def an_outage(starts: str, ends: str, ident: str = "work-1", cancelled: bool = False, told: str = "09:00") -> OutageAnnounced:
    return OutageAnnounced(ident, "dom", ("node-1",), at(starts), at(ends), cancelled, at(told))


def a_request(action: str, target: str, when: str, text: str = "") -> OperatorRequest:
    return OperatorRequest("req-1", action, target, "eve", text, at(when))


def test_a_minor_alarm_that_clears_within_its_hold_down_was_transient() -> None:
    stage = Correlator()
    stage("node-1", "10:00", **LESSER)
    stage("node-1", "10:00:30", **LESSER)
    stage.clear("node-1", "10:01:59")
    stage.tick("11:00")

    assert stage.judged() == ["transient", "repeat", "cleared"]
    assert stage.kinds() == []
    assert stage.counts() == {"transient": 1, "repeat": 1, "cleared": 1}


def test_one_that_clears_as_its_hold_down_ends_was_not() -> None:
    stage = Correlator()
    stage("node-1", "10:00", **LESSER)
    stage.clear("node-1", "10:02")

    assert stage.judged() == ["new", "cleared"]


def test_a_clear_that_tells_of_a_time_after_the_hold_down_finds_it_over_even_where_the_clock_lags() -> None:
    stage = Correlator()
    stage("node-1", "10:00", **LESSER)
    stage.clear("node-1", "10:30")
    lagging = Correlator()
    lagging.watermark = at("10:00")
    for alarm in (("10:00", False), ("10:30", True)):
        lagging.tell(an_alarm("node-1", alarm[0], cleared=alarm[1], **({} if alarm[1] else LESSER)), clock=at("10:00"))

    assert lagging.judged() == stage.judged() == ["new", "cleared"]
    assert lagging.kinds() == ["opened", "cleared"]
    assert lagging.changes()[0].at == stage.changes()[0].at == at("10:15")


def test_a_held_alarm_that_grows_heavy_is_held_no_longer() -> None:
    stage = Correlator()
    stage("node-1", "10:00", **LESSER)
    out = stage("node-1", "10:01")

    assert stage.judged() == ["new", "changed"]
    assert stage.kinds(out) == ["opened"]
    assert [p.problem for p in published(out)] == [stage.changes()[0].problem]


def test_a_service_affecting_minor_alarm_is_a_problem_at_once() -> None:
    stage = Correlator()
    stage("node-1", "10:00", service_affecting=True, **LESSER)

    assert stage.kinds() == ["opened"]
    assert stage.changes()[0].members[0].effect is Effect.DEGRADED


def test_a_change_of_severity_is_told_to_the_problem() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage("node-1", "10:01", severity=Severity.CRITICAL)

    assert stage.kinds() == ["opened", "changed"]
    assert stage.changes()[1].members[0].severity is Severity.CRITICAL
    assert stage.changes()[1].members[0].occurrence == stage.changes()[0].members[0].occurrence


def test_repeats_publish_the_record_at_most_every_five_minutes() -> None:
    stage = Correlator()
    for minute in range(13):
        stage("node-1", f"10:{minute:02d}")

    assert [(p.kind, p.at) for p in published(stage.out)] == [("created", at("10:00")), ("changed", at("10:05")), ("changed", at("10:10"))]
    assert published(stage.out)[-1].record.count == 11


def test_an_alarm_record_names_its_problem() -> None:
    stage = Correlator()
    out = stage("node-1", "10:00")

    assert published(out)[0].problem == stage.changes()[0].problem


def test_a_cleared_record_closes_after_a_day_and_leaves_nothing() -> None:
    stage = Correlator()
    stage("node-1", "10:00")
    stage.clear("node-1", "10:05")
    out = stage.tick("2026-01-02T10:05:00")

    assert [(p.kind, p.life.operator_state, p.at) for p in published(out)] == [("deleted", "closed", at("2026-01-02T10:05:00"))]
    assert stage.view.alarm_records.rows == {}


def test_an_unknown_clear_is_remembered_for_the_lateness_only() -> None:
    stage = Correlator()
    stage.clear("node-1", "10:00")
    stage.tick("10:11")

    assert stage.judged() == ["clear-without-raise"]
    assert stage.view.alarm_records.rows == {}
    assert published(stage.out) == []


def test_a_raise_that_its_clear_overtook_is_late_and_known_as_an_alarm_that_is_over() -> None:
    stage = Correlator()
    stage.clear("node-1", "10:00")
    out = stage("node-1", "09:55")

    assert stage.judged() == ["clear-without-raise", "late"]
    assert [(p.kind, p.record.is_cleared, p.record.raised_at, p.record.ended_at) for p in published(out)] == [("created", True, at("09:55"), at("10:00"))]
    assert stage.kinds() == []


def test_an_alarm_with_a_wrong_clock_is_kept_and_marked() -> None:
    stage = Correlator()
    stage("node-1", "09:00")
    stage.clear("node-1", "10:05")
    out = stage("node-1", "09:50", source="probe")

    assert stage.judged()[-1] == "new"
    assert published(out)[0].life.suspect
    assert (published(out)[0].record.raised_at, published(out)[0].life.alarm.at) == (at("10:05"), at("09:50"))


def test_an_alarm_inside_a_planned_outage_is_recorded_but_no_problem() -> None:
    stage = Correlator()
    stage.send(an_outage("10:00", "11:00"))
    out = stage("node-1", "10:10")
    stage("node-1", "10:20")
    stage.clear("node-1", "10:30")
    stage.tick("11:30")

    assert stage.judged() == ["suppressed:planned-outage", "repeat", "cleared"]
    assert published(out)[0].life.suppressed == "planned-outage"
    assert stage.kinds() == []


def test_one_that_survives_its_outage_is_one_problem() -> None:
    stage = Correlator()
    stage.send(an_outage("10:00", "11:00"))
    stage.send(an_outage("10:45", "11:30", "work-2"))
    stage("node-1", "10:10")
    stage.tick("11:49")

    assert stage.kinds() == []

    out = stage.tick("11:50")

    assert [(c.kind, c.at, c.members[0].raised_at) for c in stage.changes()] == [("opened", at("11:50"), at("10:10"))]
    assert stage.changes()[0].why == "it outlived planned outage work-2"
    assert published(out)[0].life.suppressed == ""
    assert stage.judged() == ["suppressed:planned-outage"]


def test_an_alarm_before_or_after_the_outage_or_of_another_object_is_not_suppressed() -> None:
    stage = Correlator()
    stage.send(an_outage("10:00", "11:00"))
    stage("node-1", "09:49:59")
    stage("node-2", "10:10")
    stage("node-1", "11:10", qualifier="other")

    assert stage.judged() == ["new", "new", "new"]


def test_a_cancelled_outage_lets_its_alarms_go() -> None:
    stage = Correlator()
    stage.send(an_outage("10:00", "11:00"))
    stage("node-1", "10:10")
    stage.send(an_outage("10:00", "11:00", cancelled=True, told="10:20"))
    stage.tick("10:20")

    assert [(c.kind, c.at) for c in stage.changes()] == [("opened", at("10:20"))]


def test_an_acknowledgement_ends_with_its_episode() -> None:
    stage = Correlator()
    record = published(stage("node-1", "10:00"))[0].record.id
    acked = published(stage.send(a_request("ack", record, "10:01")))[0]
    stage.clear("node-1", "10:02")
    again = published(stage("node-1", "10:20"))[-1]

    assert (acked.life.operator_state, acked.life.operator_user, acked.life.operator_at) == ("ack", "eve", at("10:01"))
    assert (again.kind, again.life.operator_state) == ("state", "none")


def test_an_operators_clear_clears() -> None:
    stage = Correlator()
    record = published(stage("node-1", "10:00"))[0].record.id
    out = stage.send(a_request("clear", record, "10:01"))

    assert stage.kinds(out) == ["cleared"]
    assert (published(out)[0].life.cleared_by, published(out)[0].record.cleared_at) == ("eve", at("10:01"))


def test_closing_a_cleared_record_deletes_it_and_closing_an_active_one_does_not() -> None:
    stage = Correlator()
    record = published(stage("node-1", "10:00"))[0].record.id
    stage.send(a_request("close", record, "10:01"))

    assert len(stage.view.alarm_records.rows) == 1

    stage.clear("node-1", "10:02")
    out = stage.send(a_request("close", record, "10:03", "done"))

    assert [p.kind for p in published(out)] == ["changed", "deleted"]
    assert stage.view.alarm_records.rows == {}


def test_requests_that_find_nothing_or_mean_nothing_are_counted() -> None:
    stage = Correlator()
    stage.send(a_request("ack", "nobody", "10:00"))
    stage.send(a_request("dance", "nobody", "10:00"))

    assert stage.counts() == {"request:ack": 1, "request:other": 1}
    assert [(e.topic, e.value.done) for e in stage.out] == [("progress", False), ("progress", False)]


def test_an_effect_below_major_never_waits_and_a_hold_for_major_is_kept() -> None:
    world = a_world(policy=Policy(correlate=CorrelatePolicy(hold_down={"major": 60, "minor": 120})))

    assert hold_of(an_alarm(severity=Severity.MINOR), world, Effect.DEGRADED).is_none
    assert hold_of(an_alarm(severity=Severity.MINOR), world, Effect.NONE) == Hold(120)
    assert hold_of(an_alarm(severity=Severity.MAJOR), world, Effect.DOWN) == Hold(60)
    assert hold_of(an_alarm(severity=Severity.CRITICAL), world, Effect.DOWN).is_none


def test_every_row_survives_being_stored() -> None:
    stage = Correlator()
    stage.send(an_outage("10:00", "11:00"))
    stage.send(AlarmListTold("raw-alarms", "ems", "rebuilt", at("10:00")))
    stage.send(TopologyChanged("test", at("10:00")))
    stage("node-6", "10:05")
    stage("node-6", "10:05", qualifier="learnt-beside")
    stage("node-1", "10:10")
    stage("node-2", "10:10", **LESSER)
    stage("node-3", "10:10", source_id="x", parents=("y",))
    stage("node-5", "10:10", will_clear=False)
    stage.clear("node-4", "10:11")
    stage.send(SourceSpoke("raw-alarms", "ems", 60_000_000, at("10:11"), "dom"))
    stage("far-1", "10:11")
    stage("far-1", "10:11", qualifier="other")
    problem = next(problem for problem, group in stage.view.groups.rows.items() if group.open)
    stage.send(msgspec.structs.replace(a_request("confirm-cause", problem, "10:11"), object="node-1"))
    far = next(record for key, record in stage.view.alarm_records.rows.items() if "|far-1|" in key)
    stage.send(msgspec.structs.replace(a_request("move", far.id, "10:11"), into=problem))
    stage.send(an_outage("10:00", "11:00", "work-2", told="10:11"))
    begin_sweep(stage.view, at("10:12"))  # type: ignore[arg-type]

    for name, (row_type, due_of, _) in TABLES.items():
        assert stage.view.tables[name].rows, name
        for row in stage.view.tables[name].rows.values():
            again = msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=row_type)

            assert again == row
            assert due_of is None or due_of(again) == due_of(row)
