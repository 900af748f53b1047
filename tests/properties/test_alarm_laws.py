"""Laws of stage 2: conservation, determinism under ticks, repeats, clears, order of what is simultaneous."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.alarm import Alarm, Severity
from streams.domain.alarm_record import Standing
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.messages import OperatorRequest, OutageAnnounced, Tick
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import Correlator

NETWORK = a_network(("ont-1", "split-1"), ("ont-2", "split-1"), ("ont-3", "split-2"), ("split-1", "olt"), ("split-2", "olt"), ("radio", "mast"))
OBJECTS = ("ont-1", "ont-2", "ont-3", "split-1", "olt", "radio", "ghost")
START = at("10:00")
SPANS = (0, SECOND, 90 * SECOND, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 16 * MINUTE, 2 * HOUR, 25 * HOUR)
"""Steps of time at which something comes due, and on either side of it."""


def the_alarm(obj: str, when: int, severity: Severity, cleared: bool) -> Alarm:
    level = Severity.CLEARED if cleared else severity
    return an_alarm(obj, when, severity=level, cleared=cleared, resolved=obj != "ghost")


@st.composite
def histories(draw: st.DrawFn) -> list[Alarm]:
    """Alarms in order of arrival, some told late."""
    now, told = START, []
    for _ in range(draw(st.integers(1, 14))):
        now += draw(st.sampled_from(SPANS))
        late = draw(st.sampled_from((0, 0, 0, 1, 30 * SECOND, 6 * MINUTE, 20 * MINUTE)))
        severity = draw(st.sampled_from((Severity.WARNING, Severity.MINOR, Severity.MAJOR)))
        told.append(the_alarm(draw(st.sampled_from(OBJECTS)), now - late, severity, draw(st.booleans())))
    return told


def run(history: list[Alarm], **policy: Any) -> Correlator:
    stage = Correlator(NETWORK, **policy)
    for alarm in history:
        stage.tell(alarm)
    return stage


def end(stage: Correlator) -> None:
    """Let everything pending come due."""
    stage.send(Tick(stage.watermark + 40 * HOUR))


@given(histories())
def test_every_alarm_has_exactly_one_disposition_once_its_hold_is_over(history: list[Alarm]) -> None:
    stage = run(history)
    undecided = stage.counts().get("held", 0)

    assert sum(stage.counts().values()) == len(history)
    assert len(stage.judged()) == len(history) - undecided

    end(stage)

    assert len(stage.judged()) == len(history)
    assert stage.counts() == {word: stage.judged().count(word) for word in stage.judged()}


@given(histories())
def test_twice_the_same_input_gives_the_same_output(history: list[Alarm]) -> None:
    assert run(history).out == run(history).out


@given(histories(), st.lists(st.tuples(st.integers(0, 13), st.floats(0, 1), st.booleans()), max_size=12))
def test_ticks_between_messages_change_nothing(history: list[Alarm], ticks: list[tuple[int, float, bool]]) -> None:
    plain, ticked = run(history), Correlator(NETWORK)
    for n, alarm in enumerate(history):
        upto = max(ticked.watermark, alarm.at)
        since = ticked.watermark or upto
        for _, share, live in sorted(t for t in ticks if t[0] == n):
            ticked.send(Tick(since + int((upto - since) * share), live))
        ticked.tell(alarm)

    assert ticked.out == plain.out
    assert {n: t.rows for n, t in ticked.view.tables.items()} == {n: t.rows for n, t in plain.view.tables.items()}


@given(histories(), st.integers(0, 10 * 60))
def test_with_outages_and_operators_too_ticks_change_nothing(history: list[Alarm], minutes: int) -> None:
    begin = START + minutes * MINUTE // 4
    outage = OutageAnnounced("work", "dom", ("ont-1", "split-1"), begin, begin + 20 * MINUTE, False, START, START)
    stages = (Correlator(NETWORK), Correlator(NETWORK))
    for ticking, stage in enumerate(stages):
        stage.send(outage)
        for alarm in history:
            upto = max(stage.watermark, alarm.at)
            if ticking:
                for share in (0, 1, 2, 3):
                    stage.send(Tick((stage.watermark or upto) + (upto - (stage.watermark or upto)) * share // 3))
            stage.tell(alarm)
            if stage.view.alarm_lives.rows and alarm.cleared:
                target = min(stage.view.alarm_lives.rows)
                stage.send(OperatorRequest("r", "clear", target, "eve", "", stage.watermark, "dom", stage.watermark))

    assert stages[0].out == stages[1].out
    assert sum(stages[0].counts().get(w, 0) for w in stages[0].counts() if not w.startswith("request:")) == len(history)


@given(histories(), st.integers(0, 3))
def test_a_repeat_never_reopens_clears_or_changes(history: list[Alarm], extra: int) -> None:
    stage = run(history)
    stage.send(Tick(stage.watermark))
    active = [(k, r) for k, r in sorted(stage.view.alarm_records.rows.items()) if r.standing is Standing.ACTIVE and r.heard_at == stage.watermark]
    for key, record in active:
        before = len(stage.changes())
        again = the_alarm(key.split("|")[2], record.heard_at, record.severity, False)
        for _ in range(extra + 1):
            stage.tell(again)
        after = stage.view.alarm_records.get(key)

        assert stage.judged()[-1] == "repeat"
        assert len(stage.changes()) == before
        assert (after.standing, after.severity, after.raised_at, after.occurrence, after.count) == (record.standing, record.severity, record.raised_at, record.occurrence, record.count + extra + 1)


@given(histories())
def test_when_all_is_cleared_no_problem_has_an_active_alarm_and_all_rows_go(history: list[Alarm]) -> None:
    stage = run(history)
    for obj in OBJECTS:
        stage.tell(the_alarm(obj, stage.watermark + SECOND, Severity.CLEARED, True))
    active: dict[str, int] = {}
    for change in stage.changes():
        active[change.into or change.problem] = change.active
        if change.into:
            active.pop(change.problem, None)

    assert set(active.values()) <= {0}

    for _ in range(4):
        end(stage)
        stage.watermark += 80 * HOUR

    kept = {"dispositions", "rhythms", "learning", "learnt-types", "learnt-pairs"}      # bounded by number: figures, and what the stream taught
    assert {n: t.rows for n, t in stage.view.tables.items() if t.rows and n not in kept} == {}


@given(histories())
def test_active_as_told_equals_the_members_that_joined_and_did_not_go(history: list[Alarm]) -> None:
    stage = run(history)
    inside: dict[str, set[str]] = {}
    for change in stage.changes():
        members = {m.occurrence for m in change.members}
        if change.kind in ("opened", "joined"):
            here = inside.setdefault(change.problem, set())
            assert not here & members
            here |= members
        elif change.kind in ("cleared", "left"):
            assert members <= inside[change.problem]
            inside[change.problem] -= members
        elif change.kind == "merged":
            inside[change.into] |= inside.pop(change.problem)

        assert len(inside[change.into or change.problem]) == change.active


@given(st.lists(st.tuples(st.sampled_from(OBJECTS), st.sampled_from((Severity.MINOR, Severity.MAJOR))), min_size=2, max_size=8, unique_by=lambda t: t[0]), st.randoms())
def test_the_order_of_simultaneous_alarms_does_not_decide_what_belongs_together(alarms: list[tuple[str, Severity]], shuffle: Any) -> None:
    other = list(alarms)
    shuffle.shuffle(other)
    stages = [run([the_alarm(obj, START, severity, False) for obj, severity in order]) for order in (alarms, other)]
    for stage in stages:
        end(stage)

    assert sorted(map(sorted, stages[0].problems().values())) == sorted(map(sorted, stages[1].problems().values()))


@settings(max_examples=50)
@given(histories())
def test_no_message_is_without_the_partitions_clock_and_no_id_is_opened_twice(history: list[Alarm]) -> None:
    stage = run(history)
    clocks = [c.clock for c in stage.changes()]
    opened = [c.problem for c in stage.changes() if c.kind == "opened"]

    assert clocks == sorted(clocks)
    assert len(opened) == len(set(opened))
