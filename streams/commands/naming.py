"""`spm names`: what feeds call their objects that nobody declared."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from streams.commands.options import DataPath, TopologyPath
from streams.commands.plainly import Mistake, counting, existing, load_topology, plainly, settings_of


def names(
    alarms: Annotated[list[str] | None, typer.Argument(help="Recorded alarms, one JSON a line; .gz too; - is standard input.", show_default="the state in --data")] = None,
    topology: TopologyPath = None, data: DataPath = None,
    feed: Annotated[str | None, typer.Option(help="Topic of the feed whose rules the recording is read by.", show_default="the first")] = None,
    format_: Annotated[str | None, typer.Option("--format", help="Format of the recorded lines.", show_default="the feed's")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Names shown of each feed.")] = 20,
) -> None:
    """List names of objects that did not resolve, by feed and count, with the nearest declared ones and the rule that would resolve them.

    From the state of a run or worker that has stopped, or from recorded alarms.
    """
    with plainly():
        from streams.edge.formats import NAMES
        from streams.edge.names import Names
        from streams.naming import of_recording, of_state, show
        from streams.replay import read_lines

        settings = settings_of(topology=topology, data=data)
        network = load_topology(settings.topology)
        if format_ is not None and format_ not in NAMES:
            raise Mistake(f"--format {format_}: there is no such format; known are {', '.join(NAMES)}")
        chosen = next((each for each in network.feeds if feed in (None, each.topic)), None)
        if chosen is None:
            raise Mistake(f"--feed {feed}: the topology has no such feed; known are {', '.join(each.topic for each in network.feeds)}")
        if alarms:
            chosen = msgspec.structs.replace(chosen, format=format_ or chosen.format)
            with counting("read", "lines") as count:
                found = {chosen.topic: of_recording(read_lines(existing(alarms)), chosen, Names(network.network.nodes, network.aliases), count)}
        else:
            stored = of_state(settings.data)
            if stored is None:
                raise Mistake("there is no state in this folder; name one with --data or SPM_DATA, or name recorded alarms")
            found = {topic: names for topic, names in stored.items() if feed in (None, topic)}
        show(Console(highlight=False, soft_wrap=True), found, network, limit)
