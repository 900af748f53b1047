"""Paths into JSON as topology.yaml writes them: the part of JSONPath (RFC 9535) that names one thing or the members of a list.

    $.host.name   $['a b'].c   $.alerts[0]   $.alerts[-1]   $.alerts[*]   $.dimensions[?@.name == 'InstanceId'].value

`$` is the record, or where `each` is given one member of it; `$$` is the whole record then. A name may hold more than
RFC 9535's shorthand allows (`$.@timestamp`, `$.if-index`): all but `.`, `[`, `]`, braces and blanks.
"""

import re
from typing import NamedTuple

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]{}\s]+)
      | \[\s*(?P<quote>['"])(?P<quoted>(?:(?!(?P=quote)).)+)(?P=quote)\s*\]
      | \[\s*(?P<index>-?\d{1,6})\s*\]
      | \[\s*(?P<every>\*)\s*\]
      | \[\s*\?\(?\s*@\.(?P<field>[^.\[\]{}\s=]+)\s*==\s*(?P<mark>['"])(?P<value>(?:(?!(?P=mark)).)*)(?P=mark)\s*\)?\s*\]""",
    re.VERBOSE)
_TEMPLATE = re.compile(r"\{([^{}]*)\}")
MOST_STEPS = 32


class Every(NamedTuple):
    """All members of a list."""


class Where(NamedTuple):
    """The members of a list whose field says so."""

    field: str
    value: str


Step = str | int | Every | Where


class JsonPath(NamedTuple):
    """A path: from the whole record or from the member at hand, step by step."""

    whole: bool
    steps: tuple[Step, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it names one thing by names alone."""
        return all(isinstance(step, str) for step in self.steps)


def is_path(told: str) -> bool:
    """Whether a text is a path rather than a constant."""
    return told.startswith("$")


def json_path(told: str) -> JsonPath:
    """Read a path; ValueError says where it goes wrong."""
    whole = told.startswith("$$")
    at = 2 if whole else 1
    if not is_path(told):
        raise ValueError(f"{told!r} is no path; begin it with $, such as $.host.name")
    steps: list[Step] = []
    while at < len(told):
        found = _STEP.match(told, at)
        if found is None:
            raise ValueError(f"{told!r} is no path from {told[at:]!r} on; write steps as .name, ['a name'], [0], [*] or [?@.name == 'x']")
        steps.append(_step(found))
        at = found.end()
    if len(steps) > MOST_STEPS:
        raise ValueError(f"{told!r} has {len(steps)} steps; {MOST_STEPS} is the most")
    return JsonPath(whole, tuple(steps))


def template(told: str) -> list[str | JsonPath]:
    """Split `{$.host}/{$.port}` into its constants and its paths; ValueError for braces without a path in them."""
    pieces: list[str | JsonPath] = []
    for n, piece in enumerate(_TEMPLATE.split(told)):
        if n % 2:
            pieces.append(json_path(piece.strip()))
        elif piece:
            pieces.append(piece)
    if any(isinstance(piece, str) and ("{" in piece or "}" in piece) for piece in pieces):
        raise ValueError(f"{told!r} has a brace too many; a path in a text stands in braces: {{$.host}}/{{$.port}}")
    return pieces


def _step(found: re.Match[str]) -> Step:
    if found["index"]:
        return int(found["index"])
    if found["every"]:
        return Every()
    if found["field"]:
        return Where(found["field"], found["value"])
    return found["name"] or found["quoted"]
