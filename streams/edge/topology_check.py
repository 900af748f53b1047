"""`spm check`: errors as a load tells them, and what loads but probably does not mean what was meant.

Every warning is one small function over the document and what was built of it; `WARNINGS` is their list.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from schemas.topology_rules import Rule
from streams.domain.network import Network
from streams.edge.topology_document import Document
from streams.edge.topology_file import Topology, build, collector_at_rest
from streams.edge.topology_finding import Finding, TopologyError, nearest
from streams.edge.topology_reports import odd_report_rules
from streams.edge.topology_rows import DependencyRow
from streams.edge.topology_slas import odd_slas
from streams.edge.topology_watch import odd_watches

LARGE_DOMAIN = 50_000
"""Objects of one domain are handled by one partition (design section 3)."""
KINDS = ("connected", "hosted_on", "part_of", "calls")


class Checked(msgspec.Struct, frozen=True):
    """What `check` found, and the topology where it can be used."""

    findings: tuple[Finding, ...]
    topology: Topology | None = None

    @property
    def refused(self) -> bool:
        return self.topology is None


def check(path: str | Path) -> Checked:
    """Check a file: all errors where there are some, else the topology with its warnings in the order of the file."""
    with collector_at_rest():
        try:
            document = Document.read(path)
            topology = build(document)
        except TopologyError as error:
            return Checked(error.findings)
        return Checked(tuple(warnings(document, topology)), topology)


def warnings(document: Document, topology: Topology) -> list[Finding]:
    """Return what is odd in a topology that loads, in the order of the file."""
    found = [finding for warning in WARNINGS for finding in warning(document, topology)]
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.where))


def domain_sizes(network: Network) -> dict[str, int]:
    """Return the objects per correlation domain, largest first."""
    return dict(sorted(Counter(node.domain for node in network.nodes.values()).items(), key=lambda item: (-item[1], item[0])))


def _empty_network(document: Document, topology: Topology) -> Iterator[Finding]:
    if not topology.network.nodes:
        yield document.finding(
            "warning",
            ("network",),
            "the network is empty: every alarm will be about an unresolved object",
            "declare resources, or name a file with them",
        )


def _large_domains(document: Document, topology: Topology) -> Iterator[Finding]:
    for domain, size in domain_sizes(topology.network).items():
        if size > LARGE_DOMAIN:
            yield document.finding(
                "warning",
                ("network",),
                f"domain {domain!r} has {size:,} objects, which one partition handles",
                "divide it by `domain` or `site`",
            )


def _unconnected_services(document: Document, topology: Topology) -> Iterator[Finding]:
    for n, service in enumerate(document.services.all):
        if service.id not in topology.network.depends:
            yield document.row_finding(
                "warning",
                document.services.place(n),
                f"service {service.id!r} depends on nothing: no problem can reach it",
                "add a dependency `from` it",
            )


def _odd_kinds(document: Document, topology: Topology) -> Iterator[Finding]:
    odd: dict[str, int] = {}
    for n, row in enumerate(document.dependencies.all):
        if row.kind not in KINDS:
            odd.setdefault(row.kind, n)
    for kind, n in odd.items():
        if kind and (near := nearest(kind.replace("-", "_"), KINDS)):
            yield document.row_finding("warning", document.dependencies.place(n, "kind"), f"kind {kind!r} has no meaning of its own", near)


def _repeated_dependencies(document: Document, topology: Topology) -> Iterator[Finding]:
    rows = document.dependencies.all
    first: dict[int, int] = {}  # By hash: the rows themselves would be as large again as the network.
    for n, row in enumerate(rows):
        said = _said(row)
        if (earlier := first.setdefault(hash(said), n)) != n and _said(rows[earlier]) == said:
            yield document.row_finding(
                "warning", document.dependencies.place(n), f"says again what an earlier row says of {row.dependent!r}", "remove one of them"
            )


def _said(row: DependencyRow) -> tuple[object, ...]:
    return (row.dependent, row.to, row.kind, row.needs, row.degraded_below)


def _rules_without_match(document: Document, topology: Topology) -> Iterator[Finding]:
    types = {node.type for node in topology.network.nodes.values()}
    sections: tuple[tuple[str, Sequence[Rule]], ...] = (
        ("effects", document.file.effects), ("restoration", document.file.restoration), ("actions", document.file.actions), ("tests", document.file.tests))
    for section, rules in sections:
        for n, rule in enumerate(rules):
            if rule.on_type is not None and rule.on_type not in types:
                yield document.finding(
                    "warning",
                    (section, n, "on_type"),
                    f"can match nothing: no object has type {rule.on_type!r}",
                    nearest(rule.on_type, types - {""}),
                )


def _shadowed_effects(document: Document, topology: Topology) -> Iterator[Finding]:
    rules = [(rule.on_type, rule.cause, rule.severity, rule.alarm_type) for rule in document.file.effects]
    for n, rule in enumerate(rules):
        for m, earlier in enumerate(rules[:n]):
            if all(wide is None or wide == narrow for wide, narrow in zip(earlier, rule, strict=True)):
                yield document.finding(
                    "warning",
                    ("effects", n),
                    f"never counts: effects[{m}] matches all that it matches",
                    "the first rule that matches counts; put the narrower one first",
                )
                break


def _repeated_restoration(document: Document, topology: Topology) -> Iterator[Finding]:
    seen: set[tuple[str | None, ...]] = set()
    for n, rule in enumerate(document.file.restoration):
        if (key := (rule.action, rule.cause, rule.on_type, rule.service_type, rule.service)) in seen:
            yield document.finding(
                "warning",
                ("restoration", n),
                f"action {rule.action!r} for this cause and type is declared twice",
                "remove one of them; `attempts` says how often it is tried",
            )
        seen.add(key)


def _modes(document: Document, topology: Topology) -> Iterator[Finding]:
    mode, network = document.file.mode, topology.network
    commands = [rule for rule in network.actions if rule.then == "command"]
    if not network.restoration and not commands and "act" in (mode.default, *mode.domains.values(), *mode.causes.values()):
        yield document.finding(
            "warning",
            ("mode",),
            "may act, but no restoration is declared: no command will be sent",
            "declare `restoration`, or take mode report",
        )
    for domain in mode.domains:
        if domain not in topology.domains:
            yield document.finding(
                "warning", ("mode", "domains", domain), f"there is no domain {domain!r}", nearest(domain, topology.domains)
            )
    causes = {rule.cause for rule in network.restoration} | {rule.cause for rule in commands}
    for cause in mode.causes:
        if None not in causes and cause not in causes:
            yield document.finding(
                "warning",
                ("mode", "causes", cause),
                f"no restoration is declared for cause {cause!r}",
                nearest(cause, filter(None, causes)),
            )


def _feed_homes(document: Document, topology: Topology) -> Iterator[Finding]:
    for n, feed in enumerate(document.file.feeds):
        if "home" in feed.model_fields_set and feed.home not in topology.domains and (near := nearest(feed.home, topology.domains)):
            yield document.finding("warning", ("feeds", n, "home"), f"home {feed.home!r} is no domain of the network", near)


def _unused_slas(document: Document, topology: Topology) -> Iterator[Finding]:
    used = {product.sla for products in topology.network.products.values() for product in products} | set(document.file.suppliers.values())
    for name in document.file.slas:
        if name not in used:
            yield document.finding("note", ("slas", name), f"no product has sla {name!r}, and no supplier")


def _odd_slas(document: Document, topology: Topology) -> Iterator[Finding]:
    yield from odd_slas(document)


def _odd_watches(document: Document, topology: Topology) -> Iterator[Finding]:
    yield from odd_watches(document, topology.network.nodes)


def _odd_report_rules(document: Document, topology: Topology) -> Iterator[Finding]:
    yield from odd_report_rules(document, topology.network.nodes)


WARNINGS: tuple[Callable[[Document, Topology], Iterator[Finding]], ...] = (
    _empty_network,
    _large_domains,
    _unconnected_services,
    _odd_kinds,
    _repeated_dependencies,
    _rules_without_match,
    _shadowed_effects,
    _repeated_restoration,
    _modes,
    _feed_homes,
    _unused_slas,
    _odd_watches,
    _odd_slas,
    _odd_report_rules,
)
