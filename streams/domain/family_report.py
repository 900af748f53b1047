"""When the report of a problem that may have relatives in other domains opens: one report for a family, that of its head.

Such a problem waits a short while for a parent (`parent_wait`), however urgent it is; the report of a parent is due when
that of the most urgent of its family would be. A child's report does not open. One that is open when the parent comes
stands for the family, with the parent's priority where that is higher, instead of one that opens for the parent; where both are
open by then the child's is withdrawn, with the reason. One that loses its parent gets its own after the same wait. What others are asked
to work on is said here too, once it has been the cause for `request_after` (report_desk.py). All of it depends
on event times alone, in the order in which stage 6 folds words: the answer says as of when it is.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.level import LENT
from streams.domain.overseen import Overseen, WaitingCommand, answer
from streams.domain.plural import number
from streams.domain.view import Emit, View, World

WAITS = "report:"
"""Prefix of the keys in waiting-commands of problems whose report waits for the partition to catch up."""


class Kin(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How a problem stands among those of other domains, and its report where stage 6 decides on it."""

    since: Instant
    """Since when it has had no parent: when it was first told of, or left its family."""
    objects: tuple[str, ...] = ()
    """Objects that it is registered at, sorted."""
    told_cause: str = ""
    """The common cause it was told of, where that is not the one it is located at."""
    children: int = 0
    """It was told to be the parent of so many."""
    review_at: Instant = 0
    """When a problem that is over leaves its family; 0: it is not over."""
    judge_at: Instant = 0
    """When it has been known for long enough to have a silent cause; 0: never, or it has been."""
    report_at: Instant = 0
    """When its report opens; 0: not by time."""
    is_reported: bool = False
    was_withdrawn: bool = False
    target: str = ""
    """What others were asked to work on, once its report is open."""
    ask_at: Instant = 0
    """When they are asked to work on what is then the cause; 0: that is the target."""
    lent: int = 0
    """The priority of the parent that its report stands for, as told; 0: it stands for none."""

    @property
    def due(self) -> Instant:
        """When something is to be done about it, 0 for never."""
        return min(filter(None, (self.review_at, self.judge_at, self.report_at, self.ask_at)), default=0)


def follow(view: View, problem: str, at: Instant, world: World) -> list[Emit]:
    """Withdraw a report, open it, or note when it is to open, after a word on the problem or a change of its parent."""
    row: Overseen | None = view.overseen_problems.get(problem)
    kin: Kin | None = view.kin.get(problem)
    if row is None or kin is None or not row.told.crosses:
        return []
    told, speaker = row.told, spoken_for(view, row, world)
    is_covered, has_one = speaker not in ("", problem), _has_report(row, kin)
    if has_one and is_covered and row.open:
        view.kin.put(problem, msgspec.structs.replace(kin, is_reported=False, was_withdrawn=True, report_at=0, target="", ask_at=0, lent=0))
        return [answer(told, "family-report", row.parent, "withdraw", f"The report of its parent problem {row.parent} stands for it: {row.cause_object} explains both.", at)]
    if has_one and row.open:
        _aim(view, problem, row, kin, at, world)
        return _lend(view, row, speaker, at)
    out = _lend(view, view.overseen_problems.get(speaker), speaker, at) if is_covered and row.parent == problem else []
    wanted = 0 if has_one or is_covered or not row.open else _wanted(view, row)
    due = max(wanted, kin.since + world.policy.oversee.parent_wait) if wanted else 0
    waits = view.waiting_commands.get(WAITS + problem) is not None
    if waits and not due:
        view.waiting_commands.delete(WAITS + problem)
        return out if is_covered else [answer(told, "family-report", "", "missed", "The problem was over before the backlog was worked off.", at)]
    if waits:
        return out
    view.kin.put(problem, msgspec.structs.replace(kin, report_at=due))
    return open_(view, problem, at, world) if due and due <= at else out


def _lend(view: View, row: Overseen | None, speaker: str, at: Instant) -> list[Emit]:
    """Lend the report of a child that stands for its family the priority of its parent; take it back where it stands for itself again."""
    kin: Kin | None = view.kin.get(row.told.problem) if row is not None else None
    if row is None or kin is None:
        return []
    parent: Overseen | None = view.overseen_problems.get(row.parent) if speaker == row.told.problem != row.parent else None
    lent = parent.told.priority if parent is not None else 0
    if lent == kin.lent:
        return []
    view.kin.put(row.told.problem, msgspec.structs.replace(kin, lent=lent))
    why = f"It stands for its parent problem {row.parent} of priority {lent} too." if lent else "It stands for itself alone."
    return [answer(row.told, "family-priority", row.parent if lent else "", str(lent), why, at)]


def _aim(view: View, problem: str, row: Overseen, kin: Kin, at: Instant, world: World) -> None:
    """Note when others are to be asked to work on the cause, if that is another than they were asked to work on."""
    ask_at = 0 if _located(row, world) == kin.target else kin.ask_at or at + world.policy.manage.request_after
    if ask_at != kin.ask_at:
        view.kin.put(problem, msgspec.structs.replace(kin, ask_at=ask_at))


def _located(row: Overseen, world: World) -> str:
    """Return the object that work is to be asked on: the family's cause, else its own where that is sure enough."""
    return row.cause_object or (row.told.cause_object if row.told.confidence >= world.policy.manage.request_confidence else "")


def ask(view: View, problem: str, at: Instant, world: World) -> list[Emit]:
    """Have others asked to work on what is the cause by now."""
    row: Overseen | None = view.overseen_problems.get(problem)
    kin: Kin = msgspec.structs.replace(view.kin.get(problem), ask_at=0)
    target = _located(row, world) if row is not None and row.open else kin.target
    view.kin.put(problem, msgspec.structs.replace(kin, target=target))
    if row is None or target == kin.target:
        return []
    return [answer(row.told, "work", target, "asked", f"The cause is located at {target}." if target else "No cause is located.", at)]


def spoken_for(view: View, row: Overseen, world: World) -> str:
    """Return the problem of its family whose report stands for all of it, "" where it has no family.

    It is the parent's, unless another has one already and the parent has none: who works on that need not begin anew. Where
    the mode lets the parent have none, each has its own.
    """
    if not row.parent:
        return ""
    parent: Overseen | None = view.overseen_problems.get(row.parent)
    if parent is None:
        return row.parent
    if world.level >= LENT:
        if _has_report(parent, view.kin.get(row.parent)):
            return row.parent
        if earlier := _earlier(view, parent):
            return earlier
    return row.parent if world.network.mode_for(parent.told.domain, parent.told.cause) != "observe" else row.told.problem


def _earlier(view: View, parent: Overseen) -> str:
    """Return the first of a parent's children that has a report, "" where none has."""
    shared = view.shared_causes.get(parent.cause_object)
    for one in shared.siblings if shared is not None else ():
        if one.parent == parent.told.problem != one.problem:
            row: Overseen | None = view.overseen_problems.get(one.problem)
            if row is not None and _has_report(row, view.kin.get(one.problem)):
                return row.told.problem
    return ""


def _has_report(row: Overseen, kin: Kin | None) -> bool:
    return kin is not None and (kin.is_reported or (row.told.reported and not kin.was_withdrawn))


def _wanted(view: View, row: Overseen) -> Instant:
    """Return when the report is due by the priority of the problem or of the most urgent of its children; 0: not at all."""
    told = row.told
    if not told.report_at or row.parent != told.problem:
        return told.report_at
    shared = view.shared_causes.get(row.cause_object)
    children = [view.overseen_problems.get(s.problem) for s in shared.siblings if s.parent == told.problem != s.problem] if shared is not None else []
    urgent: list[Instant] = [child.told.report_at for child in children if child is not None and child.told.report_at]
    return min([told.report_at, *urgent])


def open_(view: View, problem: str, at: Instant, world: World) -> list[Emit]:
    """Have the report of a problem opened, or wait for the partition to catch up."""
    row, kin = view.overseen_problems.get(problem), view.kin.get(problem)
    if not view.live:
        view.kin.put(problem, msgspec.structs.replace(kin, report_at=0))
        view.waiting_commands.put(WAITS + problem, WaitingCommand(problem, row.told.opened_at))
        return []
    view.kin.put(problem, msgspec.structs.replace(kin, report_at=0, is_reported=True, target="", ask_at=at + world.policy.manage.request_after))
    why = f"It is the parent of {number(kin.children, 'problem')} of other domains." if kin.children else "No problem of another domain explains it."
    return [answer(row.told, "family-report", problem, "open", why, at)]


def release(view: View, at: Instant, room: int, world: World) -> list[Emit]:
    """Have the reports opened that waited for the partition to catch up; `room`: how many at most."""
    out: list[Emit] = []
    for key, one in view.waiting_commands.prefix(WAITS, room):
        view.waiting_commands.delete(key)
        out += open_(view, one.problem, at, world)
    return out
