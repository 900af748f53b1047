"""Looking again at the alarms that work may explain, or explains no more, when an announcement or a failure says so.

    announced, changed, moved, cancelled               -> alarms of what is or was in scope, and of what stands on it
    an object fails, or works again, or its failure
    turns out to be explained, or not to be            -> alarms of what stands on it
    an alarm grows heavier or lighter                  -> alarms of its object

Objects are looked at a page at a time, each page at a due time of its own, so that work on a whole domain never makes
the lane stand still. Each alarm is judged by `explain` alone: however a window was moved before, it ends the same.
"""

from collections import deque
from collections.abc import Iterable

import msgspec

from streams.domain.alarmed import Alarmed, Followed
from streams.domain.impact import adjacent
from streams.domain.instant import SECOND, Instant
from streams.domain.network import Network
from streams.domain.outage import Outage, Scope, works_of
from streams.domain.outage_course import look_again
from streams.domain.outage_work import Step, tell_steps
from streams.domain.view import Emit, View, World

PAGE = 256
"""Objects looked at in one go ..."""
PAUSE = SECOND // 10
"""... and the time until the next ones: 50,000 objects take 20 s."""
REACH = 100_000
"""Objects looked at for one reason, at most: twice the size of domain that `spm check` warns at (design section 3)."""


class Sweep(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Objects that are being looked at; key: kind|root."""

    due: Instant
    kind: str
    """outage, dependents or object."""
    root: str
    """Id of the announcement, or the object."""
    withdraws: bool = True
    """Whether a problem is cancelled that loses its last alarm by it: not where only a failure ended, which was real."""
    position: int = 0
    objects: int = 0
    """Objects in scope, where this partition is the one to count them."""
    explained: int = 0
    """Alarms explained by it that were not before."""
    released: int = 0
    """Alarms that had been explained and are not any more."""
    withdrawn: int = 0
    """Problems cancelled."""
    asked: str = ""
    """Where the announcement was read that is to be answered, "" for none."""
    lanes: int = 1
    """How many partitions answer."""


def stir(view: View, followed: Followed | None, at: Instant, network: Network) -> None:
    """Have the alarms looked at again that a change on an object may be about."""
    if followed is None or not works_of(view).outages:
        return
    if followed.is_revised:
        view.outage_sweeps.put(f"object|{followed.object}", Sweep(at, "object", followed.object, withdraws=False))
    if followed.turns and followed.object in network.carries:
        key = f"dependents|{followed.object}"
        known: Sweep | None = view.outage_sweeps.get(key)
        withdraws = followed.is_eased or (known is not None and known.withdraws)
        view.outage_sweeps.put(key, Sweep(max(at, known.due) if known is not None else at, "dependents", followed.object, withdraws))


def sweep_due(view: View, key: str, row: Sweep, now: Instant, world: World) -> tuple[list[Emit], Sweep | None]:
    """Look at one page; also return the row as it ended, None while pages are left."""
    names, before = _names(view, key, row, world.network), row
    page = names[row.position : row.position + PAGE]
    out: list[Emit] = []
    steps: list[Step] = []
    for name in page:
        alarmed: Alarmed | None = view.alarmed.get(name)
        if alarmed is None:
            continue
        for entry in alarmed.entries:
            looked = look_again(view, entry.key, name, row.due, now, world, row.withdraws)
            stir(view, looked.followed, row.due, world.network)
            steps += looked.steps
            out += looked.out
            row = msgspec.structs.replace(
                row, explained=row.explained + looked.explained, released=row.released + looked.released, withdrawn=row.withdrawn + looked.withdrawn)
    at, position = row.due, row.position + PAGE
    # Services hear first of what holds them now, and last of what does not any more: none seems to work in between.
    joined = [step for step in steps if step.kind != "left"]
    left = [step for step in steps if step.kind == "left"]
    out = [*tell_steps(view, _together(joined), at, now, at_once=True), *out, *tell_steps(view, _together(left), at, now)]
    if position < len(names):
        view.outage_sweeps.put(key, msgspec.structs.replace(row, position=position, due=at + PAUSE))
        return out, None
    view.memo.pop(f"names|{key}", None)
    again: Sweep | None = view.outage_sweeps.get(key)
    if again is before:
        view.outage_sweeps.delete(key)
    elif again is not None and again.due <= at:
        # It was stirred again by what it did itself: a row may not be due twice at one time.
        view.outage_sweeps.put(key, msgspec.structs.replace(again, due=at + PAUSE))
    return out, row


def _together(steps: list[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: (step.domain, step.outage, step.kind))


def _names(view: View, key: str, row: Sweep, network: Network) -> tuple[str, ...]:
    """Return the objects to look at, worked out once per sweep."""
    known: tuple[str, ...] | None = view.memo.get(f"names|{key}")
    if known is None:
        if row.kind == "object":
            return (row.root,)
        if row.kind == "outage":
            outage: Outage | None = view.announcements.get(row.root)
            scopes = [scope for scope in (outage.scope, outage.former) if scope is not None] if outage is not None else []
            known = _dependents(network, dict.fromkeys(name for scope in scopes for name in objects_of(network, scope)))
        else:
            known = _dependents(network, {row.root: None})[1:]
        view.memo[f"names|{key}"] = known
    return known


def objects_of(network: Network, scope: Scope) -> Iterable[str]:
    """Return every object that is in scope, by name or by place, and every one that is in part."""
    yield from scope.objects
    for _, declared in scope.parts:
        yield declared
    places = _places(network)
    for kind, names in (("site", scope.sites), ("domain", scope.domains)):
        for name in names:
            yield from places.get((kind, name), ())


def _places(network: Network) -> dict[tuple[str, str], list[str]]:
    """Return which objects are at which site and in which domain."""
    known = network.memo.setdefault("places", {})
    if not known:
        for name, node in network.nodes.items():
            known.setdefault(("domain", node.domain), []).append(name)
            if node.site:
                known.setdefault(("site", node.site), []).append(name)
    return known


def _dependents(network: Network, roots: dict[str, None]) -> tuple[str, ...]:
    """Return the roots and all that stands on them, nearest first."""
    waiting = deque(roots)
    while waiting and len(roots) < REACH:
        node = waiting.popleft()
        beside = adjacent(network, node)
        for dependent in network.carries.get(node, ()):
            if dependent not in roots and dependent not in beside:
                roots[dependent] = None
                waiting.append(dependent)
    return tuple(roots)
