"""Announced work: what is in its scope, when it is on, and all of a partition's work by what it touches.

An announcement may name resources, services, sites and domains, mixed; a later one of the same id takes its place. What
is in scope is never written out object by object: an object is asked for by its id, its site and its domain.
"""

from collections.abc import Iterable

import msgspec

from streams.domain.alarm import Alarm
from streams.domain.instant import HOUR, Instant, Span
from streams.domain.network import Network
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import View

MOST_NAMES = 2_000
"""Names in one announcement: its row stays under 256 KB (design section 2)."""
REMEMBERED = HOUR
"""How long after its end work still explains alarms that come late."""
ALL = 1_000_000
_SEPARATORS = "/,."


class Scope(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is worked on."""

    objects: tuple[str, ...] = ()
    """Resources and services by id; names that nobody declared as they are reported."""
    parts: tuple[tuple[str, str], ...] = ()
    """(reported name, declared object it is a part of): only the part is worked on (a port of a declared card)."""
    sites: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    unaffected: tuple[str, ...] = ()
    """Services that the work was announced not to touch: their alarms are never explained by it."""

    @property
    def names(self) -> int:
        """How many names it has."""
        return sum(map(len, msgspec.structs.astuple(self)))

    def merged(self, other: "Scope", network: Network) -> "Scope":
        """Return what is in either scope; where that is too much to name, the domains that it lies in."""
        whole = Scope(*(tuple(dict.fromkeys((*mine, *theirs))) for mine, theirs in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)))
        if whole.names <= MOST_NAMES:
            return whole
        nodes = network.nodes
        domains = {nodes[name].domain for name in (*whole.objects, *(declared for _, declared in whole.parts)) if name in nodes}
        return Scope(sites=whole.sites, domains=tuple(sorted(domains.union(whole.domains))))


class Outage(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One announcement as it stands; key: its id."""

    id: str
    scope: Scope
    starts_at: Instant
    ends_at: Instant
    """Excluded."""
    due: Instant
    """When it is forgotten."""
    cancelled: bool = False
    """It explains nothing any more, and goes when all that it explained has been looked at."""
    former: Scope | None = None
    """What was in scope before the last change, until that too has been looked at."""

    def is_on(self, at: Instant, lead: Span, tail: Span) -> bool:
        """Whether it is on at that time, give or take."""
        return self.starts_at - lead <= at < self.ends_at + tail

    def settled_at(self, policy: CorrelatePolicy) -> Instant:
        """Return when an alarm that outlives it becomes a problem."""
        return self.ends_at + policy.outage_tail + policy.outage_settle


Touched = tuple[str, str]
"""(object, part, site, domain or unaffected; name)."""


class Works:
    """All announced work of one partition, by what it touches; drawn from the rows, in memory only."""

    def __init__(self, outages: Iterable[Outage]) -> None:
        self.outages: dict[str, Outage] = {}
        self.names = 0
        """Names in all of them."""
        self._touching: dict[Touched, dict[str, None]] = {}
        for outage in outages:
            self.put(outage)

    def window_end(self, ident: str) -> Instant:
        """Return when the window of an announcement ends; 0 of one that is forgotten."""
        outage = self.outages.get(ident)
        return outage.ends_at if outage is not None else 0

    def put(self, outage: Outage) -> None:
        """Take in an announcement, in place of what it said before."""
        self.drop(outage.id)
        if not outage.cancelled:
            self.outages[outage.id] = outage
            self.names += outage.scope.names
            for touched in _touched(outage.scope):
                self._touching.setdefault(touched, {})[outage.id] = None

    def drop(self, ident: str) -> None:
        """Forget an announcement."""
        outage = self.outages.pop(ident, None)
        self.names -= outage.scope.names if outage is not None else 0
        for touched in _touched(outage.scope) if outage is not None else ():
            at_it = self._touching[touched]
            del at_it[ident]
            if not at_it:
                del self._touching[touched]

    def at(self, kind: str, name: str) -> Iterable[str]:
        """Return the ids of the work announced for something of that kind and name."""
        return self._touching.get((kind, name), ())

    def on_object(self, network: Network, name: str) -> set[str]:
        """Return the ids of the work that an object is in the scope of, by its name or its place."""
        found = set(self.at("object", name))
        node = network.nodes.get(name)
        if node is not None:
            found.update(self.at("domain", node.domain))
            if node.site:
                found.update(self.at("site", node.site))
        return found

    def on_alarmed(self, network: Network, alarm: Alarm) -> set[str]:
        """Return the ids of the work that an alarm's object is in the scope of, or the part of it that was reported."""
        found = self.on_object(network, alarm.object)
        name = alarm.reported
        while name:
            found.update(self.at("part", name))
            name = name[: max(name.rfind(s) for s in _SEPARATORS)] if any(s in name for s in _SEPARATORS) else ""
        return found


def _touched(scope: Scope) -> list[Touched]:
    return list(dict.fromkeys((
        *(("object", name) for name in scope.objects), *(("part", reported) for reported, _ in scope.parts), *(("site", site) for site in scope.sites),
        *(("domain", domain) for domain in scope.domains), *(("unaffected", name) for name in scope.unaffected))))


def works_of(view: View) -> Works:
    """Return the partition's announced work."""
    known: Works | None = view.memo.get("works")
    if known is None:
        known = view.memo["works"] = Works(row for _, row in view.announcements.prefix("", ALL))
    return known
