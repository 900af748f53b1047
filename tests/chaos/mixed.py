"""One chaos run in rounds: alarms at a rate, people in between, kills beside; and what one undisturbed run makes of the same."""

import random
from collections.abc import Callable
from pathlib import Path

from streams.domain.instant import Instant
from tests.broker.crew import Crew
from tests.chaos import network as made
from tests.chaos.network import Asked, County, Line
from tests.chaos.oracle import Outputs, Told, oracle_of
from tests.chaos.outside import TURNS, People, with_people
from tests.chaos.rounds import HOURS, rounds
from tests.chaos.run import QUIET, Run, blows, disturb, end_of

PARTITIONS = 4
PAUSE = 3.0
"""Seconds of quiet between two rounds: what a killed worker left open holds readers up for longer than one on a busy machine."""


class Mixed:
    """Alarms in rounds over counties, and everybody outside; `play` does it on Kafka, `expected` on the embedded log."""

    def __init__(self, bootstrap: str, folder: Path, counties: list[County], alarms: int, seed: int, rate: float, count: int = 4) -> None:
        """`rate`: alarms a second; `count`: rounds with faults."""
        self.run = Run(bootstrap, folder, lambda feed: with_people(made.topology(counties, feed, PARTITIONS)))
        self._dice, self._rate, self._people = random.Random(seed), rate, People(counties, seed)
        self._rounds = rounds(counties, count, alarms // count, seed)
        hours = float(len(self._rounds) * HOURS)
        self._closing, self._end = made.closing(counties, seed, hours), end_of(hours + 56)
        self._played: list[tuple[list[Line], list[Asked], Instant]] = []
        self._restart: Callable[[], None] = lambda: None
        self.kills = 0
        self.refused: list[int] = []
        """Statuses of workers that ended by themselves."""

    @property
    def alarms(self) -> int:
        return sum(len(lines) for lines, _, _ in self._played)

    @property
    def requests(self) -> int:
        return sum(len(asked) for _, asked, _ in self._played)

    def play(self, kills: int, workers: int = 2, restart: Callable[[], None] | None = None, zombie: bool = False) -> Outputs:
        """Play all rounds and let all come due: kills spread over them, the broker's restart in the second, a zombie in the third."""
        self._restart = restart or self._restart
        count, got = len(self._rounds), dict[str, list[Told]]()
        with self.run.crew(*[f"w{n}" for n in range(workers)]) as crew:
            for number, each in enumerate(self._rounds):
                asked = self._people.speak(got, each.quiet, each.seconds) if number else []
                share = kills * (number + 1) // count - kills * number // count
                share -= self._in_turn(crew, [one for one in asked if not one.again], each.begins, share // 2)
                self._feed(crew, each.lines, [one for one in asked if one.again], each.until, share, restart is not None and number == 1, zombie and number == 2)
                self.run.feeder([], 0).mark(each.until, self.run.partitions)
                got = self.run.settled(crew, 120, PAUSE)
            self._feed(crew, self._closing, [], self._end, 0, False, False)
            self.run.feeder([], 0).mark(self._end, self.run.partitions)
            got = self.run.settled(crew, 120, QUIET)
            self.refused = [status for worker in crew.workers for status in worker.statuses]
        return got

    def _in_turn(self, crew: Crew, asked: list[Asked], at: Instant, kills: int) -> int:
        """Have one kind of people speak after another, some under a kill; return how many kills that were."""
        turns = [said for topic in TURNS if (said := [one for one in asked if one.topic == topic])]
        under = self._dice.sample(range(len(turns)), min(kills, len(turns)))
        for number, said in enumerate(turns):
            self._feed(crew, [], said, at, number in under, False, False)
        return len(under)

    def _feed(self, crew: Crew, lines: list[Line], asked: list[Asked], until: Instant, kills: int, broker: bool, zombie: bool) -> None:
        """Feed and ask under blows, and wait until all is worked off."""
        feeder = self.run.feeder(lines, self._rate, asked=asked)
        feeder.start()
        self.kills += disturb(crew, feeder, self._dice, blows(self._dice, kills, broker, zombie), self._restart)
        feeder.join()
        self._played.append((lines, asked, until))
        self.run.worked_off(crew, 120 + len(lines) / 300)

    def expected(self) -> Outputs:
        """Return what one undisturbed run says of what was played."""
        return oracle_of(self.run.topology, self._played)
