"""What became of the requests: which are in the feed, how often, and how many alarm notifications stage 1 made of each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams.domain.messages import AlarmEvent, AlarmHeard
from streams.edge.request_memory import REQUEST

_events = msgspec.msgpack.Decoder(list[AlarmEvent]).decode


class Verdict(NamedTuple):
    """Figures of a run, and what is wrong."""

    records: int
    """In the feed."""
    requests: int
    """Different ones in the feed."""
    notifications: int
    """Alarms that stage 1 told stage 2."""
    wrong: list[str]


def judge(bootstrap: str, feed: str, prefix: str, accepted: Iterable[str]) -> Verdict:
    """Read the feed and what stage 1 made of it: each request answered 2xx is in the feed, each in the feed is one notification."""
    request_at: dict[tuple[int, int], str] = {}
    in_feed: Counter[str] = Counter()
    for message in everything(bootstrap, feed):
        name = dict(message.headers() or ()).get(REQUEST, b"").decode().partition("~")[0]
        request_at[message.partition(), message.offset()] = name
        in_feed[name] += 1
    notified: Counter[str] = Counter()
    for message in everything(bootstrap, f"{prefix}alarm-events"):
        for event in _events(message.value() or b""):
            if isinstance(event, AlarmHeard):
                notified[request_at[event.source.partition, event.source.offset]] += 1
    lost = [name for name in accepted if name not in in_feed]
    unheard = [name for name in in_feed if name not in notified]
    doubled = [name for name, times in notified.items() if times > 1]
    wrong = [f"{len(names)} requests {what}, such as {names[0]}" for names, what in ((lost, "answered 2xx are not in the feed"), (unheard, "became no alarm notification"), (doubled, "became more than one")) if names]
    return Verdict(in_feed.total(), len(in_feed), notified.total(), wrong)


def everything(bootstrap: str, topic: str) -> Iterator[Any]:
    """Return all committed records of a topic that are there now."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "log_level": 0, "group.id": "reader-of-the-load", "isolation.level": "read_committed", "enable.partition.eof": True,
                         "enable.auto.commit": False, "auto.offset.reset": "earliest"})
    places = [TopicPartition(topic, partition, 0) for partition in consumer.list_topics(topic, timeout=10).topics[topic].partitions]
    consumer.assign(places)
    ended: set[int] = set()
    while len(ended) < len(places):
        for message in [*consumer.consume(1, 1.0), *consumer.consume(10_000, 0)]:
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
    consumer.close()
