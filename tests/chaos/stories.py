"""Short stories told to a real Kafka: python -m tests.chaos.stories two-paths | unkeyed | outage | idle-zombie [--bootstrap B] [--seed N].

two-paths    a protected service whose paths lie in domains of different workers, killed at every step: four deltas
unkeyed      a feed without keys over 12 partitions, three workers, at the pace of life: after quiet as if it had had keys
outage       clock wall, all workers stopped for two minutes: nothing is begun for what had cleared in the log meanwhile, and the
             recorded inboxes give the same outputs again
idle-zombie  a worker stopped past its session that has nothing to do but due times: it is refused, nothing comes twice
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streams.engine.broker import real_kafka
from streams.engine.partition import partition_of
from streams.recorded import compare
from tests.broker.crew import Crew
from tests.chaos import network as made
from tests.chaos.equality import ids
from tests.chaos.network import Json, Line
from tests.chaos.oracle import Outputs
from tests.chaos.run import PAST_SESSION, Run, at_work, end_of
from tests.chaos.tape import Feeder

SERVICES = 6


def now() -> float:
    """Seconds since the story's start, in which alarms are written."""
    return (datetime.now(UTC) - made.START).total_seconds()


def send(run: Run, *alarms: tuple[str, Json]) -> None:
    Feeder(run.bootstrap, run.feed, [Line(key, json.dumps(alarm).encode()) for key, alarm in alarms], 0).run()


def await_(run: Run, crew: Crew, topic: str, enough: Callable[[list[Any]], bool], patience: float = 60) -> list[Any]:
    """Wait until the records of a topic are enough; return them."""
    until = time.monotonic() + patience
    while not enough(found := run.read([topic])[topic]):
        assert time.monotonic() < until, f"{topic}: only {len(found)} records after {patience:.0f} s"
        crew.tend(0.1)
    return found


# --- two paths ---


def domains(partitions: range, count: int) -> list[str]:
    """Return names of domains that lie in these partitions of four."""
    return [name for name in (f"land-{n}" for n in range(1000)) if partition_of(name, 4) in partitions][:count]


def protected(feed: str) -> Json:
    pairs = list(zip(domains(range(0, 2), SERVICES), domains(range(2, 4), SERVICES), strict=True))
    return {
        "feeds": [{"topic": feed, "format": "tmf642"}],
        "network": {"resources": [{"id": f"path-{d}", "type": "path", "domain": d} for pair in pairs for d in pair],
                    "dependencies": [{"from": f"vpn-{a}", "to": [f"path-{a}", f"path-{b}"], "kind": "hosted_on", "needs": 1} for a, b in pairs]},
        "services": [{"id": f"vpn-{a}", "type": "vpn", "domain": a} for a, _ in pairs],
        "products": [{"id": f"product-{a}", "service": f"vpn-{a}", "customer": f"customer-{a}"} for a, _ in pairs]}


def two_paths(bootstrap: str, folder: Path, seed: int) -> str:
    """Kill a worker at every step, while the step's alarms are under way."""
    dice, run = random.Random(seed), Run(bootstrap, folder, protected)
    west, east = domains(range(0, 2), SERVICES), domains(range(2, 4), SERVICES)
    steps = [(west, 0.0, 0.0), (east, 60.0, 0.0), (west, 0.0, 300.0), (east, 60.0, 360.0)]
    with run.crew("w0", "w1") as crew:
        for n, (places, raised, cleared) in enumerate(steps, 1):
            send(run, *((d, made.alarm_of(f"path-{d}", "lossOfSignal", "critical", raised, cleared=cleared)) for d in places))
            crew.tend(dice.uniform(0.0, 0.5))
            dice.choice(crew.workers).kill(delete=dice.random() < 0.5)
            await_(run, crew, "customer-impacts", lambda told, n=n: len(told) >= n * SERVICES)  # type: ignore[misc]
        told = run.settled(crew, 60)["customer-impacts"]
    expected = [("started", "at-risk"), ("changed", "down"), ("changed", "at-risk"), ("ended", "none")]
    for product in {one.key for one in told}:
        found = [(one.value["kind"], one.value["impact"]) for one in told if one.key == product]
        assert found == expected, f"{product}: {found}"
    assert len(told) == 4 * SERVICES, f"{len(told)} deltas for {SERVICES} products"
    return f"{SERVICES} protected services, 4 SIGKILLs: four deltas each"


# --- a feed without keys ---


def by_members(outputs: Outputs) -> Json:
    """Return what must be the same after quiet, whatever ids problems have."""
    records = {one.key: {k: one.value["event"]["alarm"][k] for k in ("state", "perceivedSeverity", "alarmedObject")} for one in outputs["alarm-records"]
               if "impliedBy" not in one.value["event"]["alarm"]}
    problems = {one.key: one.value for one in outputs["problems"] if one.value}
    members = {key: tuple(sorted(a["id"] for a in problem["underlyingAlarm"])) for key, problem in problems.items()}
    left = {key for key, problem in problems.items() if not any(c["name"] == "mergedInto" for c in problem["characteristic"])}
    reports = Counter(members[e["entity"]["id"] if "entity" in e else e["id"]] for one in {o.key: o for o in outputs["trouble-reports"]}.values()
                      for e in one.value["relatedEntity"] if e["role"] == "problem" and one.value["ticketType"] == "serviceTrouble")
    impacts: Counter[str] = Counter()
    for one in outputs["customer-impacts"]:
        impacts[one.key] += {"started": 1, "ended": -1}.get(one.value["kind"], 0)
    return {"alarm records": records, "problems": Counter(members[key] for key in left), "reports": reports, "impacts": +impacts}


def unkeyed(bootstrap: str, folder: Path, seed: int, seconds: float = 60.0) -> str:
    """Faults of ten to forty seconds, fed when they happen: partitions overtake each other by what workers lag."""
    counties, dice = made.counties(8), random.Random(seed)
    teller = made.Storyteller(dice, late=0.0)
    for each in counties:
        for root in dice.sample(sorted(each.kinds), 4):
            teller.fault(each, root, dice.random() * seconds, 10 + 30 * dice.random(), 3)
    lines, times = teller.lines(), teller.times()
    run = Run(bootstrap, folder, lambda feed: made.topology(counties, feed, 4, 12))
    with run.crew("w0", "w1", "w2") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        feeder = Feeder(bootstrap, run.feed, lines, 0, keyed=False, partitions=12, times=times)
        feeder.start()
        while feeder.is_alive():
            crew.tend(0.5)
        feeder.mark(end_of(72), 12)
        outputs = run.settled(crew, 120)
    got, expected = by_members(outputs), by_members(run.expected(lines, end_of(72)))
    for name, wanted in expected.items():
        assert got[name] == wanted, f"{name}: {[(k, got[name].get(k), wanted.get(k)) for k in got[name].keys() | wanted.keys() if got[name].get(k) != wanted.get(k)][:3]}"
    return (f"{len(lines)} alarms without keys over 12 partitions, 3 workers: the same {len(expected['alarm records'])} alarm records, "
            f"{sum(expected['problems'].values())} problems, {sum(expected['reports'].values())} reports and impacts")


# --- all workers stopped ---


def outage(bootstrap: str, folder: Path, seed: int, stopped: float = 120.0) -> str:
    """Cards of a county: `before` was told and clears meanwhile, `due` would be reported meanwhile but clears, `gone` comes and goes, `new` comes and stays."""
    counties = made.counties(4)
    run = Run(bootstrap, folder, lambda feed: made.topology(counties, feed, 4), clock="wall")

    def card(county: int, n: int) -> tuple[str, str]:
        return counties[county].name, f"{counties[county].name}/switch-{n}/card-0"

    def tell(where: tuple[str, str], raised: float, cleared: float = 0.0, cause: str = "lossOfSignal", severity: str = "critical") -> None:
        send(run, (where[0], made.alarm_of(where[1], cause, severity, raised, cleared=cleared)))

    before, due, gone, new = card(0, 0), card(1, 0), card(2, 0), card(3, 0)
    with run.crew("w0", "w1") as crew:
        while not all(map(at_work, crew.workers)):      # what is raised before first contact alarms nobody
            crew.tend(0.2)
        warm = now()
        tell(card(0, 2), warm)
        await_(run, crew, "customer-impacts", lambda told: len(told) >= 1)
        raised = now()
        tell(before, raised)
        tell(due, raised, severity="minor")
        await_(run, crew, "customer-impacts", lambda told: any(one.value["service"].startswith(before[0]) and one.key.endswith("line-0") for one in told))
    at_stop = run.read()
    begun = time.monotonic()
    middle = now()
    tell(gone, middle)
    tell((gone[0], f"{gone[0]}/switch-1"), middle, cause="equipmentMalfunction")
    tell(new, middle)
    time.sleep(stopped / 2)
    for where, since, severity in ((before, raised, "critical"), (due, raised, "minor"), (gone, middle, "critical")):
        tell(where, since, now(), severity=severity)
    tell((gone[0], f"{gone[0]}/switch-1"), middle, now(), cause="equipmentMalfunction")
    time.sleep(max(0.0, stopped - (time.monotonic() - begun)))
    with run.crew("w0", "w1") as crew:
        await_(run, crew, "customer-impacts", lambda told: any(one.value["service"].startswith(new[0]) for one in told), 90)
        got = run.settled(crew, 120)
    fresh = {topic: told[len(at_stop.get(topic, [])):] if False else [one for one in told if one not in at_stop.get(topic, [])] for topic, told in got.items()}
    for one in fresh["customer-impacts"]:
        assert one.value["kind"] == "ended" or one.value["service"].startswith(new[0]), f"begun for what was over: {one.value}"
    wrong = [one.value for topic in ("trouble-reports", "restoration-commands") for one in fresh[topic] if one.key not in {o.key for o in at_stop.get(topic, [])} and new[0] not in json.dumps(one.value)]
    assert not wrong, f"begun for what was over: {wrong[0]}"
    assert any(one.value["kind"] == "ended" and one.value["service"].startswith(before[0]) for one in fresh["customer-impacts"]), "who had been told was not told of the end"
    assert any(new[0] in json.dumps(one.value) for one in fresh["trouble-reports"]), "what lasts was not reported"
    again = compare(run.topology, run.settings)
    assert not again.differences, f"the recorded inboxes give something else: {again.differences[0]}"
    return f"all workers stopped for {stopped:.0f} s: nothing begun for what had cleared, told what lasts; the recorded inboxes give the same {sum(again.outputs.values())} outputs"


# --- a zombie with nothing to do but due times ---


def idle_zombie(bootstrap: str, folder: Path, seed: int) -> str:
    counties = made.counties(8)
    run = Run(bootstrap, folder, lambda feed: made.topology(counties, feed, 4), clock="wall")
    with run.crew("w0", "w1") as crew:
        send(run, (counties[0].name, made.alarm_of(f"{counties[0].name}/switch-0", "lossOfSignal", "critical", now())))
        await_(run, crew, "problems", lambda told: len(told) >= 1)
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        raised = now()
        cards = [(each.name, f"{each.name}/switch-1/card-1") for each in counties]
        send(run, *((key, made.alarm_of(object_, "lossOfSignal", "critical", raised)) for key, object_ in cards))
        await_(run, crew, "problems", lambda told: len({one.key for one in told}) >= len(cards))
        cleared = now()
        send(run, *((key, made.alarm_of(object_, "lossOfSignal", "critical", raised, cleared=cleared)) for key, object_ in cards))
        await_(run, crew, "alarm-records", lambda told: sum(one.value["event"]["alarm"].get("state") == "cleared" for one in told) >= len(cards))
        crew.workers[0].freeze()        # each problem resolves ten seconds after its last clear: by a due time, nothing else
        crew.tend(PAST_SESSION)
        crew.workers[0].thaw()
        crew.tend(4)
        got = run.settled(crew, 90)
    assert 70 in crew.workers[0].statuses, f"the zombie was not refused: {crew.workers[0].statuses}"
    resolved = Counter(one.key for one in got["progress"] if any(c["value"] == "resolved" for c in one.value["notification"]["analyticCharacteristic"]))
    assert len(resolved) == len(cards) and set(resolved.values()) == {1}, f"resolved: {resolved}"
    twice = [one for one, count in Counter(ids(got["progress"])).items() if count > 1]
    assert not twice, f"came twice: {twice[:3]}"
    return f"a zombie with nothing but due times: refused, {len(cards)} problems resolved once each"


STORIES = {"two-paths": two_paths, "unkeyed": unkeyed, "outage": outage, "idle-zombie": idle_zombie}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.stories", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", choices=STORIES)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spm-story-", ignore_cleanup_errors=True) as folder, real_kafka() as bootstrap:
        try:
            print(f"seed {given.seed}: {STORIES[given.story](bootstrap, Path(folder), given.seed)}")
        except AssertionError as wrong:
            print(f"seed {given.seed}: {given.story}: {wrong}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
