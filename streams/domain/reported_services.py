"""Which services have a problem that only customers reported: so that a lane sees by itself when its alarms explain one.

Stage 5 sees it too, and across domains, but its clock is that of the lane furthest behind: what goes by its word alone
depends on how far ahead the lane is when the word comes.
"""

import msgspec

from streams.domain.view import View

MOST = 16
"""Reported problems remembered of one service, the latest (ours: there is one, but for races)."""


class ReportedService(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A service that customers reported; key: the service."""

    problems: tuple[str, ...]
    """Problems without alarms in which its reports are, the oldest first."""


def add(view: View, service: str, problem: str) -> None:
    """Note that a report of a service is in a reported problem."""
    known: ReportedService | None = view.reported_services.get(service)
    if known is None or problem not in known.problems:
        view.reported_services.put(service, ReportedService(((*known.problems, problem) if known is not None else (problem,))[-MOST:]))


def drop(view: View, service: str, problem: str) -> None:
    """Note that none is any more."""
    known: ReportedService | None = view.reported_services.get(service)
    if known is None or problem not in known.problems:
        return
    if left := tuple(one for one in known.problems if one != problem):
        view.reported_services.put(service, ReportedService(left))
    else:
        view.reported_services.delete(service)


def of(view: View, service: str) -> tuple[str, ...]:
    """Return the reported problems of a service."""
    known: ReportedService | None = view.reported_services.get(service)
    return known.problems if known is not None else ()
