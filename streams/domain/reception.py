"""Alarms that say that nothing, or nothing readable, comes in: whoever tells that lives, and so does what it is mounted on.

Loss of signal, of frame, a link that is down (X.733): the element that tells it is well enough to listen. The trouble
lies where the signal comes from or on its way, and it began just now: such an alarm is no late word of a silent failure
of its own card or box.
"""

from streams.domain.impact import REMEMBERED
from streams.domain.network import Network

WORDS = frozenset({"lossOfSignal", "lossOfFrame", "linkDown", "framingError", "receiveFailure", "receiverFailure"})
HOSTED_ON = "hosted_on"


def living(network: Network, node: str, cause: str) -> tuple[str, ...]:
    """Return what an alarm with this probable cause says lives: all that its object is mounted on, () for any other alarm."""
    return _under(network, node) if cause in WORDS else ()


def fed_by(network: Network, node: str) -> tuple[str, ...]:
    """Return what an object gets its signal from or over: what it depends on in a named way that is not to be mounted on it."""
    return tuple(dict.fromkeys(other for dependency in network.depends.get(node, ()) if dependency.kind not in ("", HOSTED_ON) for other in dependency.on))


def _under(network: Network, node: str) -> tuple[str, ...]:
    """Return all that an object is mounted on, nearest first; remembered."""
    known = network.memo.setdefault("mounted", {})
    under: tuple[str, ...] | None = known.get(node)
    if under is None:
        if len(known) >= REMEMBERED:
            known.clear()
        found: list[str] = []
        rest = [node]
        while rest:
            for dependency in network.depends.get(rest.pop(), ()):
                if dependency.kind == HOSTED_ON and len(dependency.on) == 1 and dependency.on[0] not in found:
                    found.append(dependency.on[0])
                    rest.append(dependency.on[0])
        under = known[node] = tuple(found)
    return under
