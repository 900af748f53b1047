"""Things that ended in the inventory, until that is forgotten: `network-changes` would keep a record of each for ever.

    ended --remember_ended--> a tombstone on network-changes for each key under which something of it is kept
      +--told of again: it lives                       (where the network is the same without the word that it ended)

What is left without it is a network that never heard of the thing, which is the one in force: so a worker that reads
`network-changes` after it comes to the same as one that has the whole. Not so, and kept, where topology.yaml declares the
thing, or an array told of it (arrays are kept whole): without the word that it ended it would be there again. The newest change of all is kept
too: partitions stand at its number.
"""

import msgspec

from streams.domain.instant import Instant, Span
from streams.domain.level import ENDED
from streams.domain.network_change import CHANGES, NetworkChange, keys_of
from streams.domain.view import Emit, View, World


class Ended(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One thing that ended (table ended-things)."""

    number: int
    """Of the change that said so."""
    due: Instant
    """When that is forgotten."""
    wait: Span = 0
    """Since it was looked at last; 0: not yet looked at."""


TABLES = {"ended-things": (Ended, lambda row: row.due, "id -> the change that ended it in the inventory, until that is forgotten")}


def note(view: View, change: NetworkChange, now: Instant, world: World) -> None:
    """Note that a thing ended, or that it is there again."""
    for id in change.ids:
        if view.ended_things.get(id) is not None:
            view.ended_things.delete(id)
    if change.ended:
        view.ended_things.put(change.ended, Ended(change.number, now + world.policy.oversee.remember_ended))


def come_due(view: View, id: str, row: Ended, now: Instant, last: int, world: World) -> list[Emit]:
    """Forget that a thing ended where nothing depends on it, else look again after twice as long; `last`: number of the newest change.

    Where time leaps (an inventory is read before any time is known), all looks of the time between come at once: they are to be few.
    """
    if world.level < ENDED or row.number >= last or world.can_forget is None or not world.can_forget(id):
        wait = 2 * (row.wait or world.policy.oversee.remember_ended)
        view.ended_things.put(id, Ended(row.number, now + wait, wait))
        return []
    view.ended_things.delete(id)
    return [Emit(CHANGES, key, None, now) for key in keys_of(id)]
