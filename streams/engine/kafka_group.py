"""A consumer group from outside: who is in it, how far it has read, and where it is to go on (only while nobody is in it)."""

from collections.abc import Iterable
from time import monotonic, sleep

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.engine.fatal import Refused
from streams.engine.kafka_cluster import Cluster, Place, bounds, reached
from streams.engine.kafka_settings import Settings, common, lone_reader

_PATIENCE = 10.0
SESSION = 15.0
"""Seconds within which a worker that has ended leaves: its session's 10, and some."""


class KafkaGroup:
    """Topic names here are the cluster's. OSError where no broker answers."""

    def __init__(self, config: Settings, group: str) -> None:
        reached(config)
        self.group = group
        self._consumer = Consumer(lone_reader(config, group, "group"))
        self._cluster = Cluster(config, f"{group}-group-admin")
        self._admin = AdminClient(common(config, f"{group}-group"))

    @property
    def cluster(self) -> str:
        """Tell the cluster's own id."""
        told = self._admin.describe_cluster(request_timeout=_PATIENCE).result()
        return str(told.cluster_id)

    def members(self) -> list[str]:
        """Return the names of those who are in the group; a worker that was stopped stays for a session's length (10 s)."""
        told = self._admin.describe_consumer_groups([self.group], request_timeout=_PATIENCE)[self.group].result()
        return sorted(member.group_instance_id or member.client_id for member in told.members)

    def need_nobody(self) -> None:
        """Wait until who was just stopped has left; Refused where somebody stays."""
        until = monotonic() + SESSION
        while (there := self.members()) and monotonic() < until:
            sleep(1.0)
        if there:
            raise Refused(f"group {self.group} has members ({', '.join(there)}): stop all workers first")

    def positions(self, topics: Iterable[str]) -> dict[Place, int]:
        """Return how far the group has read; 0 where it has not begun."""
        places = list(self._places(topics))
        if not places:
            return {}
        return {(each.topic, each.partition): max(0, each.offset) for each in self._consumer.committed(places, timeout=_PATIENCE)}

    def ends(self, topics: Iterable[str]) -> dict[Place, int]:
        """Return where the partitions end for a reader of committed records."""
        return {(each.topic, each.partition): bounds(self._consumer, each)[1] for each in self._places(topics)}

    def positions_at(self, topics: Iterable[str], at: int) -> dict[Place, int]:
        """Return the first record of each partition that is not older than `at` (milliseconds since the epoch), its end where none is."""
        asked = [TopicPartition(place.topic, place.partition, max(0, at)) for place in self._places(topics)]
        found = self._consumer.offsets_for_times(asked, timeout=_PATIENCE) if asked else []
        ends = self.ends(dict.fromkeys(place.topic for place in asked))
        return {(each.topic, each.partition): each.offset if each.offset >= 0 else ends[each.topic, each.partition] for each in found}

    def move(self, positions: dict[Place, int]) -> None:
        """Have the group go on at these positions; Refused while it has members."""
        self.need_nobody()
        told = [TopicPartition(topic, partition, at) for (topic, partition), at in positions.items()]
        for each in self._consumer.commit(offsets=told, asynchronous=False) or ():
            if each.error is not None:
                raise KafkaException(each.error)

    def close(self) -> None:
        self._consumer.close()

    def _places(self, topics: Iterable[str]) -> Iterable[TopicPartition]:
        for topic in topics:
            self._cluster.need(topic)
            for partition in range(self._cluster.partitions(topic)):
                yield TopicPartition(topic, partition)


__all__ = ["KafkaGroup"]
