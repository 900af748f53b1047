"""How many alarms a second one worker takes through all stages, alarms waiting in the feed; and what comes out for them."""

import resource
import time

import msgspec
from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams import topology as flow
from streams.bench.site import BenchFailed, Site, Worker


class Throughput(msgspec.Struct):
    """What one run came to."""

    alarms: int
    seconds: float
    """From the first alarm read to the last one worked off through all stages."""
    alarms_per_s: float
    second_half_per_s: float
    """From half of the alarms read to the last one worked off: warm. Of the whole where stage 1 took them all at one go."""
    cpu_seconds: float
    """Of the worker, its start and end included; 0 where another process of ours ended meanwhile."""
    outputs_per_1000: dict[str, float]


def measure(site: Site, alarms: int, limit: float) -> Throughput:
    """Start a worker on a feed that holds `alarms`, and watch it work them off; BenchFailed after `limit` seconds."""
    before = _cpu()
    with Worker(site) as worker:
        worker.wait_until_ready()
        seconds, rate = work_off(site, worker, alarms, limit)
    outputs = {topic: round(count * 1000 / alarms, 1) for topic, count in count_outputs(site).items()}
    return Throughput(alarms, round(seconds, 2), round(alarms / seconds, 1), round(rate, 1), round(_cpu() - before, 1), outputs)


def work_off(site: Site, worker: Worker, alarms: int, limit: float) -> tuple[float, float]:
    """Wait until all is worked off; return the seconds from the first alarm read, and the rate of the second half."""
    begin, samples = time.monotonic(), [(time.monotonic(), 0)]
    while samples[-1][1] < alarms or site.lag():
        worker.check()
        if time.monotonic() - begin > limit:
            raise BenchFailed(f"{samples[-1][1]} of {alarms} alarms after {limit:.0f} s, {site.lag()} records waiting in the inboxes.")
        time.sleep(0.05 if len(samples) < 2 else 0.25)
        done, now = site.done(), time.monotonic()
        if done == 0:
            samples = [(now, 0)]
        elif done > samples[-1][1]:
            samples.append((now, done))
    end = time.monotonic()
    half_at, half_done = next((at, done) for at, done in samples if done >= alarms / 2)
    left = alarms - half_done
    seconds = end - samples[0][0]
    return seconds, left / (end - half_at) if left else alarms / seconds


def count_outputs(site: Site) -> dict[str, int]:
    """Count the committed records of every topic that the outside reads."""
    counts = dict.fromkeys(flow.OUTPUTS, 0)
    consumer = Consumer(site.client("counter") | {
        "group.id": f"{site.name}-counter", "isolation.level": "read_committed", "enable.auto.commit": "false", "enable.partition.eof": "true"})
    there = consumer.list_topics(timeout=30).topics
    places = [TopicPartition(site.prefix + topic, p, 0) for topic in counts for p in there[site.prefix + topic].partitions]
    consumer.assign(places)
    left = {(place.topic, place.partition) for place in places}
    while left:
        for message in consumer.consume(1000, 1.0):
            error, topic, partition = message.error(), message.topic(), message.partition()
            if error is None and topic is not None:
                counts[topic.removeprefix(site.prefix)] += 1
            elif error is not None and error.code() == KafkaError._PARTITION_EOF and topic is not None and partition is not None:
                left.discard((topic, partition))
            elif error is not None and not error.retriable():
                raise BenchFailed(f"{topic} cannot be read: {error.str()}")
    consumer.close()
    return counts


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
