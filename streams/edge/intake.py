"""Stage 1, normalize_alarms: a record of a feed becomes alarms, re-keyed to the correlation domain, or a dead letter.

    Raw --> format --> Told ------> name resolved, clock believed --> alarm-events (key: domain)
                  |--> a signal --> counted: heartbeat, event:<what>; alarm-events (signals.py)
                  |--> a list ----> batch:<n>, its parts one each, as above
                  +--> Refused ---> dead-letters; redriven (redrive.py) it is as if it had been read then

State is a fold over one feed partition (`feed_clock.py`). Nothing that a record may hold raises here.
"""

from collections.abc import Iterable
from functools import partial

from msgspec.structs import replace

from streams.domain.alarm import Alarm, Position
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.level import PROBES
from streams.domain.messages import AlarmHeard, Judged, ProbeSent
from streams.domain.policy import NormalizePolicy
from streams.domain.view import Emit, View, World
from streams.edge import crowd, raised_ids, redrive, request_memory, unresolved
from streams.edge.alarm_key import alarm_key
from streams.edge.dead_letter import bury, key
from streams.edge.feed import Feed, Raw
from streams.edge.feed_clock import (
    Believed,
    FeedClock,
    PartTold,
    Votes,
    believe,
    believe_live,
    counted,
    tally,
)
from streams.edge.feed_control import controlled, own_alarm, probed
from streams.edge.formats import Reading, Refused, Told, parser_of
from streams.edge.formats.told import ListTold, Part
from streams.edge.names import Names, Resolution
from streams.edge.signals import disposition_of, signalled
from streams.edge.signs import Signs
from streams.edge.trace_context import trace_of

TABLES = {
    "feed-clock": (FeedClock, None, "feed topic -> the clock of this partition, its refusals, its dispositions"),
    **request_memory.TABLES, **unresolved.TABLES, **raised_ids.TABLES, **redrive.TABLES, **crowd.TABLES}
WHOLE = -1
"""`Position.part` under which a record of several alarms is judged as a whole: `batch:<n>`."""


class Intake:
    """Reads the feeds; one for all partitions, it keeps nothing but caches."""

    def __init__(
        self, names: Names, feeds: Iterable[Feed], policy: NormalizePolicy, clock_mode: str = "event", single_feed: bool = False,
        partitions: int = 0, pause_enabled: bool = True, keyed_by_feeder: bool = False, lanes: tuple[str, ...] = (),
        started_at: Instant = 0) -> None:
        """`single_feed`: no other topic writes alarms; `partitions`: of alarm-events; `keyed_by_feeder`: keys are the domain though `Raw.key` is None; `lanes`: routes, one to each partition of alarm-events;
        `started_at`: when listening begins on partitions that were never read, 0 where only the feeder knows."""
        if clock_mode not in ("event", "wall"):
            raise ValueError(f"clock mode {clock_mode!r} is neither event nor wall")
        self._feeds = {feed.topic: (feed, parser_of(feed)) for feed in feeds}
        self._names = names
        self._policy = policy
        self._wall = clock_mode == "wall"
        self._lanes = {topic for topic, (feed, _) in self._feeds.items() if single_feed and feed.partitions in (0, partitions)}
        self._keyed = keyed_by_feeder
        self._lanes_all = lanes
        self._unread = FeedClock(since=started_at)
        self._signs = Signs(names, {topic: feed for topic, (feed, _) in self._feeds.items()}, lanes)
        self._may_pause = pause_enabled

    def step(self, view: View, raw: Raw, now: Instant, world: World) -> list[Emit]:
        """Read one record of a feed."""
        if raw.headers and (lane := probed(raw)) is not None:
            return self._probe(view, raw, lane, world)
        out = self._read(view, raw, now, world)
        return [*out, *self._signs.passed_on(view, raw, out, self._wall, world)] if world.network.watch else out

    def _read(self, view: View, raw: Raw, now: Instant, world: World) -> list[Emit]:
        rows = view.feed_clock
        row: FeedClock = rows.get(raw.topic) or self._unread
        feed, parse = self._feeds[raw.topic]
        try:
            if raw.headers and (done := controlled(view, row, feed, raw)) is not None:
                return done
            if raw.headers and (asked := redrive.asked_by(raw)) is not None:
                return self._redrive(view, row, feed, raw, asked)
            if raw.headers and (request := request_memory.request_of(raw)) and request_memory.had(view, request, raw, row.clock):
                return self._again(rows, row, raw, world)
            reading = parse(raw.value) if raw.value is not None else raised_ids.deleted(view, feed, raw, raw.arrived_at if self._wall else row.clock)
            if type(reading) is Told and feed.recalls and raw.value is not None:
                reading = raised_ids.recalled(view, feed, raw, reading)
            if type(reading) is Told and not (reading.at and reading.object):
                reading = [self._completed(reading, row.clock, raw)]
        except Refused as refused:
            reading = [refused]
        if type(reading) is Told:
            believed = self._believe(row.clock, row.votes, reading.at, reading.source, raw.arrived_at)
            named = self._names.resolve(feed, reading.object)
            if not named.is_declared and self._crowded(view, feed, raw, reading, believed.clock) is not None:
                return self._others(view, row, feed, raw, [reading], world)
            emit = self._alarm(feed, reading, raw, 0, believed, row.since, named)
            resolved = named.resolved
            after = FeedClock(
                believed.clock, believed.votes, *tally(row, False, self._policy, self._may_pause), row.dispositions, row.since,
                row.alarms + 1, row.unresolved if resolved else row.unresolved + 1, row.signs, row.watch,
                row.suspects + believed.suspect, reading.at - believed.at if believed.suspect else row.ahead, row.probed)
            rows.put(raw.topic, after)
            if not resolved:
                unresolved.remember(view, reading.object, emit.at, self._names.is_empty)
            told = [emit]
            return told if after.paused == row.paused else [*told, own_alarm(feed, raw, after.clock, cleared=not after.paused)]
        return self._others(view, row, feed, raw, reading if isinstance(reading, list) else [reading], world)

    def _probe(self, view: View, raw: Raw, lane: int, world: World) -> list[Emit]:
        """Send a probe on its way; it is no sign of life of the feed, and counts as nothing that the feed said."""
        at = raw.arrived_at
        row: FeedClock = view.feed_clock.get(raw.topic) or self._unread
        if world.level < PROBES or lane >= len(self._lanes_all):
            return []
        if self._wall and not row.clock and at > row.probed:     # In event time the arrival says nothing; who feeds marks idle partitions.
            view.feed_clock.put(raw.topic, replace(row, probed=at))
        route = self._lanes_all[lane]
        return [Emit("alarm-events", route, ProbeSent(raw.topic, raw.partition, lane, at), at, route)]

    def record_id(self, topic: str, told: Told) -> str:
        """Return the id of the alarm record that an alarm of this feed belongs to."""
        feed = self._feeds[topic][0]
        name = self._names.resolve(feed, told.object)
        return identify(name.domain, alarm_key(feed, told, name.identity))

    def met(self, view: View, topic: str) -> bool:
        """Note first contact with a feed partition that was never read, before anything of it is: who takes it over later finds it noted."""
        if not self._unread.since or view.feed_clock.get(topic) is not None:
            return False
        view.feed_clock.put(topic, self._unread)
        return True

    def domain_of(self, topic: str, value: bytes) -> str | None:
        """Return the correlation domain of a record's first alarm, as a source that keys its feed by domain would know it."""
        return self.told_of(topic, value)[0]

    def told_of(self, topic: str, value: bytes) -> tuple[str | None, Instant]:
        """Return the correlation domain of a record's first alarm and the latest time that the record tells, 0 for none."""
        try:
            reading = self._feeds[topic][1](value)
        except Refused:
            return None, 0
        at = max((part.at for part in reading if not isinstance(part, Refused)), default=0) if isinstance(reading, list) else reading.at
        return self.domain_told(topic, reading), at

    def domain_told(self, topic: str, reading: Reading) -> str | None:
        """Return the correlation domain of the first alarm of what a record says; None for a feed whose clears go by id: it stays in one partition."""
        feed = self._feeds[topic][0]
        if feed.clears == "by_id":
            return None
        parts = reading if isinstance(reading, list) else [reading]
        return next((self._names.resolve(feed, part.object).domain for part in parts if isinstance(part, Told)), None)

    def _again(self, rows: "object", row: FeedClock, raw: Raw, world: World) -> list[Emit]:
        """Count a request that was sent again; what it says was said."""
        rows.put(raw.topic, replace(row, dispositions=counted(row.dispositions, request_memory.DUPLICATE)))  # type: ignore[attr-defined]
        judged = Judged(Position(raw.topic, raw.partition, raw.offset), "", "", request_memory.DUPLICATE)
        return [Emit("trace", "", judged, row.clock)] if world.trace else []

    def _crowded(self, view: View, feed: Feed, raw: Raw, part: Part, clock: Instant) -> Refused | None:
        return crowd.refusal(view, feed, self._names, part, raw.arrived_at if self._wall else clock, self._policy)

    def _others(self, view: View, row: FeedClock, feed: Feed, raw: Raw, parts: list[Part], world: World) -> list[Emit]:
        """Tell what is not a single alarm, part by part."""
        out: list[Emit] = []
        alarms = unknown = suspects = 0
        ahead = row.ahead
        judged: list[tuple[int, str]] = [(WHOLE, f"batch:{len(parts)}")] if len(parts) > 1 else []
        clock, votes = row.clock, row.votes
        for n, part in enumerate(parts):
            told = self._part(view, row, feed, raw, n, len(parts), part, clock, votes)
            clock, votes = told.clock, told.votes
            if told.ahead:
                suspects, ahead = suspects + 1, told.ahead
            out += told.emits
            if told.disposition:
                judged.append((n, told.disposition))
            else:
                alarms += 1
                unknown += told.unresolved
        refused = all(isinstance(part, Refused) for part in parts)
        # `batch` is counted without its size: the counts have to stay few.
        given = [disposition if n != WHOLE else "batch" for n, disposition in judged]
        after = FeedClock(clock, votes, *tally(row, refused, self._policy, self._may_pause), counted(row.dispositions, *given), row.since, row.alarms + alarms, row.unresolved + unknown, row.signs, row.watch,
            row.suspects + suspects, ahead, row.probed)
        view.feed_clock.put(raw.topic, after)
        if after.paused != row.paused:
            out.append(own_alarm(feed, raw, clock, cleared=not after.paused))
        if world.trace:
            out += [Emit("trace", "", Judged(Position(raw.topic, raw.partition, raw.offset, n), "", "", word), clock) for n, word in judged]
        return out

    def _recalled(self, view: View, feed: Feed, raw: Raw, told: Told, is_alone: bool) -> Told | Refused:
        """Return an alarm of a batch completed by its id, or why it cannot be."""
        try:
            return raised_ids.recalled(view, feed, raw, told, is_alone)
        except Refused as refused:
            return refused

    def _part(self, view: View, row: FeedClock, feed: Feed, raw: Raw, n: int, of: int, part: Part, clock: Instant, votes: Votes) -> PartTold:
        """Tell one part of a record that has `of`; what it counts as is for an alarm stage 2's to say."""
        if isinstance(part, Told) and feed.recalls:
            part = self._recalled(view, feed, raw, part, of == 1)
        if isinstance(part, Told) and not (part.at and part.object):
            part = self._completed(part, clock, raw)
        elif isinstance(part, ListTold) and part.kind in ("begins", "ends"):
            # A list in one record is as of its arrival, however old its newest alarm is.
            part = replace(part, at=max(part.at, raw.arrived_at if self._wall else clock))
        if not isinstance(part, Refused):
            if part.at:
                believed = self._believe(clock, votes, part.at, part.source, raw.arrived_at)
                clock, votes = believed.clock, believed.votes
            part = self._crowded(view, feed, raw, part, clock) or part
        if isinstance(part, Refused):
            letter = bury(raw, n, part, clock, of)
            return PartTold([Emit("dead-letters", key(letter), letter, clock)], f"refused:{part.reason}", clock, votes)
        if not isinstance(part, Told):
            return PartTold(signalled(part, feed, raw, n, self._names, self._lanes_all, raw.arrived_at if self._wall else clock), disposition_of(part), clock, votes)
        named = self._names.resolve(feed, part.object)
        emit = self._alarm(feed, part, raw, n, believed, row.since, named)
        if not named.resolved:
            unresolved.remember(view, part.object, emit.at, self._names.is_empty)
        return PartTold([emit], "", clock, votes, not named.resolved, part.at - believed.at if believed.suspect else 0)

    def _redrive(self, view: View, row: FeedClock, feed: Feed, raw: Raw, asked: redrive.Redrive) -> list[Emit]:
        """Take in what was refused of an earlier record; it says nothing of how readable the feed now is."""
        parse = self._feeds[raw.topic][1]

        def read(again: Raw) -> Reading:
            return parse(again.value) if again.value is not None else raised_ids.deleted(view, feed, again, again.arrived_at if self._wall else asked.at or row.clock)

        taken = redrive.take_in(view, raw, asked, read, partial(self._part, view, row, feed), row.clock, row.votes)
        view.feed_clock.put(raw.topic, replace(
            row, clock=taken.clock, votes=taken.votes, dispositions=counted(row.dispositions, *taken.given),
            alarms=row.alarms + taken.alarms, unresolved=row.unresolved + taken.unresolved))
        return taken.emits

    def _completed(self, told: Told, clock: Instant, raw: Raw) -> Told | Refused:
        """Return an alarm of a format without times as of its arrival, or why it cannot be folded."""
        if not told.object:
            return Refused("alarmedObject", "no-object", "Name the alarmed object, or declare `clears: by_id` for the feed: the id alone names no alarm here.")
        at = told.at or (raw.arrived_at if self._wall else clock)
        if not at:
            return Refused("record", "no-time", "This record tells no time, and this feed has told none before it.")
        return replace(told, at=at, raised_at=told.raised_at or at)

    def _believe(self, clock: Instant, votes: Votes, told: Instant, source: str, arrived_at: Instant) -> Believed:
        if self._wall:
            return believe_live(clock, votes, told, arrived_at, self._policy)
        return believe(clock, votes, told, source, arrived_at, self._policy.clock_jump)

    def _alarm(self, feed: Feed, told: Told, raw: Raw, part: int, when: Believed, since: Instant, named: Resolution) -> Emit:
        """Send an alarm, with what its object's name stands for, to the domain that must act."""
        peer, domain = "", named.domain
        if told.peer:
            far_end = self._names.resolve(feed, told.peer)
            peer = far_end.object if far_end.resolved else ""
        at = when.at
        alarm = Alarm(
            alarm_key(feed, told, named.identity), named.object, domain, told.cause, told.severity, told.cleared, at, min(told.raised_at, at),
            told.alarm_type, told.qualifier, told.object if told.object != named.object else "", named.resolved, feed.topic, told.source,
            told.source_id, told.service_affecting, told.root_hint, told.parents, peer, told.text, when.suspect, told.sequence, told.will_clear,
            told.raised_at < since and not told.cleared and feed.first_contact == "standing", trace_of(raw.headers) if raw.headers else "",
            told.at if when.suspect and not self._wall else 0)
        # Only a lane that this partition alone writes to can be promised that nothing earlier will follow in it.
        promised = when.clock if raw.topic in self._lanes and (self._keyed or raw.key == domain.encode()) else 0
        return Emit("alarm-events", domain, AlarmHeard(alarm, Position(raw.topic, raw.partition, raw.offset, part), promised), at, domain)
