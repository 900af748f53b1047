"""Access control lists: what a role needs, as commands for Kafka's own tool or set through its admin interface."""

from collections.abc import Mapping

import msgspec
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, AdminClient, ResourcePatternType, ResourceType  # type: ignore[attr-defined]

from streams.engine.kafka_cluster import reached
from streams.engine.kafka_settings import Settings, common

_PATIENCE = 30.0
_TYPES = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "transactional-id": ResourceType.TRANSACTIONAL_ID}


class Grant(msgspec.Struct, frozen=True):
    """One resource and what may be done with it."""

    resource: str
    """topic, group or transactional-id, as kafka-acls.sh has them."""
    name: str
    operations: tuple[str, ...]
    is_prefix: bool = False
    """All resources whose names begin so."""


def command(server: str, principal: str, grant: Grant) -> str:
    """Return the line for Kafka's own tool that grants this."""
    pattern = " --resource-pattern-type prefixed" if grant.is_prefix else ""
    told = " ".join(f"--operation {''.join(word.capitalize() for word in operation.split('_'))}" for operation in grant.operations)
    return f"kafka-acls.sh --bootstrap-server {server} --add --allow-principal {principal} {told} --{grant.resource} {grant.name}{pattern}"


def allow(config: Settings, wanted: Mapping[str, list[Grant]]) -> int:
    """Grant all of it (principal -> grants), from any host; return how many. What is granted already stays; nothing is taken away.

    Errors: OSError where no broker answers; KafkaException where the cluster has no authorizer, or ours may not alter its lists.
    """
    reached(config)
    told = dict.fromkeys((principal, grant.resource, grant.name, grant.is_prefix, operation) for principal, grants in wanted.items() for grant in grants for operation in grant.operations)
    bindings = [        # Each once: who has several roles is granted some of it by more than one.
        AclBinding(_TYPES[resource], name, ResourcePatternType.PREFIXED if is_prefix else ResourcePatternType.LITERAL, principal, "*", AclOperation[operation], AclPermissionType.ALLOW)
        for principal, resource, name, is_prefix, operation in told]
    admin = AdminClient(common(config, "spm-acls"))
    for answer in admin.create_acls(bindings, request_timeout=_PATIENCE).values():
        answer.result()
    return len(bindings)


__all__ = ["Grant", "allow", "command"]
