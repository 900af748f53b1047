"""What a feed calls an object, resolved to a declared one.

In this order: id; alias; the feed's rewrite rules; another spelling of a declared name (case, IP address, host name,
distinguished name, interface); the nearest declared ancestor. Within a namespace: a name is first looked up as
`namespace:name`, so that two feeds may use one name for two things, then plainly. What fits two objects fits none:
it is unresolved, as is what remains: it keeps its reported name and is handled in the feed's home domain.
Answers are remembered per feed, at most `REMEMBERED` names; forgetting changes nothing but time.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from streams.domain.network import Node
from streams.edge.declared_names import AMBIGUOUS, SEPARATORS, Scope
from streams.edge.distinguished_name import CONTAINERS, Part, ancestors, parts_of
from streams.edge.feed import Feed
from streams.edge.name_forms import address_of, begins_as_dns
from streams.edge.patterns import pattern

REMEMBERED = 200_000
LARGE = 20_000
"""Names up to which the forms are computed when one is first asked for: a tenth of a second."""
_STEPS = 64
"""Ancestors tried of one name; a longer path is not looked at further."""


class Resolution(NamedTuple):
    """What a reported name stands for."""

    object: str
    """The declared id, else the reported name."""
    domain: str
    resolved: bool
    identity: str
    """The object in alarm keys: the declared id where the name means it exactly, else the reported name (two ports of
    one declared card are two alarms)."""

    @property
    def is_declared(self) -> bool:
        """Whether the name means a declared object exactly."""
        return self.resolved and self.identity == self.object


class Found(NamedTuple):
    """A declared object that a name means, or lies in."""

    id: str
    """AMBIGUOUS where several fit."""
    is_exact: bool


class Names:
    """All names that are declared, by namespace; one for all feeds."""

    def __init__(self, nodes: Mapping[str, Node], aliases: Mapping[str, str]) -> None:
        self.nodes = nodes
        self.aliases = aliases
        self._scopes: dict[str, Scope] = {}
        self._known: dict[str, dict[str, Resolution]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is declared, so that no name can resolve."""
        return not self.nodes

    def under(self, nodes: Mapping[str, Node], aliases: Mapping[str, str], gone: Iterable[tuple[str, str]], come: Iterable[tuple[str, str]]) -> "Names":
        """Return the names of a network in which some (name, id) mean that object no more, and others do now; costs those."""
        other = Names(nodes, aliases)
        other._scopes = {namespace: scope.under(nodes, aliases, gone, come) for namespace, scope in self._scopes.items()}
        return other

    def prepare(self, feeds: Iterable[Feed]) -> None:
        """Index the names of a large network now rather than with the first alarm that needs it."""
        if len(self.nodes) + len(self.aliases) > LARGE:
            for feed in feeds:
                for scope in self._scopes_of(feed):
                    scope.prepare()

    def resolve(self, feed: Feed, reported: str) -> Resolution:
        """Return what `reported` means in this feed."""
        known = self._known.get(feed.topic)
        if known is None:
            known = self._known[feed.topic] = {}
        found = known.get(reported)
        if found is None:
            if len(known) >= REMEMBERED:
                known.clear()
            found = known[reported] = self._look_up(feed, reported)
        return found

    def _look_up(self, feed: Feed, reported: str) -> Resolution:
        found = self.find(feed, reported)
        if found is None or found.id == AMBIGUOUS:
            return Resolution(reported, feed.home, False, reported)
        return Resolution(found.id, self.nodes[found.id].domain, True, found.id if found.is_exact else reported)

    def find(self, feed: Feed, reported: str) -> Found | None:
        """Return the declared object that a name means or lies in, None where there is none."""
        scopes = self._scopes_of(feed)
        if (id := _first(scope.exact(reported) for scope in scopes)) is not None:
            return Found(id, True)
        tried = rewritten(feed, reported)
        if tried != reported and (id := _first(scope.exact(tried) for scope in scopes)) is not None:
            return Found(id, True)
        for name in dict.fromkeys((tried, reported)):
            if (found := _meant(scopes, feed, name)) is not None:
                return found
        return None

    def _scopes_of(self, feed: Feed) -> list[Scope]:
        return [self._scope(namespace) for namespace in dict.fromkeys((feed.namespace, ""))]

    def _scope(self, namespace: str) -> Scope:
        scope = self._scopes.get(namespace)
        if scope is None:
            scope = self._scopes[namespace] = Scope(self.nodes, self.aliases, namespace)
        return scope


def rewritten(feed: Feed, name: str) -> str:
    """Return a name after the first of the feed's rewrite rules that matches it, itself where none does."""
    for match, to in feed.rewrite:
        tried, count = pattern(match).subn(to, name, count=1)
        if count:
            return str(tried)
    return name


def _meant(scopes: list[Scope], feed: Feed, name: str) -> Found | None:
    """Find a name in another spelling, or what it lies in."""
    naming = feed.names
    if (id := _first(scope.spelled(name, naming) for scope in scopes)) is not None:
        return Found(id, True)
    if (parts := parts_of(name)) is not None:
        return _in_tree(scopes, feed, parts)
    if (address := address_of(name)) is not None:
        # A part of an address is no path: 10.7 holds nothing of 10.7.0.1.
        id = _first(scope.address(address[0]) for scope in scopes)
        return None if id is None else Found(id, address[1])
    return _on_path(scopes, feed, name)


def _in_tree(scopes: list[Scope], feed: Feed, parts: tuple[Part, ...]) -> Found | None:
    """Find the nearest declared ancestor of a distinguished name, whichever end its root is at; two answers are none."""
    for scope in scopes:
        found = {id for way in (parts, parts[::-1]) if (id := _first(scope.distinguished(each, feed.names) for each in ancestors(way))) is not None}
        if found:
            return Found(found.pop() if len(found) == 1 else AMBIGUOUS, False)
    return _by_value(scopes, feed, parts)


def _by_value(scopes: list[Scope], feed: Feed, parts: tuple[Part, ...]) -> Found | None:
    """Find the object that one part's value names, where the feed declares that such parts do (`naming.parts`)."""
    declared = [kind.lower() for kind in feed.names.parts]
    values = [value for part in parts for kind, value in part if kind in declared]
    found = {id for value in values if (id := _first(scope.exact(value) or scope.spelled(value, feed.names) for scope in scopes)) is not None}
    if not found:
        return None
    alone = all(kind in CONTAINERS or kind in declared for part in parts for kind, _ in part) and len(values) == 1
    return Found(found.pop() if len(found) == 1 else AMBIGUOUS, alone)


def _on_path(scopes: list[Scope], feed: Feed, name: str) -> Found | None:
    """Find the interface or the nearest declared ancestor of `device/part`, `device:part`, `device part`, `device.part`."""
    naming = feed.names
    for upper, char, rest in _cuts(name, naming.separators or SEPARATORS):
        id = _first(scope.exact(upper) or scope.spelled(upper, naming) for scope in scopes)
        if id is None and (address := address_of(upper)) is not None and address[1]:
            id = _first(scope.address(address[0]) for scope in scopes)
        if id is None:
            continue
        if id == AMBIGUOUS or (char == "." and not naming.separators and begins_as_dns(rest)):
            # `olt-7.muc.example.net` may be another olt-7 than ours: a domain has to be declared (`naming.suffixes`).
            return Found(AMBIGUOUS, False)
        return _below(scopes, id, rest)
    return None


def _below(scopes: list[Scope], device: str, rest: str) -> Found:
    """Find the nearest declared interface of a device, itself where there is none."""
    exact = True
    for part in (rest, *(upper for upper, _, _ in _cuts(rest, SEPARATORS))):
        if (id := _first(scope.interface(device, part) for scope in scopes)) is not None:
            return Found(id, exact) if id != AMBIGUOUS else Found(device, False)
        exact = False
    return Found(device, False)


def _cuts(name: str, separators: str) -> Iterator[tuple[str, str, str]]:
    """Yield (what stands before, the separator, what stands after), from the last separator to the first."""
    end = len(name)
    for _ in range(_STEPS):
        end = max(name.rfind(char, 0, end) for char in separators)
        if end <= 0:
            return
        if upper := name[:end].strip():
            yield upper, name[end], name[end + 1:].strip()


def _first(found: Iterator[str | None]) -> str | None:
    """Return the first answer; the namespace's own goes before the plain one."""
    return next((id for id in found if id is not None), None)
