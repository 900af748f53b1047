"""What a figure for Prometheus is, before anybody counts it: declared once, with its meaning and what to do about it."""

from typing import Literal, NamedTuple

Kind = Literal["gauge", "counter", "histogram"]


class Metric(NamedTuple):
    """One declared figure. The name is the one that Prometheus sees: a counter's ends in _total."""

    name: str
    kind: Kind
    meaning: str
    """What it counts, in what unit."""
    remedy: str
    """What to do about it, or when not to care."""
    labels: tuple[str, ...] = ()
    """Never the id of an object, a problem, a customer or a product."""
    most: int = 1
    """Series of one process at most; what finds no room is counted under `others`."""
    buckets: tuple[float, ...] = ()
    """Of a histogram."""

    @property
    def family(self) -> str:
        """The name as client libraries want it: without _total."""
        return self.name.removesuffix("_total")


OTHERS = "others"
"""Value of every label of what found no room."""
