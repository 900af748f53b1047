"""topology.yaml -> `Topology`: all that the stages, the feeds and the topics have to know, checked and in fixed order.

- The version is a digest of what the file says, not of how: comments, key order, row order, the spelling of a duration
  and the files that parts of the network lie in do not change it.
- What is wrong raises TopologyError, all mistakes at once, each with its line and what to do.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from schemas.topology import FeedEntry
from schemas.topology_names import KeyField, key_words
from streams.domain.network import Network
from streams.domain.policy import Policy
from streams.edge.feed import Encoding, Feed, Naming
from streams.edge.topology_cycles import impossible_cycles
from streams.edge.topology_digest import digest
from streams.edge.topology_document import Document
from streams.edge.topology_encoding import encoding_of
from streams.edge.topology_finding import TopologyError
from streams.edge.topology_mapping import mapping_of
from streams.edge.topology_network import network_of
from streams.edge.topology_references import misreferences
from streams.edge.topology_source import Source, Stamp
from streams.edge.topology_streams import LANES, StreamSettings
from streams.edge.topology_watch import watched

DEFAULT_FEEDS = (Feed("raw-alarms"),)


class Topology(msgspec.Struct, frozen=True, dict=True):
    """One version of topology.yaml, ready for use."""

    network: Network
    """Its `version` is the digest."""
    policy: Policy
    feeds: tuple[Feed, ...] = DEFAULT_FEEDS
    """Sorted by topic."""
    aliases: dict[str, str] = {}
    """Alias -> declared id."""
    streams: dict[str, StreamSettings] = {}
    """Topic -> what the file says about it; see `partitions` for one that it does not name."""
    domains: tuple[str, ...] = ()
    """Correlation domains of the network, sorted."""
    mode: str = "report"
    """The default; exceptions are in `network.mode_for(domain, cause)`."""

    stamp: Stamp = (0, 0)
    """Of the file that this was read from, zeros where it was none."""
    included: dict[str, Stamp] = {}
    """Files that it names (parts of the network, schemas of feeds), with theirs."""

    @cached_property
    def sold(self) -> frozenset[str]:
        """Ids of the product instances that it declares."""
        return frozenset(product.id for products in self.network.products.values() for product in products)

    @property
    def version(self) -> str:
        return self.network.version

    def partitions(self, topic: str, default: int) -> int:
        """Return a topic's partition count: declared, that of the lane it belongs to, else `default` (network-inbox: 1)."""
        if topic == "network-inbox":
            return 1
        names = (topic, *LANES) if topic in LANES else (topic,)
        declared = [self.streams[name].partitions for name in names if name in self.streams]
        declared += [feed.partitions for feed in self.feeds if feed.topic == topic]
        return next(filter(None, declared), default)


def load(path: str | Path, stamps: dict[str, Stamp] | None = None) -> Topology:
    """Read topology.yaml and what it includes; `stamps` is filled with the files that it names, those too for which it cannot be used."""
    with collector_at_rest():
        return build(Document.read(path, stamps))


def from_text(text: str, base: Path | None = None, name: str = "topology.yaml") -> Topology:
    """Read a topology that is no file (a record, a test); `base` is the folder of what it includes."""
    return build(Document(Source(text, name), base))


def build(document: Document) -> Topology:
    """Check what the names mean together, and build; TopologyError names every mistake."""
    mistakes = [*misreferences(document), *impossible_cycles(document)]
    if mistakes:
        raise TopologyError(sorted(mistakes, key=lambda finding: (finding.file, finding.line)))
    network, overrides = network_of(document), _overrides(document)
    feeds = tuple(sorted((_feed(entry, encoding_of(document, n)) for n, entry in enumerate(document.file.feeds)), key=lambda feed: feed.topic)) or DEFAULT_FEEDS
    aliases = {alias: row.id for rows in (document.resources, document.services) for row in rows.all for alias in row.aliases}
    streams = {name: StreamSettings(entry.partitions or 0, entry.retention or 0) for name, entry in sorted(document.file.streams.items())}
    aliases = dict(sorted(aliases.items()))
    network = msgspec.structs.replace(network, **watched(document, network.nodes, feeds))
    version = digest([network, overrides, feeds, aliases, streams])
    return Topology(
        network=msgspec.structs.replace(network, version=version),
        policy=_policy(overrides),
        feeds=feeds,
        aliases=aliases,
        streams=streams,
        domains=tuple(sorted({node.domain for node in network.nodes.values()})),
        mode=network.mode,
        stamp=document.source.stamp,
        included=document.stamps,
    )


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the cycle collector from walking a large network again and again while it grows: half of the time to load one."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _feed(entry: FeedEntry, encoding: Encoding) -> Feed:
    plain = entry.model_dump(exclude={"rewrite", "key", "names", "mapping", "covers", "encoding"})
    return Feed(
        **plain,
        encoding=encoding,
        key=key_words(entry.key),
        masks=tuple((each.field, each.mask) for each in entry.key if isinstance(each, KeyField)),
        rewrite=tuple((rule.match, rule.to) for rule in entry.rewrite),
        covers=tuple(entry.covers),
        names=Naming(entry.names.case, tuple(entry.names.suffixes), entry.names.separators, tuple(entry.names.parts)),
        mapping=mapping_of(entry.mapping) if entry.mapping else None,
    )


def _overrides(document: Document) -> dict[str, dict[str, Any]]:
    """Return what `policy:` says, stage by stage, without what it leaves to the defaults."""
    told = document.file.policy.model_dump(exclude_unset=True, exclude_none=True)
    return {stage: names for stage, names in told.items() if names}


def _policy(overrides: dict[str, dict[str, Any]]) -> Policy:
    """Put the overrides over the defaults; a table (`report_after`) is overridden entry by entry."""
    policy = Policy()
    for stage, names in overrides.items():
        before = getattr(policy, stage)
        given = {name: {**getattr(before, name), **value} if isinstance(value, dict) else value for name, value in names.items()}
        policy = msgspec.structs.replace(policy, **{stage: msgspec.structs.replace(before, **given)})
    return policy
