"""A join goes by the wall clock once all that feeds it has been read, requests and results too."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.engine.clock import SECOND, Clock, wall
from streams.engine.inbox import Inbox
from streams.engine.record import Mark

KINDS = {"alarms": "source", "events": "lane", "results": "request", "network": "join"}
LONG_AGO = 1_000 * SECOND


def ticks_of_a_join(**caught_up: bool) -> list[int]:
    """Return the times of the ticks that the join gets whose next row came due long ago; what is not caught up reads what was written half a minute ago."""
    now = wall()
    marks = {(topic, 0): Mark(topic, 0, LONG_AGO, caught_up.get(topic, True), False, now, True) for topic, kind in KINDS.items() if kind != "join"}
    ticks: list[int] = []
    journal = SimpleNamespace(partitions=lambda topic: 1, held_records=lambda topic: {0}, told=lambda: marks, tell=lambda marks: None)
    part: Any = SimpleNamespace(topic="network", partition=0, next_due=LONG_AGO + SECOND, tick_due=0, clock=LONG_AGO, live=True, take=lambda mark: None, taken=0, position=0)
    engine: Any = SimpleNamespace(
        time=SimpleNamespace(mode="wall"), stepped=False, journal=journal, inboxes={topic: Inbox(topic, 0, lambda record, partition: None, kind) for topic, kind in KINDS.items()},
        parts={("network", 0): part}, write_tick=lambda topic, partition, at, live, since=-1: ticks.append(at) if since < 0 else None)
    clock = Clock(engine)
    clock.took(part)
    clock.write_ticks()
    return ticks


def test_a_join_goes_by_the_wall_clock_once_everything_upstream_is_read() -> None:
    assert [True] == [at > LONG_AGO + SECOND for at in ticks_of_a_join()]


@pytest.mark.parametrize("behind", ["alarms", "events", "results"])
def test_while_anything_upstream_is_unread_nothing_is_overdue(behind: str) -> None:
    """A result that lay there while no worker ran is no missing result."""
    assert not [at for at in ticks_of_a_join(**{behind: False}) if at > LONG_AGO]
