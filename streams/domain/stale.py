"""Alarms that their source has not told for so long that they are taken for over (ADR 0048): cleared by us, and marked so.

    problem quiet, alarms stand --nothing heard of any of them for `stale_after`--> each is told on `progress` and cleared
    (`clearSystemId` spm, and why); when the last one is clear the problem resolves as ever

An alarm never ages out silently (rules-of-thumb 17), and a raise that comes later opens it again. Not while its source is known
to be silent, when nobody could have told it; and not our own alarms, which stand while what they say is so. Problems are
looked at, not alarms: a due time for each alarm would have to be kept for weeks, of all that ever came.
"""

import msgspec

from streams.domain.alarm import OURS
from streams.domain.alarm_book import named_problem
from streams.domain.alarm_deadline import clear_by_us, span
from streams.domain.alarm_record import AlarmChanged
from streams.domain.group import Group
from streams.domain.instant import MINUTE, Instant, Span
from streams.domain.network import AlarmAction
from streams.domain.regroup import Mover, members_of
from streams.domain.view import Emit, View, World

STALE_RULE = "!stale"
"""Rule under which such a clear is told."""
AT_ONCE = 200
"""Alarms of one problem cleared in one go; the rest a minute later."""


def is_standing(group: Group) -> bool:
    """Whether a group that comes due does so because its alarms still stand."""
    return group.quiet and group.active > 0 and not group.into


def stale_due(view: View, problem: str, group: Group, now: Instant, world: World) -> list[Emit]:
    """Clear what is stale of a quiet problem; look again, while anything stands, after as long."""
    at, after = group.due, world.policy.correlate.stale_after
    found = [one for one in members_of(view, problem, group) if is_stale(one, at, after)] if after else []
    rule = AlarmAction(STALE_RULE, "not-cleared", "clear", after=after, suppressed=True, standing=True)
    out: list[Emit] = []
    for key, record, life in found[:AT_ONCE]:
        told = AlarmChanged("changed", record, life, named_problem(view, record), at)
        out += clear_by_us(view, key, rule, told, at, f"not told by its source for {span(after)}", now, world)
    left: Group = view.groups.get(problem)
    if left.active and left.due == at:
        again = at + MINUTE if len(found) > AT_ONCE else at + after if after else 0
        view.groups.put(problem, msgspec.structs.replace(left, due=again))
    return out


def is_stale(one: Mover, at: Instant, after: Span) -> bool:
    """Whether an alarm has not been told for so long, by a source that could have."""
    return max(one.record.heard_at, one.record.slid_at) + after <= at and not one.life.unknown_since and one.life.alarm.source != OURS
