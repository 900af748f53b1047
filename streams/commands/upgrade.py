"""`spm upgrade`: which level of what is written is in force, and the end of an upgrade."""

from typing import Annotated

import typer
from rich.console import Console

from streams.commands.options import Bootstrap, DataPath, Group, Prefix
from streams.commands.plainly import Mistake, plainly, settings_of


def status(bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None) -> None:
    """Say which level is in force, and which this revision can write."""
    from streams.domain.level import LEVEL
    from streams.state.level import in_force
    from streams.stored import stored

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        level = in_force(where)
        Console(highlight=False).print(f"level {level} is in force, this revision writes {LEVEL}" + ("" if level >= LEVEL else ": `spm upgrade finish` once no worker of an older revision is left"))


def finish(
    user: Annotated[str, typer.Option(help="Who asks; told in the answer on progress.")] = "",
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Have this revision's level take effect, at the same place of every log; from then on workers of an older revision refuse to start.

    Until then all that is written can be read by the predecessor: workers may be rolled back, all or some.
    """
    from streams.domain.level import LEVEL
    from streams.state.level import in_force
    from streams.stored import stored
    from streams.topology_follower import asked

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        if (level := in_force(where)) >= LEVEL:
            if level > LEVEL:
                raise Mistake(f"level {level} is in force and this revision writes {LEVEL}: it is an older one")
            Console(highlight=False).print(f"level {level} is in force already")
            return
        where.peek.write(where.output("topology"), [(0, None, asked("", user, level=LEVEL), ())])
        Console(highlight=False).print(f"asked: level {LEVEL} takes effect once the request is read; the answer comes on progress, `spm upgrade status` tells", markup=False, soft_wrap=True)
