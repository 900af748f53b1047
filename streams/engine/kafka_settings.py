"""What our Kafka clients are told; everything of an operator's own (addresses, security) is merged in first."""

from typing import Any

Settings = dict[str, Any]

TRANSACTION_SECONDS = 10.0
"""A unit that takes longer to land is given up, by us and by the broker (which looks for them every 10 s, ours every second)."""
LARGEST_RECORD = 1_000_000
"""Bytes of key, value and headers; the broker's default limit is 1,048,588 for a whole batch."""


def common(own: Settings, name: str) -> Settings:
    """Settings of every client."""
    # Librdkafka tells of each attempt of each client to reach a broker that is away; what matters comes as errors, too.
    return {"log_level": 2, **own, "client.id": name, "socket.keepalive.enable": True, "reconnect.backoff.max.ms": 1000}


def reader(own: Settings, group: str, instance: str) -> Settings:
    """The one consumer of the inboxes, a static member of the group."""
    session = own.get("session.timeout.ms", 10_000)
    return common(own, f"{group}-{instance}") | {
        "group.id": group,
        "group.instance.id": f"{group}-{instance}",
        "session.timeout.ms": session,
        "heartbeat.interval.ms": max(500, session // 5),
        # Also how long the group waits for a member that does not answer a rebalance.
        "max.poll.interval.ms": max(30_000, session),
        "partition.assignment.strategy": "range",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        # A partition that is resumed joins the next fetch, so a fetch that waits holds it up; 50 ms is 20 small requests a second when idle.
        "fetch.wait.max.ms": 50,
        # All inboxes share one queue: a long one would put the first stage's backlog before the last stage's work.
        "queued.min.messages": 20_000,
        "queued.max.messages.kbytes": 32_768,
        # By default a full queue stops fetching for a whole second.
        "fetch.queue.backoff.ms": 10,
    }


def lone_reader(own: Settings, group: str, name: str) -> Settings:
    """A consumer that takes part in no group: changelogs, marks, the group's committed offsets."""
    kept = {key: value for key, value in own.items() if key not in ("session.timeout.ms",)}
    return common(kept, f"{group}-{name}") | {
        "group.id": group,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        # A new assignment waits for the fetch under way: 100 ms would be paid for each partition that is restored.
        "fetch.wait.max.ms": 5,
        "queued.max.messages.kbytes": 32_768,
        "fetch.queue.backoff.ms": 10,
    }


def writer(own: Settings, group: str, instance: str) -> Settings:
    """The transactional producer, fencing whoever worked under this name before."""
    kept = {key: value for key, value in own.items() if key not in ("session.timeout.ms",)}
    return common(kept, f"{group}-{instance}") | {
        "transactional.id": f"{group}-{instance}",
        "transaction.timeout.ms": int(TRANSACTION_SECONDS * 1000),
        "enable.idempotence": True,
        # Where Java clients and others put the same key.
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        "linger.ms": 5,
        "message.max.bytes": LARGEST_RECORD,
        "queue.buffering.max.messages": 200_000,
        "retry.backoff.ms": 20,
        "retry.backoff.max.ms": 200,
    }


def plain_writer(own: Settings, group: str, instance: str) -> Settings:
    """A producer outside any transaction, for what may be said twice."""
    kept = {key: value for key, value in own.items() if key not in ("session.timeout.ms",)}
    return common(kept, f"{group}-{instance}-marks") | {"linger.ms": 1, "message.timeout.ms": 10_000, "partitioner": "murmur2_random"}


def feeder(own: Settings, name: str) -> Settings:
    """The producer of the gateway: nobody is told that a record is taken before all in-sync replicas have it."""
    kept = {key: value for key, value in own.items() if key not in ("session.timeout.ms",)}
    return common(kept, name) | {
        "enable.idempotence": True,
        "acks": "all",
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        # Requests that come together travel together; alone, one waits no longer than this.
        "linger.ms": 2,
        "message.max.bytes": LARGEST_RECORD,
        "queue.buffering.max.messages": 50_000,
        "queue.buffering.max.kbytes": 131_072,
        # A sender that gets no answer gives up after about as long; it sends again, with the same id.
        "message.timeout.ms": 20_000,
        "retry.backoff.ms": 50,
        "retry.backoff.max.ms": 500,
    }
