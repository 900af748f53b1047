"""What a feed calls an object, resolved to a declared one: id, alias, the feed's rewrite rules, nearest declared ancestor.

Within a namespace: a name is first looked up as `namespace:name`, so that two feeds may use one name for two things,
then plainly. What remains is unresolved: it keeps its reported name and is handled in the feed's home domain.
Answers are remembered per feed, at most `REMEMBERED` names; forgetting changes nothing but time.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.network import Node
from streams.edge.feed import Feed

REMEMBERED = 200_000
_STEPS = 64
"""Ancestors tried of one name; a longer path is not looked at further."""
_SEPARATORS = "/,."
"""Paths (`olt-7/1/3`), distinguished names root first (`ManagedElement=7,Port=3`), dotted names (`olt-7.slot1`)."""


class Resolution(NamedTuple):
    """What a reported name stands for."""

    object: str
    """The declared id, else the reported name."""
    domain: str
    resolved: bool
    identity: str
    """The object in alarm keys: the declared id where the name means it exactly, else the reported name (two ports of
    one declared card are two alarms)."""


class Names:
    """All names that are declared, by namespace; one for all feeds."""

    def __init__(self, nodes: Mapping[str, Node], aliases: Mapping[str, str]) -> None:
        self._nodes = nodes
        self._aliases = aliases
        self._rules: dict[tuple[tuple[str, str], ...], list[tuple[re.Pattern[str], str]]] = {}
        self._known: dict[str, dict[str, Resolution]] = {}

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
        exact = self._exact(feed.namespace, reported)
        tried = reported
        if exact is None:
            for pattern, replacement in self._rewrites(feed):
                tried, count = pattern.subn(replacement, reported, count=1)
                if count:
                    exact = self._exact(feed.namespace, tried)
                    break
        if exact is not None:
            return Resolution(exact, self._nodes[exact].domain, True, exact)
        ancestor = self._ancestor(feed.namespace, tried) or (self._ancestor(feed.namespace, reported) if tried != reported else None)
        if ancestor is not None:
            return Resolution(ancestor, self._nodes[ancestor].domain, True, reported)
        return Resolution(reported, feed.home, False, reported)

    def _exact(self, namespace: str, name: str) -> str | None:
        for candidate in (f"{namespace}:{name}", name) if namespace else (name,):
            if candidate in self._nodes:
                return candidate
            declared = self._aliases.get(candidate)
            if declared in self._nodes:
                return declared
        return None

    def _ancestor(self, namespace: str, name: str) -> str | None:
        for _ in range(_STEPS):
            name = name[: max(name.rfind(s) for s in _SEPARATORS)] if any(s in name for s in _SEPARATORS) else ""
            if not name:
                return None
            if (found := self._exact(namespace, name)) is not None:
                return found
        return None

    def _rewrites(self, feed: Feed) -> list[tuple[re.Pattern[str], str]]:
        rules = self._rules.get(feed.rewrite)
        if rules is None:
            rules = self._rules[feed.rewrite] = [(re.compile(match), to) for match, to in feed.rewrite]
        return rules
