"""A customer's report of a fault, and what its requester (Problem Handling, eTOM 1.4.6.1) is told of it on `progress`.

One request may yield several service trouble reports, one for each service that the product stands on: they have the
request's id and a number. No customer is named in any of this: the requester knows its report by its own id (`external`).
"""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant

PARTS = 10
"""Services that one report may name: their reports' ids end in .0 to .9."""


class ReportRef(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One customer's report of one service."""

    id: str
    external: str
    """What its requester calls it (externalIdentifier)."""
    owner: str
    """Who its requester is: owner of the external identifier."""
    product: str
    """Product instance, "" where the report names the service alone."""
    service: str
    since: Instant
    """Since when it does not work, as the customer says; else when it was reported."""


class RequesterTold(msgspec.Struct, frozen=True, gc=False):
    """One record of `progress` for the requester of a report (key: the report's id, of a request that could not be read its position); names no customer."""

    id: str
    kind: str
    """accepted, refused: answers to requests; information: something is missing; confirmation: is it restored?; changed; closed."""
    ref: ReportRef
    at: Instant
    why: str
    """One sentence for people: what was done or changed, or why not and what to do about it."""
    request: str = ""
    """Of an answer: the request's own id."""
    action: str = ""
    """Of an answer: what was asked."""
    problem: str = ""
    domain: str = ""
    """The problem's correlation domain."""
    status: str = ""
    """The problem's."""
    cause: str = ""
    """Where the fault lies, in plain words; "" while nobody knows."""
    etr: Instant = 0
    required: tuple[str, ...] = ()
    """JSON paths of what is missing."""


def request_id(owner: str, external: str) -> str:
    """Return the id of a request to report a fault: the same for the same request sent again."""
    return identify("", "customer-report", owner, external)


def report_key(problem: str, report: str) -> str:
    """Return the key of a report in the table of its problem's lane."""
    return f"{problem}|{report}"


def own_problem(domain: str, report: str, number: int) -> str:
    """Return the id of the problem that a report opens; `number`: how many it opened before."""
    return identify(domain, "customer-report", report, number)
