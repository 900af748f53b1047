"""Create or verify topics: what is missing is made, what differs is told with the command that mends it, nothing is destroyed."""

from collections.abc import Iterable
from enum import Enum

import msgspec
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType  # type: ignore[attr-defined]

from streams.engine.kafka_cluster import reached
from streams.engine.kafka_settings import Settings, common

_PATIENCE = 30.0
DAY = 24 * 60 * 60 * 1000
"""Milliseconds."""


class Wanted(msgspec.Struct, frozen=True):
    """One topic as it should be. `partitions` 0: any number is right (and 1 is made)."""

    name: str
    partitions: int
    config: dict[str, str]


class Verdict(Enum):
    """What was found, or done."""

    CREATED = "created"
    OK = "ok"
    DIFFERS = "differs"


class Finding(msgspec.Struct, frozen=True):
    """The verdict on one topic; `mend` is the command (or the words) that bring it in line."""

    topic: str
    verdict: Verdict
    detail: str = ""
    mend: str = ""


def log(name: str, partitions: int, retention_days: float = 7) -> Wanted:
    """Want a topic that keeps everything for a while. Its timestamps are the broker's: retention works on them, event time does not."""
    return Wanted(name, partitions, {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "delete", "retention.ms": str(int(retention_days * DAY))})


def compacted(name: str, partitions: int) -> Wanted:
    """Want a topic that keeps the newest record of each key."""
    return Wanted(name, partitions, {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "compact"})


def changelog(name: str, partitions: int) -> Wanted:
    """Want the changelog of an inbox's state, with the inbox's number of partitions.

    Tombstones stay for 7 days: a worker's folder that was away for half of that is not trusted any more.
    """
    keeps = {"delete.retention.ms": str(7 * DAY), "min.cleanable.dirty.ratio": "0.3", "segment.bytes": str(128 << 20)}
    return Wanted(name, partitions, compacted(name, partitions).config | keeps)


def kept(name: str) -> Wanted:
    """Want a topic of one partition that is read from the start by every worker: all of the last 7 days, before that the newest of each key."""
    return Wanted(name, 1, compacted(name, 1).config | {"min.compaction.lag.ms": str(7 * DAY)})


def marks(name: str) -> Wanted:
    """Want the side topic of the marks: read from the start by every worker, so compacted early and in small pieces."""
    keeps = {"segment.bytes": str(4 << 20), "min.cleanable.dirty.ratio": "0.1", "delete.retention.ms": "60000"}
    return Wanted(name, 1, compacted(name, 1).config | keeps)


def apply(config: Settings, wanted: Iterable[Wanted]) -> list[Finding]:
    """Create what is missing and compare the rest; OSError where no broker answers."""
    reached(config)
    admin = AdminClient(common(config, "spm-topics"))
    there = admin.list_topics(timeout=_PATIENCE).topics
    every = sorted(wanted, key=lambda each: each.name)
    missing = [each for each in every if each.name not in there]
    made = _create(admin, missing)
    settings = _settings(admin, [each.name for each in every if each.name in there and each.config])
    findings = []
    for each in every:
        if each.name in made:
            findings.append(Finding(each.name, Verdict.CREATED, _partitions(each.partitions or 1)))
        else:
            count = len(there[each.name].partitions) if each.name in there else each.partitions
            findings.append(_compare(config, each, count, settings.get(each.name, {})))
    return findings


def _create(admin: AdminClient, missing: list[Wanted]) -> set[str]:
    if not missing:
        return set()
    made = set()
    asked = [NewTopic(each.name, each.partitions or 1, -1, config=each.config) for each in missing]
    for name, answer in admin.create_topics(asked, operation_timeout=_PATIENCE).items():
        try:
            answer.result()
            made.add(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # Another `apply` was quicker.
                raise
    return made


def _settings(admin: AdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
    if not resources:
        return {}
    answers = admin.describe_configs(resources, request_timeout=_PATIENCE)
    return {resource.name: {name: entry.value for name, entry in answer.result().items()} for resource, answer in answers.items()}


def _compare(config: Settings, wanted: Wanted, partitions: int, settings: dict[str, str]) -> Finding:
    server = f"--bootstrap-server {config.get('bootstrap.servers', '')}"
    if wanted.partitions and partitions != wanted.partitions:
        detail = f"{_partitions(partitions)} instead of {wanted.partitions}"
        keep = f"set `streams: {{{wanted.name}: {{partitions: {partitions}}}}}` in topology.yaml"
        remake = f"with all workers stopped and nothing left to read: kafka-topics.sh {server} --delete --topic {wanted.name} && spm topics apply"
        return Finding(wanted.name, Verdict.DIFFERS, detail, f"{keep}; or, {remake}")
    other = {name: value for name, value in sorted(wanted.config.items()) if name in settings and settings[name] != value}
    if other:
        detail = ", ".join(f"{name} is {settings[name]} instead of {value}" for name, value in other.items())
        add = ",".join(f"{name}={value}" for name, value in other.items())
        return Finding(wanted.name, Verdict.DIFFERS, detail, f"kafka-configs.sh {server} --alter --entity-type topics --entity-name {wanted.name} --add-config {add}")
    return Finding(wanted.name, Verdict.OK, _partitions(partitions))


def _partitions(count: int) -> str:
    return "1 partition" if count == 1 else f"{count} partitions"


__all__ = ["DAY", "Finding", "Verdict", "Wanted", "apply", "changelog", "compacted", "kept", "log", "marks"]
