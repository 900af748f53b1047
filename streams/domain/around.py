"""What stands around the target of a command: what protects it, what it would take down, whether another way is whole.

All of it is asked about one object at a time, of what is known to be impaired at that moment (`State`), and looks at a
bounded part of the network; where that is not enough, the answer is the careful one.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from streams.domain.alarm import Effect
from streams.domain.impact import cone, failed, is_service, spread
from streams.domain.network import PROTECTION, Action, Dependency, Network

State = Callable[[str], Effect]
"""What is known of one object itself: down or degraded by a problem, in test, in a window, under an open command."""


def protected_by(network: Network, target: str, most: int) -> Iterator[tuple[str, Dependency, str]]:
    """Yield the dependencies that protect somebody from the failure of the target: (name of the group, it, the member that the target is or holds up).

    A failure goes no further than to what is protected from it, so that is where the walk ends.
    """
    seen = {target}
    waiting = deque(seen)
    while waiting and len(seen) <= most:
        node = waiting.popleft()
        for dependent in network.carries.get(node, ()):
            goes_on = False
            for n, dependency in enumerate(network.depends.get(dependent, ())):
                if node in dependency.on:
                    if dependency.needs < len(dependency.on):
                        yield f"{dependent}#{n}", dependency, node
                    else:
                        goes_on = True
            if goes_on and dependent not in seen:
                seen.add(dependent)
                waiting.append(dependent)


def groups(network: Network, target: str, most: int) -> tuple[str, ...]:
    """Return the names of the protection groups that the target is a member of, or holds a member of up, at most so many."""
    return tuple(dict.fromkeys(islice((name for name, _, _ in protected_by(network, target, most)), most)))


def protectors(network: Network, target: str, most: int) -> tuple[str, ...]:
    """Return the other members of those groups, in declared order."""
    members = (other for _, dependency, member in protected_by(network, target, most) for other in dependency.on if other != member)
    return tuple(dict.fromkeys(islice(members, most)))


def alternative(network: Network, action: Action, target: str, state: State, most: int) -> tuple[str, str]:
    """Return the first way round the target that is whole, and "", or "" and what is wrong with them."""
    names = tuple(dict.fromkeys(n for name in action.alternative for n in (protectors(network, target, most) if name == PROTECTION else (name,))))
    wrong = []
    for name in names:
        why = not_whole(network, name, target, state, most)
        if not why:
            return name, ""
        wrong.append(why)
    return "", "; ".join(wrong[:3]) or f"nothing protects {target}"


def not_whole(network: Network, name: str, target: str, state: State, most: int) -> str:
    """Say why a way is not whole, "" where it, with all it stands on, works without the target."""
    if name == target:
        return f"{name} is the target itself"
    under = cone(network, name)
    if len(under) > most:
        return f"{name} stands on more than {most:,} objects"
    held = {node: effect for node in under if (effect := Effect.DOWN if node == target else state(node)) != Effect.NONE}
    if not held or failed(network, held, name) < Effect.DEGRADED:
        return ""
    first = next(iter(held))
    return f"{name} is not whole: {first} is {'the target' if first == target else held[first].name.lower().replace('_', '-')}"


def would_drop(network: Network, target: str, state: State, most: int) -> str:
    """Say which dependent would lose what it needs if the target went out of work, "" where none would that has it now.

    Asked of services and of what is protected: what merely stands on the target goes with it, and counts by whom it carries.
    """
    above = _above(network, target, most)
    if above is None:
        return f"more than {most:,} objects stand on {target}"
    beside = dict.fromkeys(other for node in above for other in network.upstream(node) if other not in above)
    looked: dict[str, None] = dict.fromkeys(above)
    for other in beside:
        looked |= dict.fromkeys(cone(network, other))
        if len(looked) > most:
            return f"what stands on {target} stands on more than {most:,} objects"
    held = {node: effect for node in looked if (effect := state(node)) != Effect.NONE}
    now = spread(network, held, within=looked)
    then = spread(network, {**held, target: Effect.DOWN}, within=looked)
    lost = next((n for n in above if n != target and _counts(network, n) and then.get(n, Effect.NONE) == Effect.DOWN and now.get(n, Effect.NONE) < Effect.DOWN), "")
    return f"{lost} would fall below what it needs" if lost else ""


def _counts(network: Network, node: str) -> bool:
    return is_service(network, node) or any(d.needs < len(d.on) for d in network.depends.get(node, ()))


def _above(network: Network, target: str, most: int) -> dict[str, int] | None:
    """Return the target and all that stands on it, nearest first; None where that is too much."""
    seen = {target: 0}
    waiting = deque(seen)
    while waiting:
        node = waiting.popleft()
        for dependent in network.carries.get(node, ()):
            if dependent not in seen:
                seen[dependent] = seen[node] + 1
                waiting.append(dependent)
        if len(seen) > most:
            return None
    return seen
