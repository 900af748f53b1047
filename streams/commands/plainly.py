"""What every command does alike: its settings, its input, its mistakes told in one line, its progress."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from streams.edge.topology_file import Topology
    from streams.settings import Settings

errors = Console(stderr=True)


class Mistake(Exception):
    """What a person got wrong; its text is the one line they are told."""


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what people and the world get wrong into one line and a status."""
    from confluent_kafka import KafkaException

    from streams.edge.story import StoryError
    from streams.edge.topology_finding import TopologyError
    from streams.engine.fatal import Fatal, Refused
    from streams.settings import SettingsError

    try:
        yield
    except (Mistake, SettingsError, StoryError, TopologyError) as mistake:
        lines = str(mistake).splitlines() or [type(mistake).__name__]
        fail(lines[0] + (f" (and {len(lines) - 1} more; `spm check` tells all)" if isinstance(mistake, TopologyError) and len(lines) > 1 else ""), 2)
    except Refused as refused:
        fail(str(refused), 78)  # EX_CONFIG: whoever supervises need not try again
    except Fatal as fatal:
        fail(str(fatal), 70)
    except KafkaException as error:
        fail(f"Kafka: {error.args[0].str() if error.args and hasattr(error.args[0], 'str') else error}", 1)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # whoever read us has gone: nobody to tell
        raise SystemExit(1) from None
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)


def say(message: str) -> None:
    """Tell one line on stderr."""
    errors.print(f"spm: {message}", highlight=False, markup=False, soft_wrap=True)


def fail(message: str, status: int) -> NoReturn:
    """Tell one line on stderr and end with a status."""
    say(message)
    raise SystemExit(status)


def settings_of(**options: Any) -> "Settings":
    """Read the settings; an option that is None comes from the environment or has its default."""
    from streams.edge.encodings.registry import use
    from streams.settings import read_settings

    settings = read_settings(**options)
    use(settings.registry_access())
    return settings


def load_topology(path: Path) -> "Topology":
    from streams.edge.topology_file import load

    need_topology(path)
    return load(path)


def need_topology(topology: Path) -> None:
    if not topology.is_file():
        raise Mistake(f"{topology}: there is no such topology file; name one with --topology or SPM_TOPOLOGY")


def existing(paths: list[str]) -> list[str]:
    for path in paths:
        if path != "-" and not Path(path).is_file():
            raise Mistake(f"{path}: there is no such file of alarms")
    return paths


@contextmanager
def counting(verb: str, unit: str) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr where that is a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TextColumn("{task.completed:,} " + unit), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(verb, total=None)
        yield lambda done: progress.update(task, completed=done)


def wide() -> Console:
    """Return a console for tables: into a file or pipe they are not cut at 80 columns."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=240)
