"""The alarm formats we read, by the name that `feeds:` in topology.yaml gives them; one file each.

A format is `parse(value: bytes) -> Reading` (`told.py`), raising `Refused` and nothing else. To add one: a file with
`parse`, a line here, its samples in tests/edge/samples, and if it can be told by its fields a line in `auto.py`.
`mapped` is not one format but one per feed: `parser_of` gives a feed's.
"""

from collections.abc import Callable

from streams.edge.feed import Feed
from streams.edge.formats import alertmanager, auto, grafana, mapped, snmp, syslog, threegpp, tmf642, ves, yang
from streams.edge.formats.told import Acted, ListTold, Maintained, NoAlarm, Reading, Refused, Told

FORMATS: dict[str, Callable[[bytes], Reading]] = {
    "auto": auto.parse,
    "tmf642": tmf642.parse,
    "ves": ves.parse,
    "3gpp": threegpp.parse,
    "alertmanager": alertmanager.parse,
    "grafana": grafana.parse,
    "yang": yang.parse,
    "snmp": snmp.parse,
    "syslog": syslog.parse,
}
NAMES = (*FORMATS, "mapped")
"""What a feed may declare as its format."""


def parser_of(feed: Feed) -> Callable[[bytes], Reading]:
    """Return what reads the records of a feed, whatever they are encoded in; ValueError for a mapped feed without its mapping."""
    if feed.format == "mapped":
        if feed.mapping is None:
            raise ValueError(f"feed {feed.topic} is mapped, and has no mapping")
        parse = mapped.parser(feed.mapping)
    else:
        parse = FORMATS[feed.format]
    if feed.encoding.kind == "json":
        return parse
    from streams.edge.encodings import decoder_of  # Here: the encodings refuse with this package's words.

    to_json = decoder_of(feed.encoding)
    return lambda value: parse(to_json(value))


__all__ = ["FORMATS", "NAMES", "Acted", "ListTold", "Maintained", "NoAlarm", "Reading", "Refused", "Told", "parser_of"]
