"""`spm feeds`: how the feeds stand, and how one that was paused is read again."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import Mistake, load_topology, plainly, settings_of, wide
from streams.domain.plural import number


def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """List each feed partition: paused or not, how much of it was unreadable of late, how far its time has come."""
    from streams.domain.instant import iso
    from streams.feeds import feeds_stand
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        network = load_topology(settings.topology)
        with stored(settings) as where:
            rows = list(feeds_stand(where, [feed.topic for feed in network.feeds], network.policy.normalize))
        if as_json:
            for row in rows:
                told = msgspec.to_builtins(row)
                typer.echo(msgspec.json.encode(told | {"heard_until": iso(row.heard_until) if row.heard_until else None}))
            return
        shown = Table("feed", "partition", "state", "unreadable", "of last", "refused", "redriven", "alarms", "unresolved", "heard until", box=None, pad_edge=False)
        for n in range(3, 9):
            shown.columns[n].justify = "right"
        for row in rows:
            shown.add_row(row.feed, str(row.partition), "paused" if row.paused else "read", f"{row.share:.1%}", f"{row.records:,}", f"{row.refused:,}",
                          f"{row.redriven:,}", f"{row.alarms:,}", f"{row.share_unresolved:.1%}", iso(row.heard_until) if row.heard_until else "nothing yet")
        out = wide()
        out.print(shown)
        paused = sum(row.paused for row in rows)
        out.print(f"{number(len(rows), 'feed partition')} heard, {paused} paused" + ("; see `spm dead-letters list --summary`, then `spm feeds resume TOPIC`" if paused else ""), soft_wrap=True)


def resume(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The feed.")],
    partition: Annotated[int | None, typer.Option("--partition", min=0, help="Only this partition.", show_default="all that are paused")] = None,
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Have a paused feed read again, and judged anew. A pause loses nothing; a feed that has become readable resumes by itself within a minute."""
    from streams.feeds import feeds_stand
    from streams.feeds import resume as write
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        network = load_topology(settings.topology)
        if topic not in (known := [feed.topic for feed in network.feeds]):
            raise Mistake(f"{topic}: there is no such feed; declared are {', '.join(known) or 'none'}")
        with stored(settings) as where:
            rows = list(feeds_stand(where, [topic], network.policy.normalize))
            wanted = [row.partition for row in rows if row.paused and partition in (None, row.partition)]
            if wanted:
                write(where, topic, wanted)
        if not wanted:
            which = f"partition {partition} of {topic}" if partition is not None else topic
            Console(highlight=False).print(f"{which} is not paused", markup=False)
            return
        Console(highlight=False).print(f"asked: {topic}, {number(len(wanted), 'partition')}: read again once its reader comes to the request, within a minute", markup=False, soft_wrap=True)
