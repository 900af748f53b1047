"""Settings as people read them: what is in force and where it came from (`spm check`), and the list of all (deploy/settings.md).

`python -m streams.settings_shown > deploy/settings.md` writes that list; a test holds it to the model.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.settings import Settings, variable

HIDDEN = "(hidden)"
_WHERE_IT_RUNS = {"instance": "the host's name", "commit_interval": "20ms"}
"""Setting -> its default in words, where the model computes it."""


class Shown(NamedTuple):
    """One setting in force."""

    variable: str
    value: str
    """`HIDDEN` of a secret that is set, "" of what is not."""
    origin: str
    """default, environment, option, or the file that a secret is in."""


def effective(settings: Settings, options: Collection[str], environment: Mapping[str, str] = os.environ) -> Iterator[Shown]:
    """Yield every setting with its value and where that came from; `options`: names of those given on the command line."""
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        beside = getattr(settings, f"{name}_file", None)
        if _is_secret(field) and value is None and beside is not None:
            yield Shown(variable(name), HIDDEN, f"file {beside}")
        elif name in options:
            yield Shown(variable(name), _told(name, value), "option")
        else:
            yield Shown(variable(name), _told(name, value), "environment" if environment.get(variable(name)) else "default")


def doubts(settings: Settings) -> Iterator[str]:
    """Yield what is valid and most likely not meant, with the remedy."""
    if settings.is_nobody:
        yield f"SPM_SASL_MECHANISM is {settings.sasl_mechanism} and nobody is named: each process needs SPM_SASL_USERNAME and SPM_SASL_PASSWORD_FILE of its own."
    if settings.prefix and not settings.request_prefix:
        yield (f"SPM_PREFIX is {settings.prefix} and SPM_REQUEST_PREFIX is not set: another installation on this Kafka hears the same operator actions, results and "
               f"planned outages. Set SPM_REQUEST_PREFIX (to {settings.prefix}, say), unless this is the only one, or they are to hear the same.")


def in_force(settings: Iterable[Shown], everything: bool) -> RenderableType:
    """Lay out settings as a table; without `everything` those that nobody set are only counted."""
    shown = list(settings)
    set_by_somebody = [each for each in shown if each.origin != "default"]
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for each in shown if everything else set_by_somebody:
        table.add_row(Text(each.variable, style="bold"), Text(each.value), Text(each.origin, style="dim" if each.origin == "default" else ""))
    if everything:
        return table
    left = Text(f"{len(shown) - len(set_by_somebody)} settings have their defaults (--settings shows all)", style="dim")
    return Group(table, left) if set_by_somebody else left


def reference() -> str:
    """Return the list of all settings as Markdown: name, what it may be, default, and what it does, with its unit."""
    lines = [
        "# Settings", "",
        "Made by `python -m streams.settings_shown > deploy/settings.md`; do not edit. Each is an environment variable; the commands that use one often have an option",
        "for it, which wins. An unknown `SPM_` variable is an error. `spm check --settings` shows what is in force here, secrets hidden, and where it came from.", "",
        "| setting | may be | default | what it does |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _WHERE_IT_RUNS.get(name) or _told(name, field.default)
        lines.append(f"| `{variable(name)}` | {_kind(name, field)} | {default or 'none'} | {' '.join((field.description or '').split())} |")
    return "\n".join(lines) + "\n"


def _told(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return HIDDEN
    if name == "commit_interval":
        return f"{value / 1000:g}ms"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in get_args(field.annotation)


def _kind(name: str, field: FieldInfo) -> str:
    """Return in words what a setting may be, with its bounds."""
    if name == "commit_interval":
        return "duration, 1ms to 5s"
    kind = next((each for each in get_args(field.annotation) if each is not type(None)), field.annotation) if get_origin(field.annotation) in (UnionType, Union) else field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    least, most = (next((getattr(bound, side) for bound in field.metadata if hasattr(bound, side)), None) for side in ("ge", "le"))
    if least is not None and most is not None:
        return f"{least:g} to {most:,}"
    return "path" if kind is Path else "secret" if kind is SecretStr else "text"


if __name__ == "__main__":
    print(reference(), end="")
