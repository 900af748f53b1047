"""The resource's and the operator's life of one alarm record."""

from streams.domain.alarm import Alarm, Severity
from streams.domain.alarm_record import AlarmRecord, Standing, StatusChange, Verdict, fold, live_on
from streams.domain.policy import CorrelatePolicy
from tests.builders import an_alarm, at

POLICY = CorrelatePolicy()


def told(*alarms: Alarm) -> tuple[AlarmRecord, list[str]]:
    """Fold alarms in order of arrival; return the record and the verdicts."""
    record: AlarmRecord | None = None
    verdicts = []
    for alarm in alarms:
        record, verdict = fold(record, alarm, POLICY)
        verdicts.append(str(verdict))
    assert record is not None
    return record, verdicts


def raised(when: str, severity: Severity = Severity.MAJOR) -> Alarm:
    return an_alarm(when=when, severity=severity)


def cleared(when: str) -> Alarm:
    return an_alarm(when=when, cleared=True)


def test_raise_repeat_change_clear() -> None:
    record, verdicts = told(raised("10:00"), raised("10:01"), raised("10:02", Severity.CRITICAL), cleared("10:03"))

    assert verdicts == ["new", "repeat", "changed", "cleared"]
    assert (record.raised_at, record.heard_at, record.cleared_at, record.count) == (at("10:00"), at("10:02"), at("10:03"), 3)
    assert (record.standing, record.severity) == (Standing.CLEARED, Severity.CRITICAL)


def test_a_clear_in_the_same_instant_as_its_raise_clears_in_either_order() -> None:
    assert told(raised("10:00"), cleared("10:00"))[0].standing is Standing.CLEARED

    record, verdicts = told(cleared("10:00"), raised("10:00"))

    assert verdicts == ["clear-without-raise", "late"]
    assert record.standing is Standing.UNRAISED


def test_a_clear_older_than_the_last_raise_does_not_clear() -> None:
    record, verdicts = told(raised("10:00"), raised("10:05"), cleared("10:04:59"))

    assert verdicts == ["new", "repeat", "late"]
    assert record.standing is Standing.ACTIVE


def test_a_raise_one_tick_older_than_the_last_clear_is_late_and_changes_nothing() -> None:
    before, _ = told(raised("10:00"), cleared("10:05"))
    older = an_alarm(when=at("10:05") - 1)

    after, verdict = fold(before, older, POLICY)

    assert (after, verdict) == (before, Verdict.LATE)


def test_a_raise_at_the_moment_of_the_clear_opens_a_new_episode() -> None:
    record, verdicts = told(raised("10:00"), cleared("10:05"), raised("10:05"))

    assert verdicts == ["new", "cleared", "new"]
    assert (record.standing, record.episodes) == (Standing.ACTIVE, 2)


def test_a_raise_older_than_the_last_clear_by_more_than_the_lateness_opens_an_episode() -> None:
    record, verdicts = told(raised("09:00"), cleared("10:05"), raised("09:54"))

    assert verdicts == ["new", "cleared", "new"]
    assert (record.raised_at, record.cleared_at) == (at("09:54"), at("10:05"))


def test_a_late_clear_keeps_a_raise_before_it_from_opening_for_ever() -> None:
    _, verdicts = told(raised("10:00"), cleared("10:05"), cleared("10:12"), raised("10:10"))

    assert verdicts == ["new", "cleared", "clear-without-raise", "late"]


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
