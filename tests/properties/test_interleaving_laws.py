"""Laws of one alarm record under disorder: whatever way its notifications come in, and whatever hides it, it says the same."""

from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.domain.alarm import Alarm, Position, Severity
from streams.domain.alarm_record import AlarmRecord, Standing
from streams.domain.instant import HOUR, MINUTE, SECOND, Instant
from streams.domain.messages import AlarmHeard, AlarmListTold, OperatorRequest, OutageAnnounced, Tick
from tests.builders import an_alarm, at
from tests.domain.correlating import Correlator

START = at("10:00")
LATENESS = 10 * MINUTE
STEPS = (0, 0, SECOND, 20 * SECOND, 3 * MINUTE, 9 * MINUTE, 16 * MINUTE, HOUR)
"""Between two notifications; 0: the same second, told apart by the source's sequence."""
LEVELS = (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)


class Told(NamedTuple):
    """One notification and how long it was under way."""

    alarm: Alarm
    delay: Instant


class Truth(NamedTuple):
    """What a record says of its alarm, whatever became of problems."""

    raised: bool
    severity: Severity | None
    """While raised."""
    heard_at: Instant
    cleared_at: Instant
    count: int


@st.composite
def histories(draw: st.DrawFn, source: str = "ems") -> list[Told]:
    """Notifications of one alarm in the order in which they happened, with their delays."""
    now, told = START, []
    for sequence in range(1, draw(st.integers(2, 12))):
        now += draw(st.sampled_from(STEPS))
        cleared = draw(st.booleans())
        severity = Severity.CLEARED if cleared else draw(st.sampled_from(LEVELS))
        delay = draw(st.sampled_from((0, 0, SECOND, MINUTE, 5 * MINUTE, LATENESS)))
        told.append(Told(an_alarm("port", now, severity=severity, cleared=cleared, sequence=sequence, source=source), delay))
    return told


def stage_of(history: list[Told], arriving: bool, before: tuple[object, ...] = ()) -> Correlator:
    """Tell a history as it arrives (each from a partition of its own), or in order and at once; then let all come due."""
    stage = Correlator()
    for message in before:
        stage.send(message)
    timed = [(told.alarm.at + told.delay * arriving, n, told.alarm) for n, told in enumerate(history)]
    for now, n, alarm in sorted(timed, key=lambda one: one[:2]):
        stage.send(AlarmHeard(alarm, Position("raw-alarms", n, 0), now))
    stage.send(Tick(max(now for now, _, _ in timed) + 3 * HOUR))
    return stage


def truth(stage: Correlator) -> Truth:
    record: AlarmRecord | None = next(iter(stage.view.alarm_records.rows.values()), None)
    if record is None:
        return Truth(False, None, 0, 0, 0)
    raised = not record.is_cleared and record.standing is not Standing.UNRAISED
    return Truth(raised, record.severity if raised else None, record.heard_at, record.cleared_at, record.count)


@settings(max_examples=400)
@given(histories())
def test_any_interleaving_within_the_lateness_leaves_the_record_of_the_ordered_one(history: list[Told]) -> None:
    ordered, disordered = truth(stage_of(history, False)), truth(stage_of(history, True))

    assert (disordered.raised, disordered.severity) == (ordered.raised, ordered.severity)
    if any(not told.alarm.cleared for told in history):
        assert (disordered.heard_at, disordered.count) == (ordered.heard_at, ordered.count)
    if not ordered.raised or disordered.cleared_at:
        assert disordered.cleared_at == ordered.cleared_at


@given(histories(), st.sampled_from(("shelved", "planned")))
@example([Told(an_alarm("port", START + n * 20 * SECOND, cleared=bool(n % 2), sequence=n + 1), 0) for n in range(9)], "shelved")
def test_what_hides_an_alarm_never_changes_what_its_record_says(history: list[Told], how: str) -> None:
    first = an_alarm("port", START - HOUR, sequence=1)
    plain, hidden = Correlator(), Correlator()
    for stage in (plain, hidden):
        stage.send(AlarmHeard(first, Position("raw-alarms", 99, 0), first.at))
    ident = next(iter(plain.view.alarm_records.rows.values())).id
    if how == "shelved":
        hidden.send(OperatorRequest("r", "shelve", ident, "eve", "", START - MINUTE, "dom", START - MINUTE, until=START + 24 * HOUR))
    else:
        hidden.send(OutageAnnounced("work", "dom", ("port",), START - 2 * HOUR, START + 24 * HOUR, False, START - 2 * HOUR, START - 2 * HOUR))
    for n, told in enumerate(history):
        for stage in (plain, hidden):
            stage.send(AlarmHeard(told.alarm, Position("raw-alarms", n, 0), told.alarm.at))

    assert truth(hidden) == truth(plain)
    for rows in (plain.view.alarm_records.rows, hidden.view.alarm_records.rows):
        assert len(rows) == 1
    one, other = (next(iter(stage.view.alarm_lives.rows.values())) for stage in (plain, hidden))
    assert one.history == other.history


@given(st.lists(st.tuples(st.sampled_from((SECOND, MINUTE, 9 * MINUTE, HOUR)), st.booleans(), st.sampled_from(("right", "behind", "ahead"))), min_size=2, max_size=12))
def test_a_wrong_clock_never_loses_an_alarm(steps: list[tuple[Instant, bool, str]]) -> None:
    """Whoever told it, and whatever its clock says: an alarm that was raised last is raised."""
    off = {"right": 0, "behind": -HOUR, "ahead": HOUR}
    stage, now = Correlator(), START
    for n, (step, cleared, source) in enumerate((*steps, (SECOND, False, steps[-1][2]))):
        now += step
        stage.send(AlarmHeard(an_alarm("port", now + off[source], cleared=cleared, source=source), Position("raw-alarms", 0, n), now))

    assert truth(stage).raised


@given(histories(), st.lists(st.tuples(st.integers(0, 11), st.sampled_from(("shelve", "unshelve", "ack", "clear", "close", "rebuilt", "begins", "ends"))), max_size=6))
def test_every_notification_has_one_disposition_whatever_operators_and_lists_do(history: list[Told], acts: list[tuple[int, str]]) -> None:
    stage = Correlator()
    for n, told in enumerate(history):
        now = told.alarm.at
        stage.tell(told.alarm)
        ident = next((record.id for record in stage.view.alarm_records.rows.values()), "none")
        for _, act in (a for a in acts if a[0] == n):
            if act in ("rebuilt", "begins", "ends"):
                stage.send(AlarmListTold("raw-alarms", "ems", act, now, now))
            else:
                stage.send(OperatorRequest("r", act, ident, "eve", "", now, "dom", now))
    stage.send(Tick(stage.watermark + 8 * 24 * HOUR))

    counts = {word: n for word, n in stage.counts().items() if not word.startswith("request:")}
    assert counts.pop("held", 0) == 0
    assert sum(counts.values()) == len(history) == len(stage.judged())
