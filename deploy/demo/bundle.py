"""Make the demo's feed and network out of a real microwave network's alarms: alarms.ndjson.gz and topology.yaml.

    python deploy/demo/bundle.py SOURCE      # a folder with alarms.tmf642.ndjson, topology.yaml, truth.json

SOURCE is the data set "25v" of github.com/gcastle-hub/dataset at e6bfbde (MIT, see LICENSE) written as TMF642 lines.
Real are: which device alarmed, when, with which of 25 alarm types, and which devices are linked. Made here, always the
same way, because the recording lacks it:

- clears: nothing clears in the recording, so an alarm that is silent for `SILENT` minutes is cleared 2 to 10 minutes
  after it was last heard; each such line says `clearSystemId: demo-bundle`;
- severities: all are indeterminate in the recording; a type that the data set's authors found to cause ten or more
  other types and to follow from at most two is critical here, one that causes ten or more is major, one that causes
  three or more minor, the rest warning;
- direction: links are known, traffic is not: devices of a connected part depend on the neighbours nearer to its best
  connected device, its gateway; a device with two such neighbours works while one of them works;
- services, products and customers: one backhaul service for each device at the edge of the network; one in three is
  homed on a second edge device too and works while one of the two works.
"""

import collections
import gzip
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

BEGIN, END = "2024-01-02T04:30", "2024-01-02T07:00"
"""The busiest two and a half hours of the recording's six days."""
SILENT = timedelta(minutes=10)
CUSTOMERS = ("north-mobile", "harbour-hospital", "rail-signals", "river-utility", "county-police", "valley-schools",
             "coast-radio", "mountain-rescue", "old-town-bank", "grid-control", "airport-ops", "farm-sensors")  # fmt: skip
HERE = Path(__file__).parent


def number(device: str) -> int:
    return int(device.removeprefix("dev"))


def severity_of(causes: list[list[str]]) -> dict[str, str]:
    """Rank the anonymous alarm types by how many others they were found to cause, and to follow from."""
    out = collections.Counter(a for a, _ in causes)
    into = collections.Counter(b for _, b in causes)

    def judge(name: str) -> str:
        if out[name] >= 10:
            return "critical" if into[name] <= 2 else "major"
        return "minor" if out[name] >= 3 else "warning"

    return {name: judge(name) for name in sorted(out | into)}


def gap(alarm: dict) -> timedelta:
    """2 to 10 minutes, always the same for the same alarm."""
    return timedelta(seconds=120 + int(hashlib.sha256(alarm["id"].encode()).hexdigest(), 16) % 480)


def with_clears(alarms: list[dict]) -> list[dict]:
    """Add a clear wherever an alarm falls silent; lines come back in order of time."""
    timed = [(datetime.fromisoformat(a["alarmRaisedTime"]), a) for a in alarms]
    heard: dict[tuple[str, str], list[tuple[datetime, dict]]] = collections.defaultdict(list)
    for at, alarm in timed:
        heard[alarm["alarmedObject"]["id"], alarm["specificProblem"]].append((at, alarm))
    for lines in heard.values():
        following = [at for at, _ in lines[1:]] + [datetime.max.replace(tzinfo=lines[0][0].tzinfo)]
        for (at, alarm), next_at in zip(lines, following, strict=True):
            cleared_at = at + gap(alarm)
            if next_at - at > SILENT and cleared_at < next_at:
                text = cleared_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                timed.append((cleared_at, {
                    **alarm, "perceivedSeverity": "cleared", "state": "cleared", "alarmClearedTime": text,
                    "clearSystemId": "demo-bundle", "alarmDetails": "Clear made by deploy/demo/bundle.py: the recorded feed has none.",
                }))  # fmt: skip
    return [alarm for _, alarm in sorted(timed, key=lambda pair: (pair[0], pair[1]["state"] != "cleared", number(pair[1]["alarmedObject"]["id"]), pair[1]["id"]))]


def parts(links: dict[str, set[str]]) -> list[list[str]]:
    """Connected parts of the network, largest first; each begins with its gateway and is in order of distance from it."""
    found, seen = [], set()
    for start in sorted(links, key=number):
        if start in seen:
            continue
        members, todo = {start}, [start]
        while todo:
            new = links[todo.pop()] - members
            members |= new
            todo += new
        seen |= members
        gateway = max(members, key=lambda d: (len(links[d]), -number(d)))
        order = [gateway]
        for device in order:
            order += sorted(links[device] - set(order), key=number)
        found.append(order)
    return sorted(found, key=lambda part: (-len(part), number(part[0])))


def draw_topology(text: str) -> str:
    """Write the demo's topology.yaml from the recording's."""
    links: dict[str, set[str]] = {device: set() for device in re.findall(r'id: "(\w+)"', text)}
    for a, b in re.findall(r'from: "(\w+)", to: "(\w+)"', text):
        links[a].add(b)
        links[b].add(a)
    resources, dependencies, services, products = [], [], [], []
    for n, part in enumerate(parts(links), 1):
        place = {device: i for i, device in enumerate(part)}
        upstream = {d: sorted((o for o in links[d] if place[o] < place[d]), key=place.__getitem__)[:2] for d in part}
        carrying = {o for up in upstream.values() for o in up}
        for device in part:
            kind = "gateway" if place[device] == 0 and len(part) > 1 else "hop" if device in carrying else "edge"
            resources.append(f"    - {{id: {device}, type: {kind}, domain: area-{n:02}}}")
            if upstream[device]:
                on = upstream[device]
                dependencies.append(f"    - {{from: {device}, to: [{', '.join(on)}], needs: 1, kind: connected}}" if len(on) > 1
                                    else f"    - {{from: {device}, to: {on[0]}, kind: connected}}")  # fmt: skip
        edges = [d for d in part if d not in carrying]
        for i, device in enumerate(edges):
            service = f"backhaul-{number(device)}"
            customer = CUSTOMERS[number(device) % len(CUSTOMERS)]
            second = edges[(i + len(edges) // 2) % len(edges)]
            protected = number(device) % 3 == 0 and second != device
            services.append(f"  - {{id: {service}, type: backhaul, domain: area-{n:02}}}")
            dependencies.append(f"    - {{from: {service}, to: [{device}, {second}], needs: 1, kind: hosted_on}}" if protected
                                else f"    - {{from: {service}, to: {device}, kind: hosted_on}}")  # fmt: skip
            products.append(f"  - {{id: product-{number(device)}, service: {service}, customer: {customer}, sla: {'gold' if protected else 'silver'}}}")
    head = ["# Made by deploy/demo/bundle.py, which says what is real in it and what is not. Do not edit.", "mode: report", "feeds:",
            "  - {topic: raw-alarms, format: auto, home: unresolved}", "network:", "  resources:"]  # fmt: skip
    tail = ["slas:", "  gold: {restore_within: 4h}", "  silver: {restore_within: 8h}", "effects:",
            "  - {severity: critical, effect: down}", "  - {severity: major, effect: degraded}", "  - {severity: minor, effect: none}",
            "  - {severity: warning, effect: none}", ""]  # fmt: skip
    return "\n".join([*head, *resources, "  dependencies:", *dependencies, "services:", *services, "products:", *products, *tail])


def main(source: Path) -> None:
    severity = severity_of(json.loads((source / "truth.json").read_text())["causes"])
    with (source / "alarms.tmf642.ndjson").open() as lines:
        alarms = [alarm for alarm in map(json.loads, lines) if BEGIN <= alarm["alarmRaisedTime"] < END]
    alarms = with_clears([{**alarm, "perceivedSeverity": severity.get(alarm["specificProblem"], "warning")} for alarm in alarms])
    text = "".join(json.dumps(alarm, separators=(",", ":")) + "\n" for alarm in alarms)
    (HERE / "alarms.ndjson.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (HERE / "topology.yaml").write_text(draw_topology((source / "topology.yaml").read_text()))
    print(f"{len(alarms)} lines, {sum(a['state'] == 'cleared' for a in alarms)} of them clears")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/demo/bundle.py SOURCE")
    main(Path(sys.argv[1]))
