"""A request on a problem that was answered: one that comes again gets the first answer."""

import msgspec

from streams.domain.instant import Instant


class RequestAnswered(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was said to one request."""

    request: str
    """Its own id, else where it was read."""
    action: str
    done: bool
    why: str
    at: Instant
