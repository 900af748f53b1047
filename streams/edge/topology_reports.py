"""What topology.yaml says of trouble reports: who must act, whose help is needed, in what words (domain/report_rules.py)."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from schemas.topology_reports import AssignmentEntry, EngagementEntry
from streams.domain.network import Node
from streams.domain.report_rules import Assignment, Engagement, ReportRules, Template
from streams.edge.feed import Feed
from streams.edge.topology_document import Document
from streams.edge.topology_finding import Finding, nearest
from streams.edge.topology_slas import calendar_of


def report_rules(document: Document) -> ReportRules:
    """Return the rules, those of each kind in the order of the file."""
    file = document.file
    owners = {row.id: row.owner for row in document.resources.all if row.owner} | {row.id: row.owner for row in document.services.all if row.owner}
    return ReportRules(
        tuple(_assignment(document, rule) for rule in file.assignment),
        tuple(msgspec.convert(rule.model_dump(), Engagement) for rule in file.engage),
        {kind: msgspec.convert(words.model_dump(exclude_none=True), Template) for kind, words in sorted(file.templates.items())},
        dict(sorted(owners.items())), {row.id: row.vendor for row in sorted(document.resources.all, key=lambda row: row.id) if row.vendor})


def _assignment(document: Document, rule: AssignmentEntry) -> Assignment:
    calendar = calendar_of(document.file.calendars[rule.calendar]) if rule.calendar is not None else None
    return Assignment(rule.group, rule.report, rule.domain, rule.on_type, rule.vendor, calendar)


def report_mistakes(document: Document) -> Iterator[Finding]:
    """Yield rules that name a calendar that is not declared."""
    known = document.file.calendars
    for n, rule in enumerate(document.file.assignment):
        if rule.calendar is not None and rule.calendar not in known:
            yield document.finding(
                "error", ("assignment", n, "calendar"), f"calendar {rule.calendar!r} is not declared", nearest(rule.calendar, known) or "declare it under calendars")


def odd_report_rules(document: Document, nodes: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield rules that can match nothing, and those that another hides."""
    domains = {node.domain for node in nodes.values()} | {feed.home for feed in document.file.feeds} | {Feed("").home}
    types, vendors = {node.type for node in nodes.values()}, {row.vendor for row in document.resources.all}
    sections: tuple[tuple[str, Sequence[AssignmentEntry | EngagementEntry]], ...] = (("assignment", document.file.assignment), ("engage", document.file.engage))
    for section, rules in sections:
        for n, rule in enumerate(rules):
            for name, value, known in (("domain", rule.domain, domains), ("on_type", rule.on_type, types), ("vendor", rule.vendor, vendors)):
                if value is not None and value not in known:
                    yield document.finding("warning", (section, n, name), f"can match nothing: no object has {name.removeprefix('on_')} {value!r}", nearest(value, known - {""}))
    yield from _hidden(document)


def _hidden(document: Document) -> Iterator[Finding]:
    rules = [(rule.report, rule.domain, rule.on_type, rule.vendor, rule.calendar) for rule in document.file.assignment]
    for n, rule in enumerate(rules):
        for m, earlier in enumerate(rules[:n]):
            if all(wide is None or wide == narrow for wide, narrow in zip(earlier, rule, strict=True)):
                yield document.finding(
                    "warning", ("assignment", n), f"never counts: assignment[{m}] matches all that it matches", "the first rule that matches counts; put the narrower one first")
                break
