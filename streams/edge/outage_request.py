"""An announcement of planned work: our own words, or a TMF655 v4 ChangeRequest, alone or in its event.

    ours                                               TMF655
    id                                                 id
    startsAt, endsAt                                   plannedStartTime, plannedEndTime (actualEndTime once it is completed)
    objects, services, sites, domains                  targetEntity, impactEntity, location
    unaffected (services the work will not touch)
    cancelled: true, or status                         status cancelled, rejected; ChangeRequestDeleteEvent

A later announcement of the same id takes the place of the earlier one; to cancel, the id is enough. It is copied to
every partition of alarm-events: what was in scope before is known there, not here; and to stage 6 where there are commands
that have to keep out of it.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any

import msgspec

from streams.domain.instant import DAY, HOUR, Instant
from streams.domain.messages import OutageAnnounced
from streams.domain.network import Network, Node
from streams.domain.outage import MOST_NAMES
from streams.domain.outage_answer import answer
from streams.domain.view import Emit, to_network
from streams.edge.feed import Feed, Raw
from streams.edge.formats.fields import first, folded, references, text
from streams.edge.formats.told import Refused
from streams.edge.names import Names, Resolution
from streams.edge.words import boolean, fold, time

MOST_LETTERS = 100_000
"""Letters of all names in one announcement: its record stays under 256 KB, changed twice over (design section 2)."""
LONGEST_WORK = 92 * DAY
"""No work is announced for longer: more is a mistake in a date, and would hide faults until somebody notices."""
_CALLED_OFF = ("cancelled", "canceled", "rejected", "denied", "withdrawn", "deleted")
_COMPLETED = ("completed", "closed", "done", "implemented")


class OutageDesk:
    """Reads announcements of planned work; keeps nothing but what it was built from."""

    def __init__(self, network: Network, names: Names, feeds: tuple[Feed, ...], lanes: tuple[str, ...]) -> None:
        """`lanes`: routes, one to each partition of alarm-events."""
        self._nodes = network.nodes
        self._commands = network.commands
        self._names, self._feeds, self._lanes = names, feeds, lanes
        self._sites = {node.site for node in network.nodes.values() if node.site}
        self._domains = {node.domain for node in network.nodes.values()}

    def under(self, network: Network, names: Names, nodes: Iterable[Node]) -> "OutageDesk":
        """Return the same for a network that differs in these objects; a site or domain that had some once still has a name."""
        other = copy(self)
        other._nodes, other._names = network.nodes, names
        nodes = tuple(nodes)
        other._sites = self._sites | {node.site for node in nodes if node.site}
        other._domains = self._domains | {node.domain for node in nodes}
        return other

    def read(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        """Return the announcement for every partition; Refused with what is wrong and how to put it right."""
        event = fold(first(told, "eventtype", "@type"))
        told = folded(folded(told.get("event")).get("changerequest")) or told
        ident = first(told, "id", "changeid")
        if not ident:
            raise Refused("id", "no-id", "Give the outage an id, so that it can be changed and cancelled.")
        status = fold(text(told.get("status")))
        cancelled = boolean(told.get("cancelled")) is True or status in _CALLED_OFF or event == "changerequestdeleteevent"
        where = raw.position
        if cancelled:
            announced = OutageAnnounced(ident, "", (), 0, 0, True, at, lanes=len(self._lanes), position=where)
        else:
            announced = self._window(ident, told, status, at)
            announced = msgspec.structs.replace(self._scope(told, announced), lanes=len(self._lanes), position=where)
        out = [Emit("alarm-events", lane, msgspec.structs.replace(announced, lane=n), at, lane) for n, lane in enumerate(self._lanes)]
        return [*out, to_network(announced, at)] if self._commands else out

    def _window(self, ident: str, told: dict[str, Any], status: str, at: Instant) -> OutageAnnounced:
        starts = _first_time(told, "startsat", "start", "starttime", "plannedstarttime")
        ended = _first_time(told, "actualendtime") if status in _COMPLETED else 0
        ends = ended or _first_time(told, "endsat", "end", "endtime", "plannedendtime")
        if not starts or ends <= starts:
            raise Refused("endsAt", "no-time", "Give startsAt and a later endsAt as ISO 8601.")
        if ends - starts > LONGEST_WORK:
            raise Refused("endsAt", "too-long", f"Announce at most {LONGEST_WORK // DAY} days at a time; this is {(ends - starts) // DAY}.")
        if ends < at - HOUR:
            raise Refused("endsAt", "over", "The work ended over an hour ago and explains nothing any more; check endsAt and its time zone.")
        return OutageAnnounced(ident, "", (), starts, ends, False, at)

    def _scope(self, told: dict[str, Any], announced: OutageAnnounced) -> OutageAnnounced:
        objects, parts = self._objects(_all(told, "objects", "object", "resources", "resource", "on", "targetentity", "impactentity"))
        services = self._declared("services", _all(told, "services", "service"))
        sites = self._known("sites", _all(told, "sites", "site", "location"), self._sites)
        domains = self._known("domains", _all(told, "domains", "domain"), self._domains)
        unaffected = self._declared("unaffected", _all(told, "unaffected", "unaffectedservices"))
        objects = tuple(dict.fromkeys((*objects, *services)))
        if not (objects or parts or sites or domains):
            raise Refused("objects", "no-object", "Name what is under work in `objects`, `services`, `sites` or `domains`.")
        letters = sum(map(len, (*objects, *(name for name, _ in parts), *sites, *domains, *unaffected)))
        if (count := len(objects) + len(parts) + len(sites) + len(domains) + len(unaffected)) > MOST_NAMES or letters > MOST_LETTERS:
            raise Refused("objects", "too-many", f"Name at most {MOST_NAMES} in one announcement, with {MOST_LETTERS} letters, not {count} with {letters}: name sites or domains, or announce it in several.")
        return msgspec.structs.replace(announced, objects=objects, parts=parts, sites=sites, domains=domains, unaffected=unaffected)

    def _objects(self, reported: Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Return what is named whole, and the parts of declared objects; a name nobody declared stands for itself."""
        whole: dict[str, None] = {}
        parts: dict[tuple[str, str], None] = {}
        for name in reported:
            found = self._resolve(name)
            if found is None or found.identity == found.object:
                whole[found.object if found is not None else name] = None
            else:
                parts[name, found.object] = None
        return tuple(whole), tuple(parts)

    def _declared(self, field: str, reported: Iterable[str]) -> tuple[str, ...]:
        found = dict.fromkeys((one.object if (one := self._resolve(name)) is not None and one.identity == one.object else "", name) for name in reported)
        for declared, name in found:
            if declared not in self._nodes or not self._nodes[declared].is_service:
                raise Refused(field, "unknown-service", f"Name services of topology.yaml in `{field}`; {name[:64]!r} is none.")
        return tuple(dict.fromkeys(declared for declared, _ in found))

    def _known(self, field: str, named: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
        for name in named:
            if name not in known:
                raise Refused(field, f"unknown-{field.removesuffix('s')}", f"Name {field} of topology.yaml; {name[:64]!r} is none.")
        return named

    def declared(self, name: str) -> str:
        """Return the declared object that a name means, else the name."""
        found = self._resolve(name)
        return found.object if found is not None else name

    def _resolve(self, name: str) -> Resolution | None:
        """Return what a name means in the first feed that knows it."""
        return next((found for feed in self._feeds if (found := self._names.resolve(feed, name)).resolved), None)


def refused_outage(told: dict[str, Any], raw: Raw, at: Instant, refused: Refused) -> list[Emit]:
    """Answer an announcement that could not be taken, as far as it could be read."""
    told = folded(folded(told.get("event")).get("changerequest")) or told
    position = raw.position
    return answer(first(told, "id", "changeid"), position, False, f"{refused.field}: {refused.remedy}", at, position)


def _first_time(told: dict[str, Any], *fields: str) -> Instant:
    return next((t for field in fields if (t := time(told.get(field)))), 0)


def _all(told: dict[str, Any], *fields: str) -> tuple[str, ...]:
    """Return every id that these fields name; unlike an alarm's parents, an outage's objects are not cut off."""
    values = [v for field in fields if (given := told.get(field)) is not None for v in (given if isinstance(given, list) else [given])]
    return tuple(dict.fromkeys(found for value in values for found in references(value)))
