"""What topology.yaml says of silence and of actions: what is expected, what is seen through what, what is done about alarms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from schemas.topology_rules import ActionEntry, ExpectEntry
from streams.domain.network import AlarmAction, Expectation, FeedWatch, Node
from streams.edge.feed import Feed
from streams.edge.topology_document import Document
from streams.edge.topology_finding import Finding, nearest


def watched(document: Document, nodes: Mapping[str, Node], feeds: tuple[Feed, ...]) -> dict[str, Any]:
    """Return the fields of `Network` that say what is watched for silence, and what is done about alarms."""
    rules = sorted(document.file.expect, key=lambda rule: rule.name)
    return {
        "feeds": {feed.topic: FeedWatch(feed.home, feed.silent_after, feed.silence) for feed in feeds},
        "expects": {rule.name: msgspec.convert(rule.model_dump(), Expectation) for rule in rules},
        "actions": tuple(
            msgspec.convert(rule.model_dump(exclude_none=True), AlarmAction) for rule in sorted(document.file.actions, key=lambda rule: rule.name)),
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
    """Yield rules of `expect` and `actions` with a name twice, or of a feed that is not declared."""
    feeds = [feed.topic for feed in document.file.feeds] or [Feed("raw-alarms").topic]
    sections: tuple[tuple[str, Sequence[ExpectEntry | ActionEntry]], ...] = (("expect", document.file.expect), ("actions", document.file.actions))
    for section, rules in sections:
        names: set[str] = set()
        for n, rule in enumerate(rules):
            if rule.name in names:
                yield document.finding("error", (section, n, "name"), f"{rule.name!r} is declared twice", "give this rule another name")
            names.add(rule.name)
            if rule.feed is not None and rule.feed not in feeds:
                yield document.finding(
                    "error", (section, n, "feed"), f"{rule.feed!r} is no feed", nearest(rule.feed, feeds) or f"known are {', '.join(feeds)}")


def odd_watches(document: Document, nodes: Mapping[str, Node]) -> Iterator[Finding]:
    """Yield what is covered by a feed, or named by an action, and matches nothing that is declared."""
    known = {name for node in nodes.values() for name in (node.id, node.domain, node.site)}
    for n, feed in enumerate(document.file.feeds):
        for m, name in enumerate(feed.covers):
            if name not in known:
                yield document.finding("warning", ("feeds", n, "covers", m), f"{name!r} is no domain, site or object of the network", nearest(name, known))
    yield from _odd_actions(document, nodes)


def _odd_actions(document: Document, nodes: Mapping[str, Node]) -> Iterator[Finding]:
    domains = {node.domain for node in nodes.values()} | {feed.home for feed in document.file.feeds} | {Feed("").home}
    modes = document.file.mode
    sends = {"advise", "act"} & {modes.default, *modes.domains.values(), *modes.causes.values()}
    for n, rule in enumerate(document.file.actions):
        if rule.domain is not None and rule.domain not in domains:
            yield document.finding("warning", ("actions", n, "domain"), f"there is no domain {rule.domain!r}", nearest(rule.domain, domains))
        if rule.then == "command" and not sends:
            yield document.finding("warning", ("actions", n, "then"), "no command will be sent in any mode that is declared", "take mode advise or act, if only for a domain or cause")
        if rule.when == "non-arrival" and not (document.file.expect or any(feed.silent_after or feed.heartbeat for feed in document.file.feeds)) and rule.cause != "heartbeatLost":
            yield document.finding("note", ("actions", n, "when"), "only heartbeats that tell their own interval are watched: nothing else is expected", "declare `expect`, or `silent_after` and `heartbeat` of feeds")
