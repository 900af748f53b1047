"""The network as the stages see it: immutable, built once per topology version, plain dicts and tuples.

`edge/topology_file.py` builds it; nothing here reads files. Everything a hot path asks is one dict lookup or a walk
that is bounded by `hops`, never by the size of the network.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from streams.domain.ids import identify
from streams.domain.network_rules import PROTECTION, Action, AlarmAction, EffectRule, Expectation, FeedWatch, HoldRule, TestRule
from streams.domain.report_rules import ReportRules
from streams.domain.sla import Escalation, Sla

__all__ = ["PROTECTION", "Action", "AlarmAction", "Dependency", "EffectRule", "Escalation", "Expectation", "FeedWatch", "HoldRule", "Network", "Node", "Product", "Sla", "TestRule"]

REMEMBERED = 200_000
"""Nodes of which an answer is remembered before all begin afresh: memory, not meaning."""


class Node(msgspec.Struct, frozen=True, gc=False):
    """A resource or a service of the network."""

    id: str
    type: str = ""
    domain: str = ""
    site: str = ""
    is_service: bool = False


class Dependency(msgspec.Struct, frozen=True, gc=False):
    """`dependent` works only while at least `needs` of `on` work; below `degraded_below` working it is degraded."""

    dependent: str
    on: tuple[str, ...]
    needs: int
    """Members of `on` that must work; len(on) where every one must."""
    degraded_below: int
    """Fewer working members than this: degraded (but at least `needs`). Equal to `needs` where not declared."""
    kind: str = ""


class Product(msgspec.Struct, frozen=True, gc=False):
    """A deployed product instance: what a customer bought (the unit of customer impact)."""

    id: str
    service: str
    customer: str = ""
    sla: str = ""
    aliases: tuple[str, ...] = ()
    """Numbers and other names that customers use for it."""
    place: str = ""
    """Where it is used, as customers name it."""




class Network(msgspec.Struct, frozen=True, dict=True):
    """Nodes, what depends on what, and what customers bought."""

    version: str
    """Digest of the file it was built from; every problem names it."""
    nodes: Mapping[str, Node]
    depends: Mapping[str, tuple[Dependency, ...]]
    """node -> what it depends on."""
    carries: Mapping[str, tuple[str, ...]]
    """node -> the nodes that name it in a dependency (direct dependents), sorted."""
    products: Mapping[str, tuple[Product, ...]] = {}
    """service -> product instances on it."""
    slas: Mapping[str, Sla] = {}
    closing: Mapping[str, str] = {}
    """Service -> its closing policy, where it has one of its own."""
    effects: tuple[EffectRule, ...] = ()
    restoration: tuple[Action, ...] = ()
    holds: tuple[HoldRule, ...] = ()
    feeds: Mapping[str, FeedWatch] = {}
    """Topic -> what is expected of it."""
    expects: Mapping[str, Expectation] = {}
    """Name -> a notification that has to come again and again."""
    actions: tuple[AlarmAction, ...] = ()
    """Sorted by name."""
    tests: tuple[TestRule, ...] = ()
    behind: Mapping[str, tuple[str, ...]] = {}
    """`feed:<topic>`, or a source's object or name -> declared objects that are seen through it alone, sorted."""
    mode: str = "report"
    """observe, report, advise or act (topology.yaml `mode`)."""
    mode_by_domain: Mapping[str, str] = {}
    """Exceptions from `mode`: correlation domain -> its mode."""
    mode_by_cause: Mapping[str, str] = {}
    """Exceptions from `mode`: probable cause of the located object -> its mode."""
    escalations: tuple[Escalation, ...] = ()
    """By the age of a problem, whatever was bought; in the order of the file."""
    suppliers: Mapping[str, Sla] = {}
    """Party -> the SLA that we have with it, whose clock runs for what it is asked to repair."""
    reports: ReportRules = ReportRules()
    """Who must act on a report, whose help is needed, and in what words it is written."""
    naming: str = ""
    """The version in which names and domains last changed; "" where that is `version`."""
    structure: str = ""
    """The version in which objects and dependencies last changed; "" where that is `version`."""

    @property
    def named(self) -> str:
        """Tell under which version names and domains mean what they mean here."""
        return self.naming or self.version

    @property
    def built(self) -> str:
        """Tell under which version objects and dependencies are as they are here."""
        return self.structure or self.version

    def mode_for(self, domain: str, cause: str = "") -> str:
        """Return the mode that holds for a domain and cause: the more cautious where both have one, else `mode`."""
        told = [mode for mode in (self.mode_by_domain.get(domain), self.mode_by_cause.get(cause)) if mode is not None]
        return min(told, key=("observe", "report", "advise", "act").index, default=self.mode)

    @cached_property
    def pausing(self) -> frozenset[str]:
        """Statuses of a problem in which the clock of some SLA stands."""
        return frozenset(status for sla in self.slas.values() for status in sla.pauses)

    @cached_property
    def watch(self) -> str:
        """Name what is watched for silence besides heartbeats; "" where nothing is."""
        watched = [(topic, feed.silent_after) for topic, feed in self.feeds.items() if feed.silent_after]
        return identify("", watched, *self.expects.values()) if watched or self.expects else ""

    @cached_property
    def follows_alarms(self) -> bool:
        """Whether anything is to be done about alarms: `actions`, or types that never clear."""
        return bool(self.actions) or any(rule.will_clear is not None for rule in self.effects)

    @cached_property
    def restores(self) -> bool:
        """Whether any restoration is declared: then stage 6 is told when all is clear."""
        return bool(self.restoration)

    @cached_property
    def commands(self) -> bool:
        """Whether any command may ever go out."""
        return self.restores or any(rule.then == "command" for rule in self.actions)

    @cached_property
    def confidences(self) -> tuple[float, ...]:
        """What declared restorations ask of the diagnosis, sorted: stage 6 is told when one of them is reached, or no longer."""
        return tuple(sorted({0.5, *(action.confidence for action in self.restoration if action.confidence is not None)}))

    @cached_property
    def looks_around(self) -> bool:
        """Whether a command may depend on what else is down: then stage 6 is told what problems hold down."""
        return any(action.disrupts or action.alternative for action in self.restoration) or any(rule.disrupts for rule in self.actions)

    @cached_property
    def restores_services(self) -> bool:
        """Whether a restoration depends on the services that are hurt, or is told them."""
        return any(action.service or action.service_type or action.alternative for action in self.restoration)

    @cached_property
    def action_named(self) -> dict[str, AlarmAction]:
        return {rule.name: rule for rule in self.actions}

    @cached_property
    def expected(self) -> dict[str, tuple[Expectation, ...]]:
        """Feed -> the notifications that are expected of it."""
        feeds = dict.fromkeys(rule.feed for rule in self.expects.values())
        return {feed: tuple(rule for rule in self.expects.values() if rule.feed == feed) for feed in feeds}

    def upstream(self, node: str) -> tuple[str, ...]:
        """Direct dependencies of a node, distinct, in declared order; () for one that is not declared."""
        depends = self.depends.get(node)
        if depends is None:
            return ()
        if len(depends) == 1:
            return depends[0].on
        known = self._upstream.get(node)
        if known is None:
            if len(self._upstream) >= REMEMBERED:
                self._upstream.clear()
            known = self._upstream[node] = tuple(dict.fromkeys(o for d in depends for o in d.on))
        return known

    @cached_property
    def _upstream(self) -> dict[str, tuple[str, ...]]:
        return {}

    def afresh(self) -> "Network":
        """Return the same network with nothing remembered."""
        return msgspec.structs.replace(self)

    def keep_answers_of(self, other: "Network") -> None:
        """Go on with what a network of the same objects and dependencies remembers."""
        self.__dict__.update({name: getattr(other, name) for name in ("memo", "_anchors", "_upstream")})

    @cached_property
    def memo(self) -> dict[str, dict[Any, Any]]:
        """What pure functions of the network remember of their answers, by name of the function (domain/impact.py)."""
        return {}

    @cached_property
    def _anchors(self) -> dict[tuple[str, int], tuple[tuple[str, int], ...]]:
        return {}

    def anchors(self, node: str, hops: int) -> tuple[tuple[str, int], ...]:
        """Return (ancestor, distance) for the node itself (0) and all it depends on within `hops`, nearest first.

        Two nodes are near where they share an ancestor and their distances to it add up to at most `hops`. Remembered
        per node: a bounded walk once, one lookup ever after.
        """
        known = self._anchors.get((node, hops))
        if known is None:
            distance = {node: 0}
            ring = [node]
            for d in range(1, hops + 1):
                ring = [o for n in ring for o in self.upstream(n) if o not in distance]
                ring = list(dict.fromkeys(ring))
                for o in ring:
                    distance[o] = d
            if len(self._anchors) >= REMEMBERED:
                self._anchors.clear()
            known = self._anchors[node, hops] = tuple(distance.items())
        return known
