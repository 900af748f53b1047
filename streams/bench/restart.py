"""How soon a worker killed with -9 is back, with its folder and without it."""

import shutil
import time
from collections.abc import Iterable

import msgspec

from streams.bench.site import Site, Worker


class Restart(msgspec.Struct):
    """Seconds from the start of the process to every partition taken and restored."""

    with_folder_s: float
    without_folder_s: float


def measure(site: Site, more: Iterable[tuple[bytes, bytes]]) -> Restart:
    """Kill the site's worker while it works on `more` alarms, twice: the second time its folder goes too."""
    waiting = list(more)
    half = len(waiting) // 2
    _kill_at_work(site, waiting[:half])
    with Worker(site) as worker:
        kept = worker.wait_until_ready()
    _kill_at_work(site, waiting[half:])
    shutil.rmtree(site.settings.data)
    with Worker(site) as worker:
        lost = worker.wait_until_ready()
    return Restart(round(kept, 2), round(lost, 2))


def _kill_at_work(site: Site, alarms: list[tuple[bytes, bytes]]) -> None:
    with Worker(site) as worker:
        worker.wait_until_ready()
        before = site.done()
        site.fill(alarms)
        while site.done() == before:
            worker.check()
            time.sleep(0.02)
        worker.kill()
