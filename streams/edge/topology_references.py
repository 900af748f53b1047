"""Do the names in a topology refer to something? What does not is an error: `spm check` tells it and a load refuses it."""

from collections.abc import Generator, Iterator
from typing import Any

from streams.domain.network import PROTECTION
from streams.edge.feed import Feed
from streams.edge.topology_document import Document, Rows
from streams.edge.topology_finding import Finding, nearest
from streams.edge.topology_reports import report_mistakes
from streams.edge.topology_slas import sla_mistakes
from streams.edge.topology_streams import LANES, STREAMS
from streams.edge.topology_watch import watch_mistakes

_SUGGESTED = 20
"""Near names are looked for in the first so many dangling references: one look costs a walk over all names."""


def misreferences(document: Document) -> Iterator[Finding]:
    """Yield every name that is declared twice or not at all, and every count that cannot be."""
    ids = yield from _declared(document)
    yield from _aliases(document, ids)
    yield from _dependencies(document, ids)
    yield from _products(document)
    yield from _feeds_and_streams(document)
    yield from _restoration(document, ids)
    yield from _tests(document)
    yield from watch_mistakes(document)
    yield from sla_mistakes(document)
    yield from report_mistakes(document)


def _declared(document: Document) -> Generator[Finding, None, dict[str, None]]:
    """Yield ids that are declared twice; return all of them."""
    ids: dict[str, None] = {}
    sections: tuple[tuple[str, Rows[Any]], ...] = (("resource", document.resources), ("service", document.services))
    for what, rows in sections:
        for n, row in enumerate(rows.all):
            if row.id in ids:
                yield document.row_finding(
                    "error", rows.place(n, "id"), f"{row.id!r} is declared twice", f"give this {what} another id, or remove it"
                )
            ids[row.id] = None
    return ids


def _aliases(document: Document, ids: dict[str, None]) -> Iterator[Finding]:
    objects: tuple[Rows[Any], ...] = (document.resources, document.services)
    yield from _aliases_of(document, objects, ids, "object")
    yield from _aliases_of(document, (document.products,), {row.id: None for row in document.products.all}, "product")


def _aliases_of(document: Document, sections: tuple[Rows[Any], ...], ids: dict[str, None], what: str) -> Iterator[Finding]:
    """Find aliases that name two: alarms are given to objects by theirs, customers' reports to products."""
    owners: dict[str, str] = {}
    for rows in sections:
        for n, row in enumerate(rows.all):
            for m, alias in enumerate(row.aliases):
                if alias in ids and alias != row.id:
                    yield document.row_finding(
                        "error",
                        rows.place(n, "aliases", m),
                        f"alias {alias!r} is the id of another {what}",
                        f"an alias must name one {what} only",
                    )
                elif owners.setdefault(alias, row.id) != row.id:
                    yield document.row_finding(
                        "error",
                        rows.place(n, "aliases", m),
                        f"alias {alias!r} is already one of {owners[alias]!r}",
                        f"an alias must name one {what} only",
                    )


def _dependencies(document: Document, ids: dict[str, None]) -> Iterator[Finding]:
    rows, looked = document.dependencies, 0
    for n, row in enumerate(rows.all):
        if (
            row.dependent in ids
            and all(map(ids.__contains__, row.to))
            and row.needs is None
            and row.degraded_below is None
            and row.dependent not in row.to
        ):
            continue
        for m, name in [(None, row.dependent), *enumerate(row.to)]:
            if name not in ids:
                looked += 1
                near = nearest(name, ids) if looked <= _SUGGESTED else ""
                place = rows.place(n, "from") if m is None else rows.place(n, "to", *([m] if len(row.to) > 1 else []))
                yield document.row_finding(
                    "error", place, f"{name!r} is not declared", near or "declare it under network.resources or services"
                )
        if row.dependent in row.to:
            yield document.row_finding("error", rows.place(n, "to"), f"{row.dependent!r} depends on itself", "remove it from `to`")
        members = len(set(row.to))
        if row.needs is not None and row.needs > members:
            yield document.row_finding(
                "error", rows.place(n, "needs"), f"needs {row.needs} of {members}", "`needs` is at most the number of names in `to`"
            )
        if (
            row.degraded_below is not None
            and (row.needs is not None or row.kind != "part_of")
            and not (row.needs or members) <= row.degraded_below <= members
        ):
            yield document.row_finding(
                "error",
                rows.place(n, "degraded_below"),
                f"degraded below {row.degraded_below} of {members}",
                f"it lies from `needs` ({row.needs or members}) to {members}",
            )


def _restoration(document: Document, ids: dict[str, None]) -> Iterator[Finding]:
    services = {service.id for service in document.services.all}
    for n, rule in enumerate(document.file.restoration):
        for m, name in enumerate(rule.alternative or ()):
            if name not in ids and name != PROTECTION:
                yield document.finding(
                    "error", ("restoration", n, "alternative", m), f"{name!r} is not declared",
                    nearest(name, [*ids, PROTECTION]) or f"name an object of the network, or {PROTECTION}")
        if rule.service is not None and rule.service not in services:
            yield document.finding(
                "error", ("restoration", n, "service"), f"service {rule.service!r} is not declared", nearest(rule.service, services) or "declare it under services")


def _tests(document: Document) -> Iterator[Finding]:
    known: set[str] = set()
    for n, rule in enumerate(document.file.tests):
        if rule.name in known:
            yield document.finding("error", ("tests", n, "name"), f"test {rule.name!r} is declared twice", "give it another name")
        known.add(rule.name)


def _products(document: Document) -> Iterator[Finding]:
    services, slas, known, looked = {service.id for service in document.services.all}, document.file.slas, set(), 0
    for n, row in enumerate(document.products.all):
        if row.id in known:
            yield document.row_finding(
                "error", document.products.place(n, "id"), f"product {row.id!r} is declared twice", "give it another id, or remove it"
            )
        known.add(row.id)
        for service in row.all_services:
            if service in services:
                continue
            looked += 1
            yield document.row_finding(
                "error",
                document.products.place(n, "service" if service == row.service else "services"),
                f"service {service!r} is not declared",
                (nearest(service, services) if looked <= _SUGGESTED else "") or "declare it under services",
            )
        if row.sla and row.sla not in slas:
            yield document.row_finding(
                "error",
                document.products.place(n, "sla"),
                f"sla {row.sla!r} is not declared",
                nearest(row.sla, slas) or "declare it under slas",
            )


def _feeds_and_streams(document: Document) -> Iterator[Finding]:
    feeds: set[str] = set()
    for n, feed in enumerate(document.file.feeds):
        if feed.topic in feeds or feed.topic in STREAMS:
            yield document.finding(
                "error",
                ("feeds", n, "topic"),
                f"topic {feed.topic!r} is " + ("already a feed" if feed.topic in feeds else "one of the processor's own"),
                "one feed per topic",
            )
        feeds.add(feed.topic)
    known = [*STREAMS, *(sorted(feeds) or [Feed("raw-alarms").topic])]
    for name in document.file.streams:
        if name not in known:
            yield document.finding(
                "error",
                ("streams", name),
                f"{name!r} is no stream of the processor",
                nearest(name, known) or f"known are {', '.join(known)}",
            )
    lanes = {
        name: document.file.streams[name].partitions
        for name in LANES
        if name in document.file.streams and document.file.streams[name].partitions
    }
    if len(set(lanes.values())) > 1:
        yield document.finding(
            "error",
            ("streams", max(lanes)),
            f"{', '.join(f'{name} has {count} partitions' for name, count in lanes.items())}",
            "partition p of each feeds p of the next: give them one count, or tell it once, for alarm-events",
        )
    if (document.file.streams.get("network-inbox") or None) and (document.file.streams["network-inbox"].partitions or 1) != 1:
        yield document.finding(
            "error",
            ("streams", "network-inbox", "partitions"),
            "the network's inbox has one partition",
            "remove the count: what only the whole can decide is decided in one place",
        )

