"""The present impact on demand: every product that is hurt or at risk is told again, marked as snapshot (operator action snapshot-impacts).

A page of services at a time, each at a due time of its own, so that the deltas of a storm are not kept waiting. The last
word on a product is the present one whatever the order: what changes while pages are left is told as a delta, and again in its
page. Stage 6 sums up what the partitions told, and answers once, when all is told: a product that was not named by then
has no impact.
"""

import msgspec

from streams.domain.action_answer import answer
from streams.domain.ids import identify
from streams.domain.impact_delta import ImpactDelta, Told
from streams.domain.impact_messages import ImpactsAsked, ImpactsTold
from streams.domain.impact_reason import Reason
from streams.domain.instant import HOUR, SECOND, Instant
from streams.domain.plural import number
from streams.domain.view import Emit, View, to_network

ACTION = "snapshot-impacts"
PAGE = 500
"""Services looked at in one go ..."""
PAUSE = SECOND // 10
"""... and the time until the next ones: 100,000 services take 20 s."""
ANSWERED_WITHIN = HOUR
"""Partitions that have not told by then are left out, and it is said that they are."""


class Snapshot(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A snapshot that one partition has begun; key: where it was asked for."""

    asked: ImpactsAsked
    due: Instant
    after: str = ""
    """The last service told of."""
    impacts: int = 0


class SnapshotSum(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What partitions have told of one snapshot so far (stage 6); key: where it was asked for."""

    told: ImpactsTold
    due: Instant
    heard: int = 0
    impacts: int = 0


TABLES = {"impact-snapshots": (Snapshot, lambda row: row.due, "where a snapshot was asked for -> how far this partition has told it")}
SUMS = {"snapshot-sums": (SnapshotSum, lambda row: row.due, "where a snapshot was asked for -> what partitions have told of it so far")}


def begin(view: View, m: ImpactsAsked, now: Instant) -> list[Emit]:
    """Tell the first page."""
    return page(view, Snapshot(m, max(now, m.at)), max(now, m.at))


def page(view: View, row: Snapshot, at: Instant) -> list[Emit]:
    """Tell the next page; with the last one, say so to stage 6."""
    asked, target = row.asked, row.asked.request.target
    rows = view.watched_services.prefix("", PAGE, row.after)
    out = [
        Emit("customer-impacts", told.product.id, _again(asked, service, told, watched.reason, at), at)
        for service, watched in rows for told in watched.told if target in ("", service, told.product.id, told.product.customer)]
    impacts = row.impacts + len(out)
    key = asked.request.position
    if len(rows) == PAGE:
        view.impact_snapshots.put(key, Snapshot(asked, at + PAUSE, rows[-1][0], impacts))
        return out
    if view.impact_snapshots.get(key) is not None:
        view.impact_snapshots.delete(key)
    return [*out, to_network(ImpactsTold(asked.request, asked.lanes, impacts, at), at)]


def _again(asked: ImpactsAsked, service: str, told: Told, reason: Reason, at: Instant) -> ImpactDelta:
    return ImpactDelta(
        identify("", ACTION, asked.request.position, service, told.product.id), "snapshot", told.product.id, told.product.customer, service, told.impact, told.impact,
        reason, told.product.sla, told.since, at, told.due_at, told.planned, told.planned, told.clock, asked.request.id)


def add_up(view: View, m: ImpactsTold, now: Instant) -> list[Emit]:
    """Take what one partition told; answer with the last one."""
    row: SnapshotSum = view.snapshot_sums.get(m.request.position) or SnapshotSum(m, max(now, m.at) + ANSWERED_WITHIN)
    row = SnapshotSum(m if m.at > row.told.at else row.told, row.due, row.heard + 1, row.impacts + m.impacts)
    if row.heard < m.lanes:
        view.snapshot_sums.put(m.request.position, row)
        return []
    return tell_sum(view, row, row.told.at)


def tell_sum(view: View, row: SnapshotSum, at: Instant) -> list[Emit]:
    """Answer who asked; whom it was about is not told again: it may be a customer."""
    request, lanes = row.told.request, row.told.lanes
    if view.snapshot_sums.get(request.position) is not None:
        view.snapshot_sums.delete(request.position)
    missing = f"; {lanes - row.heard} of {lanes} partitions have not answered" if row.heard < lanes else ""
    done = f"{number(row.impacts, 'impact')} told on customer-impacts as snapshot {request.id}" if request.action == ACTION else f"{number(row.impacts, 'product')} forgotten on customer-impacts"
    return answer(msgspec.structs.replace(request, target=""), not missing, f"{done}{missing}.", at)
