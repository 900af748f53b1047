"""python -m tests.upgrade [--from REVISION] [--alarms N] [--seed S]: half of the workers rolled on, back, all rolled on, finished; outputs equal the oracle's.

Two workers, alarms at a rate on a real Kafka. Both run the predecessor at first (the last revision below the present level,
out of git), one is rolled to the present revision, the other killed, the first rolled back, both rolled on while alarms come.
Then the level is taken into force, and more alarms come, with another kill. The oracle is one undisturbed run of the
present revision on the embedded log, with the predecessor's level until then. Where the ranking of causes changed between the
two, what the predecessor wrote of it into alarm records (`implied`) differs.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from confluent_kafka import Producer

from streams.domain.instant import Instant
from streams.domain.level import LEVEL
from streams.engine.broker import real_kafka
from streams.state.level import in_force
from streams.stored import stored
from streams.topology_follower import asked
from tests.broker.crew import ROOT, Crew, Worker
from tests.chaos import network as made
from tests.chaos.network import Asked, Line
from tests.chaos.oracle import oracle_of
from tests.chaos.rounds import HOURS, rounds
from tests.chaos.run import Run, at_work, differences, end_of
from tests.chaos.tape import Feeder

RATE = 400.0
"""Alarms a second once all are rolled on."""


BEFORE = {4: "65c7201"}
"""Level -> the last revision without anything of it, where that came before the level did."""


class NoPredecessor(Exception):
    """The history is not here."""


def predecessor() -> str:
    """Return the last revision before the present level, out of the history."""
    if LEVEL in BEFORE:
        return BEFORE[LEVEL]
    told = subprocess.run(["git", "log", "--format=%H", "-G", f"^LEVEL = {LEVEL}$", "--", "streams/domain/level.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not told:
        raise NoPredecessor("the history that has the predecessor is not here (a shallow clone)")
    return f"{told[-1]}^"


def laid_out(revision: str, folder: Path) -> Path:
    """Lay a revision's tree out in a folder."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        raise NoPredecessor(archive.stderr.decode().strip())
    folder.mkdir()
    subprocess.run(["tar", "x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def roll(worker: Worker, root: Path) -> None:
    """End a worker as an operator does and start it with another revision."""
    worker.end()
    worker.root = root
    worker.process = worker.start()


def upgraded(bootstrap: str, folder: Path, revision: str, alarms: int, seed: int) -> list[str]:
    """Go on and back while alarms come; return what differed."""
    before = laid_out(revision, folder / "predecessor")
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
    return differences(got, oracle_of(run.topology, played, level))


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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="revision", help="the revision to begin with")
    parser.add_argument("--alarms", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-upgrade-", ignore_cleanup_errors=True) as folder, real_kafka() as bootstrap:
        revision = given.revision or predecessor()
        found = upgraded(bootstrap, Path(folder), revision, given.alarms, given.seed)
    print("\n  ".join([f"from {revision} and back and on, {given.alarms} alarms, seed {given.seed}: {'DIFFERENT' if found else 'equal to the embedded run'}", *found]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
