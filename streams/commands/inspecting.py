"""`spm check`: what a topology and settings are worth, and whether what is stored agrees with what was told."""

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from streams.commands.options import Bind, Bootstrap, Clock, CommitInterval, DataPath, Group, HttpPort, Instance, MetricsPort, Prefix
from streams.commands.plainly import fail, plainly, settings_of, wide
from streams.domain.plural import number

if TYPE_CHECKING:
    from streams.settings import Settings

AGAIN = 3.0
"""Seconds between two looks."""
SHOWN = 100


def check(
    context: typer.Context, topology: Annotated[Path | None, typer.Argument(envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="Show every setting in force and where it came from, not only those that somebody set.")] = False,
    state: Annotated[bool, typer.Option("--state", help="Hold the tables of a processor against one another and against its topics instead; status 1 where they differ.")] = False,
    bootstrap: Bootstrap = None, group: Group = None, instance: Instance = None, prefix: Prefix = None, data: DataPath = None, clock: Clock = None,
    commit_interval: CommitInterval = None, bind: Bind = None, http_port: HttpPort = None, metrics_port: MetricsPort = None,
) -> None:
    """Validate a topology: what is wrong, with lines, and the sizes of its correlation domains; and the settings: secrets and certificates that cannot be used, and what is in force.

    Takes the options of a worker or gateway, and shows what that would run with. Status 1 where a topology would be refused.
    """
    given = {"topology": topology, "bootstrap": bootstrap, "group": group, "instance": instance, "prefix": prefix, "data": data, "clock": clock,
             "commit_interval": commit_interval, "bind": bind, "http_port": http_port, "metrics_port": metrics_port}
    with plainly():
        if state:
            _check_state(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix))
            return
        from streams.edge.check_report import run_check
        from streams.http_port import usable
        from streams.settings_shown import doubts, effective, in_force

        told = settings_of(**given)
        usable(told)
        options = {name for name in given if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"}
        wide().print(in_force(effective(told, options), settings))
        for doubt in doubts(told):
            wide().print(f"warning: {doubt}", markup=False, soft_wrap=True)
        raise SystemExit(run_check(told.topology))


def _check_state(settings: "Settings") -> None:
    """Look, and where something differs look again: what is under way differs for a moment only."""
    from streams.state.consistency import lasting, look
    from streams.stored import stored

    out = Console(highlight=False)
    with stored(settings) as where:
        found = look(where)
        if found.differences:
            sleep(AGAIN)
            found = lasting(found, look(where))
    for place, count in found.looked_at.items():
        out.print(f"{place:<24} {count:>10,}", markup=False)
    for each in found.differences[:SHOWN]:
        out.print(f"differs: {each.id}: {each.says} ({each.rule})\n         {each.remedy}", markup=False, soft_wrap=True)
    if found.differences:
        more = len(found.differences) - SHOWN
        fail(f"{number(len(found.differences), 'difference')} between tables and topics" + (f", the first {SHOWN} shown" if more > 0 else ""), 1)
    out.print("tables and topics agree")
