"""What the inventory tells while the processor runs, laid over the network of topology.yaml.

One `Entry` is all that one record of the inventory says of its id: the last one counts, an empty one takes the id away,
also where topology.yaml declares it. What an entry names need not exist (yet): a dependency on an unknown object holds
nothing down, a product of an unknown service is hurt by nothing, until that is told too; so the order of entries of
different ids never matters, and folding them one by one or all at once gives the same network.

The domain of an object that tells none is that of its site, else the first, in sorted order, of those it stands on
(as in topology.yaml, edge/topology_domains.py; there a lone component is named by its smallest id, here by the object).
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

import msgspec

from streams.domain.counted import carry_on
from streams.domain.impact import REACH
from streams.domain.layered import layered
from streams.domain.network import Dependency, Network, Node, Product

_replace = msgspec.structs.replace
PRODUCT = "product:"


class Entry(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one record of the inventory says of its id."""

    id: str
    """Of a product instance `PRODUCT` and its id: it may be called what a service is called."""
    node: Node | None = None
    """The resource or service it is, None if it is none (any more); its domain "" where the record tells none."""
    aliases: tuple[str, ...] = ()
    depends: tuple[Dependency, ...] = ()
    """What the node stands on, in fixed order."""
    products: tuple[Product, ...] = ()
    """The product instance it is, or those that customers named by the service have of it; their ids are nobody else's."""

    @property
    def is_empty(self) -> bool:
        """Whether it says that there is no such thing (any more)."""
        return self.node is None and not (self.products or self.aliases or self.depends)


class Changed(msgspec.Struct, frozen=True):
    """What an inventory with some entries more differs in."""

    gone: tuple[tuple[str, str], ...] = ()
    """(name, id): ids and aliases that mean that object no more."""
    come: tuple[tuple[str, str], ...] = ()
    """(name, id): ids and aliases that mean that object now."""

    nodes: frozenset[str] = frozenset()
    """Objects added, gone, or with other fields or dependencies."""
    named: bool = False
    """Whether a name, or a domain, means something else."""
    services: frozenset[str] = frozenset()
    """Services with other products."""


class Inventory(msgspec.Struct, frozen=True, dict=True):
    """The network in force, with what is needed to change it."""

    network: Network
    aliases: Mapping[str, str] = {}
    """Alias -> declared id."""
    entries: Mapping[str, Entry] = {}
    """Id -> what the inventory told of it last."""
    sold: Mapping[str, tuple[str, ...]] | None = None
    """Product instance -> the services it is made of; None until it is needed."""

    def changed(self, told: Iterable[Entry], version: str) -> tuple["Inventory", Changed]:
        """Return the inventory with these entries, under the name of its new version, and what differs.

        Costs what the entries touch, and what stands on an object whose domain changes; never the size of the network.
        """
        work = _Work(self)
        for entry in told:
            work.take(entry)
        return work.done(version)


def _sold(network: Network) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for service, products in network.products.items():
        for product in products:
            found[product.id] = (*found.get(product.id, ()), service)
    return found


class _Work:
    """The maps of an inventory while entries go in: what differs so far, over what was."""

    def __init__(self, before: Inventory) -> None:
        self._before, self._network = before, before.network
        self._sold = before.sold if before.sold is not None else _sold(before.network)
        self.entries: dict[str, Entry | None] = {}
        self.nodes: dict[str, Node | None] = {}
        self.depends: dict[str, tuple[Dependency, ...] | None] = {}
        self.carries: dict[str, tuple[str, ...] | None] = {}
        self.products: dict[str, tuple[Product, ...] | None] = {}
        self.sold: dict[str, tuple[str, ...] | None] = {}
        self.aliases: dict[str, str | None] = {}

    def _entry(self, id: str) -> Entry | None:
        return self.entries[id] if id in self.entries else self._before.entries.get(id)

    def _node(self, id: str) -> Node | None:
        return self.nodes[id] if id in self.nodes else self._network.nodes.get(id)

    def _depends(self, id: str) -> tuple[Dependency, ...]:
        found = self.depends[id] if id in self.depends else self._network.depends.get(id)
        return found or ()

    def _carries(self, id: str) -> tuple[str, ...]:
        found = self.carries[id] if id in self.carries else self._network.carries.get(id)
        return found or ()

    def take(self, entry: Entry) -> None:
        """Put one entry in place of what was known of its id."""
        id, before = entry.id, self._entry(entry.id)
        self.entries[id] = entry
        leaving = [product.id for product in before.products] if before is not None else []
        if id.startswith(PRODUCT):
            leaving = [id.removeprefix(PRODUCT)]
        else:
            self.nodes[id] = entry.node
            self._stand(id, entry.depends)
            self._call(id, entry.aliases, before.aliases if before is not None else ())
        for product in leaving:
            self._part(product)
        for sold in entry.products:
            self._sell(sold)

    def _stand(self, id: str, depends: tuple[Dependency, ...]) -> None:
        before = {other for dependency in self._depends(id) for other in dependency.on}
        after = {other for dependency in depends for other in dependency.on}
        self.depends[id] = depends or None
        for other in sorted(before ^ after):
            carried = list(self._carries(other))
            if other in after:
                insort(carried, id)
            else:
                del carried[bisect_left(carried, id)]
            self.carries[other] = tuple(carried) or None

    def _call(self, id: str, aliases: tuple[str, ...], before: tuple[str, ...]) -> None:
        for alias in before:
            if (self.aliases[alias] if alias in self.aliases else self._before.aliases.get(alias)) == id:
                self.aliases[alias] = None
        self.aliases.update(dict.fromkeys(aliases, id))

    def _part(self, product: str) -> None:
        """Take a product instance off its services."""
        for service in self._services(product):
            self.products[service] = tuple(one for one in self._products(service) if one.id != product) or None
        self.sold[product] = None

    def _sell(self, product: Product) -> None:
        self.products[product.service] = tuple(sorted((*self._products(product.service), product), key=lambda one: one.id))
        self.sold[product.id] = (*self._services(product.id), product.service)

    def _services(self, product: str) -> tuple[str, ...]:
        found = self.sold[product] if product in self.sold else self._sold.get(product)
        return found or ()

    def _products(self, service: str) -> tuple[Product, ...]:
        found = self.products[service] if service in self.products else self._network.products.get(service)
        return found or ()

    def done(self, version: str) -> tuple[Inventory, Changed]:
        """Work out the domains, and name what differs from before."""
        self._place()
        network = self._network
        nodes = {id: node for id, node in self.nodes.items() if node != network.nodes.get(id)}
        depends = {id: on for id, on in self.depends.items() if (on or ()) != network.depends.get(id, ())}
        carries = {id: on for id, on in self.carries.items() if (on or ()) != network.carries.get(id, ())}
        products = {id: sold for id, sold in self.products.items() if (sold or ()) != network.products.get(id, ())}
        aliases = {alias: id for alias, id in self.aliases.items() if id != self._before.aliases.get(alias)}
        is_named, is_structure = bool(aliases) or self._is_named(nodes), bool(nodes or depends)
        after = _replace(
            network, version=version, nodes=layered(network.nodes, nodes), depends=layered(network.depends, depends),
            carries=layered(network.carries, carries), products=layered(network.products, products),
            naming=version if is_named else network.named, structure=version if is_structure else network.built)
        if is_structure:
            carry_on(network, after, (*nodes, *depends, *carries))
        else:
            after.keep_answers_of(network)
        inventory = Inventory(after, layered(self._before.aliases, aliases), layered(self._before.entries, self.entries), layered(self._sold, self.sold))
        known = self._before.aliases
        gone = [*((id, id) for id, node in nodes.items() if node is None), *((alias, before) for alias in aliases if (before := known.get(alias)) is not None)]
        come = [*((id, id) for id, node in nodes.items() if id not in network.nodes), *((alias, id) for alias, id in aliases.items() if id is not None)]
        return inventory, Changed(tuple(gone), tuple(come), frozenset((*nodes, *depends)), is_named, frozenset(products))

    def _is_named(self, nodes: Mapping[str, Node | None]) -> bool:
        known = self._network.nodes
        return any(node is None or (before := known.get(id)) is None or (before.domain, before.site, before.is_service) != (node.domain, node.site, node.is_service) for id, node in nodes.items())

    def _place(self) -> None:
        """Give each object that tells no domain the one it has here: those told anew, and those that stand on them."""
        waiting = sorted({*self.nodes, *self.depends})
        seen = set(waiting)
        while waiting:
            id = waiting.pop()
            if (told := self._told(id)) is not None:
                self.nodes[id] = _replace(told, domain=told.domain or told.site or self._first_beneath(id))
            above = [other for other in self._carries(id) if other not in seen and self._is_placed_by_others(other)]
            seen.update(above)
            waiting += above if len(seen) < REACH else []

    def _told(self, id: str) -> Node | None:
        """Return a node as the inventory told it, None where it did not."""
        entry = self._entry(id)
        return entry.node if entry is not None else None

    def _is_placed_by_others(self, id: str) -> bool:
        told = self._told(id)
        return told is not None and not (told.domain or told.site)

    def _first_beneath(self, id: str) -> str:
        domains, seen, ring = set[str](), {id}, [id]
        while ring and len(seen) < REACH:
            ring = [o for o in dict.fromkeys(o for one in ring for d in self._depends(one) for o in d.on) if o not in seen]
            seen.update(ring)
            placed = [node.domain for o in ring if not self._is_placed_by_others(o) and (node := self._placed(o)) is not None]
            domains.update(placed)
            ring = [o for o in ring if self._is_placed_by_others(o)]
        return min(domains, default=f"component:{id}")

    def _placed(self, id: str) -> Node | None:
        """Return a node with the domain that it tells, or that topology.yaml gave it."""
        told = self._told(id)
        return _replace(told, domain=told.domain or told.site) if told is not None else self._node(id)
