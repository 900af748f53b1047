"""Which partition a key belongs to: murmur2, as Java clients and librdkafka's `murmur2_random` have it."""

from functools import lru_cache
from itertools import count

_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """Kafka's 32-bit murmur2 of a key."""
    length = len(data)
    h = 0x9747B28C ^ length
    end = length - length % 4
    for i in range(0, end, 4):
        k = int.from_bytes(data[i:i + 4], "little") * _M & _MASK
        k = (k ^ k >> 24) * _M & _MASK
        h = h * _M & _MASK ^ k
    if length % 4:
        h = (h ^ int.from_bytes(data[end:], "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15


@lru_cache(maxsize=262_144)
def partition_of(key: str, count: int) -> int:
    """Return the partition of a text key among `count`."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % count


@lru_cache(maxsize=64)
def everywhere(partitions: int) -> tuple[str, ...]:
    """Return one key to each partition, in order of partition: for what all of them have to be told."""
    found: dict[int, str] = {}
    for n in count():
        if len(found) == partitions:
            break
        found.setdefault(partition_of(f"lane-{n}", partitions), f"lane-{n}")
    return tuple(found[partition] for partition in range(partitions))
