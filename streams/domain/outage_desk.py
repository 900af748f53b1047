"""Taking in announcements of planned work: new, changed, cancelled, ended by the object's own word; and forgetting them.

Each partition keeps every announcement as it stands, and looks again at the alarms it is about (outage_sweep.py) where
it is, or was, on by now. When that is done the partition says what it found; stage 6 sums up the answers of all.
"""

import msgspec

from streams.domain.instant import SECOND, Instant
from streams.domain.messages import OutageAnnounced, OutageMatched
from streams.domain.outage import REMEMBERED, Outage, Scope, works_of
from streams.domain.outage_sweep import Sweep, objects_of, sweep_due
from streams.domain.policy import CorrelatePolicy
from streams.domain.view import Emit, View, World, to_network

NAMES = 200_000
"""Names in all announcements of a partition, the bound of memory (some 100 MB); one more is refused: its alarms are problems (ours)."""
_replace = msgspec.structs.replace


def announce(view: View, message: OutageAnnounced, now: Instant, world: World) -> list[Emit]:
    """Take in an announcement; answer at once where there is nothing to look at."""
    policy = world.policy.correlate
    known: Outage | None = view.announcements.get(message.id)
    at, asked = max(now, message.at), "" if message.by_source else message.position
    answer = Sweep(at, "outage", message.id, asked=asked, lanes=message.lanes)
    if known is None and message.cancelled:
        return _answer(answer, at, f"Planned outage {message.id} is not known, so it cannot be cancelled: it may be over, or its id is another.")
    if known is None and works_of(view).names >= NAMES:
        return _answer(answer, at, f"{NAMES} objects are under announced work already; cancel some of it, or name sites and domains.")
    outage = _taken(known, message, world)
    if outage is None:
        return []
    if message.lane == 0 and asked and not outage.cancelled:
        answer = _replace(answer, objects=len(set(objects_of(world.network, outage.scope))))
    works_of(view).put(outage)
    key = f"outage|{outage.id}"
    running: Sweep | None = view.outage_sweeps.get(key)
    out = _answer(running, at) if running is not None else []
    begins = min(one.starts_at for one in (outage, known) if one is not None) - policy.outage_lead
    if running is None and begins > at and not outage.cancelled:
        view.announcements.put(outage.id, _replace(outage, former=None))
        return [*out, *_answer(answer, at)]
    view.announcements.put(outage.id, outage)
    view.memo.pop(f"names|{key}", None)
    view.outage_sweeps.put(key, answer)
    return out


def swept(view: View, key: str, row: Sweep, now: Instant, world: World) -> list[Emit]:
    """Look at one page of objects; when all have been looked at, say what was found."""
    out, done = sweep_due(view, key, row, now, world)
    if done is None or done.kind != "outage":
        return out
    outage: Outage | None = view.announcements.get(done.root)
    if outage is not None and outage.cancelled:
        view.announcements.delete(outage.id)
    elif outage is not None:
        view.announcements.put(outage.id, _replace(outage, former=None))
    return [*out, *_answer(done, done.due)]


def forget(view: View, outage: Outage, now: Instant) -> None:
    """Forget work that is long over, once all that it was about has been looked at."""
    if view.outage_sweeps.get(f"outage|{outage.id}") is not None:
        view.announcements.put(outage.id, _replace(outage, due=now + SECOND))
        return
    view.announcements.delete(outage.id)
    works_of(view).drop(outage.id)


def _taken(known: Outage | None, message: OutageAnnounced, world: World) -> Outage | None:
    """Return the announcement as it stands after a message; None where that ends what never began."""
    policy = world.policy.correlate
    former = None if known is None else known.scope if known.former is None else known.scope.merged(known.former, world.network)
    if message.cancelled:
        return None if known is None else _replace(known, cancelled=True, former=former)
    if message.by_source and not message.starts_at:
        if known is None or known.cancelled:
            return None
        ends_at = max(min(known.ends_at, message.ends_at), known.starts_at)
        return _replace(known, ends_at=ends_at, due=_due(ends_at, policy), former=former)
    scope = Scope(message.objects, message.parts, message.sites, message.domains, message.unaffected)
    # A source that says again that it is under work, or when it will end, does not mean that the work begins only now.
    goes_on = message.by_source and known is not None and not known.cancelled and known.is_on(message.starts_at, 0, 0)
    starts_at = known.starts_at if goes_on and known is not None else message.starts_at
    return Outage(message.id, scope, starts_at, message.ends_at, _due(message.ends_at, policy), former=former)


def _due(ends_at: Instant, policy: CorrelatePolicy) -> Instant:
    return ends_at + max(policy.outage_tail + policy.outage_settle, REMEMBERED)


def _answer(found: Sweep, at: Instant, refused: str = "") -> list[Emit]:
    """Say what this partition found of an announcement, if anybody asked."""
    if not found.asked:
        return []
    told = OutageMatched(
        found.root, found.asked, found.lanes, refused, found.objects, found.explained, found.released, found.withdrawn, at)
    return [to_network(told, at)]
