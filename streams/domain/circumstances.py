"""What a verdict on a command needs to know beside the problem, gathered from the rows of stage 6."""

import msgspec

from streams.domain import groups_held, impaired
from streams.domain.breaker import Guard
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.overseen import REPAIR_OPEN, BusyTarget, Overseen
from streams.domain.restoration import Circumstances
from streams.domain.view import View, World


def circumstances(view: View, row: Overseen, told: ProblemTold, guard: Guard, at: Instant, world: World) -> Circumstances:
    """Gather them for the next command of one problem; `told` as it is believed."""
    target = told.cause_object
    busy: BusyTarget | None = view.busy_targets.get(target) if target else None
    work, until = impaired.under_work(view, world.network, target, at) if target else ("", 0)
    return Circumstances(
        at, {one.action: one.attempts for one in row.tried}, row.proposed if row.approved == row.attempt + 1 else "", row.proposed, row.expires, row.expired,
        row.not_before, busy.until if busy is not None and busy.problem != told.problem else 0,
        groups_held.busy(view, target, at, world) if target else "", _lately(busy, at, world), work, until,
        parent_acts(view, row), row.repair == REPAIR_OPEN, view.live, guard, impaired.state(view, world.network, at))


def _lately(busy: BusyTarget | None, at: Instant, world: World) -> int:
    return 0 if busy is None else sum(t > at - world.policy.oversee.target_within for t in busy.issued)


def parent_acts(view: View, row: Overseen) -> bool:
    """Tell whether another problem, open and at the head of its family, is the one to act."""
    if row.parent in ("", row.told.problem):
        return False
    parent: Overseen | None = view.overseen_problems.get(row.parent)
    return parent is not None and parent.open


def believed(view: View, told: ProblemTold, world: World) -> ProblemTold:
    """Return a problem as it is seen with those of other domains: located where its family is, and as surely."""
    kin = view.kin.get(told.problem)
    if kin is None or not kin.told_cause:
        return told
    shared, node = view.shared_causes.get(kin.told_cause), world.network.nodes.get(kin.told_cause)
    located = next((s.problem for s in shared.siblings if s.is_located), "") if shared is not None else ""
    family = next((f for f in shared.families if told.problem in f.members), None) if shared is not None else None
    other: Overseen | None = view.overseen_problems.get(located) if located else None
    return msgspec.structs.replace(
        told, cause_object=kin.told_cause, cause=other.told.cause if other is not None else "", cause_type=node.type if node is not None else "",
        confidence=family.confidence if family is not None else told.confidence)
