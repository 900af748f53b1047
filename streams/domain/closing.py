"""When a problem that a work-around restored may end: at once (palliative), or with the definitive repair (TM Forum function 1147).

    palliative    the use is given back: resolved, though alarms may still be active; it closes once those are clear
    definitive    it stays open, and so does its report, until the repair: a command that restored it, its resource trouble
                  closed, or an operator's word

Per service (`services: closing` in topology.yaml), else `manage.closing`; of a problem that hurt several services the
stricter one counts. A new alarm under a work-around is news in both cases.
"""

import msgspec

from streams.domain import progress
from streams.domain.instant import Instant
from streams.domain.plural import number
from streams.domain.policy import Policy
from streams.domain.problem import OPEN, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import World

PALLIATIVE = "palliative"
DEFINITIVE = "definitive"
_replace = msgspec.structs.replace


def policy_of(row: ProblemRecord, world: World) -> str:
    """Return the closing policy of a problem: by the services that it hurts, or hurt last."""
    default, known = world.policy.manage.closing, world.network.closing
    words = {known.get(one.service, default) for one in row.services} or {default}
    return DEFINITIVE if DEFINITIVE in words else PALLIATIVE


def closes_at(resolved_at: Instant, policy: Policy) -> Instant:
    """Return when a problem resolved at a time closes where nobody is asked: not while correlation may still add alarms to it."""
    return resolved_at + max(policy.manage.close_after, policy.correlate.quiet_period)


def waits(row: ProblemRecord, world: World) -> bool:
    """Whether a problem has to stay open for its definitive repair."""
    return row.relief.since > 0 and not row.relief.repaired and policy_of(row, world) == DEFINITIVE


def outcome(change: Change, command: str, word: str, at: Instant) -> None:
    """Let the outcome of a command move the problem: a work-around, or the repair that it waited for."""
    row = change.row
    if word == "workaround":
        change.set(relief=_replace(row.relief, since=max(at, row.opened_at), members=row.members, repaired=False))
        _worked_around(change, command, at)
    elif word == "restored" and row.relief.since:
        repaired(change, at)


def _worked_around(change: Change, command: str, at: Instant) -> None:
    row = change.row
    if policy_of(row, change.world) == PALLIATIVE:
        if row.status in OPEN:
            left = f"; {number(row.active, 'alarm')} still active" if row.active else ""
            _at(change, at)
            change.move(Turn.WORKED_AROUND, f"Restored by work-around {command}{left}.", close_at=0 if row.active else closes_at(change.now, change.world.policy))
    elif row.status == Status.RESOLVED:
        _at(change, at)
        change.move(Turn.UNREPAIRED, f"Restored only by work-around {command}; it stays open until the definitive repair.")


def held_back(change: Change) -> bool:
    """Say once of a problem that is clear that it stays open for its definitive repair; whether it does."""
    row = change.row
    if not waits(row, change.world):
        return False
    if not row.relief.is_told:
        change.set(relief=_replace(row.relief, is_told=True))
        change.tell(progress.ATTRIBUTE, "All its alarms are clear, by a work-around; it stays open until the definitive repair.", ("closingPolicy", DEFINITIVE))
    return True


def repaired(change: Change, at: Instant) -> None:
    """Note the definitive repair; a problem that waited for nothing else is to be resolved, with its final test."""
    waited = waits(change.row, change.world)
    if not change.row.relief.since:
        return
    change.set(relief=_replace(change.row.relief, repaired=True))
    if waited and change.row.status in OPEN and not change.row.active:
        _at(change, at)
        change.set(resolve_at=change.now)


def _at(change: Change, at: Instant) -> None:
    change.set(last_at=max(at, change.row.last_at))
