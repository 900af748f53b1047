"""What must hold for any input: read or refused, bounded, in no more time than a bound, and every part accounted for once."""

import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import thread_time_ns
from typing import Any, NoReturn

import msgspec

from schemas.dead_letter import DeadLetter as DeadLetterSchema
from streams.domain.alarm import OWN
from streams.domain.instant import DAY, iso
from streams.domain.messages import AlarmHeard, Judged
from streams.domain.policy import NormalizePolicy
from streams.domain.view import Emit
from streams.edge.dead_letter import DeadLetter, render
from streams.edge.feed import Raw
from streams.edge.formats import FORMATS, Acted, ListTold, Maintained, NoAlarm, Refused, Told, parser_of
from streams.edge.formats.told import Part
from streams.edge.intake import TABLES, WHOLE, Intake
from streams.edge.names import Names
from streams.edge.words import LATEST
from tests.builders import MemoryView, a_network, a_world
from tests.fuzz.corpus import feeds

LONGEST_RECORD = 256 * 1024
"""Of anything we write (design section 2)."""
LONGEST_WORD = 1024
LONGEST_KEY = 8 * LONGEST_WORD
ENDLESS = 20
"""Seconds after which an input counts as hanging."""
RENEWED = 20_000
"""Inputs after which stage 1 begins anew: it is to remember what it may, and a run is to end."""
_REASON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DISPOSITION = re.compile(r"heartbeat|duplicate|refused:[a-z0-9-]{1,40}|event:[A-Za-z0-9-]{1,60}|batch:\d+")
_ACTIONS = {"ack", "unack", "comment", "close", "shelve", "unshelve"}
_LISTS = {"rebuilt", "begins", "ends", "faulty"}
_encode = msgspec.json.encode


class Hung(BaseException):
    """An input took longer than `ENDLESS`."""


@contextmanager
def no_hang() -> Iterator[None]:
    """Break off what does not end, where the platform has alarms."""
    def ring(*_: Any) -> NoReturn:
        raise Hung

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, ENDLESS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Bench:
    """All formats, and one stage 1 with a feed for each of them; keeps what it saw."""

    def __init__(self) -> None:
        self.feeds = feeds()
        self.parsers: dict[str, Callable[[bytes], Any]] = {feed.topic: parser_of(feed) for feed in self.feeds}
        self.mapped = [feed.topic for feed in self.feeds if feed.mapping]
        self.network = a_network(("node-2", "node-1"), ("olt-7", "node-1"))
        names = Names(self.network.nodes, {"n1": "node-1"})
        self.intakes = {mode: Intake(names, self.feeds, NormalizePolicy(), mode, lanes=("p0", "p1")) for mode in ("event", "wall")}
        self.view = _view()
        self.world = a_world(self.network, trace=True)
        self.offset = 0
        self.parts: Counter[str] = Counter()
        self.dispositions: Counter[str] = Counter()
        self.slowest = (0, "")
        """Nanoseconds of processor time, and of which feed."""

    def try_one(self, value: bytes, own: str) -> None:
        """Put an input through every format (of the mapped feeds its own and one other), then through stage 1 by its own feed and by `auto`, each third also by two more."""
        readings = {}
        self.offset += 1
        mapped = [topic for topic in self.mapped if topic != own]
        for topic, parse in self.parsers.items():
            if topic in mapped and topic != mapped[self.offset % len(mapped)]:
                continue
            began = thread_time_ns()
            readings[topic] = _read(parse, value)
            self._timed(thread_time_ns() - began, topic)
            for part in readings[topic]:
                check_part(part)
                if topic == own:
                    self.parts[f"refused:{part.reason}" if isinstance(part, Refused) else type(part).__name__] += 1
        others = ("by-id", list(readings)[self.offset % len(readings)]) if self.offset % 3 == 0 else ()
        for topic in dict.fromkeys((own, "auto", *others)):
            self._step(topic, value, len(readings[topic]), "wall" if self.offset % 2 else "event")
        if self.offset % 20 == 0:
            self._step(own, None, 1, "wall" if self.offset % 40 == 0 else "event", key=value[:200])

    def _timed(self, spent: int, what: str) -> None:
        if spent > self.slowest[0]:
            self.slowest = (spent, what)

    def _step(self, topic: str, value: bytes | None, parts: int, mode: str, key: bytes | None = None) -> None:
        raw = Raw(topic, 0, self.offset, 1_700_000_000_000_000 + self.offset * 1000, key, value)
        began = thread_time_ns()
        out = self.intakes[mode].step(self.view, raw, 0, self.world)
        self._timed(thread_time_ns() - began, f"stage 1, {topic}")
        given = accounted(out, parts)
        self.dispositions.update(given)
        if self.offset % RENEWED == 0:
            self.view = _view()
        if self.offset % 500 == 0:
            for rows in self.view.tables.values():
                assert all(len(_encode(row)) < LONGEST_RECORD and len(key) <= LONGEST_KEY for key, row in rows.rows.items()), "a row is too long"


def _view() -> MemoryView:
    return MemoryView({name: due for name, (_, due, _) in TABLES.items()})


def _read(parse: Callable[[bytes], Any], value: bytes) -> list[Part]:
    try:
        reading = parse(value)
    except Refused as refused:
        return [refused]
    return reading if isinstance(reading, list) else [reading]


def accounted(out: list[Emit], parts: int) -> list[str]:
    """Check what stage 1 made of a record: each part judged once, the whole where it has several; return the dispositions."""
    judged: Counter[int] = Counter()
    letters: Counter[int] = Counter()
    given = []
    for emit in out:
        value = emit.value
        if isinstance(value, AlarmHeard):
            check_heard(value)
            if value.source.part != OWN:
                judged[value.source.part] += 1
                given.append("alarm")
        elif isinstance(value, Judged):
            judged[value.source.part] += 1
            assert _DISPOSITION.fullmatch(value.disposition), value.disposition
            given.append(value.disposition.partition(":")[0] if value.source.part == WHOLE else value.disposition)
        elif isinstance(value, DeadLetter):
            letters[value.source.part] += 1
            check_letter(value)
        else:
            assert len(_encode(value)) < LONGEST_RECORD
    wanted = Counter(range(parts)) + (Counter([WHOLE]) if parts > 1 else Counter())
    assert judged == wanted, f"{parts} parts, judged {dict(judged)}"
    assert sum(letters.values()) == sum(word.startswith("refused:") for word in given)
    assert all(count == 1 for count in letters.values())
    return given


def check_part(part: Part) -> None:
    """Check one part of a reading: bounded, writable, of few words."""
    if isinstance(part, Refused):
        assert _REASON.fullmatch(part.reason) and len(part.reason) <= 40, f"reason {part.reason!r}"
        assert part.field and len(part.field) <= 256, f"field {part.field!r}, reason {part.reason}"
        assert part.remedy.endswith("."), part.remedy
        return
    assert len(_encode(part)) < LONGEST_RECORD // 4
    assert 0 <= part.at <= LATEST, part.at
    for field in part.__struct_fields__:
        value = getattr(part, field)
        if isinstance(value, str):
            assert len(value) <= LONGEST_WORD, f"{field} has {len(value)} characters"
    if isinstance(part, Told):
        assert part.object or (part.cleared and part.source_id)
        assert part.cause or not part.object
        assert part.raised_at <= part.at and (part.raised_at or not part.at) and part.raised_at >= 0
        assert part.cleared == (part.severity == 1)
        assert 0 <= part.sequence < 2**63
        assert len(part.text) <= 256
        assert len(part.parents) <= 16 and all(0 < len(parent) <= LONGEST_WORD for parent in part.parents)
    elif isinstance(part, Acted):
        assert part.action in _ACTIONS
        assert part.object or part.source_id
        assert len(part.text) <= 256
    elif isinstance(part, ListTold):
        assert part.kind in _LISTS
    elif isinstance(part, NoAlarm):
        assert _DISPOSITION.fullmatch(part.disposition), part.disposition
        assert 0 <= part.interval <= 366 * DAY
    else:
        assert isinstance(part, Maintained) and part.object


def check_heard(heard: AlarmHeard) -> None:
    """Check a canonical alarm."""
    alarm = heard.alarm
    assert alarm.object and alarm.cause and alarm.domain and alarm.key
    assert 0 < alarm.raised_at <= alarm.at <= LATEST
    assert iso(alarm.at)
    assert alarm.cleared == (alarm.severity == 1)
    assert len(alarm.key) <= LONGEST_KEY and len(alarm.text) <= 256
    assert len(_encode(heard)) < LONGEST_RECORD // 4


def check_letter(letter: DeadLetter) -> None:
    """Check a dead letter as it is published."""
    told = render(letter)
    DeadLetterSchema.model_validate_json(_encode(told))
    assert len(_encode(told)) < LONGEST_RECORD


assert set(FORMATS) <= {feed.topic for feed in feeds()}
