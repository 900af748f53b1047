"""Two workers rolled from a predecessor to the present revision, back, and on again, while alarms come on a real Kafka.

Both run the predecessor at first, one is rolled to the present revision, the other killed, the first rolled back, both rolled
on. Then the level is taken into force, and more alarms come, with another kill. The oracle is one undisturbed run of the
present revision on the embedded log, with the predecessor's level until then.
"""

from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Producer

from streams.domain.instant import Instant
from streams.domain.level import LEVEL
from streams.state.level import in_force
from streams.stored import stored
from streams.topology_follower import asked
from tests.broker.crew import ROOT, Crew, Worker
from tests.chaos import network as made
from tests.chaos.equality import apart, compared, differences
from tests.chaos.network import Asked, Line
from tests.chaos.oracle import oracle_of
from tests.chaos.rounds import HOURS, rounds
from tests.chaos.run import Run, at_work, end_of
from tests.chaos.tape import Feeder
from tests.upgrade.predecessor import alone

RATE = 400.0
"""Alarms a second once all are rolled on."""


def roll(worker: Worker, root: Path) -> None:
    """End a worker as an operator does and start it with another revision."""
    worker.end()
    worker.root = root
    worker.process = worker.start()


class Rolled(NamedTuple):
    """How a run came out."""

    differences: list[str]
    left: int
    """Keys of which the two revisions, each alone, do not say the same: left out."""
    of: int


def upgraded(bootstrap: str, folder: Path, before: Path, alarms: int, seed: int, alike: bool) -> Rolled:
    """Go on and back while alarms come; `alike`: the predecessor decides as the present revision does."""
    counties = made.counties(12, land=3)
    first_round, *others = rounds(counties, 2, alarms // 2, seed)
    run = Run(bootstrap, folder / "run", lambda feed: made.topology(counties, feed, 4))
    hours = float((1 + len(others)) * HOURS)
    closing, end, taken = made.closing(counties, seed, hours), end_of(hours + 56), Asked("topology", asked("", unanswered=True, level=LEVEL))
    with run.crew("w0", "w1") as crew:
        first, second = crew.workers
        for worker in crew.workers:
            roll(worker, before)
        _await_work(crew)
        with stored(run.settings) as where:
            level = in_force(where)
            assert level < LEVEL, "the predecessor did not begin it"
        feeder = run.feeder(first_round.lines, alarms / 60)
        feeder.start()
        _come_to(crew, feeder, 0.2)
        roll(first, ROOT)
        _come_to(crew, feeder, 0.35)
        second.kill(delete=True)
        _come_to(crew, feeder, 0.5)
        roll(first, before)
        _come_to(crew, feeder, 0.65)
        roll(second, ROOT)
        roll(first, ROOT)
        _play(run, crew, feeder, first_round.until)
        finish(run, taken)
        run.settled(crew, 240)
        with stored(run.settings) as where:
            assert in_force(where) == LEVEL, "the level did not take effect"
        for number, each in enumerate(others):
            feeder = _fed(run, each.lines)
            if not number:
                _come_to(crew, feeder, 0.5)
                first.kill(delete=True)
            _play(run, crew, feeder, each.until)
        _play(run, crew, _fed(run, closing), end)
        got = run.settled(crew, 240)
    played = [(first_round.lines, [], first_round.until), ([], [taken], first_round.until), *((each.lines, [], each.until) for each in others), (closing, [], end)]
    wanted = oracle_of(run.topology, played, level)
    theirs = {} if alike else alone(before, run.settings.topology, [(lines, until) for lines, _, until in played])
    leave = apart(compared(theirs), compared(wanted)) if theirs else {}
    return Rolled(differences(got, wanted, leave), sum(map(len, leave.values())), sum(map(len, compared(wanted).values())))


def finish(run: Run, taken: Asked) -> None:
    """Ask for the present level as `spm upgrade finish` does, without an answer: the oracle gives none."""
    producer = Producer({"bootstrap.servers": run.bootstrap})
    producer.produce(f"{run.settings.prefix}{taken.topic}", taken.value, partition=0)
    assert producer.flush(20) == 0


def _fed(run: Run, lines: list[Line]) -> Feeder:
    feeder = run.feeder(lines, RATE)
    feeder.start()
    return feeder


def _play(run: Run, crew: Crew, feeder: Feeder, until: Instant) -> None:
    """Feed to the end, up to its mark, and wait until all is worked off."""
    feeder.join()
    run.worked_off(crew, 240)
    feeder.mark(until, run.partitions)
    run.settled(crew, 240)


def _await_work(crew: Crew) -> None:
    while not all(map(at_work, crew.workers)):
        crew.tend(0.2)


def _come_to(crew: Crew, feeder: Feeder, share: float) -> None:
    while feeder.fed < share * len(feeder.lines):
        crew.tend(0.1)
