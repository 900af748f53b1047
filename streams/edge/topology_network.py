"""A checked document becomes the `Network` that the stages see: sorted, so that the order of a file never matters."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from streams.domain.network import Action, Dependency, EffectRule, HoldRule, Network, Node, Product, Sla
from streams.edge.topology_document import Document
from streams.edge.topology_domains import domains_of

Value = TypeVar("Value")
PART_OF = "part_of"


def network_of(document: Document) -> Network:
    """Build the network; its version is still empty, its mode that of the file."""
    depends = _depends(document)
    domains = domains_of(
        {r.id: r.domain or r.site for r in document.resources.all}, {s.id: s.domain for s in document.services.all}, depends
    )
    nodes = [Node(r.id, r.type, domains[r.id], r.site) for r in document.resources.all]
    nodes += [Node(s.id, s.type, domains[s.id], "", True) for s in document.services.all]
    products = [Product(p.id, p.service, p.customer, p.sla) for p in sorted(document.products.all, key=lambda p: (p.service, p.id))]
    modes = document.file.mode
    return Network(
        version="",
        nodes={node.id: node for node in sorted(nodes, key=lambda node: node.id)},
        depends=depends,
        carries=_carries(depends),
        products=_grouped((product.service, product) for product in products),
        slas={name: Sla(name, sla.restore_within, sla.warn_at) for name, sla in sorted(document.file.slas.items())},
        effects=tuple(msgspec.convert(rule.model_dump(), EffectRule) for rule in document.file.effects),
        restoration=tuple(msgspec.convert(action.model_dump(exclude_none=True), Action) for action in document.file.restoration),
        holds=tuple(msgspec.convert(rule.model_dump(exclude_none=True), HoldRule) for rule in document.file.holds),
        mode=modes.default,
        mode_by_domain=dict(sorted(modes.domains.items())),
        mode_by_cause=dict(sorted(modes.causes.items())),
    )


def _depends(document: Document) -> dict[str, tuple[Dependency, ...]]:
    """Gather what each node depends on; the parts of a whole that are declared without `needs` are one group of which one must work."""
    found: set[Dependency] = set()
    parts: dict[str, set[str]] = {}
    degraded: dict[str, int] = {}
    for row in document.dependencies.all:
        members = tuple(sorted(set(row.to)))
        if row.kind == PART_OF and row.needs is None:
            parts.setdefault(row.dependent, set()).update(members)
            degraded[row.dependent] = max(degraded.get(row.dependent, 1), row.degraded_below or 1)
        else:
            needs = row.needs or len(members)
            found.add(Dependency(row.dependent, members, needs, row.degraded_below or needs, row.kind))
    found |= {Dependency(whole, tuple(sorted(group)), 1, min(degraded[whole], len(group)), PART_OF) for whole, group in parts.items()}
    ordered = sorted(found, key=lambda d: (d.dependent, d.kind, d.on, d.needs, d.degraded_below))
    return _grouped((dependency.dependent, dependency) for dependency in ordered)


def _carries(depends: dict[str, tuple[Dependency, ...]]) -> dict[str, tuple[str, ...]]:
    carried = {(other, d.dependent) for dependencies in depends.values() for d in dependencies for other in d.on}
    return _grouped(sorted(carried))


def _grouped(pairs: Iterable[tuple[str, Value]]) -> dict[str, tuple[Value, ...]]:
    """Group sorted pairs by their first."""
    groups: dict[str, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
