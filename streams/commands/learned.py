"""`spm learned`: which alarm types are learnt to cause which, how long repairs take, and what operators may do about it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import load_topology, plainly, settings_of, wide
from streams.domain.plural import number

User = Annotated[str, typer.Option("--user", help="Who asks; told in the answer.", show_default="nobody")]


def list_(
    limit: Annotated[int, typer.Option(min=1, help="Pairs shown, the strongest.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="The whole document instead of a table.")] = False,
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """List which alarm types cause which, how surely and after how long, and which are noise."""
    from streams.learned import document, of_state
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        half_life = load_topology(settings.topology).policy.learn.half_life
        with stored(settings) as where:
            standing = of_state(where, half_life)
        found = document(standing.known)
        if as_json:
            typer.echo(msgspec.json.encode(found))
            return
        shown = Table("cause", "effect", "strength", "times", "seconds later", "on one object", box=None, pad_edge=False)
        for n in range(2, 6):
            shown.columns[n].justify = "right"
        for pair in found.pairs[:limit]:
            shown.add_row(Text(pair.cause), Text(pair.effect), f"{pair.strength:.3f}", f"{pair.support:,.1f}", f"{pair.delay / 1e6:,.0f}", f"{pair.beside:.0%}")
        out = wide()
        out.print(shown)
        noise = [told.type for told in found.types if told.noise]
        chains = sorted((told.chain_seconds for told in found.types if told.chain_seconds), reverse=True)
        out.print(f"{number(len(found.pairs), 'pair')} of {number(len(found.types), 'alarm type')}; noise: {', '.join(noise) or 'none'}", markup=False, soft_wrap=True)
        if chains:
            out.print(f"chains take {chains[len(chains) // 2]:,.0f} s, the longest {chains[0]:,.0f} s (averages by the type at their end)", markup=False, soft_wrap=True)
        if standing.frozen:
            out.print(f"learning is frozen in {standing.frozen} of {number(standing.partitions, 'partition')}; see `spm learned thaw`", markup=False, soft_wrap=True)


def export(
    file: Annotated[Path, typer.Argument(help="Where the document is written; it can be replayed with: spm replay --learned FILE.")],
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Write all that is learnt to a file, as `learned.json` of a replay has it."""
    from streams.learned import document, of_state
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        half_life = load_topology(settings.topology).policy.learn.half_life
        with stored(settings) as where:
            found = document(of_state(where, half_life).known)
        file.write_bytes(msgspec.json.encode(found))
        Console(highlight=False).print(f"{number(len(found.pairs), 'pair')} of {number(len(found.types), 'alarm type')} written to {file}", markup=False, soft_wrap=True)


def repairs(
    limit: Annotated[int, typer.Option(min=1, help="Classes shown, those of most cases.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="All of them, as JSON, instead of a table.")] = False,
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """List how long problems of a cause, type and site lasted: what expected times of restoration are learnt from."""
    from streams.learned_repairs import of_state
    from streams.stored import stored

    with plainly():
        settings = settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        with stored(settings) as where:
            found = of_state(where)
        if as_json:
            typer.echo(msgspec.json.encode(found))
            return
        shown = Table("cause|type|site", "cases", "half within", "four in five within", box=None, pad_edge=False)
        for n in range(1, 4):
            shown.columns[n].justify = "right"
        for one in found[:limit]:
            shown.add_row(Text(one.kind), f"{one.cases:,g}", f"{one.half_seconds / 60:,.0f} min", f"{one.most_seconds / 60:,.0f} min")
        out = wide()
        out.print(shown)
        out.print(f"{number(len(found), 'class', 'classes')}; * is all problems", markup=False, soft_wrap=True)


def reset(user: User = "", bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None) -> None:
    """Have all that was learnt of alarm types and repairs forgotten, in every partition at the same place of the log."""
    _ask("reset-learned", "what was learnt is forgotten", user, bootstrap, data, group, prefix)


def freeze(user: User = "", bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None) -> None:
    """Have nothing learnt any more until it is thawed; what is known goes on being used."""
    _ask("freeze-learning", "learning is frozen", user, bootstrap, data, group, prefix)


def thaw(user: User = "", bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None) -> None:
    """Have learning go on."""
    _ask("thaw-learning", "learning goes on", user, bootstrap, data, group, prefix)


def _ask(action: str, what: str, user: str, bootstrap: str | None, data: Path | None, group: str | None, prefix: str | None) -> None:
    from streams.learned import ask
    from streams.stored import stored

    with plainly():
        settings = settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        with stored(settings) as where:
            ask(where, action, user)
        Console(highlight=False).print(f"asked: {what} once the request is read, within a second of a running processor; the answer comes on progress", markup=False, soft_wrap=True)
