"""The resource's and the operator's life of one alarm record."""

from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.alarm_fold import fold
from streams.domain.alarm_record import AlarmRecord, Standing, StatusChange, Verdict, live_on
from streams.domain.instant import MINUTE, Instant
from streams.domain.messages import AlarmHeard
from streams.domain.policy import CorrelatePolicy
from tests.builders import an_alarm, at

POLICY = CorrelatePolicy()


def told(*alarms: Alarm, partitions: tuple[int, ...] = (), arriving: tuple[str, ...] = ()) -> tuple[AlarmRecord, list[str]]:
    """Fold alarms in order of arrival, each from a partition of its own unless told; return the record and the verdicts."""
    record: AlarmRecord | None = None
    verdicts = []
    now: Instant = 0
    for n, alarm in enumerate(alarms):
        now = at(arriving[n]) if arriving else max(now, alarm.at)
        heard = AlarmHeard(alarm, Position("raw-alarms", partitions[n] if partitions else n, n))
        record, verdict = fold(record, heard, now, POLICY)
        verdicts.append(str(verdict))
    assert record is not None
    return record, verdicts


def raised(when: str, severity: Severity = Severity.MAJOR, **but: object) -> Alarm:
    return an_alarm(when=when, severity=severity, **but)


def cleared(when: str, **but: object) -> Alarm:
    return an_alarm(when=when, cleared=True, **but)


def test_raise_repeat_change_clear() -> None:
    record, verdicts = told(raised("10:00"), raised("10:01"), raised("10:02", Severity.CRITICAL), cleared("10:03"))

    assert verdicts == ["new", "repeat", "changed", "cleared"]
    assert (record.raised_at, record.heard_at, record.cleared_at, record.count) == (at("10:00"), at("10:02"), at("10:03"), 3)
    assert (record.standing, record.severity) == (Standing.CLEARED, Severity.CRITICAL)


def test_a_clear_in_the_same_instant_as_its_raise_clears_in_either_order_where_nobody_knows_it() -> None:
    assert told(raised("10:00"), cleared("10:00"))[0].standing is Standing.CLEARED

    record, verdicts = told(cleared("10:00"), raised("10:00"))

    assert verdicts == ["clear-without-raise", "late"]
    assert record.standing is Standing.UNRAISED


def test_a_clear_older_than_the_last_raise_does_not_clear() -> None:
    record, verdicts = told(raised("10:00"), raised("10:05"), cleared("10:04:59"))

    assert verdicts == ["new", "repeat", "late"]
    assert record.standing is Standing.ACTIVE


def test_a_raise_one_tick_older_than_the_last_clear_is_late_and_only_counted() -> None:
    before, _ = told(raised("10:00"), cleared("10:05"))
    after, verdicts = told(raised("10:00"), cleared("10:05"), an_alarm(when=at("10:05") - 1))

    assert verdicts[-1] == Verdict.LATE
    assert (after.standing, after.cleared_at, after.raised_at, after.count) == (before.standing, before.cleared_at, before.raised_at, before.count + 1)


def test_of_equal_times_the_sources_sequence_says_which_came_first() -> None:
    assert told(raised("10:00", sequence=1), cleared("10:00", sequence=2))[0].standing is Standing.CLEARED
    assert told(raised("10:00", sequence=2), cleared("10:00", sequence=1))[1][-1] == "late"
    assert told(raised("09:00"), cleared("10:00", sequence=1), raised("10:00", sequence=2))[1][-1] == "new"
    assert told(raised("09:00"), cleared("10:00", sequence=2), raised("10:00", sequence=1))[1][-1] == "late"


def test_of_equal_times_without_sequence_the_offset_in_one_partition_says_it_else_the_clear_wins() -> None:
    assert told(raised("09:00"), cleared("10:00"), raised("10:00"), partitions=(0, 0, 0))[1][-1] == "new"
    assert told(raised("09:00"), cleared("10:00"), raised("10:00"), partitions=(0, 0, 1))[1][-1] == "late"


def test_a_raise_older_than_the_last_clear_is_late_only_if_it_arrives_within_the_lateness_of_it() -> None:
    """However much older it is told to be: what counts is how long it was under way."""
    assert told(raised("09:00"), cleared("10:05"), raised("09:54"), arriving=("09:00", "10:05", "10:15"))[1][-1] == "late"
    assert told(raised("09:00"), cleared("10:05"), raised("10:04"), arriving=("09:00", "10:05", "10:15:01"))[1][-1] == "new"


def test_a_source_an_hour_behind_is_judged_by_its_own_clock() -> None:
    record, verdicts = told(raised("09:00"), cleared("09:05"), raised("09:04"), raised("09:10"), arriving=("10:00", "10:05", "10:06", "10:10"))

    assert verdicts == ["new", "cleared", "late", "new"]
    assert (record.standing, record.raised_at) == (Standing.ACTIVE, at("09:10"))


def test_a_raise_of_another_clock_is_never_late_but_opens_an_episode_at_its_arrival() -> None:
    record, verdicts = told(raised("10:00"), cleared("10:05"), raised("09:06", source="probe"), arriving=("10:00", "10:05", "10:06"))

    assert verdicts[-1] == "new"
    assert (record.raised_at, record.began_at, record.heard_at) == (at("10:06"), at("10:06"), at("09:06"))


def test_its_own_clear_ends_an_episode_that_a_slow_clock_opened() -> None:
    record, verdicts = told(raised("10:00"), cleared("10:05"), raised("09:06", source="probe"), cleared("09:10", source="probe"), arriving=("10:00", "10:05", "10:06", "10:10"))

    assert verdicts[-1] == "cleared"
    assert (record.standing, record.ended_at) == (Standing.CLEARED, at("10:06"))


def test_a_time_that_was_corrected_is_of_no_clock() -> None:
    assert told(raised("10:00"), cleared("10:05"), raised("10:04", suspect_clock=True))[1][-1] == "new"


def test_a_late_clear_keeps_a_raise_before_it_from_opening_for_ever() -> None:
    _, verdicts = told(raised("10:00"), cleared("10:05"), cleared("10:12"), raised("10:10"))

    assert verdicts == ["new", "cleared", "clear-without-raise", "late"]


def test_a_repeat_that_was_overtaken_tells_when_the_episode_began() -> None:
    record, verdicts = told(raised("10:01"), raised("10:00"))

    assert verdicts == ["new", "repeat"]
    assert (record.raised_at, record.heard_at) == (at("10:00"), at("10:01"))


def test_a_clear_that_was_overtaken_tells_that_an_episode_began_after_it() -> None:
    record, verdicts = told(raised("10:00"), raised("10:05"), cleared("10:02"))

    assert verdicts[-1] == "late"
    assert (record.standing, record.raised_at, record.cleared_at) == (Standing.ACTIVE, at("10:05"), at("10:02"))
    assert MINUTE < record.raised_at - record.cleared_at


def test_a_change_that_was_overtaken_is_late() -> None:
    record, verdicts = told(raised("10:01", Severity.MINOR), raised("10:00", Severity.CRITICAL))

    assert verdicts == ["new", "late"]
    assert (record.severity, record.count) == (Severity.MINOR, 2)


def test_every_episode_is_an_occurrence_of_its_own() -> None:
    first, _ = told(raised("10:00"))
    second, _ = told(raised("10:00"), cleared("10:05"), raised("10:06"))

    assert first.id == second.id
    assert first.occurrence != second.occurrence


def test_history_is_bounded_and_keeps_the_latest() -> None:
    policy = CorrelatePolicy(history=3)
    life = live_on(None, raised("10:00"), Verdict.NEW, policy)
    for minute in range(1, 6):
        life = live_on(life, raised(f"10:0{minute}", Severity.CRITICAL), Verdict.CHANGED, policy)

    assert life.history == tuple(StatusChange(at(f"10:0{m}"), Severity.CRITICAL, "") for m in (3, 4, 5))
    assert (life.first_heard_at, life.changed_at, life.revision) == (at("10:00"), at("10:05"), 6)
