"""What topology.yaml says of silence: which feeds and notifications are expected, and which objects are seen through what."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from streams.domain.network import Expectation, FeedWatch, Node
from streams.edge.feed import Feed
from streams.edge.topology_document import Document
from streams.edge.topology_finding import Finding, nearest


def watched(document: Document, nodes: Mapping[str, Node], feeds: tuple[Feed, ...]) -> dict[str, Any]:
    """Return the fields of `Network` that say what is watched for silence."""
    rules = sorted(document.file.expect, key=lambda rule: rule.name)
    return {
        "feeds": {feed.topic: FeedWatch(feed.home, feed.silent_after, feed.silence) for feed in feeds},
        "expects": {rule.name: msgspec.convert(rule.model_dump(), Expectation) for rule in rules},
        "behind": _behind(document, nodes, feeds),
    }


def _behind(document: Document, nodes: Mapping[str, Node], feeds: tuple[Feed, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for resource in document.resources.all:
        if resource.managed_by:
            found.setdefault(resource.managed_by, set()).add(resource.id)
    for feed in feeds:
        if covers := set(feed.covers):
            found[f"feed:{feed.topic}"] = {node.id for node in nodes.values() if {node.id, node.domain, node.site} & covers}
    return {through: tuple(sorted(ids)) for through, ids in sorted(found.items())}


def watch_mistakes(document: Document) -> Iterator[Finding]:
    """Yield rules of `expect` with a name twice, or of a feed that is not declared."""
    feeds = [feed.topic for feed in document.file.feeds] or [Feed("raw-alarms").topic]
    names: set[str] = set()
    for n, rule in enumerate(document.file.expect):
        if rule.name in names:
            yield document.finding("error", ("expect", n, "name"), f"{rule.name!r} is declared twice", "give this rule another name")
        names.add(rule.name)
        if rule.feed not in feeds:
            yield document.finding("error", ("expect", n, "feed"), f"{rule.feed!r} is no feed", nearest(rule.feed, feeds) or f"known are {', '.join(feeds)}")


def odd_watches(document: Document, nodes: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield what is covered by a feed and matches nothing that is declared."""
    known = {name for node in nodes.values() for name in (node.id, node.domain, node.site)}
    for n, feed in enumerate(document.file.feeds):
        for m, name in enumerate(feed.covers):
            if name not in known:
                yield document.finding("warning", ("feeds", n, "covers", m), f"{name!r} is no domain, site or object of the network", nearest(name, known))
