"""Alarms as they arrive: noticed late or in rounds, delayed on the way, repeated, their clears lost, among noise."""

import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.simulator.course import Episode
from tests.simulator.plant import Element, Plant
from tests.simulator.vendors import VENDORS, Vendor
from tests.simulator.voices import BLIP, CAUSES, NOISE, Murmur, Saying

START = datetime(2026, 3, 2, tzinfo=UTC)
REPEATS = 5
"""An alarm that stands is repeated so often at most."""


class Habits(NamedTuple):
    """How badly alarms are told; every one of them can be switched off, to see what it costs."""

    late: float = 0.01
    """Share of notifications that are held up for minutes on their way."""
    lost_clears: float = 0.002
    """Share of clears that never come; a comparison with the network (or an operator) clears such an alarm hours later."""
    reconnects: float = 0.3
    """So often a day a source loses its connection, and then tells all that stands once more, at once."""
    noise: float = 1.5
    """Noise alarms an element and day, on average; a twentieth of the elements make half of them."""
    polling: float = 1.0
    """Whether vendors who make rounds do so, or notice at once."""
    repeats: float = 1.0
    """Whether vendors who repeat what stands do so."""
    storms: float = 1.0
    """Whether boxes have all their interfaces complain."""
    grades: float = 1.0
    """Whether vendors have habits of their own with severities, or grade as meant."""


def vendor_of(element: Element, habits: Habits) -> Vendor:
    """Return an element's vendor, with the habits that it may have."""
    vendor = VENDORS[element.vendor]
    return vendor._replace(
        poll=vendor.poll if habits.polling else 0, repeat=vendor.repeat if habits.repeats else 0,
        storm=vendor.storm * habits.storms, severities=vendor.severities if habits.grades else "graded")


class Line(NamedTuple):
    """One notification."""

    arrives: float
    at: float
    alarm: dict[str, Any]
    incident: str
    """"" : noise."""


def iso(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Teller:
    """Writes what is heard of a plant's episodes, and noise."""

    def __init__(self, plant: Plant, dice: random.Random, habits: Habits) -> None:
        self.plant, self.dice, self.habits = plant, dice, habits
        # Each mishap has dice of its own: without one of them the rest of the story stays as it was.
        self._late, self._loss, self._storms, self._links, self._noise = (random.Random(dice.random()) for _ in range(5))
        self.lines: list[Line] = []
        self._alarms = 0
        self.uncleared: set[str] = set()
        """Elements of which a clear was lost."""
        self._lost: list[tuple[str, float, Line]] = []
        self._raised: dict[str, list[float]] = defaultdict(list)
        self._stood: dict[str, list[tuple[float, float, dict[str, Any], str]]] = defaultdict(list)
        self._murmuring: dict[tuple[str, Murmur], float] = {}
        self._rounds = {name: dice.random() for name in sorted(VENDORS)}

    def told(self) -> list[bytes]:
        """Return the lines as they arrive, as the feed has them."""
        # What has been raised again since is no longer cleared by the comparison.
        self.lines += [line for key, raised, line in self._lost if not any(raised < again <= line.at for again in self._raised[key])]
        self._lost.clear()
        self._reconnect()
        self.lines.sort(key=lambda line: line.arrives)
        return [json.dumps(line.alarm, separators=(",", ":")).encode() for line in self.lines]

    def episode(self, episode: Episode) -> None:
        """Tell one episode, if anybody notices it."""
        element, dice = self._element(episode.element), self.dice
        saying, vendor = episode.saying, vendor_of(element, self.habits)
        storm = self._storms.random() < vendor.storm and element.role == "box" and episode.state == "failed"
        if saying is None or element.mute or dice.random() > saying.heard or (episode.hidden and dice.random() < 0.7):
            return
        raised, cleared = self._noticed(episode.start, episode, saying, vendor), self._noticed(episode.end, episode, saying, vendor)
        if raised >= min(cleared, episode.end) and not episode.hidden:
            return
        cause = CAUSES[saying.cause]
        probable, specific = cause.words[vendor.words]
        alarm = {"alarmType": cause.alarm_type, "probableCause": probable, "specificProblem": specific,
                 "perceivedSeverity": _severity(vendor, saying.cause, cause.severity), "sourceSystemId": f"{element.vendor}-{element.domain}"}
        held = episode.end + dice.uniform(5, 60) if episode.hidden else 0.0
        self._alarm(element.id, alarm, raised, max(cleared, raised + 1), episode.incident, vendor, held)
        for n in range(self._storms.randint(10, 40) if storm else 0):
            self._alarm(f"{element.id}/if-{n + 1}", alarm, raised + self._storms.uniform(0, 4), max(cleared, raised + 5), episode.incident, vendor._replace(repeat=0))

    def _element(self, name: str) -> Element:
        return self.plant.elements.get(name) or self.plant.probes[name]

    def _noticed(self, at: float, episode: Episode, saying: Saying, vendor: Vendor) -> float:
        """Return when a change is noticed at the source."""
        if vendor.poll and saying.by == "manager":
            phase = self._rounds[self._element(episode.element).vendor] * vendor.poll
            return (at - phase) // vendor.poll * vendor.poll + vendor.poll + phase + self.dice.uniform(0, 15)
        return at + self.dice.uniform(*saying.after) + 0.02 * episode.hops

    def _alarm(self, name: str, alarm: dict[str, Any], raised: float, cleared: float, incident: str, vendor: Vendor, held: float = 0.0, prompt: bool = False) -> None:
        """Raise, repeat and clear one alarm; `held`: nothing of it arrives before; `prompt`: nothing of it is late or lost."""
        if vendor.whole_seconds:
            raised, cleared = float(int(raised)), float(int(cleared) + 1)
        self._alarms += 1
        key = f"{name} {alarm['probableCause']} {alarm['specificProblem']}"
        self._raised[key].append(raised)
        base = {"id": f"a{self._alarms}", **alarm, "alarmedObject": {"id": name}, "alarmRaisedTime": iso(raised)}
        self._line({**base, "state": "raised"}, raised, incident, held, prompt)
        again, count = raised + vendor.repeat, 0
        while vendor.repeat and again < cleared and count < REPEATS:
            self._line({**base, "state": "updated", "alarmChangedTime": iso(again)}, again, incident, held)
            again, count = again + vendor.repeat, count + 1
        over = {**base, "state": "cleared", "perceivedSeverity": "cleared"}
        if not prompt and self._loss.random() < self.habits.lost_clears:
            found = cleared + self._loss.uniform(0.5, 4) * 3600
            self.uncleared.add(name)
            self._lost.append((key, raised, Line(found + 1, found, {**over, "alarmClearedTime": iso(found)}, incident)))
        else:
            self._line({**over, "alarmClearedTime": iso(cleared)}, cleared, incident, held, prompt)
            if not held:
                self._stood[alarm["sourceSystemId"]].append((raised, cleared, base, incident))

    def _line(self, alarm: dict[str, Any], at: float, incident: str, held: float, prompt: bool = False) -> None:
        late = self._late.uniform(30, 400) if not prompt and self._late.random() < self.habits.late else 0.0
        self.lines.append(Line(max(at, held) + self.dice.uniform(0.05, 1.0) + late, at, alarm, incident))

    def _reconnect(self) -> None:
        """Let each source tell what stands once more, now and then."""
        for _, stood in sorted(self._stood.items()) if self.habits.reconnects else ():
            at, until = 0.0, max(cleared for _, cleared, _, _ in stood)
            while (at := at + self._links.expovariate(self.habits.reconnects / 86400)) < until:
                for raised, cleared, base, incident in stood:
                    if raised + 5 < at < cleared - 5:
                        self.lines.append(Line(at + self._links.uniform(0, 2), at, {**base, "state": "updated", "alarmChangedTime": iso(at)}, incident))

    def noise(self, until: float) -> None:
        """Tell what means nothing, over the whole time."""
        if not self.habits.noise:
            return
        dice, elements = self._noise, [e for e in self.plant.elements.values() if not e.mute and e.role not in ("link", "feed", "path")]
        noisy = dice.sample(elements, max(1, len(elements) // 20))
        at, gap = 0.0, 86400 / (self.habits.noise * len(elements))
        while (at := at + dice.expovariate(1 / gap)) < until:
            element = dice.choice(noisy if dice.random() < 0.5 else elements)
            murmur = BLIP if element.role == "port" and dice.random() < 0.5 else dice.choice(NOISE)
            self._murmur(element.id, murmur, at, vendor_of(element, self.habits)._replace(repeat=0), f"{element.vendor}-{element.domain}")

    def _murmur(self, name: str, murmur: Murmur, at: float, vendor: Vendor, source: str) -> None:
        if at < self._murmuring.get((name, murmur), 0.0):
            return
        lasts = min(self._noise.expovariate(1 / murmur.lasts) + 1, 60 if murmur is BLIP else 6 * 3600)
        self._murmuring[name, murmur] = at + lasts + 60
        alarm = {"alarmType": murmur.alarm_type, "probableCause": murmur.cause, "specificProblem": murmur.specific,
                 "perceivedSeverity": murmur.severity, "sourceSystemId": source}
        # A blip whose clear is minutes late is none: nobody could tell it from a fault.
        self._alarm(name, alarm, at, at + lasts, "", vendor, prompt=murmur is BLIP)


def _severity(vendor: Vendor, key: str, severity: str) -> str:
    if vendor.severities == "flat":
        return "major"
    return "indeterminate" if vendor.severities == "vague" and sum(key.encode()) % 2 else severity
