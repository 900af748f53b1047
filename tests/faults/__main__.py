"""Faults carried out on a processor under load: python -m tests.faults [NAME...] [--folder DIR] [--markdown]

Each on a site of its own: two workers on a real Kafka (of its own: the broker is stopped), a load of sixty alarms a second, real Prometheus with the
rules sixty times as fast and real Alertmanager. Says which alerts fired and resolved after how many seconds, how long it took until an alarm of every
domain came through again, and whether anything was lost or came twice: each record of the feeds is accounted for once, and the recorded inboxes folded
again by the embedded engine give the same, byte for byte. Status 1 where an alert did not come, or something is not exact that should be. Some fifteen minutes.
"""

import argparse
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import msgspec
from confluent_kafka import KafkaException

from streams.engine.broker import KafkaDidNotStart, own_kafka
from streams.engine.fatal import Refused
from tests.faults.deeds import Fault, faults, unmount
from tests.faults.ledger import account
from tests.faults.site import Site, site

CALM_WITHIN, ALERTS_WITHIN, RESOLVED_WITHIN = 90.0, 60.0, 90.0
"""Seconds: no alert may be left of the start; an alert has to come within so long of the fault's end; so long is waited for it to go."""


class Seen(msgspec.Struct):
    """What came of a fault; times in seconds since it began."""

    fault: Fault
    fired: dict[str, float] = {}
    resolved: dict[str, float] = {}
    lasted: float = 0.0
    recovery: float = 0.0
    """Since it began where it heals by itself, else since its end."""
    statuses: list[tuple[str, int]] = []
    exactness: str = ""
    wrong: list[str] = []


def carry_out(bootstrap: str, folder: Path, fault: Fault) -> Seen:
    """Do it, see what comes of it, and account for everything."""
    seen = Seen(fault)
    with site(bootstrap, folder) as there:
        fault.prepare(there)
        sleep(6)
        _await(lambda: not there.stage.alerts(), CALM_WITHIN)
        before = set(there.stage.alerts())
        there.begin()
        recovered: list[float | Exception] = []
        if fault.heals:
            fault.hurt(there)
            watching = threading.Thread(target=_recover, args=(there, recovered))
            watching.start()
            sleep(max(0.0, there.began + fault.lasts - monotonic()))
            seen.lasted = monotonic() - there.began
            if fault.mend is not None:
                fault.mend(there)
        else:
            fault.hurt(there)
            sleep(max(0.0, there.began + fault.lasts - monotonic()))
            seen.lasted = monotonic() - there.began
            watching = threading.Thread(target=_recover, args=(there, recovered, fault.mend))
            watching.start()
        _await(lambda: all(name in there.fired for name in fault.alerts if name not in before), ALERTS_WITHIN)
        watching.join()
        _await(lambda: not set(there.stage.alerts()) - before, RESOLVED_WITHIN)
        there.quiet()
        if isinstance(recovered[0], Exception):
            seen.wrong.append(str(recovered[0]))
        else:
            seen.recovery = recovered[0]
        seen.fired, seen.resolved = dict(there.fired), dict(there.resolved)
        seen.wrong += [f"{name} did not fire" for name in fault.alerts if name not in seen.fired and name not in before]
        _judge(there, seen)
        seen.statuses = there.statuses
    return seen


def _recover(there: Site, into: list[float | Exception], mend: Callable[[Site], None] | None = None) -> None:
    began = monotonic()
    try:
        if mend is not None:
            mend(there)
        there.recovery()
        into.append(monotonic() - began)
    except (AssertionError, KafkaException, KafkaDidNotStart) as why:
        into.append(why)


def _await(is_so: Callable[[], bool], patience: float) -> None:
    until = monotonic() + patience
    while not is_so() and monotonic() < until:
        sleep(0.5)


def _judge(there: Site, seen: Seen) -> None:
    """Stop the workers and account for all; what the fault is known to lose is said, and is no mistake."""
    try:
        there.settle()
        there.stop()
        told = account(there.run)
    except (AssertionError, KafkaException, Refused) as why:
        seen.wrong.append(str(why))
        return
    others = [difference for difference in told.differences if difference.partition(":")[0] not in seen.fault.loses]
    seen.exactness = str(msgspec.structs.replace(told, differences=others)) + "".join(f"; of {topic} {told.missing.get(topic, 0):,} records, those in it when it was deleted, are gone" for topic in seen.fault.loses)
    if told.lost or told.doubled or others:
        seen.wrong.append(seen.exactness)


def row(seen: Seen) -> str:
    """Return one row of the table that deploy/README.md has."""
    alerts = ", ".join(f"{name.removeprefix('Spm')} {at:.0f} s" + (f" (gone {seen.resolved[name]:.0f} s)" if name in seen.resolved else " (still there)") for name, at in sorted(seen.fired.items(), key=lambda told: told[1]))
    ended = ", ".join(f"{name} {status}" for name, status in seen.statuses) or "none"
    return f"| {seen.fault.name}: {seen.fault.sentence} | {alerts or 'none'} | {seen.recovery:.1f} s after {'it began' if seen.fault.heals else 'its end'} | {ended} | {'; '.join(seen.wrong) or seen.exactness} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of faults; all where none is given")
    parser.add_argument("--folder", type=Path, help="where logs stay")
    given = parser.parse_args()
    status = 0
    print("| fault | alerts fired after (and gone after), rules 60 times as fast | recovered | workers that ended, status | lost, doubled |\n|---|---|---|---|---|", flush=True)
    with TemporaryDirectory(prefix="spm-faults-", ignore_cleanup_errors=True) as made, own_kafka() as kafka:
        every = faults(kafka)
        if unknown := set(given.names) - {fault.name for fault in every}:
            parser.error(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(fault.name for fault in every)}")
        for fault in every:
            if given.names and fault.name not in given.names:
                continue
            folder = (given.folder or Path(made)) / fault.name
            try:
                seen = carry_out(kafka.bootstrap, folder, fault)
            except (AssertionError, KafkaException) as why:
                seen = Seen(fault, wrong=[f"could not be carried out: {str(why)[-500:]}"])
            finally:
                unmount(folder)
            print(row(seen), flush=True)
            status |= bool(seen.wrong)
    return status


if __name__ == "__main__":
    sys.exit(main())
