"""Who must act on a report, whose help is needed, and in what words it is written: rules of topology.yaml, read when a report is made."""

from collections.abc import Mapping

import msgspec

from streams.domain.calendar_time import Calendar, open_spans
from streams.domain.instant import Instant

SERVICE, RESOURCE, PARTY = "serviceTrouble", "resourceTrouble", "partyTrouble"
"""Types of report (TMF621 ticketType): on the problem itself, to the resource domain, to another party."""

GROUPS = {SERVICE: "service-operations", RESOURCE: "resource-operations", PARTY: "supplier-management"}
"""Who must act where no rule of `assignment` matches."""


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What rules look at."""

    domain: str
    type: str
    """Of the located object."""
    vendor: str
    cause: str
    """Probable cause told on it."""
    priority: int
    level: int
    """Of escalation, 0..10."""
    at: Instant
    """When the report is made, or the cause became another."""


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """Which group must act; None in a field matches anything, the first rule that matches counts."""

    group: str
    report: str | None = None
    """Type of report."""
    domain: str | None = None
    on_type: str | None = None
    vendor: str | None = None
    calendar: Calendar | None = None
    """Only in its hours."""


class Engagement(msgspec.Struct, frozen=True, gc=False):
    """Which party's help is needed beside our own work; None in a field matches anything, every rule that matches counts."""

    party: str
    domain: str | None = None
    on_type: str | None = None
    vendor: str | None = None
    cause: str | None = None
    priority: int = 10
    """Of this priority or a higher one (a lower number)."""
    escalation: int = 0
    """From this level of escalation on."""


class Template(msgspec.Struct, frozen=True, gc=False):
    """The words of a report; `{field}` as schemas/topology_reports.py lists them."""

    name: str = ""
    description: str = ""


class ReportRules(msgspec.Struct, frozen=True, gc=False):
    """All of it."""

    assignment: tuple[Assignment, ...] = ()
    engage: tuple[Engagement, ...] = ()
    templates: Mapping[str, Template] = {}
    """Type of report -> its words."""
    owners: Mapping[str, str] = {}
    """Object -> the party it belongs to, where that is not us."""
    vendors: Mapping[str, str] = {}


def group_of(rules: ReportRules, report: str, facts: Facts) -> str:
    """Return the group that must act on a report."""
    for rule in rules.assignment:
        if rule.report in (None, report) and rule.domain in (None, facts.domain) and rule.on_type in (None, facts.type) and rule.vendor in (None, facts.vendor) and _is_open(rule.calendar, facts.at):
            return rule.group
    return GROUPS[report]


def engaged(rules: ReportRules, facts: Facts) -> tuple[str, ...]:
    """Return the parties whose help is needed, in the order of the rules."""
    return tuple(dict.fromkeys(
        rule.party for rule in rules.engage
        if rule.domain in (None, facts.domain) and rule.on_type in (None, facts.type) and rule.vendor in (None, facts.vendor)
        and rule.cause in (None, facts.cause) and facts.priority <= rule.priority and facts.level >= rule.escalation))


def _is_open(calendar: Calendar | None, at: Instant) -> bool:
    return calendar is None or next(open_spans(calendar, at))[0] == at
