"""One chaos run: topics of its own, workers, alarms at a rate, what is done to them, and the comparison when all is quiet."""

import json
import random
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from streams import topology as flow
from streams.domain.instant import HOUR, Instant, instant
from streams.edge.topology_file import load
from streams.engine import topics
from streams.flow_topics import topics_wanted
from streams.settings import read_settings
from tests.broker.crew import Crew, Worker
from tests.chaos.equality import differences
from tests.chaos.network import START, Asked, Json, Line
from tests.chaos.oracle import Outputs, oracle
from tests.chaos.tape import Feeder, committed, ends, is_read, unread

QUIET = 5.0
"""Seconds without a new output after which all is said; a killed predecessor's transaction holds readers up for less."""
MOMENT = 0.7
"""The same of what goes between the stages, once all that was fed has been read."""

PAST_SESSION = 14.0
"""Seconds a zombie is stopped: its session in the group lasts 10 s."""


class Run:
    """Topics, names and settings of one run. `clock`: event or wall."""

    def __init__(self, bootstrap: str, folder: Path, described: Callable[[str], Json], clock: str = "event") -> None:
        name = f"c{uuid.uuid4().hex[:8]}"
        self.bootstrap, self.folder, self.feed = bootstrap, folder, f"{name}-raw"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "topology.yaml"
        path.write_text(json.dumps(described(self.feed)))
        self.settings = read_settings(bootstrap=bootstrap, topology=path, group=f"{name}-g", prefix=f"{name}-", data=folder, clock=clock)
        self.topology = load(path)
        found = topics.apply(self.settings.kafka_config(), topics_wanted(self.topology, self.settings))
        wrong = [finding for finding in found if finding.verdict is topics.Verdict.DIFFERS]
        assert not wrong, wrong

    def crew(self, *names: str) -> Crew:
        given = {"bootstrap": self.bootstrap, "topology": self.settings.topology, "group": self.settings.group, "prefix": self.settings.prefix, "clock": self.settings.clock}
        return Crew("tests.chaos.worker", [word for name, value in given.items() for word in (f"--{name}", str(value))], self.folder, list(names))

    def feeder(self, lines: list[Line], rate: float, keyed: bool = True, asked: list[Asked] | None = None) -> Feeder:
        return Feeder(self.bootstrap, self.feed, lines, rate, keyed, self.partitions, asked=asked)

    @property
    def partitions(self) -> int:
        return self.topology.partitions(self.feed, 4)

    def read(self, only: Iterable[str] | None = None) -> Outputs:
        return committed(self.bootstrap, self.settings.prefix, *([only] if only is not None else []))

    def worked_off(self, crew: Crew, patience: float) -> None:
        """Wait until all that was fed or asked has been read, and nothing has been written between the stages for a moment."""
        until, seen, since = monotonic() + patience, -1, monotonic()
        while monotonic() - since < MOMENT:
            crew.tend(0.1)
            count = ends(self.bootstrap, self.settings.prefix, flow.INBOXES) if all(map(at_work, crew.workers)) else -1
            if count < 0 or count != seen or unread(self.bootstrap, self.settings.group, self.feed, *flow.request_topics(self.settings.prefix)):
                seen, since = count, monotonic()
            elif monotonic() - since >= MOMENT and not is_read(self.bootstrap, self.settings.group, self.settings.prefix):
                since = monotonic()
            assert monotonic() < until, f"still at work after {patience:.0f} s"

    def settled(self, crew: Crew, patience: float, quiet: float = QUIET) -> Outputs:
        """Wait until all workers are at work, the feed is read and nothing new has come for a while, tending the crew; return all that can be read."""
        until, seen, since = monotonic() + patience, -1, monotonic()
        while True:
            count, waiting = ends(self.bootstrap, self.settings.prefix), unread(self.bootstrap, self.settings.group, self.feed, *flow.request_topics(self.settings.prefix))
            if count != seen or waiting or not all(map(at_work, crew.workers)):
                seen, since = count, monotonic()
            elif monotonic() - since > quiet:
                if is_read(self.bootstrap, self.settings.group, self.settings.prefix):
                    return self.read()
                since = monotonic()
            assert monotonic() < until, f"still moving after {patience:.0f} s: {count} outputs, {waiting} alarms unread"
            crew.tend(min(1.0, quiet / 2))

    def expected(self, lines: list[Line], until: Instant) -> Outputs:
        return oracle(self.topology, lines, until)


def end_of(hours: float) -> Instant:
    """An instant some hours after the story's start."""
    return instant(START) + round(hours * HOUR)


class Blow(NamedTuple):
    """Something done to the crew or the broker once a share of the alarms has been fed."""

    share: float
    what: str
    """kill, broker, freeze."""


def blows(dice: random.Random, kills: int, broker: bool, zombie: bool) -> list[Blow]:
    """Plan a run: kills at random moments, one restart of the broker, one worker stopped for longer than its session."""
    planned = [Blow(dice.uniform(0.03, 0.97), "kill") for _ in range(kills)]
    planned += [Blow(dice.uniform(0.3, 0.5), "broker")] * broker + [Blow(dice.uniform(0.55, 0.75), "freeze")] * zombie
    return sorted(planned)


def at_work(worker: Worker) -> bool:
    """Whether a worker, as it was last started, was given partitions: what never began makes no zombie."""
    said = worker.log.read_text(errors="replace").rpartition("[^Engine]: Starting")[2]
    return "assigned " in said.replace("assigned nothing", "")


def disturb(crew: Crew, feeder: Feeder, dice: random.Random, planned: list[Blow], restart_broker: Callable[[], None] = lambda: None) -> int:
    """Deal the blows while alarms come; return how many workers were killed."""
    frozen: list[tuple[float, Worker]] = []
    kills = 0
    while planned or frozen or feeder.is_alive():
        crew.tend(0.1)
        if frozen and monotonic() > frozen[0][0]:
            frozen.pop(0)[1].thaw()
        while planned and (feeder.fed >= planned[0].share * len(feeder.lines) or not feeder.is_alive()):
            what = planned.pop(0).what
            victim = dice.choice([worker for worker in crew.workers if all(worker is not other for _, other in frozen)])
            if what == "kill":
                victim.kill(delete=dice.random() < 0.4)
                kills += 1
                crew.tend(0.3)
            elif what == "broker":
                with crew.stopped():
                    restart_broker()
            else:
                while not at_work(victim):
                    crew.tend(0.2)
                victim.freeze()
                frozen.append((monotonic() + PAST_SESSION, victim))
    return kills


__all__ = ["Blow", "Run", "blows", "differences", "disturb", "end_of"]
