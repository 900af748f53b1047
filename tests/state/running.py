"""What a story leaves behind in the folder of a run, for tests of whoever reads state from outside."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from streams import topology as flow
from streams.app import Embedded
from streams.edge.story import Story, read_story, with_alarms, with_told
from streams.edge.topology_file import Topology, from_text
from streams.engine.embedded_peek import EmbeddedPeek
from streams.engine.record import Output
from streams.stored import Stored
from tests.scenarios.telling import ids_told
from tests.scenarios.test_scenarios import STORIES


def stories() -> dict[str, Path]:
    return STORIES


async def _play(topology: Topology, story: Story, folder: Path) -> None:
    told: dict[str, list[tuple[str, str, Any]]] = {topic: [] for topic in flow.OUTPUTS}

    def keep(output: Output, partition: int) -> None:
        topic, key, value, _, _ = output
        if topic in told:
            told[topic].append(((key or b"").decode(), "", None if value is None else msgspec.json.decode(value)))

    embedded = Embedded(topology, "event", folder / "embedded", keep)
    await embedded.start()
    if story.first_contact:
        embedded.begin(story.first_contact)
    feed = topology.feeds[0].topic
    for given in story.inputs:
        embedded.mark(given.at)
        await embedded.settle()
        line = with_told(with_alarms(given.line, topology), ids_told(told))
        assert line is not None, given
        if given.topic:
            embedded.request(given.topic, line)
        else:
            await embedded.feed(feed, [line])
        await embedded.settle()
    embedded.mark(story.inputs[-1].at + 1)      # What was told at the last instant is heard past it.
    await embedded.settle()
    await embedded.stop()


def left_by(name: str, folder: Path) -> Stored:
    """Play a story into a folder up to its last input; return what it left."""
    story = read_story(STORIES[name])
    asyncio.run(_play(from_text(story.topology, name=f"{name}.yaml"), story, folder))
    return Stored(EmbeddedPeek(folder))


def topology_of(name: str, folder: Path) -> str:
    """Write a story's topology to a file; return its path."""
    path = folder / "topology.yaml"
    path.write_text(read_story(STORIES[name]).topology)
    return str(path)
