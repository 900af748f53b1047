"""Alarms, operators, lists, announced work, heartbeats and time in any order: what must hold of stages 2 to 4 all along.

After each step: a problem's active count is the number of its active alarms; an occurrence is in one problem; every
alarm has one disposition; what is clear at its source is clear here, and what is raised is raised; requests are answered
once, and refused ones change nothing. At the end all is cleared and forgotten, and the same log gives the same again.
"""

from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from streams.domain import learn
from streams.domain.alarm import Alarm, Severity
from streams.domain.alarm_record import Standing
from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.messages import AlarmListTold, OperatorRequest, OutageAnnounced, SourceSpoke
from streams.domain.network import FeedWatch, HoldRule
from tests.builders import a_network, an_alarm, at
from tests.domain.flowing import Flow, check, check_settled, check_told, end_of_time

NETWORK = a_network(
    ("path-a", "card"), ("path-b", "card-2"), ("svc", ["path-a", "path-b"], 1), ("shop", "path-a"), services=["svc", "shop"], products=[("prod", "svc", "cust")],
    feeds={"raw-alarms": FeedWatch("dom", silent_after=40 * MINUTE, silence="minor")}, behind={"feed:raw-alarms": ("path-a",)},
    holds=(HoldRule(cause="crcErrors", times=3, within=10 * MINUTE), HoldRule(cause="late", span=5 * MINUTE)))
OBJECTS = ("path-a", "path-b", "card", "svc", "ghost")
CAUSES = ("lossOfSignal", "thresholdCrossed", "crcErrors", "late")
SOURCES = ("ems", "nms")
SPANS = (SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 16 * MINUTE, HOUR, 25 * HOUR)
SHELVES = (0, MINUTE, 20 * MINUTE, 3 * HOUR, 30 * HOUR)
ACTIONS = ("ack", "unack", "comment", "clear", "close", "shelve", "unshelve", "release", "group", "ungroup", "move", "reject", "split", "sing")
INTO = ("group", "move")
START = at("10:00")

objects, causes, sources = st.sampled_from(OBJECTS), st.sampled_from(CAUSES), st.sampled_from(SOURCES)
severities = st.sampled_from((Severity.WARNING, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL))
picks = st.integers(0, 7)


class AlarmLives(RuleBasedStateMachine):
    """One partition; all sources have one true clock and are heard in order, so the truth is known."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow(NETWORK)
        self.now = START
        self.raised: dict[str, bool] = {}
        """Alarm key -> whether it is raised."""
        self.lists: dict[str, set[str]] = {}
        """Source -> what was told since its list began."""
        self.requests = 0

    @initialize()
    def begin(self) -> None:
        self.flow.pass_time(self.now)

    def step_on(self) -> int:
        self.now += 1
        return self.now

    def tell(self, obj: str, cause: str, source: str, cleared: bool, severity: Severity = Severity.MAJOR, standing: bool = False, key: str = "") -> None:
        alarm: Alarm = an_alarm(
            obj, self.step_on(), cause=cause, source=source, cleared=cleared, severity=Severity.CLEARED if cleared else severity, resolved=obj != "ghost",
            standing=standing, key=key or f"{source}|{obj}|{cause}|")
        self.flow.hear(alarm)
        self.raised[alarm.key] = not cleared
        if not cleared and source in self.lists:
            self.lists[source].add(alarm.key)

    # --- what sources tell ---

    @rule(obj=objects, cause=causes, source=sources, severity=severities, standing=st.booleans())
    def raises(self, obj: str, cause: str, source: str, severity: Severity, standing: bool) -> None:
        self.tell(obj, cause, source, False, severity, standing)

    @rule(obj=objects, cause=causes, source=sources)
    def clears(self, obj: str, cause: str, source: str) -> None:
        self.tell(obj, cause, source, True)

    @rule(obj=st.sampled_from(("path-a", "path-b")), cleared=st.booleans(), severity=severities)
    def tells_of_an_alarm_that_moves(self, obj: str, cleared: bool, severity: Severity) -> None:
        """Its feed's key leaves the object out."""
        self.tell(obj, "lossOfSignal", "ems", cleared, severity, key="ems|roving")

    @rule(obj=objects, cause=causes, times=st.integers(1, 5), is_left=st.booleans(), pause=st.sampled_from((1, 20 * SECOND, 100 * SECOND)))
    def flaps(self, obj: str, cause: str, times: int, is_left: bool, pause: int) -> None:
        for n in range(2 * times + is_left):
            self.tell(obj, cause, "ems", n % 2 == 1)
            self.now += pause

    @rule(source=sources, kind=st.sampled_from(("begins", "rebuilt", "faulty")))
    def begins_a_list(self, source: str, kind: str) -> None:
        self.flow.send(AlarmListTold("raw-alarms", source, kind, self.step_on(), self.now))
        self.lists.pop(source, None)
        if kind == "begins":
            self.lists[source] = set()

    @precondition(lambda self: self.lists)
    @rule()
    def ends_a_list(self) -> None:
        source, told = self.lists.popitem()
        self.flow.pass_time(self.step_on())                     # it may have taken too long by now
        row = self.flow.two.resyncs.get(f"raw-alarms|{source}")
        was = {key for key, is_raised in self.raised.items() if is_raised and key.startswith(f"{source}|")}
        self.flow.send(AlarmListTold("raw-alarms", source, "ends", self.step_on(), self.now))
        self.now += SECOND
        self.flow.pass_time(self.now)
        if row.kind == "begins":                                # else it took too long, and says nothing
            self.raised |= dict.fromkeys(was - told, False)

    @rule(arms=st.booleans(), interval=st.sampled_from((MINUTE, 20 * MINUTE)), domain=st.sampled_from(("dom", "")))
    def beats(self, arms: bool, interval: int, domain: str) -> None:
        self.flow.send(SourceSpoke("raw-alarms", "ems", interval, self.step_on(), domain, self.now, "path-a", arms=arms))

    @rule()
    def the_feed_speaks(self) -> None:
        self.flow.send(SourceSpoke("raw-alarms", "", 40 * MINUTE, self.step_on(), "dom", self.now, kind="feed"))

    # --- what people do ---

    @rule(action=st.sampled_from(ACTIONS), which=picks, other=picks, span=st.sampled_from(SHELVES), by_source=st.booleans())
    def acts(self, action: str, which: int, other: int, span: int, by_source: bool) -> None:
        lives = sorted(self.flow.two.alarm_lives.rows)
        if not lives:
            return
        target, into = lives[which % len(lives)], lives[other % len(lives)]
        self.ask(action, target, into=into if action in INTO else "", until=self.now + span if span else 0, by_source=by_source and action in ("ack", "unack", "comment"))

    @rule(which=picks)
    def releases_a_problem(self, which: int) -> None:
        problems = sorted(self.flow.two.groups.rows)
        self.ask("release", problems[which % len(problems)] if problems else "nothing")

    @rule(which=picks, other=picks, action=st.sampled_from(("merge", "confirm-cause", "reject-cause", "split")), object_=objects, by_alarm=st.booleans())
    def says_of_a_problem(self, which: int, other: int, action: str, object_: str, by_alarm: bool) -> None:
        problems, lives = sorted(self.flow.two.groups.rows), sorted(self.flow.two.alarm_lives.rows)
        if not problems or not lives:
            return
        target = lives[which % len(lives)] if by_alarm else problems[which % len(problems)]
        self.ask(action, target, into=problems[other % len(problems)], object=object_, others=(lives[other % len(lives)], lives[which % len(lives)]) if action == "split" else ())

    @rule(which=picks)
    def takes_back(self, which: int) -> None:
        words = sorted(self.flow.two.feedback.rows)
        self.ask("undo", words[which % len(words)] if words else "nothing")

    def ask(self, action: str, target: str, **but: Any) -> None:
        flow, self.requests = self.flow, self.requests + 1
        flow.pass_time(self.step_on())
        before = self.rows()
        out = flow.send(OperatorRequest(f"r{self.requests}", action, target, "eve", "why", self.now, "dom", self.now, position=f"operator-actions/0/{self.requests}", **but))
        answers = flow.answers(out)

        assert len(answers) == (not but.get("by_source")), answers

        if answers and not answers[0].done:
            assert self.rows() == before, answers
        elif answers:
            self.note(action, target)

    def note(self, action: str, target: str) -> None:
        """Take what was done over into the truth."""
        life = self.flow.two.alarm_lives.get(target)
        record = next((r for _, r, _ in self.flow.records() if r.id == target), None)
        if action == "clear" and life.alarm.source != "spm":
            self.raised[life.alarm.key] = False
            assert record is not None and record.standing is Standing.CLEARED
        elif action == "close":
            assert record is None and life is None
        elif action == "shelve":
            assert record is not None and record.standing in (Standing.SUPPRESSED, Standing.CLEARED)

    def rows(self) -> dict[str, dict[str, Any]]:
        return {name: dict(table.rows) for name, table in self.flow.two.tables.items() if name not in ("dispositions", "rhythms")}

    @rule(ident=st.sampled_from(("chg-1", "chg-2")), scope=st.lists(objects, min_size=1, max_size=2, unique=True), begins=st.sampled_from((-30, 0, 20)),
          lasts=st.sampled_from((10, 40, 120)), cancelled=st.booleans(), spares=st.booleans())
    def announces_work(self, ident: str, scope: list[str], begins: int, lasts: int, cancelled: bool, spares: bool) -> None:
        starts = self.step_on() + begins * MINUTE
        self.requests += 1
        self.flow.send(OutageAnnounced(
            ident, "", tuple(scope), starts, starts + lasts * MINUTE, cancelled, self.now, self.now, unaffected=("svc",) if spares else (),
            position=f"planned-outages/0/{self.requests}"))

    @rule(span=st.sampled_from(SPANS))
    def waits(self, span: int) -> None:
        for part in (min(span, 6 * MINUTE), max(span - 6 * MINUTE, 0)):     # what a rebuilt list lacked is cleared before it is closed
            self.now += part
            self.flow.pass_time(self.now)
            self.what_is_raised_is_raised()
        if span > MINUTE:
            check_settled(self.flow)

    # --- what holds ---

    @invariant()
    def the_rows_agree(self) -> None:
        check(self.flow)

    @invariant()
    def what_was_told_adds_up(self) -> None:
        check_told(self.flow)

    @invariant()
    def what_is_raised_is_raised(self) -> None:
        """Nothing is lost, nor left active; only a list that was announced but not counted above clears what its source raised."""
        for key, is_raised in self.raised.items():
            record = self.flow.two.alarm_records.get(f"dom|{key}")
            if is_raised:
                assert record is not None, key
                assert not record.is_cleared or self.flow.two.alarm_lives.get(record.id).cleared_why == "resync", (key, record)
                self.raised[key] = not record.is_cleared
            else:
                assert record is None or record.is_cleared or record.standing is Standing.UNRAISED, (key, record)

    def teardown(self) -> None:
        """All is cleared, time passes: nothing is left; and the same log gives the same, even if all that was worked out is forgotten."""
        flow = self.flow
        if not flow.log:
            return
        log, out = list(flow.log), list(flow.out)
        again = Flow(NETWORK, forgets=True)
        again.inputs = flow.inputs
        for message in log:
            again.send(message)

        assert again.out == out
        for mine, other in ((flow.two, again.two), (flow.three, again.three), (flow.four, again.four)):
            assert {n: t.rows for n, t in mine.tables.items()} == {n: t.rows for n, t in other.tables.items()}

        self.now += 2 * HOUR
        flow.pass_time(self.now)
        for _, record, life in flow.records():
            if life is not None and record.standing is not Standing.CLEARED and life.alarm.source != "spm":
                self.tell(life.alarm.object, life.alarm.cause, life.alarm.source, True, key=life.alarm.key)
            elif life is not None and record.standing is not Standing.CLEARED:
                self.ask("clear", record.id)
        check(flow)
        end_of_time(flow)
        check(flow)
        check_told(flow)
        flow.pass_time(flow.now + 200 * 24 * HOUR)              # what operators said has faded by then
        left = {name: table.rows for view in (flow.two, flow.three, flow.four) for name, table in view.tables.items() if table.rows}
        assert not left.keys() - {"dispositions", "rhythms", "resyncs", "state-sweeps", "report-figures", *learn.TABLES}, left


class AlarmsOfAnyClock(AlarmLives):
    """The same where sources are late, ahead or an hour off, and the partition's time lags: what is true is not known, all else holds."""

    @rule(obj=objects, cause=causes, source=sources, severity=severities, cleared=st.booleans(), off=st.sampled_from((1, 30, 360, 1200, -30, -1200, -7200)),
          lags=st.booleans(), key=st.sampled_from(("", "ems|roving")))
    def tells_out_of_order(self, obj: str, cause: str, source: str, severity: Severity, cleared: bool, off: int, lags: bool, key: str) -> None:
        """Told as of so many seconds ago, or to come."""
        when = self.step_on() - off * SECOND
        self.flow.hear(an_alarm(
            obj, when, cause=cause, source=source, cleared=cleared, severity=Severity.CLEARED if cleared else severity, resolved=obj != "ghost",
            key=key or f"{source}|{obj}|{cause}|"), lags)
        self.now = max(self.now, self.flow.now)

    def note(self, action: str, target: str) -> None:
        """What was done to an alarm may be undone by a clock."""

    @invariant()
    def what_is_raised_is_raised(self) -> None:
        """Nobody knows."""


AlarmLives.TestCase.settings = settings(stateful_step_count=40, report_multiple_bugs=False, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))
AlarmsOfAnyClock.TestCase.settings = AlarmLives.TestCase.settings
TestAlarmLives = AlarmLives.TestCase
TestAlarmsOfAnyClock = AlarmsOfAnyClock.TestCase
