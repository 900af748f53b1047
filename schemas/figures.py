"""Figures for management on `progress`: what became of problems in a day, and how long it took. Ours."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word


class ProblemCounts(Outbound):
    """Problems by what became of them."""

    opened: int = Field(ge=0)
    ended: dict[str, int]
    """restored, workaround (by a command of ours), cleared (without one), cancelled, rejected, merged."""
    false_alarms: int = Field(alias="falseAlarms", ge=0)
    """The cancelled ones."""
    reopened: int = Field(ge=0)
    by_cause: dict[str, int] = Field(alias="byCause")
    """Of those restored and closed: probable cause of the located cause, the first 32 met, then others."""


class TimeFigures(Outbound):
    """Durations in seconds, exact but for the quantiles (to 9 %)."""

    count: int = Field(ge=0)
    mean: float = Field(ge=0)
    median: float = Field(ge=0)
    p90: float = Field(ge=0)
    most: float = Field(ge=0)


class Times(Outbound):
    """Of problems restored and closed, each from the earliest alarm."""

    detect: TimeFigures
    """To the problem."""
    locate: TimeFigures
    """To the first located cause, where there was one."""
    restore: TimeFigures
    """To the restoration, pauses left out."""


class Promises(Outbound):
    """Expected times of restoration."""

    promised: int = Field(ge=0)
    """Restored problems that had one."""
    kept: int = Field(ge=0)
    """Of these, restored by the first one."""


class ServiceProblemFiguresRecord(Outbound):
    """One day, or all days together (key: figures-<day>)."""

    type: Literal["ServiceProblemFiguresRecord"] = Field(alias="@type")
    id: Word
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["ServiceProblemFiguresEvent"] = Field(alias="eventType")
    day: str = Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|all)$")
    """UTC, by event time."""
    since: AwareDatetime
    until: AwareDatetime
    is_complete: bool = Field(alias="isComplete")
    """The day is over, and late words have had their time."""
    problems: ProblemCounts
    times: Times
    expected_resolution: Promises = Field(alias="expectedResolution")
