"""What a feed tells besides alarms, on its way to stage 2: signs of life, work, what was done to an alarm at its source.

    NoAlarm heartbeat -> SourceSpoke      the source's domain, else the feed's home; copies to every partition
    Acted             -> OperatorRequest  the alarm's domain
    Maintained        -> OutageAnnounced  the object's domain, from its begin (no end known) or up to its end
    ListTold          -> AlarmListTold    every partition: the alarms of a source may be in any
"""

from msgspec.structs import replace

from streams.domain.alarm import Severity
from streams.domain.ids import identify
from streams.domain.instant import DAY, Instant
from streams.domain.messages import AlarmListTold, OperatorRequest, OutageAnnounced, SourceSpoke
from streams.domain.view import Emit
from streams.edge.alarm_key import alarm_key
from streams.edge.feed import Feed, Raw
from streams.edge.formats.told import Acted, ListTold, Maintained, NoAlarm, Signal, Told
from streams.edge.names import Names

LONGEST_WORK = DAY
"""Work that an object announced itself ends after this if nobody says when it does."""


def disposition_of(signal: Signal) -> str:
    """Return how a signal is counted."""
    if isinstance(signal, NoAlarm):
        return signal.disposition
    if isinstance(signal, Acted):
        return f"event:{signal.action}"
    return f"event:alarm-list-{signal.kind}" if isinstance(signal, ListTold) else "event:maintenance"


def spread(spoke: SourceSpoke, lanes: tuple[str, ...]) -> list[Emit]:
    """Send a sign to the domain that watches it, and copies to every partition."""
    copy = replace(spoke, copy=True)
    return [
        Emit("alarm-events", spoke.domain, spoke, spoke.at, spoke.domain), *(Emit("alarm-events", route, copy, spoke.at, route) for route in lanes)]


def signalled(signal: Signal, feed: Feed, raw: Raw, part: int, names: Names, lanes: tuple[str, ...], reached: Instant) -> list[Emit]:
    """Return what stage 2 is told; `lanes` are routes, one to each partition of alarm-events; `reached`: the feed's time."""
    at = signal.at or raw.arrived_at
    if isinstance(signal, NoAlarm):
        # A heartbeat counts when it comes: a source whose clock is wrong is alive all the same.
        if signal.disposition != "heartbeat" or not signal.source or not (at := reached or at):
            return []
        object_, domain, resolved, _ = names.resolve(feed, signal.source)
        return spread(SourceSpoke(feed.topic, signal.source, signal.interval or feed.heartbeat, at, domain, object=object_ if resolved else ""), lanes)
    if isinstance(signal, ListTold):
        at = min(at, reached) if reached else at                # alarms of a source ahead of time are taken down to there too
        return [Emit("alarm-events", route, AlarmListTold(feed.topic, signal.source, signal.kind, at, alarming=feed.first_contact == "alarming"), at, route) for route in lanes]
    object_, domain, _, identity = names.resolve(feed, signal.object)
    if isinstance(signal, Maintained):
        ident = f"{feed.topic}|{signal.object}"
        # Work on a part of a declared object, a port of a card, is not work on all of it.
        whole, parts = ((object_,), ()) if identity == object_ else ((), ((signal.object, object_),))
        starts, ends = (at, at + LONGEST_WORK) if signal.begins else (0, at)
        work = OutageAnnounced(ident, domain, whole, starts, ends, False, at, by_source=True, parts=parts)
        return [Emit("alarm-events", domain, work, at, domain)]
    told = Told(signal.object, signal.cause, Severity.INDETERMINATE, False, at, at, qualifier=signal.qualifier, source=signal.source, source_id=signal.source_id, identity=signal.identity)
    target = identify(domain, alarm_key(feed, told, identity))
    ident = f"{raw.topic}/{raw.partition}/{raw.offset}/{part}"
    return [Emit("alarm-events", domain, OperatorRequest(ident, signal.action, target, signal.user, signal.text, at, domain, by_source=True), at, domain)]
