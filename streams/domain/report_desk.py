"""Whom else a reported problem is brought to: a request to the resource domain for the located resource, to a party whose help it needs.

Requests are reports of their own (TMF621 resourceTrouble, partyTrouble), open while the problem's is. They are about one
object, the target: what has been the best cause for `request_after`. Should another be, they are withdrawn and others
made, told once. What belongs to another party (`owner`) is that party's to repair; others help by rule (`engage`).
For a problem that crosses domains stage 6 says the target, by event times alone (family_report.py).
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.report_record import Report
from streams.domain.report_rules import PARTY, RESOURCE, Facts, engaged
from streams.domain.ticket import Ticket
from streams.domain.view import World

MOST = 8
"""Requests made for one problem at most, withdrawn ones included; then the last ones stay (ours)."""


class Request(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A report to somebody else."""

    kind: str
    """resourceTrouble or partyTrouble."""
    target: str
    """What they are to repair."""
    party: str
    """Who, of a partyTrouble."""
    report: Report
    ticket: Ticket | None = None

    @property
    def is_open(self) -> bool:
        return not self.report.withdrawn


class Desk(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What others were asked to do about a problem."""

    requests: tuple[Request, ...] = ()
    """Oldest first."""
    target: str = ""
    """What work is asked on; "" for nothing."""
    next_target: str = ""
    """What will be, unless it is no longer the best cause by then."""
    due: Instant = 0
    """When; 0: the target is the best cause."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.report.id for one in self.requests)


def aimed(desk: Desk, wanted: str, at: Instant) -> Desk:
    """Return the desk after the best cause became `wanted`: it is the target from `at` on, if it still is by then."""
    if wanted == desk.target:
        return msgspec.structs.replace(desk, next_target="", due=0) if desk.due else desk
    if desk.due and wanted == desk.next_target:
        return desk
    return msgspec.structs.replace(desk, next_target=wanted, due=at)


def wanted(target: str, facts: Facts, world: World) -> tuple[tuple[str, str], ...]:
    """Return (kind, party) of the requests about a target."""
    if not target:
        return ()
    rules, node = world.network.reports, world.network.nodes.get(target)
    owner = rules.owners.get(target, "")
    own = ((PARTY, owner),) if owner else () if node is not None and node.is_service else ((RESOURCE, ""),)
    return tuple(dict.fromkeys((*own, *((PARTY, party) for party in engaged(rules, facts)))))
