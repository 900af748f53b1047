"""Makes what a worker goes by, era by era (streams/worlds.py): the network, and how feeds and requests are read under it."""

from collections.abc import Callable

from msgspec.structs import replace

from streams.domain.instant import Instant
from streams.domain.inventory import Changed, Inventory
from streams.domain.view import NETWORK_KEY
from streams.edge.feed import Feed
from streams.edge.intake import Intake
from streams.edge.names import Names
from streams.edge.pseudonym import Pseudonym
from streams.edge.readdress import Readdress
from streams.edge.requests import Admission
from streams.edge.topology_file import Topology
from streams.engine.partition import everywhere
from streams.worlds import Era


def joins(count: Callable[[str], int]) -> tuple[tuple[str, str], ...]:
    """Return (topic, key) of each partition of the inboxes below the lanes."""
    return (*(("service-effects", key) for key in everywhere(count("service-effects"))), ("network-inbox", NETWORK_KEY))


class Eras:
    """Makes eras for one worker (streams/worlds.py)."""

    def __init__(self, wired: tuple[Feed, ...], has_version: Callable[[str], bool], mode: str, trace: bool, lanes: tuple[str, ...], below: tuple[tuple[str, str], ...], pause_feeds: bool, started_at: Instant, pseudonym: Pseudonym) -> None:
        self._wired, self._has_version = wired, has_version
        self._mode, self._trace, self._lanes, self._below = mode, trace, lanes, below
        self._pause_feeds, self._started_at, self._pseudonym = pause_feeds, started_at, pseudonym

    def next(self, number: int, inventory: Inventory, before: Era, changed: Changed) -> Era:
        """Make one from the one before it, at the cost of what changed."""
        network, names = inventory.network, before.names
        if changed.named:
            names = names.under(network.nodes, inventory.aliases, changed.gone, changed.come)
        admission = before.admission.under(network, names, sorted(changed.nodes))
        era = replace(before, number=number, network=network, inventory=inventory, admission=admission)
        return replace(era, names=names, intake=self._intake(before.topology, names), readdress=Readdress(names, self._feeds(before.topology))) if changed.named else era

    def _feeds(self, topology: Topology) -> tuple[Feed, ...]:
        """Return the feeds that this worker reads, as a topology has them; one that it no longer names as it was."""
        told = {feed.topic: feed for feed in topology.feeds}
        return tuple(told.get(feed.topic, feed) for feed in self._wired)

    def _intake(self, topology: Topology, names: Names) -> Intake:
        feeds = self._feeds(topology)
        return Intake(names, feeds, topology.policy.normalize, self._mode, len(feeds) == 1, len(self._lanes), self._pause_feeds, lanes=self._lanes, started_at=self._started_at)

    def whole(self, number: int, topology: Topology, inventory: Inventory) -> Era:
        """Make one; feeds that this worker was not started with are read once it is started anew."""
        feeds = self._feeds(topology)
        names = Names(inventory.network.nodes, inventory.aliases)
        names.prepare(feeds)
        admission = Admission(inventory.network, names, feeds, self._lanes, tuple(key for topic, key in self._below if topic == "service-effects"), self._has_version, self._pseudonym)
        return Era(network=inventory.network, policy=topology.policy, trace=self._trace, readdress=Readdress(names, feeds), lanes=self._lanes, joins=self._below,
                   number=number, topology=topology, inventory=inventory, names=names, intake=self._intake(topology, names), admission=admission)
