"""Signs of life that stage 1 passes on besides heartbeats: of whole feeds, and of notifications that are expected.

    any record of a feed with `silent_after`   SourceSpoke(kind=feed)      at most once in a quarter of it, per partition
    an alarm that a rule of `expect` matches   SourceSpoke(kind=expected)  at most once in a hundredth of its `every`
    the first record read under a topology     SourceSpoke(arms=True)      of all that is watched: it may never come

What was passed on when is part of the partition's row (`FeedClock.signs`).
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from msgspec.structs import replace

from streams.domain.alarm import Alarm
from streams.domain.instant import Instant
from streams.domain.messages import AlarmHeard, SourceSpoke
from streams.domain.network import Expectation, Network
from streams.domain.silence import SHARES
from streams.domain.view import Emit, View, World
from streams.edge import redrive
from streams.edge.feed import Feed, Raw
from streams.edge.feed_clock import FeedClock
from streams.edge.names import Names
from streams.edge.signals import spread


class Signs:
    """Knows what is watched besides heartbeats."""

    def __init__(self, names: Names, feeds: Mapping[str, Feed], lanes: tuple[str, ...]) -> None:
        self._names, self._feeds, self._lanes = names, feeds, lanes

    def passed_on(self, view: View, raw: Raw, out: list[Emit], wall: bool, world: World) -> list[Emit]:
        """Return what stage 2 is told of a record that gave `out`."""
        row: FeedClock | None = view.feed_clock.get(raw.topic)
        at = raw.arrived_at if wall else row.clock if row is not None else 0
        if row is None or not at:
            return []
        network, signs = world.network, dict(row.signs)
        told = self._armed(network, at) if row.watch != network.watch else []
        if raw.value != b"" and not (raw.headers and redrive.is_one(raw)):      # what is empty is a mark; what an operator wrote is no sign
            told += self._feed(raw.topic, network, signs, at)
        if rules := network.expected.get(raw.topic):
            told += [emit for heard in out if isinstance(heard.value, AlarmHeard) for emit in self._expected(heard.value.alarm, rules, signs, at)]
        if told:
            view.feed_clock.put(raw.topic, replace(row, signs=signs, watch=network.watch))
        return told

    def _armed(self, network: Network, at: Instant) -> list[Emit]:
        """Await all that is watched, from now on."""
        feeds = [self._of_feed(topic, network, at, True) for topic, feed in network.feeds.items() if feed.silent_after]
        return [emit for some in (*feeds, *(self._of_rule(rule, at, True) for rule in network.expects.values())) for emit in some]

    def _feed(self, topic: str, network: Network, signs: dict[str, Instant], at: Instant) -> list[Emit]:
        feed = network.feeds.get(topic)
        after = feed.silent_after if feed is not None else 0
        if not after or at - signs.get("", 0) < after // SHARES["feed"]:
            return []
        signs[""] = at
        return self._of_feed(topic, network, at, False)

    def _of_feed(self, topic: str, network: Network, at: Instant, arms: bool) -> list[Emit]:
        feed = network.feeds[topic]
        return spread(SourceSpoke(topic, "", feed.silent_after, at, feed.home, kind="feed", arms=arms), self._lanes)

    def _expected(self, alarm: Alarm, rules: tuple[Expectation, ...], signs: dict[str, Instant], at: Instant) -> list[Emit]:
        told: list[Emit] = []
        for rule in rules:
            if at - signs.get(rule.name, 0) >= rule.every // SHARES["expected"] and _matches(rule, alarm):
                signs[rule.name] = at
                told += self._of_rule(rule, at, False)
        return told

    def _of_rule(self, rule: Expectation, at: Instant, arms: bool) -> list[Emit]:
        """Return a sign in the domain of the object that is to tell, else in the feed's home."""
        feed = self._feeds.get(rule.feed)
        if feed is None:
            return []
        domain, object_ = feed.home, ""
        if rule.object and not set("*?[") & set(rule.object):
            found: Any = self._names.resolve(feed, rule.object)
            domain, object_ = found.domain, found.object
        return spread(SourceSpoke(rule.feed, rule.name, rule.every, at, domain, object=object_, kind="expected", arms=arms), ())


def _matches(rule: Expectation, alarm: Alarm) -> bool:
    return (
        (rule.cause is None or fnmatchcase(alarm.cause, rule.cause))
        and (rule.source is None or fnmatchcase(alarm.source, rule.source))
        and (rule.object is None or fnmatchcase(alarm.object, rule.object) or (alarm.reported != "" and fnmatchcase(alarm.reported, rule.object))))
