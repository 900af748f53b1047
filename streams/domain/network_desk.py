"""Stage 6 gives each change of the network its number, keeps it on `network-changes`, and tells every partition to turn.

One partition, one order: two workers that ask for the same version at once have asked once.
"""

import msgspec

from streams.domain import ended_things
from streams.domain.action_answer import answer
from streams.domain.instant import Instant
from streams.domain.level import FIRST
from streams.domain.messages import OperatorRequest
from streams.domain.network_change import CHANGES, InventoryTold, NetworkChange, NetworkTurned, TopologyAsked
from streams.domain.view import Emit, View, World

_ONE = "network"


class NetworkNumber(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The last change (table network-numbers, one row)."""

    number: int = 0
    version: str = ""
    """Of topology.yaml; "" before any was told of."""
    level: int = FIRST
    """In force (level.py)."""


TABLES = {"network-numbers": (NetworkNumber, None, "network -> the number of its last change, and the version of topology.yaml in force"), **ended_things.TABLES}


def change(view: View, message: InventoryTold | TopologyAsked, at: Instant, world: World) -> list[Emit]:
    """Number a change and tell everybody; a version that is in force already changes nothing."""
    last: NetworkNumber = view.network_numbers.get(_ONE) or NetworkNumber()
    when = message.at or at
    if isinstance(message, TopologyAsked):
        version, level = message.version or last.version, max(message.level, last.level)
        if version == last.version and level == last.level:
            return _answered(message, f"{_named(message, version, level)} is in force already.", when)
        made = NetworkChange(last.number + 1, when, version, (), message.user, level)
    else:
        made = NetworkChange(last.number + 1, when, "", message.entries)
        ended_things.note(view, made, at, world)
    view.network_numbers.put(_ONE, NetworkNumber(made.number, made.version or last.version, made.level or last.level))
    out = [Emit(CHANGES, made.key, made, when)]
    out += [Emit("alarm-events", lane, NetworkTurned(made.number, when, lane), when, lane) for lane in world.lanes]
    out += [Emit(topic, key, NetworkTurned(made.number, when, ""), when) for topic, key in world.joins]
    if isinstance(message, TopologyAsked):
        out += _answered(message, f"{_named(message, made.version, made.level)} takes effect as change {made.number} of the network.", when)
    return out


def forget(view: View, id: str, row: ended_things.Ended, now: Instant, world: World) -> list[Emit]:
    """Forget what ended long ago."""
    last: NetworkNumber = view.network_numbers.get(_ONE) or NetworkNumber()
    return ended_things.come_due(view, id, row, now, last.number, world)


def _named(message: TopologyAsked, version: str, level: int) -> str:
    return f"Version {version[:12]} of topology.yaml" if message.version else f"Level {level}"


def _answered(message: TopologyAsked, why: str, at: Instant) -> list[Emit]:
    if not message.request:
        return []
    return answer(OperatorRequest(message.request, "apply-topology" if message.version else "finish-upgrade", message.version, message.user, "", at, position=message.position), True, why, at)
