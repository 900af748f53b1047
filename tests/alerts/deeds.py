"""What makes each alert fire, done to a running processor, and what then calms it."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from streams.engine.jars import JarKafka
from tests.alerts.stage import AREAS, Stage, alarm

GOOD = 60


class Deed(NamedTuple):
    """One thing done, and the alerts that must come of it."""

    sentence: str
    do: Callable[[Stage], None]
    alerts: tuple[str, ...]
    calm: Callable[[Stage], None] = lambda stage: None


def skew(stage: Stage) -> None:
    """A source whose clock is an hour ahead."""
    for _ in range(4):
        stage.feed((alarm("path-1", "timeSkewed", "warning", ahead=3600) for _ in range(15)), key="area-1")
        sleep(1.5)


def rubbish(stage: Stage) -> None:
    """A source of which a third cannot be read."""
    for n in range(8):
        stage.feed([*(alarm(f"path-{i}", "noise", "warning") for i in AREAS for _ in range(2)), *(f"rubbish {n} {i}".encode() for i in range(8))], to="-bad")
        sleep(1.0)


def unreadable(stage: Stage) -> None:
    """A source of which nothing can be read any more."""
    stage.feed((f"nothing {n}".encode() for n in range(2500)), to="-bad")


def silence(stage: Stage) -> None:
    """A feed that speaks, and then no more."""
    until = monotonic() + 60
    speak(stage)
    while "SpmFeedSilent" in stage.prometheus.firing() and monotonic() < until:
        speak(stage)
        sleep(1.0)
    assert "SpmFeedSilent" not in stage.prometheus.firing(), "it is called silent though it speaks"


def speak(stage: Stage) -> None:
    """It speaks again."""
    stage.feed([alarm("path-2", "noise", "warning")], to="-quiet", key="area-2")


def cut(stage: Stage) -> None:
    """A cut under a service whose SLA gives seconds."""
    stage.feed([alarm("span-7")], key="east")


def mend(stage: Stage) -> None:
    """The cut is mended."""
    stage.feed([alarm("span-7", cleared=True)], key="east")


def everything_fails(stage: Stage) -> None:
    """More causes that want a command than the breaker lets through."""
    for n in AREAS:
        stage.feed([alarm(f"path-{n}")], key=f"area-{n}")
        sleep(0.3)


def reset(stage: Stage) -> None:
    """An operator resets the breaker."""
    for n in AREAS:
        stage.feed([alarm(f"path-{n}", cleared=True)], key=f"area-{n}")
    stage.ask("operator-actions", {"action": "reset-breaker", "user": "eva"})


def customers_report(stage: Stage) -> None:
    """Customers report what no alarm explains, in streets that have nothing in common."""
    for n in range(4):
        stage.ask("problem-handling-requests", {"externalIdentifier": [{"id": f"{stage.run.feed}-{n}", "owner": "crm"}], "description": "no internet", "product": f"home-{n}"})


def flood(stage: Stage) -> None:
    """One domain has nearly all alarms."""
    until = monotonic() + 14
    while monotonic() < until:
        stage.feed((alarm("path-1", f"flood-{n}", "warning") for n in range(40)), key="area-1")
        sleep(0.5)


def crawl(stage: Stage) -> None:
    """A worker that gets a fraction of the time it needs, until that is told; a minute at most."""
    worker, until = stage.workers["w0"], monotonic() + 60
    while monotonic() < until and not stage.prometheus.query('ALERTS{alertname="SpmLagGrowing", alertstate="firing"}'):
        stage.feed(alarm(f"path-{n % 8 + 1}", f"burst-{n % 50}", "warning") for n in range(4000))
        worker.signal(signal.SIGSTOP)
        sleep(0.5)
        worker.signal(signal.SIGCONT)
        sleep(0.1)


def vanish(stage: Stage) -> None:
    """A second worker joins, and is killed."""
    stage.worker("w1")
    stage.wait_ready("w1")
    sleep(2)
    stage.workers["w1"].process.kill()


def vanish_gateway(stage: Stage) -> None:
    """A gateway is watched, and killed."""
    gateway, until = stage.worker("g0", "gateway"), monotonic() + 60
    while not stage.prometheus.query('up{job="spm-gateway"} == 1'):
        assert monotonic() < until, gateway.log.read_text()[-3000:]
        sleep(0.5)
    gateway.process.kill()


def away(kafka: JarKafka) -> Callable[[Stage], None]:
    """The broker is killed under a worker that works, and another one starts meanwhile."""
    def do(stage: Stage) -> None:
        until = monotonic() + 60
        while not stage.prometheus.query("spm_probe_sent_seconds") and monotonic() < until:
            sleep(0.5)
        for n in range(20):
            stage.feed(alarm(f"path-{i}", f"work-{n}", "warning") for i in AREAS)
        kafka.stop(kill=True)
        stage.worker("w2")
    return do


def back(kafka: JarKafka) -> Callable[[Stage], None]:
    """The broker comes back."""
    def do(stage: Stage) -> None:
        kafka.start()
        stage.forget("w2")
        stage.wait_ready("w0", 120)
    return do


def small_disk(stage: Stage) -> None:
    """A worker's folder lies on a disk that fills: a file system of its own, in memory."""
    folder = stage.folder / "state" / "w3"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2400m", "spm-alerts", folder], check=True)
    stage.worker("w3")
    stage.wait_ready("w3")
    sleep(12)
    with (folder / "somebody-elses").open("wb") as file:
        file.write(b"\0" * 500_000_000)


def larger_disk(stage: Stage) -> None:
    """The worker goes, and its disk with it."""
    stage.forget("w3")
    unmount(stage.folder)


def unmount(folder: Path) -> None:
    """Give the file system in memory back, where there is one."""
    with suppress(FileNotFoundError):
        subprocess.run(["umount", folder / "state" / "w3"], check=False, capture_output=True)




def deeds(kafka: JarKafka | None) -> list[Deed]:
    """List all of them, in an order in which none hides another; `kafka`: a broker that may be stopped."""
    listed = [
        Deed("a source's clock runs an hour ahead", skew, ("SpmClockSkew",)),
        Deed("a third of a feed cannot be read", rubbish, ("SpmDeadLettersAboveShare",)),
        Deed("nothing of a feed can be read", unreadable, ("SpmFeedPaused",)),
        Deed("a feed falls silent", silence, ("SpmFeedSilent",), speak),
        Deed("a cut under a service with an SLA of seconds", cut, ("SpmJeopardyRising",), mend),
        Deed("more commands than the breaker lets through", everything_fails, ("SpmBreakerLatched",), reset),
        Deed("customers report what nothing explains", customers_report, ("SpmProblemsWithoutDiagnosis",)),
        Deed("one domain has nearly all alarms", flood, ("SpmHottestDomain",)),
        Deed("a worker that crawls", crawl, ("SpmLagGrowing",)),
        Deed("a worker is killed", vanish, ("SpmWorkerMissing",), lambda stage: stage.forget("w1")),
        Deed("a gateway is killed", vanish_gateway, ("SpmGatewayMissing",), lambda stage: stage.forget("g0")),
    ]
    if kafka is not None:
        listed.append(Deed("the broker is killed", away(kafka), ("SpmCommitFailing", "SpmProbeLate", "SpmRestoreTooLong"), back(kafka)))
    return [*listed, Deed("a disk fills", small_disk, ("SpmDiskFilling",), larger_disk)]
