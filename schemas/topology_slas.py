"""Service level agreements of topology.yaml: how long a restoration may take, in which hours, and who is told when."""

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from schemas.durations import Duration, Names, parse_duration
from schemas.topology_names import Name, Strict

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_PATTERN = rf"^({'|'.join(DAYS)})(-({'|'.join(DAYS)}))?$"
_PART = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_MINUTE = 60_000_000
_MOST_SHARE = 10.0


def parse_point(told: object) -> float | int:
    """Return a share as a float (75% or 0.75) or a span as whole microseconds; a plain number up to 1 is a share, a larger one seconds."""
    text = str(told).strip() if not isinstance(told, bool) else ""
    if found := _PERCENT.fullmatch(text):
        share = float(found[1]) / 100
    elif re.fullmatch(r"\d+(\.\d+)?", text) and float(text) <= 1:
        share = float(text)
    else:
        return parse_duration(told)
    if share > _MOST_SHARE:
        raise ValueError(f"{told!r} is more than ten times `restore_within`")
    return share


def parse_part(told: object) -> tuple[int, int]:
    """Return (open, close) of `08:00-18:00`, microseconds since midnight."""
    found = _PART.fullmatch(str(told).replace(" ", ""))
    if not found:
        raise ValueError(f"{told!r} are no hours; write 08:00-18:00")
    first, last = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if not first < last <= 24 * 60:
        raise ValueError(f"{told!r} are no hours of one day: they end at 24:00 at the latest, and after they begin")
    return first * _MINUTE, last * _MINUTE


def _hours(told: Any) -> Any:
    return [parse_part(one) for one in ([told] if isinstance(told, str) else told)]


def _written_date(told: Any) -> Any:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        raise ValueError(f"{told!r} is no date; write 2026-12-25") from None


def _status(told: Any) -> Any:
    if told == "held":
        raise ValueError("no clock pauses in held: what holds us or a supplier up is not the customer's time")
    return told


Point = Annotated[float | int, BeforeValidator(parse_point), WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]})]
"""A share of `restore_within`, or a time of the clock."""
_PART_SCHEMA = {"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"}
Hours = Annotated[
    list[tuple[int, int]], BeforeValidator(_hours), WithJsonSchema({"anyOf": [_PART_SCHEMA, {"type": "array", "items": _PART_SCHEMA}]})]
_PENDING: Any = Field(default_factory=lambda: ["pending"])
Level = Annotated[int, Field(ge=1, le=10)]


class CalendarEntry(Strict):
    """Hours that count for a clock."""

    time_zone: Name
    """IANA name: Europe/Berlin."""
    hours: Annotated[dict[Annotated[str, Field(pattern=_DAYS_PATTERN)], Hours], Field(min_length=1)]
    """A day or days (mon, mon-fri) -> from when to when by the wall clock, one part or several; a day not given is closed."""
    holidays: list[Annotated[date, BeforeValidator(_written_date), WithJsonSchema({"type": "string", "format": "date"})]] = Field(default_factory=list)
    """Dates on which nothing counts."""

    @field_validator("hours")
    @classmethod
    def _apart(cls, told: dict[str, list[tuple[int, int]]]) -> dict[str, list[tuple[int, int]]]:
        seen: dict[str, str] = {}
        for name, parts in told.items():
            for day in days_of(name):
                if seen.setdefault(day, name) != name:
                    raise ValueError(f"{day} is in {seen[day]!r} and in {name!r}")
            if any(before[1] > after[0] for before, after in pairwise(sorted(parts))):
                raise ValueError(f"the hours of {name!r} overlap")
        if not any(told.values()):
            raise ValueError("no day has an open hour")
        return told


def days_of(name: str) -> tuple[str, ...]:
    """Return the days of `mon` or `mon-fri`; over the end of the week for `sat-mon`."""
    first, _, last = name.partition("-")
    start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7 + 1
    return tuple(DAYS[(start + n) % 7] for n in range(length))


class EscalationEntry(Strict):
    """Who is told when the clock of an affected product has run for so long."""

    level: Level
    """problemEscalation of the problem, which begins at 0."""
    at: Point
    """A share of `restore_within` (75%, also beyond 100%), or a time of the clock."""
    tell: Names
    """Parties, each told once per level."""
    priority: Annotated[int, Field(ge=1, le=10)] = 10
    """Only of problems of this priority or a higher one; of one that rises to it later, then."""


class AgeEscalationEntry(Strict):
    """Who is told when a problem has been open for so long, whatever was bought."""

    level: Level
    age: Duration
    """Since its earliest alarm, at any hour, whatever its status."""
    tell: Names
    priority: Annotated[int, Field(ge=1, le=10)] = 10
    """Only of problems of this priority or a higher one; of one that rises to it later, then."""


class SlaEntry(Strict):
    """A service level agreement's clock: it runs from the start of a product's impact to its restoration."""

    restore_within: Duration
    warn_at: Point = 0.75
    """Share of `restore_within`, or time of the clock, after which a warning is due."""
    pauses: list[Annotated[Literal["acknowledged", "pending"], BeforeValidator(_status)]] = _PENDING
    """Statuses of a problem in which the clock stands; never held."""
    calendar: Name | None = None
    """One of `calendars`: only its hours count. Default: all do."""
    escalations: list[EscalationEntry] = Field(default_factory=list)

    @field_validator("warn_at")
    @classmethod
    def _before_it_is_over(cls, told: float | int) -> float | int:
        if isinstance(told, float) and told > 1:
            raise ValueError(f"{told:.0%} is not between 0 and 1 (0% and 100%)")
        return told

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.restore_within < 1_000_000:
            raise ValueError("`restore_within` is at least a second")
        return self
