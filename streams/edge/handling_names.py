"""What customers call what they bought: product id, its number or another alias, the service, or a place -> the services it stands on."""

import msgspec

from streams.domain.network import Network, Product
from streams.edge.words import fold


class Named(msgspec.Struct, frozen=True):
    """What names mean; without `services` nothing known, and `doubt` says why."""

    product: str = ""
    services: tuple[tuple[str, str], ...] = ()
    """(service, its correlation domain), sorted."""
    doubt: str = ""


class ProductNames:
    """The names of all products and services; built once per network, on the first report."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._products: dict[str, list[Product]] | None = None
        self._alike: dict[str, list[Product]] = {}
        self._places: dict[str, list[str]] = {}

    def find(self, names: tuple[str, ...], places: tuple[str, ...]) -> Named:
        """Return what is named: the first name that means something, else the only product at a place."""
        products = self._index()
        for name in names:
            found = products.get(name) or self._alike.get(fold(name), [])
            if len({product.id for product in found}) > 1:
                return Named(doubt=f"{name[:64]!r} may mean several products.")
            if found:
                return self._of(found)
            node = self._network.nodes.get(name)
            if node is not None and node.is_service:
                return Named("", ((name, node.domain),))
        for place in places:
            found_here = self._places.get(fold(place), [])
            if len(found_here) == 1:
                return self._of(products[found_here[0]])
            if found_here:
                return Named(doubt=f"{len(found_here)} products are used at {place[:64]!r}.")
        said = (*names, *places)
        return Named(doubt=f"Nothing known is called {said[0][:64]!r}." if said else "")

    def services_of(self, product: str) -> tuple[str, ...]:
        """Return the services that deliver a product of this id, () for one that is not known."""
        return tuple(dict.fromkeys(each.service for each in self._index().get(product, ()) if each.id == product))

    def _of(self, products: list[Product]) -> Named:
        nodes = self._network.nodes
        return Named(products[0].id, tuple((p.service, nodes[p.service].domain if p.service in nodes else "") for p in products))

    def _index(self) -> dict[str, list[Product]]:
        """A name that is not one to the letter may be one but for case, blanks and dashes, where only one product is meant."""
        if self._products is not None:
            return self._products
        products: dict[str, list[Product]] = {}
        by_id: dict[str, list[Product]] = {}
        for sold in self._network.products.values():
            for product in sold:
                by_id.setdefault(product.id, []).append(product)
        for ident, parts in sorted(by_id.items()):
            for alias in parts[0].aliases:
                products.setdefault(alias, []).extend(parts)
            for name in dict.fromkeys(fold(name) for name in (ident, *parts[0].aliases)):
                self._alike.setdefault(name, []).extend(parts)
            if parts[0].place:
                self._places.setdefault(fold(parts[0].place), []).append(ident)
        self._products = products | by_id
        return self._products
