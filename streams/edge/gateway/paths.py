"""Which path is which endpoint, and which feed a request goes to.

    /feeds/<topic>             that feed, in its own format          /feeds/<topic>/eventListener/v7, ...   any path below
    ?feed=<topic>              likewise, on any path
    neither                    the first feed (by topic) of the path's own format, else the first that reads any (`auto`)
"""

from typing import NamedTuple

from streams.edge.feed import Feed
from streams.edge.formats import FORMATS, parser_of
from streams.edge.gateway.body import Parse
from streams.edge.gateway.offer import Refusal
from streams.edge.gateway.plain import AlarmResource, Listener, Plain, RecordId, Webhook
from streams.edge.gateway.ves import Ves

BASES = ("/tmf-api/alarmManagement/v4", "/tmf-api/alarm/v4")
"""Of TMF642: as everybody writes it, and as its API file does."""
TASKS = ("ackAlarms", "unAckAlarms", "clearAlarms", "commentAlarms", "groupAlarms", "unGroupAlarms")
LISTENERS = (*(f"alarm{what}Event" for what in ("Create", "AttributeValueChange", "StateChange", "Delete")), *(f"{task}{what}Event" for task in TASKS for what in ("Create", "StateChange")))
"""What TMF642 v4 calls a listener with."""
WEBHOOKS = ("alertmanager", "grafana")
_KIN = {"ves": ("ves", "3gpp"), "alertmanager": ("alertmanager", "grafana"), "grafana": ("grafana", "alertmanager")}
"""Formats of feeds that a path's requests may go to beside `auto`, best first, where that is not only its own."""


class Endpoint(NamedTuple):
    """One path: the name it is counted under, the format its requests are in ("": the feed's), how it answers."""

    name: str
    format: str
    dialect: Plain | Ves


def _is_json(feed: Feed) -> bool:
    """Whether what comes by HTTP can be put into the feed as it is."""
    return feed.encoding.kind == "json"


class Paths:
    """All endpoints of the feeds of one topology."""

    def __init__(self, feeds: tuple[Feed, ...], record_id: RecordId) -> None:
        self._feeds = {feed.topic: feed for feed in feeds}
        self._parsers = {feed.topic: parser_of(feed) for feed in feeds if _is_json(feed)}
        plain = Plain()
        self._endpoints = {"/alarms": Endpoint("/alarms", "", plain)}
        for base in BASES:
            path = f"{base}/alarm"
            self._endpoints[path] = Endpoint(path, "tmf642", AlarmResource(path, record_id))
        for base in ("", *BASES):
            for event in LISTENERS:
                path = f"{base}/listener/{event}"
                self._endpoints[path] = Endpoint("/listener", "tmf642", Listener(path))
        for path, member in (("/eventListener/v7", "event"), ("/eventListener/v7/eventBatch", "eventList")):
            self._endpoints[path] = Endpoint(path, "ves", Ves(member))
        for name in WEBHOOKS:
            self._endpoints[f"/{name}"] = Endpoint(f"/{name}", name, Webhook())
        self._feed_itself = Endpoint("/feeds", "", plain)
        self._unknown = Endpoint("other", "", plain)
        self._unknown_ves = Endpoint("other", "ves", Ves("event"))

    def find(self, path: str, query_feed: str) -> tuple[Endpoint, str, bool]:
        """Return the endpoint of a path, the feed it names ("": none), and whether there is such an endpoint at all."""
        topic = query_feed
        if path.startswith("/feeds/"):
            named, slash, rest = path[7:].partition("/")
            topic = named
            if not rest:
                return self._feed_itself, topic, True
            path = slash + rest
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            return (self._unknown_ves if path.startswith("/eventListener") else self._unknown), topic, False
        return endpoint, topic, True

    def parser(self, endpoint: Endpoint, feed: Feed) -> Parse:
        """Return what reads a record: the feed's own format, or the path's where the feed reads any."""
        return FORMATS[endpoint.format] if endpoint.format and feed.format == "auto" else self._parsers[feed.topic]

    def feed(self, endpoint: Endpoint, topic: str) -> Feed:
        """Return the feed a request goes to; Refusal (404) where there is none, with those there are."""
        wanted = (*_KIN.get(endpoint.format, (endpoint.format,)), "auto")
        if topic:
            feed = self._feeds.get(topic)
            if feed is None:
                raise Refusal(404, "no-such-feed", f"There is no feed {topic[:100]!r}; there are: {', '.join(self._feeds)}.")
            if not _is_json(feed):
                raise Refusal(404, "other-encoding", f"Feed {topic} is encoded in {feed.encoding.kind}: it cannot take HTTP requests.")
            if endpoint.format and feed.format not in wanted:
                raise Refusal(404, "other-format", f"Feed {topic} reads {feed.format}; send it to /feeds/{topic}.")
            return feed
        feeds = sorted(filter(_is_json, self._feeds.values()), key=lambda feed: feed.topic)
        for format_ in wanted:
            for feed in feeds:
                if feed.format == format_:
                    return feed
        if not endpoint.format and len(feeds) == 1:
            return feeds[0]
        raise Refusal(404, "no-feed", f"No feed reads {endpoint.format or 'any format'}; name one with ?feed=, or /feeds/NAME: there are {', '.join(self._parsers)}.")
