"""Two deployments on one Kafka that demands permission, with objects of the same names: neither sees, hears or disturbs the other.

A tenant is a prefix, a group, feeds of its own and the lists that `spm topics apply --acls` sets (deploy/README.md).
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from streams.access import ROLES
from streams.domain.level import LEVEL
from streams.edge.topology_file import from_text
from streams.engine.broker import KafkaDidNotStart, NoKafka, jars_possible
from streams.flow_topics import topics_wanted
from streams.settings import read_settings
from streams.topology import INBOXES, OUTPUTS, REQUESTS
from tests.behaviour.suite import TOPOLOGY, alarm
from tests.broker.people import ROOT, client, read, spm
from tests.broker.secured import ADMIN, Secured, secured_kafka
from tests.broker.served import end

pytestmark = pytest.mark.kafka
PROCESSES = "worker"
PEOPLE = tuple(role for role in ROLES if role != PROCESSES)
"""What one who has all other roles of a tenant may do is what any of them may."""


ALONE = ("admin", "tools")
"""Roles that are also given to a user each who has no other."""


class Tenant:
    """One deployment: its names, who its worker and its people are, and its worker while it runs."""

    def __init__(self, kafka: Secured, folder: Path, name: str) -> None:
        self.name, self.feed, self.folder = name, f"{name}-alarms", folder / name
        self.folder.mkdir()
        topology = json.dumps(TOPOLOGY | {"feeds": [TOPOLOGY["feeds"][0] | {"topic": self.feed}], "streams": {topic: {"partitions": 1} for topic in (self.feed, *INBOXES, *OUTPUTS, *REQUESTS)}})
        (self.folder / "topology.yaml").write_text(topology)
        self._deployed = {"SPM_TOPOLOGY": str(self.folder / "topology.yaml"), "SPM_PREFIX": f"{name}-", "SPM_REQUEST_PREFIX": f"{name}-", "SPM_GROUP": f"{name}-spm"}
        self.admin, self.worker, self.people, *alone = (kafka.environment("PLAIN", user, password) | self._deployed for user, password in (ADMIN, *passwords(name).items()))
        self.alone = dict(zip(ALONE, alone, strict=True))
        settings = read_settings(topology=self.folder / "topology.yaml", prefix=f"{name}-", request_prefix=f"{name}-", group=f"{name}-spm")
        self.topics = sorted({wanted.name for wanted in topics_wanted(from_text(topology), settings)})
        self._writer = Producer(client(self.people))

    def apply(self) -> None:
        """Make topics and set lists, as an administrator does."""
        spm(self.admin, "topics", "apply")
        whose = {PROCESSES: "worker"} | dict.fromkeys(PEOPLE, "people")
        spm(self.admin, "topics", "apply", "--acls", "set", *(f"--principal={role}=User:{self.name}-{who}" for role, who in whose.items()))
        spm(self.admin, "topics", "apply", "--acls", "set", *(f"--principal={role}=User:{self.name}-{role}" for role in ALONE))

    def start(self) -> subprocess.Popen[bytes]:
        settings = {"SPM_DATA": str(self.folder / "data"), "SPM_INSTANCE": "w0", "SPM_CLOCK": "event", "SPM_METRICS_PORT": "0", "SPM_HTTP_PORT": "0"}
        with (self.folder / "worker.log").open("wb") as out:
            return subprocess.Popen([sys.executable, "-m", "streams", "worker"], cwd=ROOT, env=self.worker | settings, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def say(self, *alarms: bytes, until: str) -> None:
        """Feed alarms, and have time reach `until`."""
        for one in alarms:
            self._writer.produce(self.feed, one, b"north")
        self._writer.flush(30)
        self._writer.produce(self.feed, b"", b"spm-mark", headers={"spm-mark": f"2026-01-01T{until}Z".encode()})
        self._writer.flush(30)

    def ask(self, **told: str) -> None:
        """Write an operator's action."""
        self._writer.produce(f"{self.name}-operator-actions", json.dumps(told).encode())
        self._writer.flush(30)

    def hear(self, topic: str, *words: str) -> list[dict[str, Any]]:
        """Read an output from its start until it says all these words, as the tenant's people do."""
        return read(self.people, f"{self.name}-{topic}", lambda found: all(word in json.dumps(found) for word in words), group=f"{self.name}-operator-look")


def passwords(name: str) -> dict[str, str]:
    """Return user -> password of a tenant's users: its worker, its people, and two who have one role each."""
    return {f"{name}-{who}": f"password-of-{name}-{who}" for who in ("worker", "people", *ALONE)}


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tenant, Tenant]]:
    folder = tmp_path_factory.mktemp("tenants")
    try:
        with ExitStack() as stack:
            kafka = stack.enter_context(secured_kafka(folder, passwords("one") | passwords("two")))
            one, two = Tenant(kafka, folder, "one"), Tenant(kafka, folder, "two")
            for tenant in (one, two):
                tenant.apply()
                stack.callback(end, tenant.start())
            yield one, two
    except (NoKafka, KafkaDidNotStart) as error:
        pytest.fail(str(error)) if jars_possible() else pytest.skip(str(error))


def test_each_hears_its_own_alarms_and_requests_alone(tenants: tuple[Tenant, Tenant]) -> None:
    one, two = tenants
    for tenant in tenants:
        tenant.say(alarm("ont-1", "10:00:00"), until="10:01:00")
    told = [tenant.hear("problems", '"ont-1"')[-1] for tenant in tenants]
    record = one.hear("alarm-records", '"raised"')[-1]["event"]["alarm"]["id"]
    one.ask(id="r1", action="ack", target=record, user="ann", at="2026-01-01T10:02:00Z")
    one.hear("alarm-records", '"updated"')  # Then it is over: an acknowledgement of what is over is another state.
    one.say(alarm("ont-1", "10:00:00", cleared="10:03:00"), until="10:04:00")
    two.ask(id="r1", action="ack", target=record, user="bob", at="2026-01-01T10:02:00Z")
    two.say(alarm("ont-2", "10:03:00"), until="10:04:00")

    assert told[0]["id"] == told[1]["id"], "the same objects and alarms: what is asked of the one problem could be done to the other"
    for tenant, user, other, objects, states in ((one, "ann", "bob", {"ont-1"}, {"raised", "updated", "cleared"}), (two, "bob", "ann", {"ont-1", "ont-2"}, {"raised", "updated"})):
        alarms = [record["event"]["alarm"] for record in tenant.hear("alarm-records", '"ack"', *objects, *states)]
        assert objects == {each["alarmedObject"]["id"] for each in alarms}
        assert states == {each["state"] for each in alarms}, "an acknowledgement is an update; one alone is told that its alarm is over"
        assert other not in json.dumps(tenant.hear("progress", "r1", user))
        spm(tenant.people, "tables", "snapshot", str(tenant.folder / "open"))
        assert ("ont-2" in (tenant.folder / "open").read_text()) == (tenant is two)


def test_a_role_alone_suffices_for_what_it_is_for(tenants: tuple[Tenant, Tenant]) -> None:
    one, _ = tenants
    one.say(alarm("ont-3", "10:10:00"), until="10:11:00")
    one.hear("problems", '"ont-3"')
    explained = spm(one.alone["tools"], "explain", "ont-3")

    assert "ont-3" in explained.stdout
    assert "Which products it hurts is not told: This user may not see the topic one-customer-impacts." in explained.stderr
    assert f"level {LEVEL} is in force" in spm(one.alone["tools"], "upgrade", "status").stdout, "the worker may ask for what a new installation begins with"
    assert f"level {LEVEL} is in force already" in spm(one.alone["admin"], "upgrade", "finish").stdout


@pytest.mark.parametrize("who", ["worker", "people"])
def test_neither_may_see_read_or_write_a_topic_of_the_other(tenants: tuple[Tenant, Tenant], who: str) -> None:
    one, two = tenants
    mine = client(getattr(one, who))
    written: set[int] = set()
    producer = Producer(mine | {"message.timeout.ms": 10_000})
    for topic in two.topics:
        producer.produce(topic, b"{}", on_delivery=lambda error, _: written.add(error.code() if error else 0))
    producer.flush(15)

    admin = AdminClient(mine)
    assert not set(admin.list_topics(timeout=10).topics) & set(two.topics)
    assert {KafkaError.TOPIC_AUTHORIZATION_FAILED} == written
    assert {KafkaError.TOPIC_AUTHORIZATION_FAILED} == {described(admin, topic) for topic in two.topics}, "who may read may also describe"
    assert {0} == {described(admin, topic) for topic in (one.feed, "one-operator-actions", "one-progress")}


@pytest.mark.parametrize("who", ["worker", "people"])
def test_neither_may_join_a_group_of_the_other_nor_fence_its_worker(tenants: tuple[Tenant, Tenant], who: str) -> None:
    one, _ = tenants
    mine = client(getattr(one, who))

    for group in ("two-spm", "two-operator-look"):
        consumer = Consumer(mine | {"group.id": group})
        consumer.subscribe([one.feed])
        error = next(message for _ in range(20) if (message := consumer.poll(1.0)) is not None).error()
        assert error is not None and KafkaError.GROUP_AUTHORIZATION_FAILED == error.code()
        consumer.close()
    with pytest.raises(KafkaException) as told:
        Producer(mine | {"transactional.id": "two-spm-w0"}).init_transactions(20)
    assert KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED == told.value.args[0].code()


def described(admin: AdminClient, topic: str) -> int:
    """Ask for one topic by its name; return why that is refused, 0 where it is not."""
    error = admin.list_topics(topic, timeout=10).topics[topic].error
    return error.code() if error is not None else 0
