"""Plays recorded alarms as if they happened now: their times shifted so that the recording ends when its playing ends.

At speed 300 five recorded minutes take a second, and every span between two alarms stays what it was: a quiet period of
15 minutes is one in the recording, three seconds on the wall. While it plays, the player is the clock (`virtual`); once
it is over, virtual and wall clock agree, so that alarms which somebody sends afterwards fit in.
"""

import re
from collections.abc import Iterable

from streams.domain.instant import SECOND, Instant, iso
from streams.edge.words import time

_ISO_FIELD = re.compile(rb'"(\w*[tT]ime)"(\s*:\s*)"(\d{4}-\d\d-\d\d[T ][^"]{5,24})"')
_ANNOUNCED = re.compile(rb'"(startsAt|endsAt|until)"(\s*:\s*)"(\d{4}-\d\d-\d\d[T ][^"]{5,24})"')
"""Times that are told ahead (a planned outage, a shelf's end): they say nothing about when the line came."""
_EPOCH_FIELD = re.compile(rb'"((?:start|last)EpochMicrosec)"(\s*:\s*)(\d{10,18})')


def times_of(line: bytes) -> list[Instant]:
    """Return every time that a line tells of the past: TMF642 and 3GPP fields that end in `time`, VES's epoch microseconds; none that is planned."""
    told = [time(match[3].decode("utf-8", "replace")) for match in _ISO_FIELD.finditer(line) if not match[1].startswith(b"planned")]
    return [at for at in told if at] + [int(match[3]) for match in _EPOCH_FIELD.finditer(line)]


def shifted(line: bytes, by: int) -> bytes:
    """Return the line with all its times moved by so many microseconds."""

    def move_iso(match: re.Match[bytes]) -> bytes:
        at = time(match[3].decode("utf-8", "replace"))
        return b'"%b"%b"%b"' % (match[1], match[2], iso(at + by).encode()) if at else match[0]

    def move_epoch(match: re.Match[bytes]) -> bytes:
        return b'"%b"%b%d' % (match[1], match[2], int(match[3]) + by)

    return _EPOCH_FIELD.sub(move_epoch, _ANNOUNCED.sub(move_iso, _ISO_FIELD.sub(move_iso, line)))


class Player:
    """One recording on its way; the wall clock is an argument, so that a test decides how late it is."""

    def __init__(self, lines: Iterable[tuple[str, bytes]], speed: float, now: Instant, until: Instant = 0) -> None:
        """Take (topic, line) pairs; a line that tells no time is played with the one before it.

        `speed`: recorded seconds a second, over 0. `until`: recorded time at which the playing ends, if after the last line's.
        """
        if speed <= 0:
            raise ValueError(f"speed {speed} is not over 0")
        self._speed = speed
        timed: list[tuple[Instant, str, bytes]] = []
        for topic, line in lines:
            timed.append((max(times_of(line), default=timed[-1][0] if timed else 0), topic, line))
        known = [at for at, _, _ in timed if at]
        begins, ends = min(known, default=0), max([until, *known])
        self.ends = now + int((ends - begins) / speed)
        """When the playing ends: on the wall, and in the shifted times."""
        by = self.ends - ends
        self._timed = [(max(at, begins) + by, topic, shifted(line, by)) for at, topic, line in timed]
        self._timed.sort(key=lambda pair: pair[0])
        self._played = 0

    def __len__(self) -> int:
        return len(self._timed)

    @property
    def played(self) -> int:
        return self._played

    def done(self, wall: Instant) -> bool:
        """Whether all lines were handed out and the end is reached."""
        return self._played == len(self._timed) and (wall >= self.ends or not self._timed)

    def virtual(self, wall: Instant) -> Instant:
        """Return what time it is for the alarms: runs `speed` times as fast until the wall clock is reached."""
        return wall if wall >= self.ends else self.ends - int((self.ends - wall) * self._speed)

    def due(self, wall: Instant) -> list[tuple[str, bytes]]:
        """Return what has come due since the last call, in order of time."""
        now, begin = self.virtual(wall), self._played
        while self._played < len(self._timed) and self._timed[self._played][0] <= now:
            self._played += 1
        return [(topic, line) for _, topic, line in self._timed[begin : self._played]]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return (self.ends - self._timed[0][0]) / self._speed / SECOND if self._timed else 0.0
