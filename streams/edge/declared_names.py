"""All declared names of a network, found by any way of writing them that is certain; what fits two objects fits none.

As written first; then, of one namespace: letter case and gaps, IP addresses by value, distinguished names in any
spelling, host names with or without a domain that the feed declares. The forms are computed when one is first asked for.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from streams.domain.layered import layered
from streams.domain.network import Node
from streams.edge.distinguished_name import Part, parts_of
from streams.edge.feed import Naming
from streams.edge.name_forms import address_of, interface_of, is_host, without_case

Form = TypeVar("Form", bound=Hashable)
Names = Iterable[tuple[str, str]]
"""(name without the namespace, id)."""
AMBIGUOUS = ""
"""Stands for the id where several objects fit; no object has an empty id."""
SEPARATORS = "/,:. "
"""Between a device and its parts: `olt-7/1/3`, `olt-7:Gi0/1`, `olt-7 Gi0/1`, `olt-7.slot1`."""


class Scope:
    """The declared names of one namespace ("": all of them, as they stand), by every form."""

    def __init__(self, nodes: Mapping[str, Node], aliases: Mapping[str, str], namespace: str) -> None:
        self._nodes, self._aliases = nodes, aliases
        self._prefix = f"{namespace}:" if namespace else ""

    def exact(self, name: str) -> str | None:
        """Return the id of the object that is declared under exactly this name."""
        name = self._prefix + name
        if name in self._nodes:
            return name
        declared = self._aliases.get(name)
        return declared if declared in self._nodes else None

    def spelled(self, name: str, naming: Naming) -> str | None:
        """Return the id of the one object that this name means in another spelling, AMBIGUOUS where there are several."""
        found = set(self._hosts(name, naming))
        if (address := address_of(name)) is not None and address[1]:
            found.add(self._addresses.get(address[0]))
        if (parts := parts_of(name)) is not None:
            found.add(self.distinguished(parts, naming))
        found.discard(None)
        return _only(found)

    def distinguished(self, parts: tuple[Part, ...], naming: Naming) -> str | None:
        """Return the object with a distinguished name, whichever end of it and of the declared one is the root."""
        known = self._distinguished.get(parts)
        return known if known is not None or naming.case == "exact" else self._distinguished.get(_folded(parts))

    def address(self, packed: bytes) -> str | None:
        """Return the object with an IP address."""
        return self._addresses.get(packed)

    def interface(self, device: str, part: str) -> str | None:
        """Return the interface of a declared device under any name; AMBIGUOUS where two are declared that read alike."""
        form = interface_of(part)
        return None if form is None else self._interfaces.get((device, *form))

    def prepare(self) -> None:
        """Compute all forms now, so that no alarm has to wait for it: a second for each hundred thousand names at worst."""
        _ = self._folded, self._addresses, self._distinguished, self._interfaces

    def _plainly(self, name: str, naming: Naming) -> str | None:
        if naming.case == "exact":
            return self.exact(name)
        folded = without_case(name)
        return _only({self.exact(folded), self._folded.get(folded)} - {None})

    def _hosts(self, name: str, naming: Naming) -> list[str | None]:
        found = [self._plainly(name, naming)]
        bare = name.rstrip(".")
        if not naming.suffixes or not is_host(bare):
            return found if bare == name or not is_host(bare) else [*found, self._plainly(bare, naming)]
        for suffix in naming.suffixes:
            tail = f".{suffix}"
            if bare.lower().endswith(tail.lower()):
                host = bare[: -len(tail)]
                found += [self.exact(host) or self._plainly(host, naming)]
            else:
                found += [self.exact(bare + tail) or self._plainly(bare + tail, naming)]
        return found

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """(name without the namespace, id) of all."""
        start = len(self._prefix)
        named = [*((id, id) for id in self._nodes), *((alias, id) for alias, id in self._aliases.items() if id in self._nodes)]
        return [(name[start:], id) for name, id in named if name.startswith(self._prefix)] if start else named

    def under(self, nodes: Mapping[str, Node], aliases: Mapping[str, str], gone: Names, come: Names) -> "Scope":
        """Return the same where some names mean an object no more, and others do now; costs those names.

        Where a form fitted two objects and one of them went, it goes on fitting none, until all forms are computed anew.
        """
        other = Scope(nodes, aliases, "")
        other._prefix = start = self._prefix
        gone, come = ([(name[len(start):], id) for name, id in names if name.startswith(start)] for names in (gone, come))
        for form, pairs in (("_folded", _folds), ("_addresses", _addresses), ("_distinguished", _ways), ("_interfaces", other._ports)):
            if (known := self.__dict__.get(form)) is not None:
                other.__dict__[form] = _renewed(known, pairs(gone), pairs(come))
        return other

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return _index(_folds(self._names))

    @cached_property
    def _addresses(self) -> Mapping[bytes, str]:
        return _index(_addresses(self._names))

    @cached_property
    def _distinguished(self) -> Mapping[tuple[Part, ...], str]:
        read = [(way, id) for name, id in self._names if (parts := parts_of(name)) is not None for way in (parts, parts[::-1])]
        return _index((_folded(parts), id) for parts, id in read) | _index(read)

    @cached_property
    def _interfaces(self) -> Mapping[tuple[str, str, str], str]:
        return _index(self._ports(self._names))

    def _ports(self, names: Names) -> Iterator[tuple[tuple[str, str, str], str]]:
        return (pair for name, id in names if name[-1:].isdigit() for pair in self._interfaces_in(name, id))

    def _interfaces_in(self, name: str, id: str) -> list[tuple[tuple[str, str, str], str]]:
        for n in range(len(name) - 1, 0, -1):
            if name[n] in SEPARATORS and name[n + 1:n + 2].isalpha() and (form := interface_of(name[n + 1:])) is not None:
                device = self.exact(name[:n]) or self._folded.get(without_case(name[:n]))
                if device and device != id:
                    return [((device, *form), id)]
        return []


def _folds(names: Names) -> Iterator[tuple[str, str]]:
    odd = ((name, id) for name, id in names if name.casefold() != name or " " in name)
    return ((folded, id) for name, id in odd if (folded := without_case(name)) != name)


def _addresses(names: Names) -> Iterator[tuple[bytes, str]]:
    return ((address[0], id) for name, id in names if (name[:1].isalnum() or name[:1] in "[:") and (address := address_of(name)))


def _ways(names: Names) -> Iterator[tuple[tuple[Part, ...], str]]:
    for name, id in names:
        if (parts := parts_of(name)) is not None:
            yield from ((form, id) for way in (parts, parts[::-1]) for form in dict.fromkeys((_folded(way), way)))


def _renewed(known: Mapping[Any, str], gone: Iterable[tuple[Any, str]], come: Iterable[tuple[Any, str]]) -> Mapping[Any, str]:
    """Return an index by form without some pairs and with others."""
    changes: dict[Any, str | None] = {form: None for form, id in gone if known.get(form) == id}
    for form, id in come:
        there = changes[form] if form in changes else known.get(form)
        changes[form] = id if there in (None, id) else AMBIGUOUS
    return layered(known, changes)


def _only(found: "set[str | None]") -> str | None:
    return None if not found else next(iter(found)) if len(found) == 1 else AMBIGUOUS


def _folded(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(tuple((kind, without_case(value)) for kind, value in part) for part in parts)


def _index(pairs: Iterable[tuple[Form, str]]) -> dict[Form, str]:
    """Index by form; what two objects share is AMBIGUOUS."""
    found: dict[Form, str] = {}
    for form, id in pairs:
        if found.setdefault(form, id) != id:
            found[form] = AMBIGUOUS
    return found
