"""topology.yaml and the wired app agree, both ways: every topic of the flow can be described, every described topic flows."""

from pathlib import Path

from streams import topology as flow
from streams.app import assemble
from streams.edge.topology_file import load
from streams.edge.topology_streams import STREAMS
from streams.engine.embedded import EmbeddedLog
from streams.flow_topics import partitions, topics_wanted
from streams.settings import read_settings

ROOT = Path(__file__).parents[2]


def _processor():  # type: ignore[no-untyped-def]
    topology = load(ROOT / "topology.yaml")
    return topology, assemble(topology, EmbeddedLog(partitions(topology)), "event", stepped=True)


def test_every_topic_of_the_flow_can_be_described_and_every_described_topic_flows() -> None:
    flowing = {*flow.INBOXES, *flow.REQUESTS, *flow.OUTPUTS}

    assert flowing <= set(STREAMS)
    assert set(load(ROOT / "topology.yaml").streams) <= flowing | {feed.topic for feed in load(ROOT / "topology.yaml").feeds}


def test_every_agent_has_a_name_and_a_sentence() -> None:
    _, processor = _processor()
    agents = processor.app.agents

    assert len(agents) == 7
    assert all("-" in name and agent.fun.__doc__ for name, agent in agents.items())


def test_every_inbox_is_read_every_output_has_a_codec_and_lanes_end() -> None:
    topology, processor = _processor()
    inboxes = processor.engine.inboxes

    assert {feed.topic for feed in topology.feeds} | set(flow.INBOXES) | set(flow.REQUESTS) == set(inboxes)
    assert set(flow.RENDERERS) == set(flow.OUTPUTS)
    assert [inboxes[t].forward for t in ("alarm-events", "problem-changes", "problem-inbox")] == ["problem-changes", "problem-inbox", ""]


def test_lanes_have_equal_partition_counts_and_changelogs_those_of_their_inbox() -> None:
    topology = load(ROOT / "topology.yaml")
    settings = read_settings(topology=ROOT / "topology.yaml", group="g", prefix="x-")
    wanted = {topic.name: topic.partitions for topic in topics_wanted(topology, settings)}

    assert len({wanted[f"x-{lane}"] for lane in ("alarm-events", "problem-changes", "problem-inbox")}) == 1
    assert all(wanted[f"x-g-{inbox}-changelog"] == wanted[f"x-{inbox}"] for inbox in flow.INBOXES)


def test_every_table_says_what_it_remembers() -> None:
    _, processor = _processor()

    assert all(table.help for inbox in processor.engine.inboxes.values() for table in inbox.tables)
