"""The answer to what an operator asked, on `progress`: done, or refused and why (eTOM 1.4.6.5)."""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest
from streams.domain.view import Emit


class ActionAnswered(msgspec.Struct, frozen=True, gc=False):
    """One answer, for one target of one request."""

    id: str
    request: str
    """The request's own id, else where it was read."""
    action: str
    target: str
    domain: str
    user: str
    done: bool
    why: str
    """One sentence: what was done, or why not and what to do about it."""
    at: Instant
    feedback: str = ""
    """Of what can be taken back: its id."""


class CannotDo(Exception):
    """Why a request is refused, in one sentence without its full stop."""


def answer(request: OperatorRequest, done: bool, why: str, at: Instant, key: str = "", feedback: str = "") -> list[Emit]:
    """Answer a request, under its target's id unless told otherwise; nobody waits for an answer to what a source told of itself."""
    if request.by_source:
        return []
    ident = identify(request.domain, "action", request.position or request.id, request.target)
    return [Emit("progress", key or request.target or ident, ActionAnswered(
        ident, request.id, request.action, request.target, request.domain, request.user, done, why, at, feedback), at)]
