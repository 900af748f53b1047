"""`spm topology`: have another topology.yaml take effect while the processor runs."""

from time import sleep
from typing import Annotated

import typer
from rich.console import Console

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import load_topology, plainly, say, settings_of

User = Annotated[str, typer.Option(help="Who asks; told in the answer on progress.")]


def apply(topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None, user: User = "") -> None:
    """Have topology.yaml take effect, at the same place of the log for every worker and every replay.

    Put the file in place for all workers first: one that does not have this version waits for it, and says so.
    Feeds and partition counts that differ take effect when a worker is started anew.
    """
    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        read = load_topology(settings.topology)
        from streams.domain.instant import SECOND
        from streams.engine.clock import wall
        from streams.stored import stored
        from streams.topology_follower import NOTICED_WITHIN, asked

        # A file that was put in place just now: workers look for it now and then, and refuse what they have not seen.
        if (wait := settings.topology.stat().st_mtime + NOTICED_WITHIN - wall() / SECOND) > 0:
            say(f"waiting {wait:.0f} s for the workers to see the file")
            sleep(wait)
        with stored(settings) as where:
            where.peek.write(where.output("topology"), [(0, None, asked(read.version, user), ())])
        Console(highlight=False).print(
            f"asked: version {read.version[:12]} of {settings.topology} takes effect once the request is read, within a second of a running processor; the answer comes on progress",
            markup=False, soft_wrap=True)
