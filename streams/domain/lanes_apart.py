"""Lanes that are apart: words on a service that lie ahead of stage 5's clock, which is that of the lane furthest behind.

What a service stands on lies in one correlation domain nearly always, so one lane has all that is told of it, in order:
nothing has to wait. Where it lies in several, words wait until all lanes are past the time at which they were told;
they are folded in the order of that time, of one time by domain, then as the lane told them. Past it: a lane that has
reached a time may tell more at it, and which of two lanes' words at one time is folded first must not go by chance.
"""

import msgspec

from streams.domain.impact import cone
from streams.domain.instant import Instant
from streams.domain.messages import HeldDown
from streams.domain.network import Network
from streams.domain.view import View


class HeldAhead(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A word on a service that waits for the clock to reach it."""

    word: HeldDown


class HeldSoFar(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How many words have waited so far."""

    count: int = 0


COUNT = ""
"""The one key of the table held-so-far."""
TABLES = {
    "held-ahead": (HeldAhead, lambda row: heard_at(row.word.told_at), "service|domain|number -> a word on the service that waits until all lanes are past its time"),
    "held-so-far": (HeldSoFar, None, "one row -> how many words have waited"),
}


def heard_at(told_at: Instant) -> Instant:
    """Return when a word is folded: once nothing more can be told at its time."""
    return told_at + 1


def is_ahead(word: HeldDown, now: Instant, network: Network) -> bool:
    """Tell whether another lane may still tell of something that was before this word."""
    return word.told_at >= now and spans(network, word.service)


def postpone(view: View, word: HeldDown) -> None:
    """Keep a word until the clock has passed it."""
    number = (view.held_so_far.get(COUNT) or HeldSoFar()).count + 1
    view.held_so_far.put(COUNT, HeldSoFar(number))
    view.held_ahead.put(f"{word.service}|{word.domain}|{number:012d}", HeldAhead(word))


def spans(network: Network, service: str) -> bool:
    """Tell whether what a service stands on, itself included, lies in several correlation domains; remembered."""
    known = network.memo.setdefault("spanning_services", {})
    found: bool | None = known.get(service)
    if found is None:
        nodes = network.nodes
        found = known[service] = len({nodes[name].domain for name in cone(network, service) if name in nodes}) > 1
    return found
