"""Create or verify topics: what is missing is made, what differs is told with the command that mends it, nothing is destroyed."""

from collections.abc import Iterable
from enum import Enum

import msgspec
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType, TopicMetadata  # type: ignore[attr-defined]
from msgspec import json, structs

from streams.engine.kafka_cluster import reached
from streams.engine.kafka_settings import Settings, common

_PATIENCE = 30.0
OF_KAFKA = ("__consumer_offsets", "__transaction_state")
_LARGEST, _ENOUGH = "max.message.bytes", 1_048_588
"""Kafka's default limit of a batch; one record of ours may nearly fill it (kafka_settings.LARGEST_RECORD)."""
DAY = 24 * 60 * 60 * 1000
"""Milliseconds."""


class Wanted(msgspec.Struct, frozen=True):
    """One topic as it should be. `partitions` 0: any number is right (and 1 is made)."""

    name: str
    partitions: int
    config: dict[str, str]
    copies: int = 0
    """Replicas of each partition; 0: as many as the cluster makes by default."""
    stream: str = ""
    """What topology.yaml calls it, where it sets the number of partitions there."""
    is_state: bool = False
    """What it holds is nowhere else: it is never made anew."""


class Verdict(Enum):
    """What was found, or done."""

    CREATED = "created"
    OK = "ok"
    DIFFERS = "differs"


class Finding(msgspec.Struct, frozen=True):
    """The verdict on one topic; `mend` are the commands (or the words) that bring it in line."""

    topic: str
    verdict: Verdict
    detail: str = ""
    mend: tuple[str, ...] = ()


def log(name: str, partitions: int, retention_days: float = 7) -> Wanted:
    """Want a topic that keeps everything for a while. Its timestamps are the broker's: retention works on them, event time does not."""
    return Wanted(name, partitions, {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "delete", "retention.ms": str(int(retention_days * DAY))})


def compacted(name: str, partitions: int) -> Wanted:
    """Want a topic that keeps the newest record of each key."""
    return Wanted(name, partitions, {"message.timestamp.type": "LogAppendTime", "cleanup.policy": "compact"})


def forgetting(wanted: Wanted) -> Wanted:
    """Want a log that is compacted after a day, at the latest after two: what a tombstone withdraws is gone by then."""
    return structs.replace(wanted, config=wanted.config | {
        "cleanup.policy": "compact,delete", "min.compaction.lag.ms": str(DAY), "max.compaction.lag.ms": str(2 * DAY), "segment.ms": str(DAY), "min.cleanable.dirty.ratio": "0.1"})


def changelog(name: str, partitions: int) -> Wanted:
    """Want the changelog of an inbox's state, with the inbox's number of partitions.

    Tombstones stay for 7 days: a worker's folder that was away for half of that is not trusted any more.
    """
    keeps = {"delete.retention.ms": str(7 * DAY), "min.cleanable.dirty.ratio": "0.3", "segment.bytes": str(128 << 20)}
    return structs.replace(compacted(name, partitions), config=compacted(name, partitions).config | keeps, is_state=True)


def kept(name: str) -> Wanted:
    """Want a topic of one partition that is read from the start by every worker: all of the last 7 days, before that the newest of each key."""
    return Wanted(name, 1, compacted(name, 1).config | {"min.compaction.lag.ms": str(7 * DAY)}, is_state=True)


def marks(name: str) -> Wanted:
    """Want the side topic of the marks: read from the start by every worker, so compacted early and in small pieces."""
    keeps = {"segment.bytes": str(4 << 20), "min.cleanable.dirty.ratio": "0.1", "delete.retention.ms": "60000"}
    return Wanted(name, 1, compacted(name, 1).config | keeps)


def replicated(wanted: Wanted, copies: int, in_sync: int) -> Wanted:
    """Want so many copies of it, and that a write waits for so many; 0: what the cluster does by default."""
    return structs.replace(wanted, copies=copies, config=wanted.config | ({"min.insync.replicas": str(in_sync)} if in_sync else {}))


def apply(config: Settings, wanted: Iterable[Wanted]) -> list[Finding]:
    """Create what is missing and compare the rest; OSError where no broker answers."""
    reached(config)
    admin = AdminClient(common(config, "spm-topics"))
    cluster = admin.list_topics(timeout=_PATIENCE)
    every = sorted(wanted, key=lambda each: each.name)
    copies = max((each.copies for each in every), default=0)
    # What groups and transactions stand in is Kafka's own, and as lost as ours where a disk with the only copy is.
    own = [Wanted(name, 0, {}, copies) for name in OF_KAFKA if copies and name in cluster.topics]
    made = _create(admin, [each for each in every if each.name not in cluster.topics])
    there = [each for each in (*every, *own) if each.name in cluster.topics]
    settings = _settings(admin, [each.name for each in there if each.config])
    server = f"--bootstrap-server {config.get('bootstrap.servers', '')}"
    compared = {each.name: compare(server, each, cluster.topics[each.name], settings.get(each.name, {}), sorted(cluster.brokers)) for each in there}
    return [
        compared.get(each.name) or Finding(each.name, Verdict.CREATED if each.name in made else Verdict.OK, partitions_told(each.partitions or 1))
        for each in (*every, *own)] + [
        Finding(name, Verdict.DIFFERS, "may not be seen by this user, so nobody knows how many copies it has", ("as one who may describe it (role admin, spm topics apply --acls): spm topics apply",))
        for name in _hidden(admin, [name for name in OF_KAFKA if copies and name not in cluster.topics])]


def _hidden(admin: AdminClient, names: list[str]) -> list[str]:
    """Return which of some topics that were not told of this user may not see; the others are not there yet."""
    answers = admin.describe_topics(TopicCollection(names), request_timeout=_PATIENCE) if names else {}
    return [name for name, answer in answers.items() if (error := answer.exception()) is not None and error.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED]


def _create(admin: AdminClient, missing: list[Wanted]) -> set[str]:
    if not missing:
        return set()
    made = set()
    asked = [NewTopic(each.name, each.partitions or 1, each.copies or -1, config=each.config) for each in missing]
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


def compare(server: str, wanted: Wanted, there: TopicMetadata, settings: dict[str, str], brokers: list[int]) -> Finding:
    """Say in what a topic differs from what is wanted, and for each difference what mends it. `server`: option of Kafka's own tools."""
    told = [*_partitions(server, wanted, len(there.partitions)), *_copies(server, wanted, there, brokers), *_config(server, wanted, settings)]
    if not told:
        return Finding(wanted.name, Verdict.OK, partitions_told(len(there.partitions)))
    return Finding(wanted.name, Verdict.DIFFERS, "; ".join(detail for detail, _ in told), tuple(mend for _, mend in told))


def _partitions(server: str, wanted: Wanted, there: int) -> list[tuple[str, str]]:
    if wanted.partitions in (0, there):
        return []
    ways = [f"set `streams: {{{wanted.stream}: {{partitions: {there}}}}}` in topology.yaml"] if wanted.stream else []
    ways += ["runbook more-partitions"] if wanted.is_state else [f"with all workers stopped and nothing left to read: kafka-topics.sh {server} --delete --topic {wanted.name} && spm topics apply"]
    return [(f"{partitions_told(there)} instead of {wanted.partitions}", "; or, ".join(ways))]


def _copies(server: str, wanted: Wanted, there: TopicMetadata, brokers: list[int]) -> list[tuple[str, str]]:
    fewest = min((len(partition.replicas) for partition in there.partitions.values()), default=0)
    if fewest >= wanted.copies:
        return []
    detail = f"{'1 copy' if fewest == 1 else f'{fewest} copies'} instead of {wanted.copies}"
    if len(brokers) < wanted.copies:
        return [(detail, f"the cluster has {len(brokers)} of the {wanted.copies} brokers that takes: add some, or ask for fewer copies (SPM_REPLICATION)")]
    # Those that have a copy keep it; the others follow in turn, so that the load is spread.
    moves = []
    for number, partition in sorted(there.partitions.items()):
        turn = [*brokers[number % len(brokers):], *brokers[:number % len(brokers)]]
        moves.append({"topic": wanted.name, "partition": number, "replicas": list(dict.fromkeys([*partition.replicas, *turn]))[:wanted.copies]})
    plan = json.encode({"version": 1, "partitions": moves}).decode()
    return [(detail, f"echo '{plan}' > {wanted.name}.json && kafka-reassign-partitions.sh {server} --reassignment-json-file {wanted.name}.json --execute")]


def _config(server: str, wanted: Wanted, settings: dict[str, str]) -> list[tuple[str, str]]:
    other = {name: value for name, value in sorted(wanted.config.items()) if name in settings and settings[name] != value}
    if int(settings.get(_LARGEST, _ENOUGH)) < _ENOUGH:
        other[_LARGEST] = str(_ENOUGH)
    if not other:
        return []
    detail = ", ".join(f"{name} is {settings[name]} instead of {value}" for name, value in other.items())
    add = ",".join(f"{name}={value}" for name, value in other.items())
    return [(detail, f"kafka-configs.sh {server} --alter --entity-type topics --entity-name {wanted.name} --add-config {add}")]


def partitions_told(count: int) -> str:
    return "1 partition" if count == 1 else f"{count} partitions"


__all__ = ["DAY", "Finding", "Verdict", "Wanted", "apply", "changelog", "compacted", "compare", "kept", "log", "marks", "replicated"]
