"""What is asked of the cluster itself: is it there, which topics with how many partitions, where partitions end."""

import logging
import threading
from collections.abc import Iterable
from time import monotonic, sleep

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, OffsetSpec, ResourceType  # type: ignore[attr-defined]

from streams.engine.fatal import NotAllowed, Refused
from streams.engine.kafka_settings import Settings, common
from streams.engine.seldom import Seldom

log = logging.getLogger(__name__)

Place = tuple[str, int]
_PATIENCE = 5.0
_SOON = 3.0
_LONG = 10.0
_MOVING = (
    KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.REPLICA_NOT_AVAILABLE, KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.FENCED_LEADER_EPOCH, KafkaError.UNKNOWN_LEADER_EPOCH)
"""What a broker answers while a partition is made or led by another: a consumer then looks for the leader anew, but does not ask again by itself."""
_WITH_PASSWORD = "SPM_SASL_MECHANISM, SPM_SASL_USERNAME and the password"
_WITH_TOKENS = "SPM_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, SPM_SASL_OAUTHBEARER_CLIENT_ID and SPM_SASL_OAUTHBEARER_CLIENT_SECRET_FILE"
_NOT_LET_IN = {
    KafkaError._AUTHENTICATION: _WITH_PASSWORD,
    KafkaError._SSL: "SPM_SECURITY_PROTOCOL, SPM_SSL_CA_LOCATION and our own certificate",
    KafkaError.SASL_AUTHENTICATION_FAILED: _WITH_PASSWORD}
"""Error of a client -> the settings that it is about."""


def reached(own: Settings) -> None:
    """Return once a broker has answered; OSError where none does within 3 s. For commands: they need not wait, as a worker does."""
    heard: list[KafkaError] = []
    admin = AdminClient(common(own, "spm-look") | {"error_cb": heard.append})
    try:
        admin.list_topics(timeout=_SOON)
    except KafkaException as error:
        admin.poll(0)
        server = own.get("bootstrap.servers", "")
        if refused := next((each for each in heard if each.code() in _NOT_LET_IN), None):
            raise OSError(f"Kafka at {server} does not let us in ({refused.str()}): look at {_about(refused, own)}") from None
        raise OSError(f"no Kafka answers at {server} within {_SOON:.0f} s ({error.args[0].str()}): is it up, and is the address right (--bootstrap, SPM_BOOTSTRAP)?") from None


def _about(refused: KafkaError, own: Settings) -> str:
    about = _NOT_LET_IN[refused.code()]
    return _WITH_TOKENS if about is _WITH_PASSWORD and own.get("sasl.mechanism") == "OAUTHBEARER" else about


def bounds(consumer: Consumer, place: TopicPartition) -> tuple[int, int]:
    """Return where a partition begins and ends for this consumer; KafkaException where nobody can say within 10 s."""
    until = monotonic() + _LONG
    while True:
        try:
            low, high = consumer.get_watermark_offsets(place, timeout=max(0.1, until - monotonic()))
            return low, high
        except KafkaException as error:
            if error.args[0].code() not in _MOVING or monotonic() > until:
                raise
            sleep(0.1)


class Cluster:
    """A thin admin client. Topic names here are the cluster's, prefix included."""

    def __init__(self, own: Settings, name: str) -> None:
        kept = {key: value for key, value in own.items() if key != "session.timeout.ms"}
        self._address = own.get("bootstrap.servers", "")
        self._settings = common(kept, name)
        self._admin = AdminClient(self._settings)
        self._complaints = Seldom(log)
        self._partitions: dict[str, int] = {}

    def wait(self, stop: threading.Event) -> None:
        """Wait until the cluster answers, with a line each five seconds; returns early when `stop` is set."""
        while not stop.is_set():
            try:
                self.look()
                return
            except KafkaException as error:
                self._complaints.warn("waiting for Kafka at %s: %s", self._address, error.args[0].str())
                stop.wait(1.0)  # list_topics itself has waited the rest.

    def look(self) -> None:
        """Read the topics and their partition counts."""
        found = self._admin.list_topics(timeout=_PATIENCE - 1).topics
        self._partitions = {name: len(topic.partitions) for name, topic in found.items() if topic.error is None}

    def partitions(self, topic: str) -> int:
        """Count a topic's partitions; 0 where there is no such topic."""
        if topic not in self._partitions:
            self.look()
        return self._partitions.get(topic, 0)

    def need(self, topic: str, partitions: int = 0) -> None:
        """Refuse to go on without this topic, or with another number of partitions."""
        there = self.partitions(topic)
        if there == 0:
            self._need_right(topic)
            raise Refused(f"The topic {topic} does not exist. Create it: spm topics apply")
        if partitions and there != partitions:
            raise Refused(f"The topic {topic} has {there} partitions but must have {partitions}. See what to do: spm topics apply")

    def _need_right(self, topic: str) -> None:
        """Raise NotAllowed where a topic is left out of what we are told of for want of a right: it may well be there."""
        try:
            self._admin.describe_topics(TopicCollection([topic]), request_timeout=_PATIENCE)[topic].result()
        except KafkaException as error:
            if error.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise NotAllowed(f"This user may not see the topic {topic}. Which role may: spm topics apply --acls print") from None

    def ends(self, places: Iterable[Place], committed: bool) -> dict[Place, int]:
        """Return where partitions end: for readers of committed records only (last stable offset), or altogether."""
        level = IsolationLevel.READ_COMMITTED if committed else IsolationLevel.READ_UNCOMMITTED
        return self._offsets(places, OffsetSpec.latest(), level)  # type: ignore[no-untyped-call]

    def begins(self, places: Iterable[Place]) -> dict[Place, int]:
        """Return where partitions begin: what lay before is gone by retention."""
        return self._offsets(places, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED)  # type: ignore[no-untyped-call]

    def _offsets(self, places: Iterable[Place], wanted: OffsetSpec, level: IsolationLevel) -> dict[Place, int]:
        asked = {TopicPartition(topic, partition): wanted for topic, partition in places}
        if not asked:
            return {}
        answers = self._admin.list_offsets(asked, isolation_level=level, request_timeout=_PATIENCE)
        try:
            return {(place.topic, place.partition): answer.result().offset for place, answer in answers.items()}
        except KafkaException:
            # The client holds on to the leaders it once knew: after a broker's restart it would be refused for ever.
            self._admin = AdminClient(self._settings)
            raise

    def identities(self, topics: list[str]) -> dict[str, str]:
        """Return what tells each topic from a later one of the same name."""
        described = self._admin.describe_topics(TopicCollection(topics), request_timeout=_PATIENCE) if topics else {}
        return {topic: str(answer.result().topic_id) for topic, answer in described.items()}

    def settings(self, topics: list[str], name: str) -> dict[str, str]:
        """Return one setting of each topic as the broker applies it."""
        resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in topics]
        answers = self._admin.describe_configs(resources, request_timeout=_PATIENCE) if topics else {}
        return {resource.name: str(answer.result()[name].value) for resource, answer in answers.items()}
