"""A recording played now keeps its spans, ends at the wall clock, and tells every time anew."""

import json

import pytest

from streams.domain.instant import HOUR, SECOND
from streams.edge.player import Player, shifted, times_of
from streams.edge.words import time
from tests.builders import at

NOW = at("2026-06-01T12:00:00")


def a_line(raised: str, cleared: str = "") -> bytes:
    return json.dumps({"id": raised, "alarmRaisedTime": raised} | ({"alarmClearedTime": cleared} if cleared else {})).encode()


LINES = [("", line) for line in (a_line("2024-01-01T00:00:00Z"), a_line("2024-01-01T00:10:00.500Z"), a_line("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"))]


def test_the_recording_ends_when_its_playing_ends() -> None:
    player = Player(LINES, 60, NOW)

    assert NOW + 60 * SECOND == player.ends
    assert NOW + 60 * SECOND == player.virtual(player.ends)
    assert NOW + 60 * SECOND - HOUR == player.virtual(NOW)
    assert 60.0 == player.seconds


def test_lines_come_when_they_are_due_and_once() -> None:
    player = Player(LINES, 60, NOW)

    assert [1, 0, 1, 0, 1] == [len(player.due(NOW + s * SECOND)) for s in (0, 9, 11, 59, 60)]
    assert player.done(NOW + 60 * SECOND) and 3 == player.played


def test_spans_between_times_stay_what_they_were() -> None:
    told = [times_of(line) for _, line in Player(LINES, 60, NOW).due(NOW + HOUR)]

    assert [10 * 60 * SECOND + SECOND // 2] == [told[1][0] - told[0][0]]
    assert HOUR == told[2][1] - told[2][0]


def test_after_the_end_time_is_the_wall_clock() -> None:
    player = Player(LINES, 60, NOW)

    assert NOW + HOUR == player.virtual(NOW + HOUR)


def test_ves_times_are_moved_too() -> None:
    moved = json.loads(shifted(b'{"startEpochMicrosec": 1413378172000000, "lastEpochMicrosec":1413378172000001, "eventTime": "xyz"}', 5))

    assert {"startEpochMicrosec": 1413378172000005, "lastEpochMicrosec": 1413378172000006, "eventTime": "xyz"} == moved


def test_a_line_without_a_time_keeps_its_place() -> None:
    player = Player([LINES[0], ("", b"nonsense"), LINES[1]], 60, NOW)
    first = player.due(NOW)

    assert ("", b"nonsense") == first[1]
    assert NOW + 10 * SECOND + SECOND // 2 // 60 <= time(json.loads(player.due(NOW + HOUR)[0][1])["alarmRaisedTime"])


def test_an_empty_recording_is_done() -> None:
    player = Player([], 60, NOW)

    assert player.done(NOW) and [] == player.due(NOW) and 0.0 == player.seconds


def test_time_may_go_on_after_the_last_line() -> None:
    player = Player(LINES, 60, NOW, until=at("2024-01-01T03:00:00"))
    player.due(NOW + 60 * SECOND)

    assert not player.done(NOW + 179 * SECOND) and player.done(NOW + 180 * SECOND)


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not over 0"):
        Player(LINES, 0, NOW)


def test_what_is_announced_moves_along_but_does_not_say_when_it_came() -> None:
    line = b'{"eventTime": "2024-01-01T00:00:00Z", "startsAt": "2024-01-01T02:00:00Z", "endsAt": "2024-01-01T03:00:00Z", "plannedEndTime": "2024-01-01T03:00:00Z"}'

    assert [at("2024-01-01T00:00:00")] == times_of(line)
    assert {"eventTime": "2024-01-01T01:00:00.000Z", "startsAt": "2024-01-01T03:00:00.000Z", "endsAt": "2024-01-01T04:00:00.000Z", "plannedEndTime": "2024-01-01T04:00:00.000Z"} == json.loads(
        shifted(line, HOUR))
