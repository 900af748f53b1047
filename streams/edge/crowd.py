"""How many objects that nobody declared a feed partition may bring in: so many new ones a minute, so many in all.

A broken agent or a hostile sender names another object with each alarm; every one is an alarm record, perhaps a problem,
for ever. What is declared is bounded by the declaration and never asked for. Of the rest a partition remembers whom it
let in, for a day after it was last heard; one more than policy allows is refused with its reason, kept as a dead letter, counted, and can be redriven.
Whom it has let in goes on being heard, however many others are refused. A source that sends heartbeats counts alike.
"""

from typing import Any

import msgspec

from streams.domain.instant import HOUR, MINUTE, Instant
from streams.domain.policy import NormalizePolicy
from streams.domain.view import View
from streams.edge.feed import Feed
from streams.edge.formats.fields import bounded
from streams.edge.formats.told import Maintained, NoAlarm, Part, Refused, Told
from streams.edge.names import Names

_COUNT = "undeclared"


class Undeclared(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An object that was let in (table undeclared-objects, key: what it is called)."""

    heard_at: Instant
    """In which hour it was heard last: one write an hour."""


class Door(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How the present minute stands (table undeclared-door, key: feed)."""

    minute: int
    let_in: int
    swept_at: Instant = 0
    """When those long silent were last looked for."""


TABLES = {
    "undeclared-objects": (Undeclared, None, "an object that nobody declared -> when it was heard last; a day, and policy.normalize.undeclared_objects at most"),
    "undeclared-door": (Door, None, "feed -> how many such objects it brought in this minute")}


def refusal(view: View, feed: Feed, names: Names, part: Part, now: Instant, policy: NormalizePolicy) -> Refused | None:
    """Return why a part may not come in, None where it may and is remembered. `now`: the log's time, in a replay the feed's."""
    name = _named(feed, names, part)
    if not name:
        return None
    hour = now - now % HOUR
    known: Undeclared | None = view.undeclared_objects.get(name)
    if known is not None:
        if known.heard_at < hour:
            view.undeclared_objects.put(name, Undeclared(hour))
        return None
    door: Door = view.undeclared_door.get(feed.topic) or Door(0, 0)
    if door.minute < now // MINUTE:
        door = Door(now // MINUTE, 0, door.swept_at)
    if door.let_in >= policy.new_objects:
        return _told(f"{policy.new_objects:,} new objects in one minute", "new_objects")
    kept = _kept(view, policy)
    # Once in a while, and where there is no room every hour: names that come once and never again are not kept for ever.
    if door.swept_at < hour and (kept >= policy.undeclared_objects or door.swept_at <= hour - policy.undeclared_for):
        door = Door(door.minute, door.let_in, hour)
        kept -= _forget(view, hour - policy.undeclared_for, policy)
        view.memo[_COUNT] = kept
        view.undeclared_door.put(feed.topic, door)
    if kept >= policy.undeclared_objects:
        return _told(f"{policy.undeclared_objects:,} objects", "undeclared_objects")
    view.undeclared_objects.put(name, Undeclared(hour))
    view.undeclared_door.put(feed.topic, Door(door.minute, door.let_in + 1, door.swept_at))
    view.memo[_COUNT] = kept + 1
    return None


def _named(feed: Feed, names: Names, part: Part) -> str:
    """Return the name of what nobody declared by which a part is about to be remembered, "" where there is none."""
    if isinstance(part, NoAlarm):
        if part.disposition != "heartbeat" or not part.source or names.resolve(feed, part.source).resolved:
            return ""
        return bounded(f"source {part.source}")
    if not isinstance(part, Told | Maintained):
        return ""
    found = names.resolve(feed, part.object)
    return "" if found.is_declared else bounded(found.identity)


def _told(many: str, setting: str) -> Refused:
    return Refused("alarmedObject", "too-many-objects", f"This feed partition has brought in {many} that topology.yaml does not declare: declare them, or raise `policy: {{normalize: {{{setting}: ...}}}}`, then redrive.")


def _kept(view: View, policy: NormalizePolicy) -> int:
    kept: Any = view.memo.get(_COUNT)
    return len(view.undeclared_objects.prefix("", policy.undeclared_objects + 1)) if kept is None else int(kept)


def _forget(view: View, before: Instant, policy: NormalizePolicy) -> int:
    """Forget whom nobody heard of for long; return how many that were."""
    silent = [name for name, row in view.undeclared_objects.prefix("", policy.undeclared_objects + 1) if row.heard_at < before]
    for name in silent:
        view.undeclared_objects.delete(name)
    return len(silent)
