"""Stages 2 to 4 of one partition, one after the other, as the lanes carry them; and what must hold after every message."""

from collections import Counter
from typing import Any

import msgspec

from streams.domain import correlate, localize, manage
from streams.domain.action_answer import ActionAnswered
from streams.domain.alarm import OWN, Alarm, Position
from streams.domain.alarm_course import IN_A_PROBLEM
from streams.domain.alarm_record import AlarmChanged, AlarmLife, AlarmRecord, Standing
from streams.domain.alarmed import PLANNED
from streams.domain.effect import is_murmur
from streams.domain.group import reach
from streams.domain.implied import AlarmMarked
from streams.domain.instant import HOUR, Instant
from streams.domain.messages import AlarmHeard, Judged, Placed, ProblemChange, Tick
from streams.domain.network import Network
from streams.domain.policy import CorrelatePolicy, Policy
from streams.domain.problem import ENDED
from streams.domain.view import Emit
from tests.builders import MemoryView, a_world

LARGEST = 256 * 1024
"""Bytes of a row or record (design section 2)."""


def a_view(stage: Any) -> MemoryView:
    return MemoryView({name: due for name, (_, due, _) in stage.TABLES.items()}, getattr(stage, "TICKED", frozenset()))


class Flow:
    """What stage 2 tells goes on to stage 3, and that to stage 4."""

    def __init__(self, network: Network, forgets: bool = False, **policy: Any) -> None:
        """`forgets`: all that the stages worked out from their rows is forgotten before every message."""
        self.world = a_world(network, Policy(correlate=CorrelatePolicy(**policy)), trace=True)
        self.two, self.three, self.four = a_view(correlate), a_view(localize), a_view(manage)
        self.forgets = forgets
        self.out: list[Emit] = []
        self.marked: dict[str, str] = {}
        """Alarm records that are said to be implied -> the problem in which they are."""
        self.log: list[Any] = []
        self.inputs = 0
        self.now: Instant = 0

    def send(self, message: Any) -> list[Emit]:
        """Fold one message in all stages; return what stage 2 told."""
        self.log.append(message)
        self.now = max(self.now, message.clock)
        told = self._fold(correlate, self.two, message)
        self.out += told
        for change in [e.value for e in told if e.topic == "problem-changes"]:
            self._onward(change)
        if isinstance(message, Tick):
            self._onward(message)
        return told

    def _onward(self, message: Any) -> None:
        located = self._fold(localize, self.three, message)
        self.out += located
        for mark in (e.value for e in located if isinstance(e.value, AlarmMarked)):
            self.marked |= {mark.alarm: mark.problem} if mark.implied else {}
            if mark.implied is None:
                del self.marked[mark.alarm]                     # A mark that goes was there.
        for found in [*(e.value for e in located if e.topic == "problem-inbox"), *([message] if isinstance(message, Tick) else [])]:
            self.out += self._fold(manage, self.four, found)

    def _fold(self, stage: Any, view: MemoryView, message: Any) -> list[Emit]:
        if self.forgets:
            view.memo.clear()
        return view.run(stage.step, stage.come_due, message, self.world)

    def hear(self, alarm: Alarm, lags: bool = False) -> list[Emit]:
        """`lags`: the partition's time stays behind the alarm's, as where several feed partitions write to it."""
        self.inputs += 1
        return self.send(AlarmHeard(alarm, Position("raw-alarms", 0, self.inputs), 0 if lags else max(self.now, alarm.at)))

    def pass_time(self, until: Instant) -> None:
        """Let time come to there, as a partition that hears nothing does."""
        self.send(Tick(until))

    # --- what there is ---

    def records(self) -> list[tuple[str, AlarmRecord, AlarmLife | None]]:
        return [(key, r, self.two.alarm_lives.get(r.id)) for key, r in sorted(self.two.alarm_records.rows.items())]

    def problem_of(self, record: AlarmRecord) -> str:
        return reach(self.two, record.problem)[0]

    def answers(self, out: list[Emit]) -> list[ActionAnswered]:
        return [e.value for e in out if isinstance(e.value, ActionAnswered)]


def check(flow: Flow) -> None:
    """Hold the rows of all stages against each other, and against the bounds."""
    _check_records(flow)
    _check_groups(flow)
    _check_work(flow)
    _check_marks(flow)
    _check_counts(flow)
    _check_sizes(flow)


def _check_records(flow: Flow) -> None:
    policy = flow.world.policy.correlate
    kept = set()
    for key, record, life in flow.records():
        if record.standing is Standing.UNRAISED:
            assert record.due, key
            continue
        assert life is not None, key
        kept.add(record.id)
        assert bool(record.due) == (record.standing is not Standing.ACTIVE), (key, record)
        assert (record.standing is Standing.SUPPRESSED) == (life.suppressed != ""), (key, record, life)
        assert (life.suppressed == PLANNED) == (life.outage != ""), (key, record, life)
        assert record.is_raised or record.standing is Standing.TOGGLING, (key, record)
        assert record.held is None or record.standing is Standing.HELD, (key, record)
        assert not (record.standing is Standing.CLEARED and life.unknown_since), (key, record, life)
        assert len(life.history) <= policy.history, key
        assert len(life.comments) <= 32, key
    assert set(flow.two.alarm_lives.rows) == kept


def _check_groups(flow: Flow) -> None:
    inside: dict[str, list[str]] = {}
    for key, record, _ in flow.records():
        if record.standing in IN_A_PROBLEM:
            problem, group = reach(flow.two, record.problem)
            assert group is not None, (key, record)
            inside.setdefault(problem, []).append(key)
    for problem, group in flow.two.groups.rows.items():
        members = [] if group.into else inside.get(problem, [])
        assert group.active == len(members), (problem, group, members)
        if group.into:
            continue
        assert sorted(group.seeds) == ([] if group.open else members), (problem, group, members)
        assert group.due or (group.quiet and group.active) or not (group.open or group.firm), (problem, group)     # a murmur alone is never due
        if located := flow.three.located_problems.get(problem):
            assert located.active == group.active, (problem, located, group)
            assert group.open


def _check_marks(flow: Flow) -> None:
    """What is said to be implied is active in that problem, and marked there once."""
    inside = {record.id: record.problem for _, record, _ in flow.records() if record.standing in IN_A_PROBLEM}
    for alarm, problem in flow.marked.items():
        assert reach(flow.two, inside[alarm])[0] == reach(flow.two, problem)[0], (alarm, problem, inside.get(alarm))
    marks = Counter(member.alarm for page in flow.three.problem_members.rows.values() for _, member in page.members if page.marks.get(member.occurrence, ("", 0))[0])
    assert dict(marks) == dict.fromkeys(flow.marked, 1)


def check_settled(flow: Flow) -> None:
    """Once time has passed, stage 4 has the problems that stage 2 has: none has ended that has an active alarm, none is standing that alarms."""
    for problem, group in flow.two.groups.rows.items():
        row = flow.four.problems.get(problem)
        located = flow.three.located_problems.get(problem)
        if group.into or not group.open or not group.active or located is None or located.stale:
            continue                                            # or its last change is not a minute old
        assert row is not None, (problem, group)
        assert row.status not in ENDED, (row, group)
        assert row.active == group.active - _murmurs(flow, problem), (row, group)
        assert row.standing != group.alarming, (row, group)
        assert row.report is None or not row.standing, row


def _murmurs(flow: Flow, problem: str) -> int:
    """Count the active members that do no more than murmur, where another says more: they keep no problem open (decisions/0032)."""
    members = [member for key, page in flow.three.problem_members.rows.items() if key.partition("|")[0] == problem for _, member in page.members]
    murmuring = [member for member in members if is_murmur(member, member.effect)]
    return sum(not member.cleared_at for member in murmuring) if len(murmuring) < len(members) else 0


def _check_work(flow: Flow) -> None:
    """What is active on each object, and what announced work explains, is what the records say."""
    active: dict[str, set[str]] = {}
    explained: Counter[str] = Counter()
    for key, record, life in flow.records():
        if life is not None and record.standing is not Standing.CLEARED:
            active.setdefault(life.alarm.object, set()).add(key)
            explained[f"{life.alarm.domain}|{life.outage}"] += life.suppressed == PLANNED
    assert {name: {entry.key for entry in row.entries} for name, row in flow.two.alarmed.rows.items()} == active
    assert {key: row.active for key, row in flow.two.bundles.rows.items()} == {key: n for key, n in explained.items() if n}


def _check_counts(flow: Flow) -> None:
    """Every alarm has one disposition, or waits for it."""
    counts = {str(name): row.n for name, row in flow.two.dispositions.rows.items()}
    held = [key for key, record, _ in flow.records() if record.held is not None and record.held.part != OWN]
    judged = Counter(e.value.source.offset for e in flow.out if isinstance(e.value, Judged))

    assert counts.get("held", 0) == len(held), (counts, held)
    assert sum(n for word, n in counts.items() if not word.startswith("request:")) == flow.inputs
    assert set(judged.values()) <= {1}
    assert len(judged) == flow.inputs - len(held)


def _check_sizes(flow: Flow) -> None:
    for view in (flow.two, flow.three, flow.four):
        for name, table in view.tables.items():
            for key, row in table.rows.items():
                assert len(msgspec.msgpack.encode(row)) < LARGEST, (name, key)


def check_told(flow: Flow) -> None:
    """Hold all that was told against itself: active counts, one problem an occurrence, one id an event."""
    inside: dict[str, set[str]] = {}
    into: dict[str, str] = {}
    opened: set[str] = set()
    events: dict[str, set[tuple[int, int]]] = {}
    where: dict[str, set[str]] = {}
    marks: dict[str, set[tuple[str, int]]] = {}
    for emit in flow.out:
        told = emit.value
        if isinstance(told, ProblemChange) and not told.planned:
            _fold_change(told, inside, into, opened)
            for member in told.members if told.kind == "moved" else ():
                where[member.occurrence] = {p for p in where.get(member.occurrence, ()) if _end(p, into) != told.problem}
        elif isinstance(told, AlarmChanged):
            seen = events.setdefault(told.record.id, set())
            assert (told.life.revision, told.record.count) not in seen, (told.kind, told.record, told.life)
            seen.add((told.life.revision, told.record.count))
            if told.kind == "deleted":
                seen.clear()
        elif isinstance(told, AlarmMarked):
            seen_marks = marks.setdefault(told.occurrence, set())
            assert (told.problem, told.number) not in seen_marks, told
            seen_marks.add((told.problem, told.number))
        elif isinstance(told, Placed):
            where.setdefault(told.occurrence, set()).add(told.problem)
    for occurrence, problems in where.items():
        ends = {_end(problem, into) for problem in problems}
        assert len(ends) == 1, (occurrence, problems)
    answered = Counter((a.id, a.target) for a in flow.answers(flow.out))
    assert set(answered.values()) <= {1}


def _end(problem: str, into: dict[str, str]) -> str:
    while problem in into:
        problem = into[problem]
    return problem


def _fold_change(change: ProblemChange, inside: dict[str, set[str]], into: dict[str, str], opened: set[str]) -> None:
    members = {m.occurrence for m in change.members}
    here = inside.setdefault(change.into or change.problem, set())
    if change.kind == "opened":
        assert change.problem not in opened, change
        opened.add(change.problem)
    if change.kind in ("opened", "joined"):
        assert not here & members, change
        here |= members
    elif change.kind in ("cleared", "left", "moved"):
        assert members <= here, change
        here -= members
    elif change.kind == "changed":
        assert members <= here, change
    elif change.kind == "merged":
        assert change.problem not in into, change
        into[change.problem] = change.into
        here |= inside.pop(change.problem)
    assert len(here) == change.active, (change, here)


def end_of_time(flow: Flow) -> None:
    """Let everything that is remembered end."""
    for _ in range(6):
        flow.pass_time(flow.now + 40 * HOUR)
    for _ in range(4):
        flow.pass_time(flow.now + 400 * HOUR)
