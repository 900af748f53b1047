"""What stage 6 knows to be impaired, object by object: held down by problems, in test, under announced work, or under a command.

Kept only where commands depend on it (`Network.looks_around`).
"""

from collections.abc import Iterable
from itertools import islice

import msgspec

from streams.domain.alarm import Effect
from streams.domain.around import State
from streams.domain.impact import cone
from streams.domain.instant import Instant
from streams.domain.messages import ObjectTested, OutageAnnounced
from streams.domain.network import Network
from streams.domain.outage import REMEMBERED, Outage, Scope, Works
from streams.domain.overseen import BusyTarget
from streams.domain.problem_told import ProblemTold
from streams.domain.view import View

ALL = 1_000_000
SUPPORT = 1_000
"""Objects under a target that are looked up in announced work, the nearest."""
HOLDERS = 100
"""Problems and tests counted in per object (design section 2)."""


class Holder(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem that holds an object down, or a test under way on it."""

    by: str
    effect: Effect
    until: Instant = 0
    """0: until it says otherwise."""


class Impaired(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Who impairs one object."""

    holders: tuple[Holder, ...]


def held(told: ProblemTold) -> dict[str, Effect]:
    """Return what a problem holds down, its located cause included where that is said to be down."""
    found = dict(told.held)
    if told.is_down and told.cause_object:
        found[told.cause_object] = Effect.DOWN
    return found


def note(view: View, by: str, before: dict[str, Effect], after: dict[str, Effect]) -> list[str]:
    """Take over what a problem holds now in place of what it held; return the objects that became worse."""
    worse = []
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            _put(view, name, by, Holder(by, after[name]) if name in after else None)
            if after.get(name, Effect.NONE) > before.get(name, Effect.NONE):
                worse.append(name)
    return worse


def tested(view: View, m: ObjectTested) -> None:
    """Note that a test is under way on an object, or that it is over."""
    _put(view, m.object, m.test, Holder(m.test, Effect.DOWN, m.until) if m.until else None)


def _put(view: View, name: str, by: str, holder: Holder | None) -> None:
    row: Impaired | None = view.impaired.get(name)
    others = tuple(one for one in (row.holders if row is not None else ()) if one.by != by)
    holders = (*others, holder)[-HOLDERS:] if holder is not None else others
    if holders:
        view.impaired.put(name, Impaired(holders))
    elif row is not None:
        view.impaired.delete(name)


def state(view: View, network: Network, at: Instant, ignoring: str = "") -> State:
    """Return what tells the state of an object itself, as far as is known at that time; `ignoring`: a command that does not count."""
    works = _works(view)
    on = [ident for ident, outage in sorted(works.outages.items()) if outage.is_on(at, 0, 0)]

    def one(name: str) -> Effect:
        busy: BusyTarget | None = view.busy_targets.get(name)
        if busy is not None and busy.is_open and busy.until > at and busy.command != ignoring:
            return Effect.DOWN
        row: Impaired | None = view.impaired.get(name)
        worst = max((h.effect for h in row.holders if not h.until or h.until > at), default=Effect.NONE) if row is not None else Effect.NONE
        return Effect.DOWN if on and worst < Effect.DOWN and not works.on_object(network, name).isdisjoint(on) else worst

    return one


# --- announced work ---


def announced(view: View, m: OutageAnnounced, now: Instant) -> None:
    """Take an announcement over; a later one of the same id takes its place."""
    if m.cancelled or (m.by_source and not m.starts_at):
        view.planned_work.delete(m.id)
        _works(view).drop(m.id)
        return
    scope = Scope(m.objects, (), m.sites, m.domains, m.unaffected)
    row = Outage(m.id, scope, m.starts_at, m.ends_at, max(m.ends_at, now) + REMEMBERED)
    view.planned_work.put(m.id, row)
    _works(view).put(row)


def forget(view: View, ident: str) -> None:
    """Forget work that is over."""
    view.planned_work.delete(ident)
    _works(view).drop(ident)


def under_work(view: View, network: Network, target: str, at: Instant) -> tuple[str, Instant]:
    """Return the announced work that is on, at the target or at what it stands on, and when it ends; ("", 0) where none is."""
    works = _works(view)
    if not works.outages:
        return "", 0
    found: Iterable[str] = dict.fromkeys(i for name in islice(cone(network, target), SUPPORT) for i in sorted(works.on_object(network, name)))
    on = [works.outages[ident] for ident in found if works.outages[ident].is_on(at, 0, 0)]
    last = max(on, key=lambda outage: (outage.ends_at, outage.id), default=None)
    return (last.id, last.ends_at) if last is not None else ("", 0)


def _works(view: View) -> Works:
    known: Works | None = view.memo.get("planned-work")
    if known is None:
        known = view.memo["planned-work"] = Works(row for _, row in view.planned_work.prefix("", ALL))
    return known
