"""How soon the first trouble report comes when very much is waiting: work in flight must end before new work begins."""

import time

from streams.bench.latency import Readable
from streams.bench.site import BenchFailed, Site, Worker

_PATIENCE = 60.0


def measure(site: Site) -> float:
    """Start a worker on a full feed with probes in it; return the seconds from ready to the first report of one, readable."""
    readable = Readable(site, ("trouble-reports",))
    readable.start()
    with Worker(site) as worker:
        worker.wait_until_ready()
        ready = time.monotonic()
        while not readable.first["trouble-reports"]:
            worker.check()
            if time.monotonic() - ready > _PATIENCE:
                raise BenchFailed(f"No trouble report {_PATIENCE:.0f} s after the worker was ready; {site.done()} alarms done.")
            time.sleep(0.02)
        readable.halt()
    return round(min(readable.first["trouble-reports"].values()) - ready, 2)
