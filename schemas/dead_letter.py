"""A dead letter: input that could not be read, on the topic `dead-letters`."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Source(BaseModel):
    """Where the record was read."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    """Offset in the partition; by it the original is read again from its topic."""
    part: int = Field(ge=0)
    """Index of the alarm within a record that held several, from 0."""


class DeadLetter(BaseModel):
    """One refused record, or one refused alarm of a record."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    id: str
    """The position in one word; also the record's key."""
    source: Source
    feed: str
    field: str
    """What was missing or unreadable, in the format's own spelling."""
    reason: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    """One of few words; the record's disposition is `refused:<reason>`."""
    remedy: str
    """What the sender can do about it."""
    length: int = Field(ge=0)
    """Bytes of the whole record."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the whole record."""
    text: str = Field(max_length=64 * 1024)
    """The first 64 KB; what is no text is replaced by U+FFFD."""
    at: AwareDatetime | None
    """The feed's clock when it was refused; null before it had one."""
    parts: int = Field(0, ge=0)
    """How many alarms the record was read as; 0 or 1 where it was refused as a whole."""
    status: Literal["refused", "refused-again", "redriven"] = "refused"
    """Of the newest record of an id. Redriven: its original was read again and taken in; field, remedy and text are then empty."""
