"""`spm check` and `spm tables`: what a topology is worth, and what is stored."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.commands.options import DataPath
from streams.commands.plainly import Mistake, plainly, settings_of


def check(topology: Annotated[Path | None, typer.Argument(envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")] = None) -> None:
    """Validate a topology: what is wrong, with lines, and the sizes of its correlation domains. Status 1 where it would be refused."""
    with plainly():
        from streams.edge.check_report import run_check

        raise SystemExit(run_check(settings_of(topology=topology).topology))


def tables(data: DataPath = None) -> None:
    """List the tables in a folder of state, with their rows. The process that owns the folder must not be running."""
    with plainly():
        from streams.tables import tables_of

        found = tables_of(settings_of(data=data).data)
        if not found:
            raise Mistake("there is no state in this folder; name one with --data or SPM_DATA")
        Console().print(found)
