"""What is remembered of a problem's trouble report (report.py makes it and has it follow)."""

import msgspec

from streams.domain.instant import Instant
from streams.domain.problem import Status


class StatusChange(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One line of a report's history (TMF621 statusChangeHistory)."""

    status: Status
    at: Instant
    why: str


class Report(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a trouble report has of its own; the rest of it is its problem's."""

    id: str
    created_at: Instant
    etr: Instant
    """Expected resolution: TMF621 expectedResolutionDate."""
    history: tuple[StatusChange, ...]
    """The last `HISTORY` (report.py) changes of status; the last one is the status."""
    shows: tuple[str, ...] = ()
    """What of its problem it told last; told again only when this differs."""
    number: int = 0
    """Reports of this problem before it, all of them withdrawn."""
    is_asked: bool = False
    """Stage 6 had it opened."""
    withdrawn: bool = False
    """The report of the parent problem stands for it; its status is its last one."""
    etrs: tuple[Instant, ...] = ()
    """Expected resolutions that it told, the last `ETRS`: one of them that comes back is no promise of anybody's."""
    group: str = ""
    """Who must act, by rule; the ticketing system may have assigned it to others."""
    accept_by: Instant = 0
    """When somebody must have accepted it."""
    is_late: bool = False
    """Nobody had, and that was told."""
    name: str = ""
    """In the words of topology.yaml; "": the renderer has words of its own."""
    description: str = ""
