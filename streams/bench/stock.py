"""What stock Faust reaches on the same feed, with the dedup step alone."""

import subprocess
import sys
import time
from pathlib import Path

from streams.bench.site import BenchFailed, Site

WARM_UP = 3.0
"""Seconds after its first alarm that do not count."""
_PATIENCE = 60.0


def measure(site: Site, seconds: float) -> float:
    """Return the alarms per second of a stock Faust agent on the site's feed, which holds enough of them."""
    folder = site.folder / "stock"
    folder.mkdir()
    site.make("stock-changes")
    command = [sys.executable, "-m", "streams.bench.stock_faust", f"{site.prefix}stock", site.settings.bootstrap or "", site.feed, str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        return _rate(process, folder, seconds)
    finally:
        process.kill()
        process.wait()


def _rate(process: subprocess.Popen[bytes], folder: Path, seconds: float) -> float:
    begun = idle_until = time.monotonic()
    first: tuple[float, int] | None = None
    while True:
        time.sleep(0.25)
        at, count = _told(folder / "count")
        if process.poll() is not None:
            raise BenchFailed(f"Stock Faust ended with status {process.returncode}: {(folder / 'log').read_text(errors='replace')[-2000:]}")
        if not count:
            if time.monotonic() - begun > _PATIENCE:
                raise BenchFailed(f"Stock Faust has read nothing after {_PATIENCE:.0f} s: {(folder / 'log').read_text(errors='replace')[-2000:]}")
            idle_until = at
        elif first is None:
            if at - idle_until >= WARM_UP:
                first = at, count
        elif at - first[0] >= seconds:
            return round((count - first[1]) / (at - first[0]), 1)


def _told(path: Path) -> tuple[float, int]:
    if not path.exists():
        return 0.0, 0
    at, count = path.read_text().split()
    return float(at), int(count)
