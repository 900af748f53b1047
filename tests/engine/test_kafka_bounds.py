"""Where a partition ends, asked while another broker begins to lead it. That moment cannot be had from a lone Kafka at will: a consumer refuses here in its place."""

from typing import Any, cast

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.engine import kafka_cluster
from streams.engine.kafka_cluster import bounds

PLACE = TopicPartition("topic", 0)


class Refusing:
    """Refuses with these errors, one after the other, then answers."""

    def __init__(self, *codes: int) -> None:
        self.left = list(codes)

    def get_watermark_offsets(self, *_: Any, **__: Any) -> tuple[int, int]:
        if self.left:
            raise KafkaException(KafkaError(self.left.pop(0)))
        return 3, 7


def test_is_asked_again_while_the_leader_changes() -> None:
    consumer = Refusing(KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)

    assert (3, 7) == bounds(cast(Consumer, consumer), PLACE)


def test_what_will_not_pass_is_said_at_once() -> None:
    consumer = Refusing(KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED)

    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        bounds(cast(Consumer, consumer), PLACE)
    assert 1 == len(consumer.left)


def test_where_no_leader_comes_it_is_said_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_cluster, "_LONG", 0.05)
    consumer = Refusing(*[KafkaError.LEADER_NOT_AVAILABLE] * 100)

    with pytest.raises(KafkaException, match="LEADER_NOT_AVAILABLE"):
        bounds(cast(Consumer, consumer), PLACE)
