"""How far time is, and the ticks that carry it into the inboxes (design section 4).

A tick enters at the head of a lane (alarm-events p) and travels down with the work, so that all that happened before it
lies before it. A join, which all lanes feed, gets its own ticks.

event: a tick says the least time that every source partition has reached; one that never held a record does not count.
wall:  the wall clock, once everything upstream has been read to its end; while something is behind, the event time reached.
A worker that takes a partition over (wall) folds it as not live until it knows that nothing is out of date. That is no
message of the inbox, so it writes a mark there: `since`, the offset it took over at. It lands in the first unit that acts
for the partition, so nothing done under it is ever seen without it; up to the mark no tick of an earlier owner makes the
partition live. A replay reads the marks ahead and does the same at the same offsets (streams/recorded.py, decisions/0010).
Whoever owns a partition knows how far it is; the others learn it from marks (log.tell / log.told).
"""

from collections import deque
from collections.abc import Iterable
from time import time
from typing import TYPE_CHECKING

from streams.engine.part import Part
from streams.engine.record import Mark

if TYPE_CHECKING:
    from streams.engine.core import Engine

Place = tuple[str, int]
SECOND = 1_000_000
BEHIND = 60 * SECOND
"""Reading records older than this is being behind: reports, commands and impact starts wait."""
NEAR = SECOND
"""Reading records younger than this counts as having caught up: a busy stream has no end."""
STALE = 5 * SECOND
"""A mark older than this says nothing about now: its owner may be dead."""
EVERY = SECOND // 4
"""Ticks that nothing is due for, and marks, come no more often than this (wall time)."""
STEP = 60 * SECOND
"""The same where time is that of a recording (event time)."""
FOREVER = 1 << 62


def wall() -> int:
    """The wall clock; microseconds since the epoch."""
    return int(time() * SECOND)


class Clock:
    """Knows how far everything upstream is and writes ticks for the partitions we own."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self._reached: dict[Place, int] = {}
        self._newest: dict[Place, int] = {}
        """Timestamp of the newest record worked off, microseconds."""
        self._at_end: set[Place] = set()
        """Partitions that were read to their end; what was fetched may still wait to be worked off."""
        self._ticked: dict[Place, tuple[int, int, int]] = {}
        """(time reached, wall clock, time told) of the last tick."""
        self._told_at = 0
        self._live: dict[Place, bool] = {}
        self._closing_live: dict[Place, bool] = {}
        self._heads: list[Part] = []
        self._joins: list[Part] = []
        """Our partitions that get ticks."""
        self._found: dict[tuple[str, ...], tuple[list[int], list[tuple[Place, str]]]] = {}
        """Kinds -> how many partitions of each topic held records when they were last looked through, and what was found."""
        self._hoped: deque[tuple[int, int]] = deque()
        """(wall clock, time reached then), while some source partition has held nothing yet."""

    # --- what the engine tells ---

    def took(self, part: Part) -> None:
        """A partition is ours: until its upstream is known, nothing that may be out of date goes out (wall)."""
        if self.engine.time.mode == "wall" and self.engine.inboxes[part.topic].kind in ("lane", "join"):
            part.take(wall())
            self.engine.write_tick(part.topic, part.partition, part.taken, False, part.position)
        self._reached[part.topic, part.partition] = self._progress(part)
        self._live[part.topic, part.partition] = part.live
        self._find_ticked()

    def gave(self, place: Place) -> None:
        for known in (self._reached, self._newest, self._ticked, self._live):
            known.pop(place, None)
        self._at_end.discard(place)
        self._find_ticked()

    def _find_ticked(self) -> None:
        parts = self.engine.parts.values()
        self._heads = [part for part in parts if self._is_head(part.topic)]
        self._joins = [part for part in parts if self.engine.inboxes[part.topic].kind == "join"]

    def fetched(self, place: Place) -> None:
        self._at_end.discard(place)

    def worked_off(self, place: Place, timestamp_ms: int) -> None:
        self._newest[place] = timestamp_ms * 1000 if timestamp_ms > 0 else wall()

    def ended(self, place: Place) -> None:
        self._at_end.add(place)

    def _progress(self, part: Part) -> int:
        inbox = self.engine.inboxes[part.topic]
        return inbox.reached(part) if inbox.reached is not None else part.clock

    def snapshot(self, parts: Iterable[Part] | None = None) -> dict[Place, int]:
        """Take how far our partitions (or those that something was done for) are with the unit that is closing; it counts once that is committed."""
        some = self.engine.parts.values() if parts is None else parts
        self._closing_live = {(part.topic, part.partition): part.live for part in some}
        return {(part.topic, part.partition): self._progress(part) for part in some}

    def advanced(self, parts: Iterable[Part]) -> bool:
        """Stepped: count at once how far these partitions are; say whether time went on anywhere that ticks come from."""
        is_on = False
        for part in parts:
            place, at = (part.topic, part.partition), self._progress(part)
            if at != self._reached.get(place) or part.live != self._live.get(place):
                self._reached[place], self._live[place] = at, part.live
                is_on = is_on or self._kind(part.topic) in ("source", "last")
        return is_on

    def committed(self, reached: dict[Place, int]) -> None:
        self._reached.update((place, at) for place, at in reached.items() if place in self.engine.parts)
        self._live.update((place, live) for place, live in self._closing_live.items() if place in self.engine.parts)
        now = wall()
        if now - self._told_at >= EVERY:
            self.tell(now)

    def tell(self, now: int) -> None:
        """Let the other workers know."""
        self._told_at = now
        self.engine.journal.tell([self._mark(place, now) for place in self._reached if self._is_told(place[0])])

    def _is_told(self, topic: str) -> bool:
        return self.engine.inboxes[topic].kind != "join"

    def age(self, place: Place) -> float:
        """Seconds since what is being worked off was written; 0 at the end."""
        return max(0.0, (self._age(place, wall()) or 0) / SECOND)

    def _age(self, place: Place, now: int) -> int | None:
        """How old what is being worked off is, microseconds; 0 at the end, None while nothing is known."""
        if place in self._at_end and not self.engine.backlog.of(place):
            return 0
        newest = self._newest.get(place)
        return None if newest is None else now - newest

    def _stand(self, place: Place, now: int, kind: str) -> tuple[bool, bool, bool]:
        """Return whether one of ours has caught up, is behind, and is live."""
        age = self._age(place, now)
        return age is not None and age < NEAR, age is None or age > BEHIND, kind not in ("lane", "last") or self._live.get(place, False)

    def _mark(self, place: Place, now: int) -> Mark:
        caught_up, behind, live = self._stand(place, now, self._kind(place[0]))
        return Mark(*place, self._reached.get(place, 0), caught_up, behind, now, live)

    # --- what the stages get ---

    def _places(self, kinds: tuple[str, ...]) -> list[tuple[Place, str]]:
        """Return all source partitions that ever held a record and all lanes, each with its kind; looked through anew when one more holds a record.

        A lane that never held a record counts: its first one may be on its way. Ticks move its clock like the others'.
        """
        journal = self.engine.journal
        wanted = [inbox for inbox in self.engine.inboxes.values() if inbox.kind in kinds]
        counts = [journal.partitions(inbox.topic) if inbox.kind == "lane" else len(journal.held_records(inbox.topic)) for inbox in wanted]
        known = self._found.get(kinds)
        if known is None or known[0] != counts:
            found = [((inbox.topic, partition), self._kind(inbox.topic)) for inbox in wanted
                     for partition in (range(journal.partitions(inbox.topic)) if inbox.kind == "lane" else sorted(journal.held_records(inbox.topic)))]
            known = self._found[kinds] = (counts, found)
        return known[1]

    def _event_time(self, kinds: tuple[str, ...], last: str) -> tuple[int, bool]:
        """Return the least time that the partitions of kind `last` have reached, and whether all upstream is known."""
        told = self.engine.journal.told()
        reached: list[int] = []
        for place, kind in self._places(kinds):
            at = self._reached.get(place)
            if at is None:
                if (mark := told.get(place)) is None:
                    return 0, False
                at = mark.reached
            if kind == last:
                reached.append(at)
        return min(reached, default=0), True

    def _time(self, kinds: tuple[str, ...], last: str, now: int) -> tuple[int, bool]:
        """Return (time, live) for what these kinds feed; `last`: the kind whose event time counts. (0, False): unknown."""
        if self.engine.time.mode == "event":
            reached, known_all = self._event_time(kinds, last)
            return (self._proven(reached, now) if last == "source" else reached) if known_all else 0, known_all
        return self._wall_time(kinds, last, now)

    def _wall_time(self, kinds: tuple[str, ...], last: str, now: int) -> tuple[int, bool]:
        told, own = self.engine.journal.told(), self._reached
        least, is_fresh, all_live, all_caught_up, is_behind = FOREVER, True, True, True, False
        for place, kind in self._places(kinds):
            at = own.get(place)
            if at is not None:
                caught_up, behind, live = self._stand(place, now, kind)
            elif (mark := told.get(place)) is None:
                return 0, False
            else:
                at, caught_up, behind, live = mark.reached, mark.caught_up, mark.behind, mark.live
                is_fresh = is_fresh and now - mark.told_at <= STALE
            if kind == last:
                least = min(least, at)
            all_live, all_caught_up, is_behind = all_live and live, all_caught_up and caught_up, is_behind or behind
        reached = least if least < FOREVER else 0
        if not is_fresh:
            return reached, False
        # A join comes alive after its lanes: a problem that is over but for its quiet moment is told as over first.
        if all_live and all_caught_up:
            return now, True
        return reached, all_live and not is_behind

    def _proven(self, reached: int, now: int) -> int:
        """Return the newest of the times reached that no source partition can still contradict by its first record.

        Which partitions hold records is seen by looks, a second apart; what was fed before a look was seen by it.
        """
        journal = self.engine.journal
        sources = [inbox.topic for inbox in self.engine.inboxes.values() if inbox.kind == "source"]
        if all(len(journal.held_records(topic)) == journal.partitions(topic) for topic in sources):
            return reached
        if not self._hoped or reached != self._hoped[-1][1]:
            self._hoped.append((now, reached))
        looked = min(journal.looked_at(topic) for topic in sources)
        while len(self._hoped) > 1 and self._hoped[1][0] <= looked:
            self._hoped.popleft()
        return self._hoped[0][1] if self._hoped[0][0] <= looked else 0

    def _kind(self, topic: str) -> str:
        inbox = self.engine.inboxes[topic]
        return "last" if inbox.kind == "lane" and not inbox.forward else inbox.kind

    def write_ticks(self) -> bool:
        """Write the ticks that are due into the inboxes whose partitions we own; say whether there were any."""
        engine, now = self.engine, wall()
        if now - self._told_at >= EVERY and self._reached:
            self.tell(now)
        heads, joins = self._heads, self._joins
        wrote: list[bool] = []
        if heads:
            at, live = self._time(("source",), "source", now)
            awaited = [due for part in joins for due in (part.next_due, part.tick_due) if due] if engine.stepped else []
            wrote = [self._tick(part, min([self._lane_due(part) or FOREVER, *awaited]), at, live, now) for part in heads]
        if joins:
            # By the wall, a join waits for requests too: a result that lies there unread is not overdue.
            upstream = ("source", "lane") if engine.time.mode == "event" else ("source", "lane", "request")
            at, live = self._time(upstream, "last", now)
            wrote += [self._tick(part, part.next_due, at, live, now) for part in joins]
        return any(wrote)

    def _is_head(self, topic: str) -> bool:
        inboxes = self.engine.inboxes
        return inboxes[topic].kind == "lane" and all(inbox.forward != topic for inbox in inboxes.values())

    def _lane_due(self, head: Part) -> int:
        """When something is due next anywhere in the lane below this head, as far as it is ours; 0 where nothing is."""
        dues, topic = [], head.topic
        while topic:
            part = self.engine.parts.get((topic, head.partition))
            if part is not None and part.next_due:
                dues.append(part.next_due)
            topic = self.engine.inboxes[topic].forward
        return min(dues, default=0)

    def _is_live_below(self, head: Part) -> bool:
        topic = head.topic
        while topic:
            part = self.engine.parts.get((topic, head.partition))
            if part is not None and not part.live:
                return False
            topic = self.engine.inboxes[topic].forward
        return True

    def _tick(self, part: Part, due: int, at: int, live: bool, now: int) -> bool:
        """Write a tick if something is due, or time has moved. It tells what all upstream has reached, though the lane be further."""
        place = (part.topic, part.partition)
        last_at, last_now, last_told = self._ticked.get(place, (0, 0, 0))
        is_event, told = self.engine.time.mode == "event", at
        at = max(at, part.clock if is_event and at else at)
        # Stepped, time passes as the recording says; who waits for it (something due here or in a join) has it at once.
        waited = at >= last_at + STEP if is_event and self.engine.stepped else now - last_now >= EVERY
        is_due = 0 < due <= at and at > last_at
        comes_alive = live and waited and not self._is_live_below(part)
        moves_on = at > last_at and waited and (is_event or not live)
        is_awaited = 0 < part.tick_due <= told and told > last_told
        if at and (is_due or comes_alive or moves_on or is_awaited):
            self._ticked[place] = (at, now, told)
            self.engine.write_tick(part.topic, part.partition, told, live)
            return True
        return False
