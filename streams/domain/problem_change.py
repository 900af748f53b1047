"""One message or due time of one problem: the row as it becomes, and all that is told of it, in order.

A `Change` lives for one step only; what it leaves behind is the new row and the outputs. Rows are values: a step that
sets a dozen fields one after the other works on a copy of its own, which becomes a value when it is handed out
(`frozen`); replacing the whole row each time was a third of the cost of a new problem (measured: 1.3 us each).
"""

from bisect import bisect
from copy import copy
from typing import Any

import msgspec

from streams.domain import final_report, progress, report, report_follow
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.plural import number
from streams.domain.problem import ENDED, Status, Turn, move
from streams.domain.problem_course import turned
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit, World, to_network


class Change:
    """The problem `row` on its way from `before` (None: new)."""

    def __init__(self, before: ProblemRecord | None, row: ProblemRecord, now: Instant, world: World, as_of: Instant = 0) -> None:
        """`as_of`: event time of what another process says, 0 for what the lane or time brings; it never moves the lane's time."""
        self.before = before
        self.row = row
        self.now = now
        self.world = world
        self.out: list[Emit] = []
        self.as_of = as_of
        self._is_own = False

    @property
    def at(self) -> Instant:
        """Event time of what is told."""
        return max(self.row.last_at, self.as_of)

    def set(self, **fields: Any) -> None:
        """Change fields of the row; of the working copy, never of a row that anybody else has."""
        if not self._is_own:
            self.row, self._is_own = copy(self.row), True
        for name, value in fields.items():
            msgspec.structs.force_setattr(self.row, name, value)

    def frozen(self) -> ProblemRecord:
        """Return the row as it is now, as a value that later changes leave alone."""
        self._is_own = False
        return self.row

    def tell(self, kind: str, why: str, *changes: tuple[str, str]) -> None:
        """Put one progress record out; what another process brought is counted apart (`ProblemRecord.answers`)."""
        if self.as_of:
            self.set(answers=self.row.answers + 1)
            self.out.append(Emit("progress", self.row.id, progress.of_answer(self.row, self.at, why, changes, kind), self.at, traces=self.row.traces))
            return
        self.set(sequence=self.row.sequence + 1)
        self.out.append(Emit("progress", self.row.id, progress.of_lane(self.row, kind, self.at, why, changes), self.at, traces=self.row.traces))

    def move(self, turn: Turn, why: str, *changes: tuple[str, str], **fields: Any) -> None:
        """Change the status, and what follows from that; IllegalTransition where the table has no such move. Published at once."""
        was, status = self.row.status, move(self.row.status, turn)
        course = turned(self.row.course, turn, status, self.at, why)
        self.set(status=status, status_at=max(self.at, self.row.status_at), status_why=why, publish_at=self.now, course=course, **(self._follows(was, status) | fields))
        self.tell(progress.STATE, why, ("status", status), *changes)
        if status is Status.RESOLVED:
            report_follow.tell_workers(self)
        if status is Status.CLOSED and turn is not Turn.MERGED:
            self.out += final_report.closing(self.frozen(), self.at, self.world)

    def _follows(self, was: Status, status: Status) -> dict[str, Any]:
        """Return the fields that a move changes whoever asks for it; close_at after a restoration is its caller's, resume_at that of whoever stops it."""
        return {"resume_at": 0, **self._of_life(was, status)}

    def _of_life(self, was: Status, status: Status) -> dict[str, Any]:
        if status in ENDED:
            forget_at = self.now + self.world.policy.manage.forget_after
            return {"waiting": False, "resolve_at": 0, "close_at": 0, "fall_at": 0, "report_at": 0, "forget_at": forget_at}
        if status is Status.RESOLVED:
            return {"resolved_at": self.at, "resolve_at": 0, "fall_at": 0, "report_at": 0}
        return {"resolved_at": 0, "close_at": 0, "reopened": self.row.reopened + 1} if was is Status.RESOLVED else {}

    def publish_by(self, at: Instant) -> None:
        """Have the problem published by `at` (now, where that is past), with all else that waits for it."""
        by = max(at, self.now)
        if not self.row.publish_at or by < self.row.publish_at:
            self.set(publish_at=by)

    def publish_as_of(self, at: Instant) -> None:
        """Tell the problem at once, as of the time of another process's word; what waits for its pace goes on waiting."""
        self.out += told(self, max(at, self.row.last_at))

    def publish(self) -> None:
        """Tell the whole problem, and its report where something in that changed."""
        row = self.row
        grown = []
        if row.told_members and row.members != row.told_members:
            grown.append(("alarmCount", str(row.members)))
        if row.told_members and row.service_count != row.told_services:
            grown.append(("affectedNumberOfServices", str(row.service_count)))
        if grown:
            self.tell(progress.ATTRIBUTE, f"Now {number(row.members, 'alarm')}, {row.active:,} of them active, and {number(row.service_count, 'service')}.", *grown)
        self.set(published_at=self.now, publish_at=0, told_members=row.members, told_services=row.service_count)
        report_follow.aim(self)
        self.out += told(self, self.at)

    def tell_network(self) -> None:
        """Tell stage 6 where status, priority or the located cause changed; nothing of a standing problem."""
        before, row, cause = self.before, self.row, self.row.cause
        if row.standing:
            return
        if before is not None and not before.standing and _of_interest(before, self.world) == _of_interest(row, self.world):
            return
        node = self.world.network.nodes.get(cause.object) if cause else None
        message = ProblemTold(
            row.id, row.domain, row.status, row.priority, cause.object if cause else "", cause.cause if cause else "", node.type if node else "",
            cause.confidence if cause else 0.0, row.opened_at, self.at, row.service_count, told_at=max(self.now, self.at),
            claims=row.claims, alarmed=row.alarmed, kinds=row.kinds, weak=row.weak, crosses=row.crosses, is_down=row.is_down,
            report_at=report.wanted(row, self.world) if row.crosses else 0, reported=_reported(row),
            is_clear=not row.active and not row.tested.sent_back, unproven=row.tested.failures, hurt=_hurt(row, self.world), held=row.held_down,
            site=node.site if node else next(iter(row.sites), ""), turn=row.course.turn, detected_at=row.created_at, located_at=row.course.located_at,
            resolved_at=row.resolved_at, paused=row.course.paused, reopened=row.reopened, etr=row.etr, traces=row.traces[:1])
        self.out.append(to_network(message, self.at))


def told(change: Change, at: Instant) -> list[Emit]:
    """Return the problem as it is, and its report where what that shows has changed; the new report goes into the row."""
    reports = report_follow.follow(change, at)
    return [Emit("problems", change.row.id, change.frozen(), at, traces=change.row.traces), *reports]


def _of_interest(row: ProblemRecord, world: World) -> tuple[object, ...]:
    """Return what stage 6 is told anew when it changes."""
    known = (row.status, row.priority, (row.cause.object, row.cause.cause) if row.cause else ("", ""), *_of_commands(row, world))
    return (*known, row.claims, row.alarmed, row.is_down, report.wanted(row, world), _reported(row)) if row.crosses else known


def _of_commands(row: ProblemRecord, world: World) -> tuple[object, ...]:
    """Return what commands depend on; nothing where no restoration is declared."""
    if not world.network.restores:
        return ()
    return (not row.active, row.tested.sent_back, row.tested.failures, bisect(world.network.confidences, row.cause.confidence) if row.cause else 0, _hurt(row, world), row.held_down)


def _hurt(row: ProblemRecord, world: World) -> tuple[str, ...]:
    return tuple(one.service for one in row.services) if world.network.restores_services and row.active else ()


def _reported(row: ProblemRecord) -> bool:
    """Tell whether a report was opened without stage 6; what came of its own answers is no news to it."""
    return row.report is not None and not row.report.is_asked
