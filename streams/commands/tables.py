"""`spm tables`: what is remembered: listed, written to a file and back, shown as problems, told again."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import Mistake, load_topology, plainly, say, settings_of
from streams.domain.plural import number

File = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines; packed where it ends in .gz.")]


def list_(context: typer.Context, data: DataPath = None) -> None:
    """List the tables in a folder of state, with their rows. The process that owns the folder must not be running."""
    if context.invoked_subcommand is not None:
        return
    with plainly():
        from streams.tables import tables_of

        found = tables_of(settings_of(data=data).data)
        if not found:
            raise Mistake("there is no state in this folder; name one with --data or SPM_DATA")
        Console().print(found)


def export(file: File, topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None) -> None:
    """Write all that is remembered to a file: of a group whose workers are stopped, or of the folder of `spm run`."""
    from streams.state.carry import export as carried
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        with stored(settings) as where:
            rows = carried(file, where, load_topology(settings.topology), settings)
        say(f"{number(rows, 'row')} written to {file}")


def import_(
    file: File,
    feeds: Annotated[str, typer.Option("--feeds", help="Where feeds and requests go on: exported (same cluster only), start or end.")] = "exported",
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Write what `export` wrote into a group that has no state yet (its topics exist, no worker runs), or an empty folder of `spm run`."""
    from streams.state.carry import FEEDS, import_into_kafka, import_into_run
    from streams.stored import stored

    with plainly():
        if feeds not in FEEDS:
            raise Mistake(f"--feeds {feeds}: say {', '.join(FEEDS)}")
        if not file.is_file():
            raise Mistake(f"{file}: there is no such file")
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        network = load_topology(settings.topology)
        if settings.bootstrap is None:
            done = import_into_run(file, network, settings)
        else:
            with stored(settings) as where:
                done = import_into_kafka(file, where, network, settings, feeds)
        say(f"{number(done.rows, 'row')} and {number(done.changes, 'change')} of the network imported; {number(done.read_again, 'record')} of feeds and requests will be read when workers start")


def snapshot(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write them.", show_default="standard output")] = None,
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Write the problems that have not ended, as TMF656 JSON, one a line in order of ids, whether or not a processor runs."""
    from streams.state.tell import open_problems
    from streams.stored import stored

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        lines = [msgspec.json.encode(each) for each in open_problems(where)]
        if file is not None:
            file.write_bytes(b"".join(line + b"\n" for line in lines))
            say(f"{number(len(lines), 'open problem')} written to {file}")
            return
        for line in lines:
            typer.echo(line)


def tell(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Tell `problems` and `trouble-reports` again, where they do not have what the tables have (a topic was lost); workers are stopped."""
    from streams.engine.kafka_group import KafkaGroup
    from streams.engine.partition import partition_of
    from streams.flow_topics import partitions
    from streams.state.tell import missing
    from streams.state.tell import tell as told
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        count: Any = partitions(load_topology(settings.topology))
        watch = KafkaGroup(settings.kafka_config(), settings.group)
        try:
            watch.need_nobody()
        finally:
            watch.close()
        with stored(settings) as where:
            again = list(missing(where))
            told(where, again, lambda topic, key: partition_of(key, count(topic)))
        withdrawn = sum(each.value is None for each in again)
        say(f"{number(len(again) - withdrawn, 'record')} told again, {withdrawn:,} withdrawn")
