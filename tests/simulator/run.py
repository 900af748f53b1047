"""One family from seed to figures: build, break, tell, replay, read."""

import json
import random
from pathlib import Path
from typing import NamedTuple

from streams.edge.topology_file import from_text
from streams.replay import replay
from tests.simulator import course, faults, feed
from tests.simulator.families import FAMILIES
from tests.simulator.plant import Plant
from tests.simulator.truth import Truth, truth


class Asked(NamedTuple):
    """What is to be made up."""

    family: str
    incidents: int
    seed: int
    gap: float = faults.GAP
    """Seconds between two incidents, on average."""
    habits: feed.Habits = feed.Habits()


class Simulated(NamedTuple):
    """A network, what happened to it, what was told of it."""

    plant: Plant
    truth: Truth
    lines: list[feed.Line]
    feed: list[bytes]
    """The lines as the processor reads them."""


def simulate(asked: Asked) -> Simulated:
    """Make up a network and a history; the same for the same wishes."""
    dice = random.Random(f"{asked.family}/{asked.seed}")
    plant = FAMILIES[asked.family](dice)
    broken = faults.happen(plant, asked.incidents, dice, asked.gap)
    episodes = course.follow(plant, broken)
    teller = feed.Teller(plant, dice, asked.habits)
    for episode in episodes:
        if episode.saying:
            teller.episode(episode)
    teller.noise(max(fault.end for fault in broken) + 3 * 3600)
    told = teller.told()
    heard = {(line.incident, line.alarm["alarmedObject"]["id"]) for line in teller.lines}
    return Simulated(plant, truth(plant, broken, episodes, heard, sorted(teller.uncleared)), teller.lines, told)


def play(simulated: Simulated, out: Path) -> float:
    """Replay what was told; return the seconds it took. The folder holds the input, the truth and what was found."""
    out.mkdir(parents=True, exist_ok=True)
    document = json.dumps(simulated.plant.document())
    (out / "topology.yaml").write_text(document, encoding="utf-8")
    (out / "alarms.tmf642.ndjson").write_bytes(b"\n".join(simulated.feed) + b"\n")
    (out / "truth.json").write_text(json.dumps(_told(simulated)), encoding="utf-8")
    return replay([str(out / "alarms.tmf642.ndjson")], from_text(document, out), out).seconds


def _told(simulated: Simulated) -> dict[str, object]:
    """Return the truth in the shape of the shared sets, and more."""
    return {
        "total": len(simulated.lines),
        "lines": {n: line.incident for n, line in enumerate(simulated.lines, 1) if line.incident},
        "incidents": {name: {"root": sorted(i.roots), "start": feed.iso(i.fault.start), "end": feed.iso(i.fault.end), "level": i.fault.kind, "type": i.fault.root,
                             "products": sorted(i.products)} for name, i in simulated.truth.incidents.items()},
        "down_minutes": {product: round(sum(end - start for start, end in spans) / 60, 2) for product, spans in simulated.truth.down.items()},
    }
