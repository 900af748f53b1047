"""Where assigned partitions begin: asked of the cluster for all of them at once, and not before it can be known.

What an open transaction wrote counts only once it has ended, so a partition that one has touched is waited for; the
others are told meanwhile. Asked one by one, each partition would cost a dozen round trips.
"""

import logging
import threading
from collections.abc import Callable, Container, Iterator
from time import monotonic
from typing import NamedTuple, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.engine.fatal import Fatal
from streams.engine.kafka_cluster import Cluster, Place
from streams.engine.kafka_names import Names
from streams.engine.seldom import Seldom

log = logging.getLogger(__name__)

T = TypeVar("T")

_SETTLE = 60.0
"""Seconds an open transaction is waited for: its time limit, and the broker's rounds, are 20 s together."""
_AGAIN = 0.05


class Settled(NamedTuple):
    """A partition that no transaction is open on."""

    place: Place
    """The inbox's, with the cluster's name."""
    position: int
    """Next record of the inbox to read."""
    changelog: Place | None
    """None where the inbox has no state."""
    low: int = 0
    end: int = 0
    """All there is of the changelog lies from `low` to before `end`."""


class Settling:
    """Asks on, round after round; `halted` ends it."""

    def __init__(self, cluster: Cluster, names: Names, stateful: Container[str], halted: threading.Event) -> None:
        self._cluster, self._names, self._stateful, self._halted = cluster, names, stateful, halted
        self._complaints, self._open = Seldom(log), Seldom(log)

    def rounds(self, consumer: Consumer, places: list[Place], is_current: Callable[[], bool]) -> Iterator[list[Settled]]:
        """Yield partitions as they settle, until all have or the assignment is not current any more."""
        # The leaders of topics that a client has not heard of yet are looked up every second; asked for, at once.
        self._insist(lambda: consumer.list_topics(timeout=5.0))
        waiting, since = places, monotonic()
        while waiting and is_current():
            found = self._insist(lambda: self._look(consumer, waiting))  # noqa: B023 - it is called at once.
            if found:
                yield found
                since = monotonic()
            told = {each.place for each in found}
            waiting = [place for place in waiting if place not in told]
            if waiting:
                self._wait(waiting, since)

    def _wait(self, waiting: list[Place], since: float) -> None:
        listed = ", ".join(f"{topic}/{partition}" for topic, partition in waiting)
        if monotonic() - since > _SETTLE:
            raise Fatal(
                f"a transaction has been open for {_SETTLE:.0f} s on {listed}, or on their positions in the group, longer than any of ours may be: "
                "see hanging transactions in deploy/runbooks/restore-too-long.md")
        if monotonic() - since > 1.0:
            self._open.warn("waiting for open transactions on %s: their worker is dead or about to commit", listed)
        self._halted.wait(_AGAIN)

    def _look(self, consumer: Consumer, places: list[Place]) -> list[Settled]:
        """Return those on which nothing is open. Changelogs first: a position that is read afterwards is at least as new as they are."""
        logs = self._changelogs(places)
        stable = self._cluster.ends(logs.values(), committed=True)
        ends = self._cluster.ends(logs.values(), committed=False)
        quiet = [place for place in places if place not in logs or stable[logs[place]] >= ends[logs[place]]]
        lows = self._cluster.begins([*quiet, *(logs[place] for place in quiet if place in logs)])
        positions = self._positions(consumer, quiet, lows)
        return [
            Settled(place, positions[place], changelog, *((lows[changelog], ends[changelog]) if changelog else ()))
            for place, changelog in ((place, logs.get(place)) for place in quiet if place in positions)
        ]

    def _changelogs(self, places: list[Place]) -> dict[Place, Place]:
        inboxes = [(place, self._names.plain[place[0]]) for place in places]
        return {place: (self._names.changelog(inbox), place[1]) for place, inbox in inboxes if inbox in self._stateful}

    def _positions(self, consumer: Consumer, places: list[Place], lows: dict[Place, int]) -> dict[Place, int]:
        """Look up committed positions; those that an open transaction is about to move are missing."""
        highs = self._cluster.ends(places, committed=False)
        committed = _committed(consumer, places) if places else []
        stable = {(each.topic, each.partition): each.offset for each in committed if each.error is None}
        return {place: _position(place, offset, lows[place], highs[place]) for place, offset in stable.items()}

    def _insist(self, ask: Callable[[], T]) -> T:
        """Ask until the cluster answers: a broker that restarts is not a reason to end."""
        while True:
            try:
                return ask()
            except KafkaException as error:
                reason = error.args[0]
                if reason.fatal() or self._halted.is_set():
                    raise Fatal(f"restoring failed: {reason.str()}") from error
                self._complaints.warn("restoring waits: %s", reason.str())
                self._halted.wait(0.5)


def _committed(consumer: Consumer, places: list[Place]) -> list[TopicPartition]:
    """Ask for committed positions; none come while a transaction that moves one of them is open: the client asks on until its time is up."""
    try:
        return consumer.committed([TopicPartition(*place) for place in places], timeout=5.0)
    except KafkaException as error:
        if error.args[0].code() != KafkaError._TIMED_OUT:  # noqa: SLF001 - the client's own name for it.
            raise
        return []


def _position(place: Place, committed: int, low: int, high: int) -> int:
    topic, partition = place
    if committed > high:
        raise Fatal(f"{topic}/{partition} ends at {high} but {committed} is committed: was the topic made anew?")
    if 0 <= committed < low:
        log.error("%s/%d: records %d to %d are gone by retention before they were read", topic, partition, committed, low)
    return max(committed, low)
