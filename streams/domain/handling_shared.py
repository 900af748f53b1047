"""Several customers' reports that nothing explains, in a short time, of services that share something upstream.

Each report is registered at what its service stands on, within some hops. Where enough products were reported at one
object, the nearest such is the suspected cause of all of them, without any alarm (eTOM 1.4.6.1; issue 6, section 5).
"""

import msgspec

from streams.domain.impact import cone
from streams.domain.instant import Instant
from streams.domain.network import Network
from streams.domain.policy import HandlingPolicy
from streams.domain.view import View

MOST = 100
"""Reports remembered at one object, the latest."""
BASE = 200
"""Objects at which one report is registered at most, the nearest."""


class SharedReport(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A report that nothing explained when it came, at an object its service stands on."""

    at: Instant
    report: str
    product: str
    """Product instance, else the service: one customer who reports three times is one."""
    hops: int


class SharedReports(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The latest reports at one object; key: the object."""

    reports: tuple[SharedReport, ...]
    due: Instant
    """When the last one is too old to count."""


class Suspect(msgspec.Struct, frozen=True, gc=False):
    """What several reports share."""

    object: str
    reports: tuple[SharedReport, ...]
    """In order of time."""


def register(view: View, report: str, product: str, service: str, at: Instant, network: Network, policy: HandlingPolicy) -> list[Suspect]:
    """Register a report; return what enough of them share, nearest to their services first."""
    found = []
    for name, hops in list(cone(network, service).items())[:BASE]:
        if hops > policy.shared_hops:
            break
        known: SharedReports | None = view.shared_reports.get(name)
        fresh = [one for one in (known.reports if known else ()) if one.at > at - policy.shared_within and one.report != report]
        reports = tuple(sorted((*fresh, SharedReport(at, report, product or service, hops)), key=lambda one: (one.at, one.report))[-MOST:])
        view.shared_reports.put(name, SharedReports(reports, reports[-1].at + policy.shared_within))
        if len({one.product for one in reports}) >= policy.shared_reports:
            found.append(Suspect(name, reports))
    return sorted(found, key=lambda s: (sum(one.hops for one in s.reports) / len(s.reports), s.object))
