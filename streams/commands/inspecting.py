"""`spm check` and `spm tables`: what a topology is worth, and what is stored."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.commands.options import Bind, Bootstrap, Clock, CommitInterval, DataPath, Group, HttpPort, Instance, MetricsPort, Prefix
from streams.commands.plainly import Mistake, plainly, settings_of, wide


def check(
    context: typer.Context, topology: Annotated[Path | None, typer.Argument(envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="Show every setting in force and where it came from, not only those that somebody set.")] = False,
    bootstrap: Bootstrap = None, group: Group = None, instance: Instance = None, prefix: Prefix = None, data: DataPath = None, clock: Clock = None,
    commit_interval: CommitInterval = None, bind: Bind = None, http_port: HttpPort = None, metrics_port: MetricsPort = None,
) -> None:
    """Validate a topology: what is wrong, with lines, and the sizes of its correlation domains; and the settings: secrets and certificates that cannot be used, and what is in force.

    Takes the options of a worker or gateway, and shows what that would run with. Status 1 where a topology would be refused.
    """
    given = {"topology": topology, "bootstrap": bootstrap, "group": group, "instance": instance, "prefix": prefix, "data": data, "clock": clock,
             "commit_interval": commit_interval, "bind": bind, "http_port": http_port, "metrics_port": metrics_port}
    with plainly():
        from streams.edge.check_report import run_check
        from streams.http_port import usable
        from streams.settings_shown import effective, in_force

        told = settings_of(**given)
        usable(told)
        options = {name for name in given if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"}
        wide().print(in_force(effective(told, options), settings))
        raise SystemExit(run_check(told.topology))


def tables(data: DataPath = None) -> None:
    """List the tables in a folder of state, with their rows. The process that owns the folder must not be running."""
    with plainly():
        from streams.tables import tables_of

        found = tables_of(settings_of(data=data).data)
        if not found:
            raise Mistake("there is no state in this folder; name one with --data or SPM_DATA")
        Console().print(found)
