"""One disaster: load on a mirrored cluster, its end, the runbook, and what holds after it."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from streams.domain.instant import instant
from streams.engine.jars import JarKafka, cache, jars, mirror_jars
from streams.settings import Settings
from streams.stored import Stored, stored
from tests.disaster import figures
from tests.disaster.executor import Executor
from tests.disaster.world import Network, topology
from tests.runbooks.page import read
from tests.runbooks.site import Site

BIN = Path(__file__).parent / "bin"
PATIENCE = 240.0
LAG = 8.0
"""Seconds that the mirror stands still before the end."""
BETWEEN_LOOKS = 3.0
"""Seconds."""
CATCHING_UP = 0.03
"""Seconds that it then goes on before the end, where it does."""


class Run:
    """Two Kafkas, a site that has both, and everybody outside."""

    def __init__(self, folder: Path, rate: float, seed: int) -> None:
        self.main, self.spare = (JarKafka(jars(), "512m") for _ in range(2))
        for kafka in (self.main, self.spare):
            kafka.start()
        self.site = Site(self.main.bootstrap, folder / "site", topology, lambda tool: mirror_jars() if tool == "connect-mirror-maker.sh" else cache())
        self.page = read("disaster-recovery")
        environment = self.site.environment
        environment |= {"MAIN_KAFKA": self.main.bootstrap, "SPARE_KAFKA": self.spare.bootstrap, "PATH": f"{BIN}:{environment['PATH']}"}
        self.network = Network(self.site.feed, rate, seed, self.site.folder / "lists-wanted")
        self.seed = seed
        self.executors: list[Executor] = []
        self._began = time.monotonic()

    def end(self) -> None:
        for thread in (self.network, *self.executors):
            thread.end()
        self.site.end()
        for kafka in (self.main, self.spare):
            kafka.end()

    def carried_out(self, seconds: float) -> list[str]:
        """Do all of it; return what does not hold. AssertionError where a command of the page fails."""
        self.site.need("spm topics apply > topics.txt")
        self._page("Before")
        self.site.need("start w1 w2")
        self.executors.append(self._execute(self.main))
        self.network.tell_to(self.main.bootstrap)
        self.network.start()
        self._await("all topics are mirrored", self._is_mirrored)
        time.sleep(seconds)
        self._lose()
        found = self._fail_over()
        self.network.end()
        return found

    def say(self, told: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {told.strip()}", flush=True)

    def _execute(self, kafka: JarKafka) -> Executor:
        executor = Executor(kafka.bootstrap, self.site.environment["SPM_PREFIX"], self.network, self.seed, next(iter(self.executors), None))
        executor.start()
        return executor

    def _lose(self) -> None:
        """The first cluster is gone, with all that ran beside it, while the mirror is behind.

        It stands still for a while, and the end comes before it goes on, or (odd seeds) when it is in the midst of catching
        up: what was mirrored of each topic ends at another moment.
        """
        mirror = int((self.site.folder / "mirror.pid").read_text())
        os.killpg(mirror, signal.SIGSTOP)
        time.sleep(LAG)
        if self.seed % 2:
            os.killpg(mirror, signal.SIGCONT)
            time.sleep(CATCHING_UP)
        self.main.stop(kill=True)
        os.killpg(mirror, signal.SIGCONT)
        self.say(f"the first cluster is killed; {self.network.told} alarms and clears were told, {len(self.network.raised)} stand, {len(self.executors[0].begun)} commands were begun")
        for name in ("w1", "w2"):
            os.killpg(int((self.site.folder / f"{name}.pid").read_text()), signal.SIGKILL)
        self.network.tell_to(None)

    def _fail_over(self) -> list[str]:
        self.site.environment["SPM_BOOTSTRAP"] = self.spare.bootstrap
        self._page("Failing over")
        self.executors[0].end()
        self.executors.append(self._execute(self.spare))
        self.site.need("wait-drained")
        found = [f"before the lists: {each}" for each in self._lost()]
        self.network.is_calm = True
        self.network.tell_to(self.spare.bootstrap)
        self._page("Lists")
        self.say("after the lists:" + "".join(f"\n    {each}" for each in self._wrong("seen")))
        self._page("In line")
        found += self._wrong("in line")
        sent = self.executors[-1].heard
        found += [f"{sent} commands were sent before anybody approved one"] * bool(sent)
        self._page("Acting again")
        self.network.is_calm = False
        time.sleep(20)
        self.network.is_calm = True
        time.sleep(5)
        self.network.wait_told()
        self.site.need("wait-drained")
        executor = self.executors[-1]
        self.say(f"{executor.heard} commands came on the second cluster, {len(executor.again)} of them known by their id: answered, not begun")
        return found + self._wrong("at work again") + figures.twice(executor.begun, executor.restored, executor.overlapping)

    def _page(self, section: str) -> None:
        began = time.monotonic()
        said = self.site.carry_out(self.page.section(section))
        self.say(f"{section}: carried out in {time.monotonic() - began:.0f} s\n{said}")

    def _lost(self) -> list[str]:
        """Return alarms that are not as the last mirrored record of them says; where the state was mirrored further than the feed it may know more."""
        with self._peek() as there:
            says: dict[str, tuple[bool, int]] = {}
            mirrored = 0
            for _, record in there.peek.read(self.site.feed, {}):
                told = json.loads(record.value) if record.value else {}
                if "notificationType" in told:
                    says[told["objectInstance"]] = told["notificationType"] == "notifyNewAlarm", instant(datetime.fromisoformat(told["eventTime"]))
                    mirrored += 1
            taken = figures.taken_for(there)
        ahead = {name for name, (_, at) in says.items() if taken.newest.get(name, 0) > at}
        raised = {name for name, (stands, _) in says.items() if stands}
        self.say(f"of {self.network.acknowledged} alarms and clears that the first cluster had, {mirrored} were mirrored; by the last of each alarm {len(raised)} stand, {len(taken.raised)} are taken for raised "
                 f"(of {len(ahead)} the state knew more); {len(raised ^ set(self.network.raised))} alarms stand otherwise by now")
        return [f"{name}: the last mirrored record {'raises' if name in raised else 'clears'} it" for name in sorted((raised ^ taken.raised) - ahead)]

    def _wrong(self, when: str) -> list[str]:
        """Return what is wrong at two looks one after the other: what is under way, a command's effect or a report, is so at one."""
        first = self._wrong_now()
        time.sleep(BETWEEN_LOOKS)
        later = set(self._wrong_now()) if first else ()
        return [f"{when}: {each}" for each in first if each in later]

    def _wrong_now(self) -> list[str]:
        with self._peek() as there:
            found = figures.wrong(figures.taken_for(there), self.network.raised)
            return found + figures.inconsistent(there) + figures.doubled(there)

    # --- what is awaited ---

    def _is_mirrored(self) -> bool:
        with self._peek() as there:
            try:
                return all(there.peek.read(there.output(topic), {}) is not None and next(iter(there.peek.read(there.output(topic), {})), None) is not None for topic in ("problems", "network-changes"))
            except Exception:  # noqa: BLE001 - not there yet
                return False

    def _await(self, what: str, is_so: Callable[[], bool], patience: float = PATIENCE) -> None:
        until = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < until, f"waited in vain until {what}{self.site.logs()}"
            self.site.need("start w1 w2")           # On a crowded machine one may have ended; whoever supervises starts it again.
            time.sleep(0.5)

    @contextmanager
    def _peek(self) -> Iterator[Stored]:
        environment = self.site.environment
        with stored(Settings(bootstrap=self.spare.bootstrap, group=environment["SPM_GROUP"], prefix=environment["SPM_PREFIX"])) as there:
            yield there
