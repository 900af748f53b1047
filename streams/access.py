"""Who may do what on Kafka: the least that each role needs, as ACLs (`spm topics apply --acls`).

A role is a kind of process or of neighbour, not a person. Names of topics are the cluster's, prefix included. Reading
implies describing, so that is not told beside it; writing in a transaction needs no right of its own on the cluster.
"""

from collections.abc import Iterable

from streams import topology as flow
from streams.domain.network_change import CHANGES
from streams.edge.topology_file import Topology
from streams.engine.acls import Grant
from streams.engine.topics import OF_KAFKA
from streams.flow_topics import changelog_of, topics_wanted
from streams.settings import Settings

WRITERS = {
    "restoration-results": "executor", "operator-actions": "operator", "planned-outages": "operator", "trouble-report-updates": "ticketing", "problem-handling-requests": "care",
    "test-results": "tester", "inventory": "inventory", "topology": "admin"}
"""Topic that others write -> the role that does."""
READERS = {
    "alarm-records": ("operator",), "problems": ("operator",), "trouble-reports": ("ticketing",), "progress": ("operator", "care", "executor", "ticketing", "tester", "inventory"), "customer-impacts": ("care",),
    "restoration-commands": ("executor",), "test-requests": ("tester",), "dead-letters": ("repair",), "probe-arrivals": ("operator",)}
"""Topic that the outside reads -> the roles that do. Customers are named on `customer-impacts` alone; dead letters hold what strangers sent."""
ROLES = ("worker", "gateway", "feeder", "admin", "tools", "repair", "keeper", *sorted({*WRITERS.values(), *(role for roles in READERS.values() for role in roles)} - {"admin", "repair", "keeper"}))
"""All roles, ours first: `worker` and `gateway` are processes, `admin` runs `spm topics`, `spm topology apply` and `spm upgrade`, `tools` look at what is stored (`spm explain`, but for the customers hurt, `spm tables`, `spm upgrade status`), `repair` redrives dead letters, `keeper` carries state and forgets customers (`spm tables`, `spm check --state`, `spm forget`): a person's, for as long as that takes."""
_OWN = ("worker", "gateway", "admin", "tools", "repair", "keeper")
_KEPT = ("problems", "trouble-reports", "alarm-records", "customer-impacts")
"""Outputs that are held against the tables."""


def grants(topology: Topology, settings: Settings) -> dict[str, list[Grant]]:
    """Return what each role may do, role by role in the order of `ROLES`."""
    feeds, prefix = [feed.topic for feed in topology.feeds], settings.prefix
    inboxes, outputs = [prefix + topic for topic in flow.INBOXES], {prefix + topic: topic for topic in flow.OUTPUTS}
    changelog = changelog_of(settings.group)
    state = [*(prefix + changelog(topic) for topic in (*feeds, *flow.INBOXES)), prefix + "marks"]
    changes = prefix + CHANGES
    everything = sorted({wanted.name for wanted in topics_wanted(topology, settings)})
    group = Grant("group", settings.group, ("READ",))
    found: dict[str, list[Grant]] = {role: [] for role in ROLES}
    called = dict(zip(flow.REQUESTS, flow.request_topics(prefix, settings.request_prefix), strict=True))
    requests = list(called.values())
    found["worker"] = [
        *_topics(("READ",), requests), *_topics(("READ", "WRITE"), feeds, inboxes, state, [changes]), *_topics(("WRITE",), outputs, [called[topic] for topic in sorted(flow.OWN_REQUESTS)]),
        *_topics(("DESCRIBE_CONFIGS",), state, [changes]), group, Grant("transactional-id", f"{settings.group}-", ("WRITE",), is_prefix=True)]
    found["gateway"] = found["feeder"] = _topics(("WRITE",), feeds)
    found["admin"] = [*_topics(("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS"), everything), *_topics(("DESCRIBE", "DESCRIBE_CONFIGS"), OF_KAFKA), *_topics(("READ",), [changes]), group]
    found["tools"] = [*_topics(("READ",), inboxes, state, [changes], [name for name, topic in outputs.items() if topic not in ("dead-letters", "customer-impacts")]), group]
    found["repair"] = [*_topics(("READ",), state), *_topics(("READ", "WRITE"), feeds), group]
    found["keeper"] = [
        *_topics(("READ",), feeds, requests, [prefix + topic for topic in _KEPT]), *_topics(("READ", "WRITE"), inboxes, state, [changes]),
        *_topics(("WRITE",), [prefix + "problems", prefix + "trouble-reports", called["operator-actions"]]), group]
    for topic, role in WRITERS.items():
        found[role] += _topics(("WRITE",), [called[topic]])
    for name, topic in outputs.items():
        for role in READERS[topic]:
            found[role] += _topics(("READ",), [name])
    for role in ROLES:
        if role not in _OWN and any("READ" in grant.operations for grant in found[role]):
            found[role].append(Grant("group", f"{prefix}{role}-", ("READ",), is_prefix=True))
    return found


def _topics(operations: tuple[str, ...], *names: Iterable[str]) -> list[Grant]:
    return [Grant("topic", name, operations) for some in names for name in some]
