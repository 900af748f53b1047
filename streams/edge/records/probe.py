"""A probe that has come to an end of the chain, as `probe-arrivals` carries it (key: feed/partition/lane/end, compacted)."""

from streams.domain.instant import iso
from streams.domain.probe import ProbeTold
from streams.edge.records.references import Json


def render(told: ProbeTold) -> Json:
    """Write where it began, which way it took and when it was sent; when it came is the record's own timestamp."""
    probe = told.probe
    return {"@type": "Probe", "feed": probe.feed, "partition": probe.partition, "lane": probe.lane, "end": told.end, "sentAt": iso(probe.at)}
