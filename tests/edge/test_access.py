"""Who may do what: every topic has somebody who writes and somebody who reads it, and nobody more than he needs."""

import json

import pytest

from streams import topology as flow
from streams.access import READERS, ROLES, WRITERS, grants
from streams.edge.topology_file import from_text
from streams.engine.acls import Grant, command
from streams.engine.topics import OF_KAFKA
from streams.settings import read_settings
from tests.behaviour.suite import TOPOLOGY


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Grant]]:
    monkeypatch.delenv("SPM_BOOTSTRAP", raising=False)
    return grants(from_text(json.dumps(TOPOLOGY)), read_settings(group="g", prefix="p-"))


def may(grants_: list[Grant], operation: str) -> set[str]:
    return {grant.name for grant in grants_ if grant.resource == "topic" and operation in grant.operations}


def test_every_topic_of_others_has_a_role(lists: dict[str, list[Grant]]) -> None:
    assert set(flow.REQUESTS) == set(WRITERS)
    assert set(flow.OUTPUTS) == set(READERS)
    assert list(lists) == list(ROLES)


def test_whoever_writes_what_we_act_on_cannot_write_what_we_tell(lists: dict[str, list[Grant]]) -> None:
    ours = {f"p-{topic}" for topic in (*flow.OUTPUTS, *flow.INBOXES)}

    assert [role for role in ROLES if may(lists[role], "WRITE") & ours] == ["worker", "keeper"]
    assert may(lists["feeder"], "WRITE") == {"alarms"}
    assert may(lists["feeder"], "READ") == set()


def test_customers_and_dead_letters_are_read_by_those_alone_who_need_them(lists: dict[str, list[Grant]]) -> None:
    assert [role for role in ROLES if "p-customer-impacts" in may(lists[role], "READ")] == ["keeper", "care"]
    assert [role for role in ROLES if "p-dead-letters" in may(lists[role], "READ")] == ["repair"]


def test_the_command_is_that_of_kafkas_own_tool() -> None:
    told = command("k:9092", "User:w", Grant("transactional-id", "g-", ("WRITE", "DESCRIBE_CONFIGS"), is_prefix=True))

    assert "kafka-acls.sh --bootstrap-server k:9092 --add --allow-principal User:w --operation Write --operation DescribeConfigs --transactional-id g- --resource-pattern-type prefixed" == told


def test_two_tenants_share_no_topic_and_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPM_BOOTSTRAP", raising=False)
    one, two = (grants(from_text(json.dumps(TOPOLOGY | {"feeds": [TOPOLOGY["feeds"][0] | {"topic": f"{name}-alarms"}]})),
                       read_settings(group=f"{name}-spm", prefix=f"{name}-", request_prefix=f"{name}-")) for name in ("one", "two"))

    assert [] == [(mine, others) for a in one.values() for mine in a for b in two.values() for others in b if mine.name not in OF_KAFKA and mine.resource == others.resource and overlap(mine, others)]
    assert may(one["operator"], "WRITE") == {"one-operator-actions", "one-planned-outages"}


def overlap(one: Grant, other: Grant) -> bool:
    """Whether some name is meant by both."""
    return one.name == other.name or (one.is_prefix and other.name.startswith(one.name)) or (other.is_prefix and one.name.startswith(other.name))
