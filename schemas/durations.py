"""How people write spans of time and shares in files and settings, and what they become.

A duration is `15m`, `4h`, `1h30m`, `20ms`, `7d`, or a plain number of seconds; it becomes whole microseconds. A share is
`75%` or 0.75; it becomes a float from 0 to 1.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(us|ms|s|m|h|d|w)\s*")
_PLAIN = re.compile(r"\d+(\.\d+)?")
_DURATION_PATTERN = r"^\s*((\d+(\.\d+)?\s*(us|ms|s|m|h|d|w)\s*)+|\d+(\.\d+)?\s*)$"
_LONGEST = 100 * 365 * _UNITS["d"]


def parse_duration(told: object) -> int:
    """Return microseconds; a plain number, or text that is one, is seconds. ValueError says what would be accepted."""
    text = str(told).strip() if isinstance(told, int | float | str) and not isinstance(told, bool) else ""
    if _PLAIN.fullmatch(text):
        text += "s"
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        raise ValueError(f"{told!r} is no duration; write 30s, 15m, 4h, 7d, or a number of seconds")
    span = sum(round(float(count) * _UNITS[unit]) for count, unit in parts)
    if span > _LONGEST:
        raise ValueError(f"{told!r} is longer than a hundred years")
    return span


def parse_share(told: object) -> float:
    """Return a share from 0 to 1 of `75%`, `0.75` or 0.75."""
    text = str(told).strip() if isinstance(told, int | float | str) and not isinstance(told, bool) else ""
    number = text.removesuffix("%").rstrip()
    if not _PLAIN.fullmatch(number):
        raise ValueError(f"{told!r} is no share; write 75% or 0.75")
    share = float(number) / 100 if text.endswith("%") else float(number)
    if not 0 <= share <= 1:
        raise ValueError(f"{told!r} is not between 0 and 1 (0% and 100%)")
    return share


def _as_list(told: Any) -> Any:
    return [told] if isinstance(told, str) else told


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _DURATION_PATTERN}]}),
]
"""Microseconds, written as a duration."""
Share = Annotated[
    float,
    BeforeValidator(parse_share),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%?\s*$"}]}),
]
"""0 to 1, written as a share or a percentage."""
_NAME = {"type": "string", "minLength": 1}
Names = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    Field(min_length=1),
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}),
]
"""One name or a list of names; always a list afterwards."""
