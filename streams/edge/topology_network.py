"""A checked document becomes the `Network` that the stages see: sorted, so that the order of a file never matters."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from streams.domain.network import Action, Dependency, EffectRule, HoldRule, Network, Node, Product, TestRule
from streams.edge.topology_document import Document
from streams.edge.topology_domains import domains_of
from streams.edge.topology_reports import report_rules
from streams.edge.topology_slas import escalations_of, slas_of, suppliers_of

Value = TypeVar("Value")
PART_OF = "part_of"


def network_of(document: Document) -> Network:
    """Build the network; its version is still empty, its mode that of the file."""
    depends = _depends(document)
    domains = domains_of(
        {r.id: r.domain or r.site for r in document.resources.all}, {s.id: s.domain for s in document.services.all}, depends
    )
    words: dict[str, str] = {}
    once = words.setdefault  # One string for each type, domain and site, however many nodes have it.
    nodes = [Node(r.id, once(r.type, r.type), once(domains[r.id], domains[r.id]), once(r.site, r.site)) for r in document.resources.all]
    nodes += [Node(s.id, once(s.type, s.type), once(domains[s.id], domains[s.id]), "", True) for s in document.services.all]
    products = sorted(
        (Product(p.id, service, p.customer, p.sla, p.aliases, p.place) for p in document.products.all for service in p.all_services), key=lambda p: (p.service, p.id))
    modes = document.file.mode
    return Network(
        version="",
        nodes={node.id: node for node in sorted(nodes, key=lambda node: node.id)},
        depends=depends,
        carries=_carries(depends),
        products=_grouped((product.service, product) for product in products),
        slas=slas_of(document),
        closing={s.id: s.closing for s in document.services.all if s.closing},
        suppliers=suppliers_of(document),
        escalations=escalations_of(document),
        effects=tuple(msgspec.convert(rule.model_dump(), EffectRule) for rule in document.file.effects),
        restoration=tuple(msgspec.convert(action.model_dump(exclude_none=True), Action) for action in document.file.restoration),
        holds=tuple(msgspec.convert(rule.model_dump(exclude_none=True), HoldRule) for rule in document.file.holds),
        tests=tuple(msgspec.convert(rule.model_dump(exclude_none=True), TestRule) for rule in document.file.tests),
        mode=modes.default,
        mode_by_domain=dict(sorted(modes.domains.items())),
        mode_by_cause=dict(sorted(modes.causes.items())),
        reports=report_rules(document),
    )


def _depends(document: Document) -> dict[str, tuple[Dependency, ...]]:
    """Gather what each node depends on; the parts of a whole that are declared without `needs` are one group of which one must work.

    Every id is one string in memory, and so is every list of ids: the rows of a large network repeat them millions of times.
    """
    same: dict[str, str] = {}
    lists: dict[tuple[str, ...], tuple[str, ...]] = {}
    found: dict[str, list[Dependency]] = {}
    parts: dict[str, set[str]] = {}
    degraded: dict[str, int] = {}

    def one(text: str) -> str:
        return same.setdefault(text, text)

    for rows in (document.resources, document.services):
        same.update((row.id, row.id) for row in rows.all)
    for row in document.dependencies.all:
        to, dependent = row.to, one(row.dependent)
        if row.kind == PART_OF and row.needs is None:
            parts.setdefault(dependent, set()).update(map(one, to))
            degraded[dependent] = max(degraded.get(dependent, 1), row.degraded_below or 1)
        else:
            members = to if len(to) == 1 else tuple(sorted(set(to)))
            members = lists.get(members) or lists.setdefault(members, tuple(map(one, members)))
            needs = row.needs or len(members)
            found.setdefault(dependent, []).append(Dependency(dependent, members, needs, row.degraded_below or needs, one(row.kind)))
    for whole, group in parts.items():
        found.setdefault(whole, []).append(Dependency(whole, tuple(sorted(group)), 1, min(degraded[whole], len(group)), PART_OF))
    return {dependent: _distinct(found[dependent]) for dependent in sorted(found)}


def _distinct(told: list[Dependency]) -> tuple[Dependency, ...]:
    """Return the dependencies of one node, each once, in fixed order."""
    return tuple(told) if len(told) == 1 else tuple(sorted(set(told), key=lambda d: (d.kind, d.on, d.needs, d.degraded_below)))


def _carries(depends: dict[str, tuple[Dependency, ...]]) -> dict[str, tuple[str, ...]]:
    """Turn `depends` round; it is in order of the dependents, so each list of them comes out sorted."""
    carried: dict[str, list[str]] = {}
    for dependent, dependencies in depends.items():
        for dependency in dependencies:
            for other in dependency.on:
                dependents = carried.setdefault(other, [])
                if not dependents or dependents[-1] != dependent:
                    dependents.append(dependent)
    return {other: tuple(carried[other]) for other in sorted(carried)}


def _grouped(pairs: Iterable[tuple[str, Value]]) -> dict[str, tuple[Value, ...]]:
    """Group sorted pairs by their first."""
    groups: dict[str, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
