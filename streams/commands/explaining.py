"""`spm explain`: why it was grouped, suppressed, located, and what it hurts."""

from pathlib import Path
from typing import Annotated

import typer

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import Mistake, counting, load_topology, plainly, say, settings_of, wide


def explain(
    asked: Annotated[str, typer.Argument(metavar="ALARM-OR-PROBLEM", help="Id of a problem or an alarm record, or its beginning; or an object's name where that is enough.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object (schemas/json/explanation.v1.schema.json) instead of text.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="File for a picture of the affected part of the network; takes --topology.", show_default="none")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="The same as PNG.", show_default="none")] = None,
    replayed: Annotated[Path | None, typer.Option("--from", help="Folder that `spm replay --out` wrote, instead of --data or --bootstrap.", show_default="none")] = None,
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Tell why an alarm is in its problem and a problem is what it is: from Kafka with --bootstrap, else from the folder of `spm run` (whether it runs or not)."""
    with plainly():
        from streams.explain.answer import explanation
        from streams.explain.find import NotFound
        from streams.explain.history import history
        from streams.explain.text import show

        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        network = load_topology(settings.topology).network if svg or png else None
        with counting("read", "records") as count, history(settings, replayed, count) as past:
            try:
                told = explanation(past, asked)
            except NotFound as missing:
                raise Mistake(str(missing)) from missing
        if network is not None:
            from streams.explain.picture import draw

            problem = told.problem if told.type == "AlarmExplanation" else told
            if problem is None:
                raise Mistake(f"{asked} is in no problem: there is nothing to draw")
            if problem.topology_version not in (None, network.version):
                say(f"the problem was decided under topology {problem.topology_version}, and {settings.topology} is {network.version}: the picture may show another network")
            draw(problem, network, svg, png)
        if as_json:
            typer.echo(told.model_dump_json(by_alias=True, exclude_none=True, indent=2))
        else:
            show(wide(), told)
