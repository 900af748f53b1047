"""An alarm as it would come under the network in force: what stage 2 asks of a record that was made under another one."""

import msgspec

from streams.domain.alarm import Alarm
from streams.edge.alarm_key import rekeyed
from streams.edge.feed import Feed
from streams.edge.names import Names

OURS = "spm"
"""`Alarm.source` of an alarm of ours: it stays where it is."""


class Readdress:
    """Resolves names again; keeps nothing but what `Names` remembers."""

    def __init__(self, names: Names, feeds: tuple[Feed, ...]) -> None:
        self._names = names
        self._feeds = {feed.topic: feed for feed in feeds}

    def __call__(self, alarm: Alarm) -> Alarm:
        """Return the alarm itself where nothing changed, where its feed is not declared any more, and if it is one of ours."""
        feed = self._feeds.get(alarm.feed)
        if feed is None or alarm.source == OURS:
            return alarm
        name = alarm.reported or alarm.object
        object_, domain, resolved, identity = self._names.resolve(feed, name)
        if not alarm.reported and (object_, domain, resolved) == (alarm.object, alarm.domain, alarm.resolved):
            return alarm  # nearly all: its name is its object's, and means the same
        # Its key holds the name where it did not mean its object exactly, else the id.
        key = rekeyed(feed, alarm.key, name, identity)
        if key == alarm.key:
            key = rekeyed(feed, key, alarm.object, identity)
        if key == alarm.key and object_ == alarm.object and domain == alarm.domain and resolved == alarm.resolved:
            return alarm
        return msgspec.structs.replace(alarm, key=key, object=object_, domain=domain, reported=name if name != object_ else "", resolved=resolved)
