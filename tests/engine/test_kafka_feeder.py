"""The feeder without a broker: what cannot be taken is told at once."""

import pytest

from streams.engine.kafka_feeder import Feeder, NotDelivered, QueueFull
from streams.engine.kafka_settings import LARGEST_RECORD

NOWHERE = {"bootstrap.servers": "127.0.0.1:1", "log_level": 0}


async def test_more_than_may_wait_is_refused() -> None:
    with pytest.raises(QueueFull, match=r"50,0\d\d records wait for Kafka"):
        await Feeder(NOWHERE, "test").write("feed", b"key", [(b"value", ())] * 50_001)


async def test_a_record_too_large_for_a_broker_is_refused() -> None:
    with pytest.raises(NotDelivered):
        await Feeder(NOWHERE, "test").write("feed", b"key", [(b"x" * (LARGEST_RECORD + 1), ())])
