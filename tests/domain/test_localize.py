"""Stage 3: problem changes in, whole diagnoses out (streams/domain/localize.py)."""

from typing import Any

import msgspec
import pytest

from streams.domain import localize, membership
from streams.domain.alarm import Effect, Severity
from streams.domain.implied import AlarmMarked
from streams.domain.instant import HOUR, SECOND, Instant
from streams.domain.membership import Page, Roll
from streams.domain.messages import Diagnosed, Hurt, Member, ProblemChange, Tick
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy, Policy
from streams.domain.view import Emit, World
from tests.builders import MemoryRows, MemoryView, a_network, a_world, at

T = at("10:00")
NETWORK = a_network(("svc", "line-1"), ("line-1", "card"), ("line-2", "card"), ("card", "power"), services=["svc"])


def member(obj: str, when: Instant = T, **but: Any) -> Member:
    fields: dict[str, Any] = {
        "occurrence": f"{obj}@{when}", "alarm": f"alarm-{obj}", "object": obj, "resolved": True, "alarm_type": "communicationsAlarm", "cause": "lossOfSignal",
        "qualifier": "", "severity": Severity.MAJOR, "effect": Effect.DOWN, "raised_at": when}
    return Member(**{**fields, **but})


class Desk:
    """One partition of stage 3, fed change by change."""

    def __init__(self, network: Network = NETWORK, policy: LocalizePolicy | None = None) -> None:
        self.view = MemoryView({name: due_of for name, (_, due_of, _) in localize.TABLES.items()})
        self.marked: list[AlarmMarked] = []
        """What was said of implied alarms."""
        self.world: World = a_world(network, Policy(localize=policy or LocalizePolicy()))

    def hear(self, kind: str, when: Instant = T, *members: Member, problem: str = "p", active: int = 1, **but: Any) -> list[Diagnosed]:
        change = ProblemChange(kind, problem, "dom", when, members, active, clock=when, **but)
        emits = self._apart(self.view.run(localize.step, localize.come_due, change, self.world))
        assert all(e.topic == "problem-inbox" and e.route == "dom" and e.key == e.value.problem and e.at == e.value.at for e in emits)
        return [e.value for e in emits]

    def tick(self, when: Instant) -> list[Diagnosed]:
        return [e.value for e in self._apart(self.view.run(localize.step, localize.come_due, Tick(when), self.world))]

    def _apart(self, emits: list[Emit]) -> list[Emit]:
        self.marked += [e.value for e in emits if e.topic == "alarm-records"]
        assert all(e.key == e.value.alarm and e.route is None and e.at == e.value.at for e in emits if e.topic == "alarm-records")
        return [e for e in emits if e.topic != "alarm-records"]


def test_first_alarm_is_diagnosed_at_once_and_whole() -> None:
    told, = Desk().hear("opened", T, member("line-1"), recurrence_of="older")

    assert ("opened", "p", T, T, T, 1, 1) == (told.kind, told.problem, told.at, told.opened_at, told.last_alarm_at, told.members, told.active)
    assert "line-1" == told.causes[0].object
    assert "lossOfSignal" == told.causes[0].cause
    assert (("line-1", Effect.DOWN),) == told.held
    assert (Hurt("svc", Effect.DOWN),) == told.hurt
    assert (("alarm-line-1",), ("line-1",), "alarm-line-1", "lossOfSignal", "older", "test", T) == (
        told.alarms, told.resources, told.first_alarm, told.first_cause, told.recurrence_of, told.topology, told.clock)


def test_more_alarms_within_the_second_are_told_together_when_it_is_over() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))

    assert [] == desk.hear("joined", T + 100_000, member("line-2", T + 100_000), active=2)
    assert [] == desk.hear("joined", T + 200_000, member("card", T + 200_000), active=3)
    told, = desk.tick(T + 5 * SECOND)
    assert ("revised", T + SECOND, 3, 3) == (told.kind, told.at, told.members, told.active)
    assert "card" == told.causes[0].object
    assert [] == desk.tick(T + 9 * SECOND)


@pytest.mark.parametrize("ticks", [[], [500_000, 1_000_000, 1_700_000, 3_000_000]])
def test_what_is_told_does_not_depend_on_ticks(ticks: list[int]) -> None:
    told, quiet = [], Desk()
    events = [(0, "opened", "line-1"), (300_000, "joined", "line-2"), (1_500_000, "joined", "card"), (4_000_000, "joined", "power")]
    for moment, kind, obj in sorted([*events, *((t, "", "") for t in ticks)]):
        told += quiet.hear(kind, T + moment, member(obj, T + moment)) if kind else quiet.tick(T + moment)

    assert [(T, "opened"), (T + SECOND, "revised"), (T + 2 * SECOND, "revised"), (T + 4 * SECOND, "joined")] == [(d.at, d.kind) for d in told]


def test_last_clear_is_told_at_once_and_keeps_the_cause_but_holds_nothing_down() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    told, = desk.hear("cleared", T + 1, member("line-1", cleared_at=T + 1), active=0)

    assert ((), (), Severity.CLEARED, 0, 1) == (told.held, told.hurt, told.worst, told.active, told.members)
    assert "line-1" == told.causes[0].object


def test_first_alarm_again_after_all_had_cleared_is_told_at_once() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("cleared", T + 1, member("line-1", cleared_at=T + 1), active=0)
    told, = desk.hear("joined", T + 2, member("line-1", T + 2))

    assert ("joined", 1, 2) == (told.kind, told.active, told.members)


def test_alarm_that_was_renewed_elsewhere_holds_nothing_here_but_stays_as_evidence() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    told, = desk.hear("left", T + 1, member("line-1"), active=0)

    assert ((), "line-1") == (told.held, told.causes[0].object)


def test_changed_severity_replaces_what_the_member_was() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("changed", T + 1, member("line-1", severity=Severity.CRITICAL, effect=Effect.DEGRADED))
    told, = desk.tick(T + SECOND)

    assert (Severity.CRITICAL, (("line-1", Effect.DEGRADED),), 1) == (told.worst, told.held, told.members)


def test_merger_is_told_of_both_and_the_survivor_has_all_members() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("opened", T + 1, member("line-2", T + 1), problem="q")
    loser, winner = desk.hear("merged", T + 2, problem="q", into="p", active=2, why="near card")

    assert ("merged", "q", "p", "near card", 0) == (loser.kind, loser.problem, loser.into, loser.why, loser.active)
    assert ("p", 2, 2, ("line-1", "line-2")) == (winner.problem, winner.members, winner.active, winner.resources)
    assert "" == winner.into
    assert ["p"] == list(desk.view.tables["located-problems"].rows)
    assert ["p"] == list(desk.view.tables["problem-members"].rows)


def test_clear_of_a_member_that_came_by_a_merger_finds_it() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("opened", T + 1, member("line-2", T + 1), problem="q")
    desk.hear("merged", T + 2, problem="q", into="p", active=2)
    desk.hear("cleared", T + 3, member("line-2", T + 1, cleared_at=T + 3), active=1)
    told, = desk.tick(T + 2 * SECOND)

    assert ((("line-1", Effect.DOWN),), 2) == (told.held, told.members)


def test_quiet_and_clear_problem_is_forgotten_after_as_long_as_correlation_remembers_it() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("cleared", T + 1, member("line-1", cleared_at=T + 1), active=0)
    told, = desk.hear("quiet", T + HOUR, active=0)
    desk.tick(T + HOUR + desk.world.policy.correlate.forget_after)

    assert "quiet" == told.kind
    assert ["alarm-habits"] == [name for name, rows in desk.view.tables.items() if rows.rows]

    desk.tick(T + HOUR + 10 * desk.world.policy.localize.habit_half_life)

    assert [] == [rows.rows for rows in desk.view.tables.values() if rows.rows]


def test_quiet_problem_with_an_active_alarm_is_kept() -> None:
    desk = Desk()
    desk.hear("opened", T, member("line-1"))
    desk.hear("quiet", T + HOUR)
    desk.tick(T + 1000 * HOUR)

    assert ["p"] == list(desk.view.tables["located-problems"].rows)


def test_service_that_alarms_alone_is_named_as_service() -> None:
    told, = Desk().hear("opened", T, member("svc", cause="responseTimeExcessive"))

    assert ("svc", True) == (told.causes[0].object, told.causes[0].is_service)


def test_object_nobody_declared_can_be_the_cause() -> None:
    told, = Desk().hear("opened", T, member("stranger", resolved=False))

    assert ("stranger",) == tuple(c.object for c in told.causes)


def test_confidences_add_up_to_at_most_one_and_fall_along_the_ranking() -> None:
    desk = Desk()
    desk.hear("opened", T, *(member(o, T + n) for n, o in enumerate(("power", "card", "line-1", "line-2", "svc"))), active=5)
    told = desk.hear("quiet", T + HOUR, active=5)[-1]
    sure = [c.confidence for c in told.causes]

    assert "power" == told.causes[0].object
    assert sum(sure) <= 1 and sure == sorted(sure, reverse=True)
    assert all(c.rules and len(c.rules) == len(c.evidence) for c in told.causes[:2])


def test_equal_evidence_is_ranked_by_id_whatever_arrived_first() -> None:
    forth, back = Desk(), Desk()
    one, other = member("island-1"), member("island-2")
    forth.hear("opened", T, one, other, active=2)
    back.hear("opened", T, other, one, active=2)

    assert ["island-1", "island-2"] == [c.object for c in forth.hear("quiet", T + 1, active=2)[0].causes]
    assert ["island-1", "island-2"] == [c.object for c in back.hear("quiet", T + 1, active=2)[0].causes]


def test_large_problem_keeps_the_earliest_members_in_small_rows_and_counts_the_rest() -> None:
    desk = Desk(policy=LocalizePolicy(members=100))
    desk.hear("opened", T, *(member(f"x-{n}", T + n) for n in range(150)), active=150)
    told, = desk.hear("quiet", T + 1, active=150)
    pages = desk.view.tables["problem-members"].rows

    assert (150, 150, 100) == (told.members, told.active, sum(len(p.members) for p in pages.values()))
    assert [f"x-{n}" for n in range(100)] == list(told.resources)
    assert max(len(p.members) for p in pages.values()) < 10


def test_active_alarm_takes_the_place_of_a_cleared_one_in_a_full_problem() -> None:
    rows: Any = MemoryRows()
    roll, *_ = membership.write(rows, "p", Roll(), member("a", cleared_at=T), 1)
    roll, *_ = membership.write(rows, "p", roll, member("b"), 1)
    roll, *_ = membership.write(rows, "p", roll, member("c"), 1)

    assert (["b"], 1) == ([m.object for m in membership.read(rows, "p", roll)], roll.kept)


def test_rows_survive_the_wire() -> None:
    desk = Desk()
    desk.hear("opened", T, *(member(f"x-{n}", T + n) for n in range(40)), active=40)
    for name, (kind, _, _) in localize.TABLES.items():
        for row in desk.view.tables[name].rows.values():
            assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=kind)
    assert any(isinstance(row, Page) for row in desk.view.tables["problem-members"].rows.values())


def test_what_was_remembered_of_a_problem_makes_no_difference() -> None:
    """A worker that begins again remembers nothing; also where an alarm is told again of another object."""
    keeping, forgetting = Desk(), Desk()
    for desk in (keeping, forgetting):
        first, second = member("x-1", T), member("x-2", T + 1)
        desk.hear("opened", T, first, active=1)
        desk.hear("joined", T + 1, second, active=2)
        desk.hear("joined", T + 2, member("x-3", T + 2), active=3)
        if desk is forgetting:
            desk.view.memo.clear()
        desk.hear("changed", T + 3, msgspec.structs.replace(second, object="x-9"), active=3)
        desk.hear("cleared", T + 4, msgspec.structs.replace(first, cleared_at=T + 4), active=2)

    kept, forgotten = keeping.hear("quiet", T + 60 * SECOND, active=2), forgetting.hear("quiet", T + 60 * SECOND, active=2)
    assert kept == forgotten
    assert kept[0].resources == ("x-1", "x-9", "x-3")


def test_a_problem_that_grows_by_a_multiple_in_one_moment_is_diagnosed_without_waiting_for_the_clock() -> None:
    desk = Desk()
    desk.hear("opened", T, member("x-0", T), active=1)
    told = [n for n in range(1, 300) if desk.hear("joined", T, member(f"x-{n}", T), active=n + 1)]

    assert [15, 63, 255] == told


def test_what_a_full_problem_remembers_is_what_its_rows_say() -> None:
    keeping, forgetting = (Desk(policy=LocalizePolicy(members=20)) for _ in range(2))
    for desk in (keeping, forgetting):
        desk.hear("opened", T, *(member(f"x-{n}", T + n) for n in range(20)), active=20)
        desk.hear("joined", T + 30, member("late-1", T + 30), active=21)
        desk.hear("cleared", T + 40, member("x-7", T + 7, cleared_at=T + 40), active=20)
        if desk is forgetting:
            desk.view.memo.clear()
        for n in range(40):
            desk.hear("joined", T + 50 + n, member(f"late-{n}", T + 50 + n), active=21 + n)

    assert keeping.hear("quiet", T + 60 * SECOND, active=60) == forgetting.hear("quiet", T + 60 * SECOND, active=60)


def test_beside_alarms_that_say_more_a_murmur_keeps_no_problem_going() -> None:
    desk = Desk()
    murmur = member("line-2", severity=Severity.MINOR, effect=Effect.NONE, alarm_type="qualityOfServiceAlarm", cause="thresholdCrossed")
    desk.hear("opened", T, member("line-1"))
    told, = desk.hear("joined", T + 2 * SECOND, murmur, active=2)

    assert (1, ("line-2",)) == (told.active, told.murmuring)

    told, = desk.hear("cleared", T + 9 * SECOND, member("line-1", cleared_at=T + 9 * SECOND), active=1)

    assert 0 == told.active


def test_a_problem_of_murmurs_alone_goes_on_with_them() -> None:
    murmur = member("line-2", severity=Severity.MINOR, effect=Effect.NONE, alarm_type="qualityOfServiceAlarm", cause="thresholdCrossed")
    told, = Desk().hear("opened", T, murmur)

    assert (1, ()) == (told.active, told.murmuring)
