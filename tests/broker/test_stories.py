"""Stories of alarms told to a real Kafka, one worker each: what comes of them is what comes of them on the embedded log."""

import json
import os
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from streams import topology as flow
from streams.app import Embedded
from streams.domain.instant import Instant, iso
from streams.edge.story import TELLS, Story, read_story, with_alarms, with_told
from streams.edge.topology_file import from_text
from tests.broker.crew import Crew
from tests.chaos.run import Run, at_work
from tests.scenarios.telling import ids_told, unmet

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FAMILIES = ("backbone-cut", "silent-power-region", "parent-comes-late", "parent-refuted")
"""Those in which problems of several partitions are related."""
RESTORED = ("restoration-command", "reroute-then-dispatch", "command-withdrawn", "card-restarts", "workaround-then-repair", "breaker-latches", "final-test-fails")
"""Those of commands and tests."""
REPORTED = ("report-handled-there", "report-not-accepted")
"""Those in which the ticketing system answers."""
JEOPARDY = ("violation-to-the-second", "jeopardy-hold-and-resume", "work-around-stops-the-clock", "office-hours")
"""Those of clocks: each is due at its second."""
LIVES = ("fibre-cut", "power-loss-at-site", "work-around-then-repair", "work-announced-late", "repeat-and-reopen", "a-problem-led-by-hand")
"""Those of a problem's life from its first alarm to its end."""
EVERY = ("impact-snapshot", "customer-joins", "customer-lacks-information", "customers-without-alarm", "flapping-port", "feed-back-with-a-list", "silent-feed", "silent-source", "shelve-and-expiry", "work-with-a-survivor", "work-overlapping", "work-on-one-path", "alarm-never-cleared",
    "cause-confirmed", "regrouped-by-hand", "merged-by-hand", "first-contact", *LIVES, *FAMILIES, *RESTORED, *JEOPARDY, *REPORTED)
"""The others are about what is decided from records, whatever the log, and run on the embedded one."""
FEW = ("customer-joins", "flapping-port", "feed-back-with-a-list", "work-with-a-survivor", "backbone-cut", "reroute-then-dispatch")
"""One of each kind: the others take minutes more (`ALL_STORIES=1`)."""
STORIES = EVERY if os.environ.get("ALL_STORIES") else FEW
PACED = ("customers-without-alarm", "silent-source", "silent-feed", "feed-back-with-a-list", "regrouped-by-hand", *FAMILIES, *RESTORED, *JEOPARDY, *REPORTED)
"""Stories in which silence is the news: it is noticed by ticks, so time has to pass as they are told; what is published a second later; and those in which
partitions tell of one service, which may hear of a clear in one before the fault in another where one overtakes the other."""
PATIENCE = 180.0
QUIET = 0.6
"""Seconds in which nothing is written between the stages once all is worked off: some thirty units of work."""


class Telling:
    """One story on its way into Kafka: the same records in the same order, each topic worked off before another is written."""

    def __init__(self, run: Run, crew: Crew, story: Story, names: dict[str, str]) -> None:
        self._run, self._crew, self._names, self._last = run, crew, names, ""
        self._topology = from_text(story.topology)
        self._intake = Embedded(self._topology, "event").processor.intake
        self._producer = Producer({"bootstrap.servers": run.bootstrap, "partitioner": "murmur2_random", "linger.ms": 5, "queue.buffering.max.messages": 200_000})
        self._reader = Consumer({"bootstrap.servers": run.bootstrap, "log_level": 0, "group.id": run.settings.group})
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)      # what was created a moment ago is not yet known, nor led
        there = self._reader.list_topics(timeout=10).topics
        self._fed = [TopicPartition(topic, partition) for topic in (*names.values(), *flow.request_topics(run.settings.prefix)) for partition in there[topic].partitions]
        between = (run.settings.prefix + topic for topic in (*flow.INBOXES, *flow.OUTPUTS))
        self._between = [TopicPartition(topic, partition) for topic in between for partition in there[topic].partitions]

    def lines(self, topic: str, lines: list[bytes]) -> None:
        self._turn_to(topic)
        for line in lines:
            line = self._with_told(with_alarms(line, self._topology))
            if topic not in self._names:
                self._producer.produce(topic, line)
            else:
                domain = self._intake.domain_of(topic, line)
                self._producer.produce(self._names[topic], line, None if domain is None else domain.encode(), *(() if domain else (0,)))

    def _with_told(self, line: bytes) -> bytes:
        """Put the ids of what the line answers in: all that led to it has been worked off by then."""
        known = with_told(line, {})
        if known is None:
            self.settle()
            read = self._run.read()
            known = with_told(line, ids_told({topic: [(one.key, one.at, one.value) for one in read[topic]] for topic in TELLS.values()}))
        assert known is not None, f"{line.decode()} answers what was never told"
        return known

    def time(self, header: str, at: Instant) -> None:
        """Say on every partition of every feed what time it is."""
        if self._last not in self._names:
            self.settle()
        for place in self._fed:
            if place.topic in self._names.values():
                self._producer.produce(place.topic, b"", header.encode(), place.partition, headers={header: iso(at)})

    def _turn_to(self, topic: str) -> None:
        """Have what was written to another topic worked off: between topics there is no order but that."""
        if topic != self._last:
            self.settle()
        self._last = topic

    def settle(self) -> None:
        """Wait until everything written has been read, and nothing more has been written between the stages for a moment."""
        self._producer.flush(60)
        until, since, seen = time.monotonic() + PATIENCE, time.monotonic(), -1
        while time.monotonic() - since < QUIET:
            ends = sum(self._end(place) for place in self._between)
            if ends != seen or self._unread():
                seen, since = ends, time.monotonic()
            assert time.monotonic() < until, f"{self._unread()} records still wait"
            self._crew.tend(0.05)

    def _unread(self) -> int:
        return sum(self._end(place) - max(0, place.offset) for place in self._reader.committed(self._fed, timeout=10))

    def _end(self, place: TopicPartition) -> int:
        return self._reader.get_watermark_offsets(place, timeout=10)[1]


def tell(story: Story, bootstrap: str, folder: Path) -> dict[str, list[tuple[str, str, Any]]]:
    """Tell a story to a worker on Kafka; return what it told: topic -> (key, event time, value)."""
    written = json.loads(story.topology)
    feeds = [feed.topic for feed in from_text(story.topology).feeds]
    names: dict[str, str] = {}

    def described(topic: str) -> dict[str, Any]:
        names.update({feed: topic if n == 0 else f"{topic}-{n}" for n, feed in enumerate(feeds)})
        return written | {"feeds": [one | {"topic": names[one["topic"]]} for one in written.get("feeds") or [{"topic": feeds[0]}]]}

    run = Run(bootstrap, folder, described)
    with run.crew("w0") as crew:
        telling = Telling(run, crew, story, names)
        if story.first_contact:
            telling.time("spm-start", story.first_contact)
        at = story.first_contact
        for (when, topic), inputs in groupby(story.inputs, key=lambda one: (one.at, one.topic or feeds[0])):
            if when > at:
                telling.time("spm-mark", at := when)
                if story.name in PACED:
                    telling.settle()
            telling.lines(topic, [one.line for one in inputs])
        telling.time("spm-mark", story.until)
        telling.settle()
        found = run.read()

    def as_written(value: Any) -> Any:
        """Give the feeds the names that the story has for them."""
        text = json.dumps(value)
        for feed, topic in sorted(names.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(topic, feed)
        return json.loads(text)

    return {topic: [(one.key, one.at, as_written(one.value)) for one in found[topic]] for topic in flow.OUTPUTS}


@pytest.mark.parametrize("name", STORIES)
def test_it_comes_out_on_kafka_as_the_story_says(name: str, kafka: str, tmp_path: Path) -> None:
    story = read_story(SCENARIOS / f"{name}.yaml")
    told = tell(story, kafka, tmp_path)

    assert [] == [text for expectation in story.expect if (text := unmet(expectation, told))], story.sentence
