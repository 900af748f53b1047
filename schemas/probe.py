"""A probe that ran through the whole chain, on the topic `probe-arrivals`: how long that takes is its timestamp less `sentAt`."""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Outbound, Word


class Probe(Outbound):
    """The newest probe of one way; the record's key is feed/partition/lane/end."""

    type: Literal["Probe"] = Field(alias="@type")
    feed: Word
    """Topic that it was written into."""
    partition: int = Field(ge=0)
    """Of that topic."""
    lane: int = Field(ge=0)
    """Partition of the inboxes that it ran down."""
    end: Literal["services", "network"]
    """Where it came out: behind stage 5 or behind stage 6."""
    sent_at: AwareDatetime = Field(alias="sentAt")
    """When the feed's topic had it: the broker's clock."""
