"""The flow's topics in Kafka: what they are called, how many partitions they have, how long they keep."""

from collections.abc import Callable

from msgspec import structs

from streams import topology as flow
from streams.domain.instant import DAY
from streams.domain.network_change import CHANGES
from streams.edge.topology_file import Topology
from streams.engine import topics
from streams.settings import Settings

PARTITIONS = 4
"""Of a topic that topology.yaml does not name (1 for those of `topology.SPARSE`): a transaction pays for each partition it writes."""


def partitions(topology: Topology) -> Callable[[str], int]:
    """Return what tells a topic's partition count."""
    return lambda topic: topology.partitions(topic, 1 if topic in flow.SPARSE or topic == CHANGES else PARTITIONS)


def changelog_of(group: str) -> Callable[[str], str]:
    """Return what names the changelog of an inbox; it belongs to the group, as its state does."""
    return lambda inbox: f"{group}-{inbox}-changelog"


def foreign(topology: Topology, settings: Settings) -> dict[str, str]:
    """Return topic that others write -> what it is called in Kafka: a feed as topology.yaml says, a request with the prefix of requests."""
    return {feed.topic: feed.topic for feed in topology.feeds} | {topic: settings.request_prefix + topic for topic in flow.REQUESTS if topic not in flow.OWN_REQUESTS}


def topics_wanted(topology: Topology, settings: Settings) -> list[topics.Wanted]:
    """Every topic the flow needs, with partitions and settings, for `spm topics apply`."""
    count, prefix, changelog = partitions(topology), settings.prefix, changelog_of(settings.group)
    feeds = [feed.topic for feed in topology.feeds]
    outside = foreign(topology, settings)
    wanted = [_log(topology, topic, outside.get(topic, prefix + topic)) for topic in (*feeds, *flow.REQUESTS)]
    # What is under way in an inbox, and the number of partitions of its changelog, go with it.
    wanted += [structs.replace(_log(topology, topic, prefix + topic), is_state=True) for topic in flow.INBOXES]
    wanted += [
        structs.replace(topics.compacted(prefix + topic, count(topic)), stream=topic) if is_compacted else _output(topology, topic, prefix + topic)
        for topic, is_compacted in flow.OUTPUTS.items()]
    wanted += [topics.changelog(prefix + changelog(topic), count(topic)) for topic in (*feeds, *flow.INBOXES)]
    wanted += [topics.kept(prefix + CHANGES), topics.marks(prefix + "marks")]
    in_sync = settings.min_insync_replicas or max(settings.replication - 1, min(settings.replication, 1))
    return [topics.replicated(each, settings.replication, in_sync) for each in wanted]


def _output(topology: Topology, topic: str, name: str) -> topics.Wanted:
    wanted = _log(topology, topic, name)
    return topics.forgetting(wanted) if topic in flow.WITHDRAWN else wanted


def _log(topology: Topology, topic: str, name: str) -> topics.Wanted:
    declared = topology.streams.get(topic)
    days = declared.retention / DAY if declared and declared.retention else 7
    return structs.replace(topics.log(name, partitions(topology)(topic), days), stream=topic)
