"""Worker processes of a test: started, killed, stopped, and started again when they end with status 70. Ends only its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.broker.served import end

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """One worker under one name."""

    def __init__(self, command: list[str], folder: Path, name: str) -> None:
        self.command, self.folder, self.name = command, folder, name
        self.data, self.log = folder / name, folder / f"{name}.log"
        self.statuses: list[int] = []
        self.root = ROOT
        """Tree of the revision that it runs; it changes with the next start."""
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen([*self.command, "--instance", self.name, "--data", str(self.data)], cwd=self.root, stdout=out, stderr=out, stdin=subprocess.DEVNULL)

    def kill(self, delete: bool = False) -> None:
        """SIGKILL, perhaps with the folder deleted, and a new start under the same name."""
        self.process.kill()
        self.process.wait()
        if delete:
            shutil.rmtree(self.data, ignore_errors=True)
        self.process = self.start()

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def tend(self) -> None:
        """Start again after status 70, as a supervisor does; any other end is a failure of the test."""
        status = self.process.poll()
        if status is not None:
            self.statuses.append(status)
            assert status == 70, f"{self.name} ended with {status}:\n{self.log.read_text()[-3000:]}"
            self.process = self.start()

    def end(self) -> None:
        if self.process.poll() is None:
            self.thaw()
            end(self.process)


class Crew:
    """Some workers of one group."""

    def __init__(self, module: str, options: list[str], folder: Path, names: list[str]) -> None:
        command = [sys.executable, "-m", module, *options]
        self.workers = [Worker(command, folder, name) for name in names]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have all of them stand while the broker restarts, with what they had asked of it done.

        Transactions stay open over the restart, but none is just being committed: Kafka 4.3.1, alone, forgets to mark partitions of one that is
        ("Couldn't find leader endpoint", while it leaves or enters its own cluster), calls it complete, and nobody reads past it again.
        """
        for worker in self.workers:
            worker.freeze()
        sleep(1.0)
        try:
            yield
        finally:
            for worker in self.workers:
                worker.thaw()

    def tend(self, seconds: float) -> None:
        """Let time pass, starting again who ended with 70."""
        until = monotonic() + seconds
        while monotonic() < until:
            for worker in self.workers:
                worker.tend()
            sleep(0.05)
