"""Name and description of a report where topology.yaml has templates for its type; else the renderer has words of its own.

A template names fields in braces, no more than that (schemas/topology_reports.py checks it when the file is read): no
attribute of anything can be reached. It is worded anew when the report has something to tell.
"""

import msgspec

from streams.domain.plural import number
from streams.domain.problem_record import ProblemRecord
from streams.domain.report import facts_of
from streams.domain.report_record import Report
from streams.domain.view import World

LONGEST_NAME, LONGEST_DESCRIPTION = 256, 2000


def worded(before: Report, after: Report, kind: str, row: ProblemRecord, target: str, party: str, world: World) -> Report:
    """Return `after` in the words of its template; as it is where there is none, or where nothing became of it since `before`."""
    template = world.network.reports.templates.get(kind)
    if template is None or (after == before and (before.name or before.description)):
        return after
    fields = fields_of(row, after, target, party, world)
    return msgspec.structs.replace(
        after, name=template.name.format_map(fields)[:LONGEST_NAME], description=template.description.format_map(fields)[:LONGEST_DESCRIPTION])


def fields_of(row: ProblemRecord, report: Report, target: str, party: str, world: World) -> dict[str, str]:
    """Return what templates may name; "unknown" for what is not known, so that no sentence has a hole."""
    facts, node = facts_of(row, target, world, row.last_at), world.network.nodes.get(target)
    products = world.network.products
    customers = {product.customer for hurt in row.services for product in products.get(hurt.service, ()) if product.customer}
    said = {
        "cause": facts.cause, "domain": row.domain, "group": report.group, "party": party, "problem": row.id, "severity": row.worst.name.lower(),
        "site": (node.site if node is not None else "") or next(iter(row.sites), ""), "type": facts.type, "vendor": facts.vendor, "where": target, "priority": str(row.priority),
        "alarms": number(row.members, "alarm"), "services": number(row.service_count, "service"), "customers": number(len(customers), "customer"),
        "description": f"{facts.cause or 'A fault'} at {target or row.domain}"}
    return {name: value or "unknown" for name, value in said.items()}
