"""What becomes of spoken names: resolved to the object, to something else, or to nothing."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from streams.edge.names import Names
from streams.edge.topology_file import Topology, from_text
from tests.naming import inventory
from tests.naming.inventory import Spoken


class Score(msgspec.Struct):
    """Counts over spoken names."""

    declared: int = 0
    """Names of declared objects or of parts of them."""
    resolved: int = 0
    """Of these, those that resolved to that object."""
    strangers: int = 0
    kept_apart: int = 0
    """Names of objects that nobody declared and that resolved to nothing."""
    above: int = 0
    """Names that resolved to what their object lies in though the object itself is declared (a mistyped part): certain, not exact."""
    wrong: list[tuple[Spoken, str]] = []
    missed: Counter[str] = Counter()
    """Way of writing -> names of declared objects that did not resolve."""

    @property
    def share(self) -> float:
        return self.resolved / self.declared


def a_topology(with_rules: bool = True) -> Topology:
    return from_text(msgspec.json.encode(inventory.topology(with_rules)).decode())


def score(topology: Topology, said: Iterable[Spoken]) -> Score:
    """Resolve every name and hold it against the truth."""
    names, feeds = Names(topology.network.nodes, topology.aliases), {feed.topic: feed for feed in topology.feeds}
    found = Score(wrong=[], missed=Counter())
    for each in said:
        resolution = names.resolve(feeds[each.feed], each.name)
        found.declared += bool(each.truth)
        found.strangers += not each.truth
        if resolution.resolved and each.truth.startswith((f"{resolution.object}/", f"{resolution.object},")):
            found.above += 1
        elif resolution.resolved and resolution.object != each.truth:
            found.wrong.append((each, resolution.object))
        elif resolution.resolved:
            found.resolved += 1
        elif each.truth:
            found.missed[each.way] += 1
        else:
            found.kept_apart += 1
    return found
