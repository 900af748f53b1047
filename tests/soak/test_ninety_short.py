"""The short version of `python -m tests.soak.ninety`: twelve days with short memories; no table grows with the days."""

import asyncio
from pathlib import Path

from tests.chaos import network as made
from tests.soak.kept import Size
from tests.soak.life import Life
from tests.soak.ninety import HORIZONS, described, grows, live

SHORT = {
    "correlate": {"stale_after": "1d", "remember_feedback": "1d"}, "localize": {"habit_half_life": "2h", "remember_causes": "1d"}, "learn": {"remember": "1d"},
    "manage": {"forget_after": "2d"}, "oversee": {"figures_keep": "3d", "remember_command": "1d", "result_within": "1h", "remember_ended": "2d"}, "handling": {"remember": "1d"}}
ALARMS, EARLY, LATE = 80, (3, 4, 5, 6), (10, 11, 12, 13)
"""Alarms a day, and the days after which it is looked at."""
CHANCE, FEW = 1.6, 12
"""So many times as many rows, and so many beside: a table that grows with the days has two and a half times as many."""


def test_on_later_days_no_table_holds_more_than_on_earlier_ones(tmp_path: Path) -> None:
    counties = made.counties(6, land=3)
    looks = asyncio.run(live(described(counties, SHORT), Life(counties, ALARMS, 7), LATE[-1], {*EARLY, *LATE}, tmp_path))

    def rows(name: str, days: tuple[int, ...]) -> float:
        return sum(look.tables.get(name, Size()).rows for look in looks if look.day in days) / len(days)

    assert len(looks[-1].tables) > 30
    assert {} == {name: (early, late) for name in looks[-1].tables if name not in HORIZONS and (late := rows(name, LATE)) > CHANCE * (early := rows(name, EARLY)) + FEW}


def test_what_grows_in_both_halves_grows() -> None:
    assert grows([Size(100), Size(200), Size(300)])
    assert not grows([Size(100), Size(200), Size(200)])
    assert not grows([Size(1), Size(3), Size(5)])
