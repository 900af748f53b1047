"""Processes of a test that serve something: started, waited for, ended."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

PATIENCE = 30.0
"""Seconds in which a server has to answer."""


def answers(url: str) -> bool:
    """Say whether something answers there, and well."""
    try:
        with urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def end(process: subprocess.Popen[bytes], patience: float = 20.0) -> int:
    """End a process by SIGTERM, after `patience` seconds by SIGKILL; return its status."""
    process.terminate()
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def served(command: Sequence[str | Path], log: Path, url: str) -> Iterator[None]:
    """Run a server for as long as the block lasts, from when `url` answers on; what it says goes to `log`."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        until = monotonic() + PATIENCE
        while not answers(url):
            assert process.poll() is None and monotonic() < until, log.read_text()[-3000:]
            sleep(0.1)
        yield
    finally:
        end(process)
