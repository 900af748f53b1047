"""Laws of planned outages: suppression is a view; windows may be moved in any order; what is explained follows from what is active."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.alarm import Alarm, Severity
from streams.domain.alarm_record import Standing
from streams.domain.instant import MINUTE, SECOND
from streams.domain.messages import OutageAnnounced, ProblemChange, Tick
from tests.builders import a_network, an_alarm, at
from tests.domain.correlating import Correlator

NETWORK = a_network(
    ("path-a", "card"), ("path-b", "card-2"), ("svc", ["path-a", "path-b"], 1), ("shop", "path-a"), ("ont-1", "shop"), services=["svc", "shop"])
OBJECTS = ("path-a", "path-b", "card", "card-2", "svc", "shop", "ont-1")
START = at("10:00")
STEPS = (0, SECOND, 5 * MINUTE, 11 * MINUTE, 16 * MINUTE, 30 * MINUTE)
NO_TOGGLING = {"toggle_episodes": 1_000}
"""A toggling alarm's episode goes on through its clears, a suppressed one's does not: what is compared here is the rest."""


@st.composite
def windows(draw: st.DrawFn, told: int, ident: str) -> OutageAnnounced:
    if draw(st.integers(0, 4)) == 0:
        return OutageAnnounced(ident, "", (), 0, 0, True, told)
    starts = START + draw(st.sampled_from((-30, 0, 20, 45))) * MINUTE
    objects = tuple(draw(st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=2, unique=True)))
    spared = ("shop",) if draw(st.booleans()) else ()
    return OutageAnnounced(ident, "", objects, starts, starts + draw(st.sampled_from((10, 40, 120))) * MINUTE, False, told, unaffected=spared)


@st.composite
def histories(draw: st.DrawFn) -> list[Alarm | OutageAnnounced]:
    """Alarms in order of time, and announcements of two pieces of work in between."""
    now, told = START, []
    for _ in range(draw(st.integers(1, 16))):
        now += draw(st.sampled_from(STEPS))
        if draw(st.integers(0, 2)) == 0:
            told.append(draw(windows(now, draw(st.sampled_from(("chg-1", "chg-2"))))))
            continue
        cleared = draw(st.booleans())
        severity = Severity.CLEARED if cleared else draw(st.sampled_from((Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)))
        told.append(an_alarm(draw(st.sampled_from(OBJECTS)), now, cleared=cleared, severity=severity, cause=draw(st.sampled_from(("lossOfSignal", "degradedSignal")))))
    return told


def run(history: list[Alarm | OutageAnnounced], early: Iterable[OutageAnnounced] | None = None) -> Correlator:
    """Tell a history; with `early` these announcements at its begin in place of those in it."""
    stage = Correlator(NETWORK, **NO_TOGGLING)
    for work in early or ():
        stage.send(work)
    for told in history:
        if isinstance(told, Alarm):
            stage.tell(told)
            continue
        stage.watermark = max(stage.watermark, told.at)
        stage.send(Tick(stage.watermark))
        if early is None:
            stage.send(told)
            stage.send(Tick(stage.watermark))
    stage.watermark += SECOND
    stage.send(Tick(stage.watermark))
    return stage


def underlying(stage: Correlator) -> dict[str, tuple[Any, ...]]:
    """Key -> what the resource's life says."""
    found = {}
    for key, r in stage.view.alarm_records.rows.items():
        life = stage.view.alarm_lives.get(r.id)
        alarm = None if life is None else (life.alarm, life.history, life.first_heard_at, life.operator_state)
        found[key] = (r.id, r.is_cleared, r.severity, r.raised_at, r.heard_at, r.cleared_at, r.count, alarm)
    return found


def explained(stage: Correlator) -> dict[str, tuple[str, int]]:
    """Key -> which work explains an active alarm, and until when."""
    lives = stage.view.alarm_lives
    return {
        key: (lives.get(r.id).outage, r.due) if r.standing is Standing.SUPPRESSED else ("", 0)
        for key, r in stage.view.alarm_records.rows.items() if not r.is_cleared and r.standing is not Standing.UNRAISED}


@given(histories())
@settings(deadline=None)
def test_suppression_never_changes_the_underlying_record(history: list[Alarm | OutageAnnounced]) -> None:
    alarms = [told for told in history if isinstance(told, Alarm)]
    plain, planned = run(history, early=()), run(history)

    assert underlying(planned) == underlying(plain)
    assert sum(n for word, n in planned.counts().items() if not word.startswith("request:")) == len(alarms)


@given(histories())
@settings(deadline=None, max_examples=300)
def test_windows_moved_in_any_order_end_as_if_the_last_had_stood_there_all_along(history: list[Alarm | OutageAnnounced]) -> None:
    last = {told.id: told for told in history if isinstance(told, OutageAnnounced)}
    early = [OutageAnnounced(w.id, "", w.objects, w.starts_at, w.ends_at, False, START, unaffected=w.unaffected) for w in last.values() if not w.cancelled]

    assert explained(run(history)) == explained(run(history, early))


@given(histories())
@settings(deadline=None)
def test_what_is_told_of_work_adds_up_and_all_of_it_goes(history: list[Alarm | OutageAnnounced]) -> None:
    stage = run(history)
    inside: dict[tuple[str, str], set[str]] = {}
    for change in (e.value for e in stage.out if isinstance(e.value, ProblemChange)):
        here = inside.setdefault((change.planned, change.problem), set())
        members = {m.occurrence for m in change.members}
        if change.kind in ("opened", "joined"):
            assert not here & members
            here |= members
        elif change.kind in ("cleared", "left"):
            assert members <= here
            here -= members
        elif change.kind == "merged":
            inside.setdefault(("", change.into), set()).update(inside.pop((change.planned, change.problem)))
        assert len(inside[change.planned, change.into or change.problem]) == change.active
        assert change.kind != "explained" or not here
    for obj in OBJECTS:
        for cause in ("lossOfSignal", "degradedSignal"):
            stage.tell(an_alarm(obj, stage.watermark + SECOND, cleared=True, severity=Severity.CLEARED, cause=cause))
    for _ in range(4):
        stage.watermark += 60 * 60 * MINUTE
        stage.send(Tick(stage.watermark))

    kept = {"dispositions", "rhythms", "learning", "learnt-types", "learnt-pairs"}      # bounded by number: figures, and what the stream taught
    assert {n: t.rows for n, t in stage.view.tables.items() if t.rows and n not in kept} == {}


@given(histories(), st.lists(st.integers(0, 100), max_size=8))
@settings(deadline=None)
def test_ticks_in_between_change_nothing(history: list[Alarm | OutageAnnounced], shares: list[int]) -> None:
    stages = []
    for ticks in ((), sorted(shares)):
        stage = Correlator(NETWORK)
        for told in history:
            upto = max(stage.watermark, told.at)
            since = stage.watermark or upto
            for share in ticks:
                stage.send(Tick(since + (upto - since) * share // 100))
            if isinstance(told, Alarm):
                stage.tell(told)
            else:
                stage.watermark = upto
                stage.send(OutageAnnounced(told.id, "", told.objects, told.starts_at, told.ends_at, told.cancelled, told.at, upto, unaffected=told.unaffected))
        stages.append(stage)

    assert stages[0].out == stages[1].out
