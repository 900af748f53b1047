"""Stage 5, watch_services: what all problems of a service hold down, together, and whom that touches.

service-effects (key: service) --> HeldDown, HolderAsked, Tick --> customer-impacts (key: product instance)
                                                              +--> problem-inbox, network-inbox (handling_watch.py)

- A problem tells the whole set it holds of what a service stands on; its last word counts, an empty one lets go.
- The service's state is that of the union of all holdings (domain/impact.py), so two problems that each cut one path
  of a protected service bring it down together, though either alone only puts it at risk.
- Announced work holds things too (`planned`). What it does alone is told as planned; where a problem makes it worse, or
  would hurt the service as well by itself, the state counts as unplanned (`impact_by`).
- Told are differences only: started, changed, ended. A product's present impact is the last one told of it. That
  another problem now explains the same impact is no difference.
- Only beginnings wait (mode observe, or while the partition catches up), never ends: who was told of an impact hears
  of its end. What began and went while it waited is counted in the row as missed.
- A row stays when all is well again: its number keeps the ids of impacts unique.
- The clocks of the products' SLAs run here (jeopardy_service.py): when one passes a step, its customers and the problems
  that keep it running are told, at exactly that time: before a word on the service is folded its clocks come to where
  the lane was that tells it, however far that lane is ahead.
"""


import msgspec

from streams.domain import forgotten, handling_watch, impact_snapshot, jeopardy_service, lanes_apart, probe
from streams.domain.alarm import Effect
from streams.domain.forgotten import ProductForgotten
from streams.domain.handling_messages import HolderAsked
from streams.domain.handling_watch import Lately
from streams.domain.impact_delta import Told, delta, differences
from streams.domain.impact_messages import ImpactsAsked
from streams.domain.impact_reason import UNEXPLAINED, Holding, Reason, explain, impact_by
from streams.domain.impact_snapshot import Snapshot
from streams.domain.instant import DAY, Instant
from streams.domain.jeopardy_figures import ClockFigures, ImpactFigures, count_clocks, count_impacts
from streams.domain.jeopardy_service import Hold, ServiceClocks
from streams.domain.lanes_apart import HeldAhead
from streams.domain.messages import HeldDown, NetworkTurned, ProbeSent, ServiceEvent
from streams.domain.network import Network
from streams.domain.policy import WatchPolicy
from streams.domain.probe import ProbeSeen
from streams.domain.view import Emit, View, World


class WatchedService(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One service: who holds what of it, its state, and what was told of it."""

    holdings: tuple[Holding, ...] = ()
    """By problem, sorted."""
    state: Effect = Effect.NONE
    at: Instant = 0
    """Event time of the last word on it; never goes back."""
    since: Instant = 0
    """When it last ceased to be NONE; 0 while it is."""
    hurt_since: Instant = 0
    """When it last became degraded or down: the start of its products' clocks; 0 while it is neither."""
    told: tuple[Told, ...] = ()
    """What was told and has not ended, in the network's order of products, then those it no longer knows."""
    number: int = 0
    """Impacts told so far."""
    beyond: int = 0
    """Words cut to the policy's bounds."""
    missed: int = 0
    """Impacts that began and went while beginnings waited: recorded, not told."""
    reason: Reason = UNEXPLAINED
    """Why it was as it was last told to be."""
    planned: bool = False
    """Announced work alone explains the state."""
    lately: Lately | None = None
    """Which problem last hurt it, where it works again: a customer may report what is over."""
    hurt_from: Instant = 0
    """When it became degraded or down, be it by announced work; 0 while it is neither."""
    window_end: Instant = 0
    """The end of the latest announced window in which the state was; 0 while it is NONE."""
    clocks: ServiceClocks | None = None
    """Of the products' SLAs; None before the first."""
    forget_at: Instant = 0
    """When it is forgotten: no network has the service any more and nothing is held or told of it; 0: never."""

    @property
    def due(self) -> Instant:
        """When a clock passes its next step, or it is forgotten."""
        return min(filter(None, (self.forget_at, self.clocks.next_at if self.clocks is not None else 0)), default=0)


class WaitingImpact(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A service whose impacts began while the partition caught up; they are told if they last."""

    since: Instant


FORGET_AFTER = 8 * DAY
"""Longer than `customer-impacts` is kept: a service of that name that comes later counts its impacts anew, and no id stands there twice."""
RELEASED = 1_000_000
"""Waiting services told of at one go: all of them."""

TABLES = {
    "watched-services": (WatchedService, lambda row: row.due or None, "service -> what each problem holds of it, and what was told of its products"),
    **lanes_apart.TABLES,
    **impact_snapshot.TABLES,
    "clock-figures": (ClockFigures, None, "one row -> clocks of affected products by how they stand"),
    "impact-figures": (ImpactFigures, None, "one row -> products by what was last told of them"),
    "probes-at-services": (ProbeSeen, lambda row: row.due, "way of a probe -> the newest that came to this end"),
    "waiting-impacts": (WaitingImpact, None, "service -> since when impacts on it wait for the partition to catch up"),
}


def step(view: View, message: ServiceEvent, now: Instant, world: World) -> list[Emit]:
    """Fold one problem's hold on one service; on a live tick tell what waited for one.

    Errors: none. A release of what was never held remembers nothing.
    """
    if isinstance(message, HolderAsked):
        row = view.watched_services.get(message.service) or WatchedService()
        return handling_watch.answer(message, row.holdings, row.state, row.lately, world.network)
    if isinstance(message, ImpactsAsked):
        return impact_snapshot.begin(view, message, now)
    if isinstance(message, ProductForgotten):
        return forgotten.forget(view, message, now)
    if isinstance(message, ProbeSent):
        return probe.arrive(view.probes_at_services, message, probe.SERVICES)
    if isinstance(message, NetworkTurned):
        return _renew(view, world, max(message.at, now))
    if not isinstance(message, HeldDown):
        return _release(view, world) if message.live else []
    if lanes_apart.is_ahead(message, now, world.network):
        lanes_apart.postpone(view, message)
        return []
    return _held(view, message, world)


def _held(view: View, message: HeldDown, world: World) -> list[Emit]:
    """Fold one problem's hold on one service."""
    before = view.watched_services.get(message.service)
    if before is None:
        if not message.held:
            return []
        before = WatchedService()
    out, before = _wound(view, message.service, before, max(message.told_at, message.at), world.network)
    told, after = _turned(view, message.service, _judge(before, message, world.network, world.policy.watch), world.network)
    view.watched_services.put(message.service, _aged(after, message.service, after.at, world.network))
    return out + told + handling_watch.explained(message.service, before.holdings, after.holdings, world.network, after.at)


def _turned(view: View, service: str, row: WatchedService, network: Network, renewed_at: Instant = 0) -> tuple[list[Emit], WatchedService]:
    """Turn the clocks of a service whose row was judged anew, and tell all that differs."""
    clocks, words = jeopardy_service.turn(row.clocks, Hold(service, row.at, row.hurt_since, row.holdings), network)
    if clocks is not row.clocks:
        row = msgspec.structs.replace(row, clocks=clocks)
    live = view.live
    out, row = _tell(view, service, row, row.at, network, begin=live and _may_begin(network, service), renewed_at=renewed_at)
    if not live or view.waiting_impacts.get(service) is not None:
        row = _wait(view, service, row, network)
    return out + words, row


def _wound(view: View, service: str, row: WatchedService, until: Instant, network: Network) -> tuple[list[Emit], WatchedService]:
    """Have the clocks of a service pass what is due by `until`, each step told by itself and at exactly its time."""
    out: list[Emit] = []
    while row.clocks is not None and 0 < (due := row.clocks.next_at) <= until:
        clocks, words = jeopardy_service.wind(row.clocks, service, due, network)
        told, row = _tell(view, service, msgspec.structs.replace(row, clocks=clocks), due, network, begin=False)
        out += told + words
    return out, row


def come_due(view: View, table: str, key: str, row: WatchedService | HeldAhead | Snapshot, now: Instant, world: World) -> list[Emit]:
    """Have the clocks of a service pass what is due; fold a word that the clock has reached; tell the next page of a snapshot."""
    if isinstance(row, ProbeSeen):
        view.probes_at_services.delete(key)
        return []
    if isinstance(row, Snapshot):
        return impact_snapshot.page(view, row, row.due)
    if isinstance(row, HeldAhead):
        view.held_ahead.delete(key)
        return _held(view, row.word, world)
    out, after = _wound(view, key, row, now, world.network)
    if 0 < after.forget_at <= now:
        view.watched_services.delete(key)
    else:
        view.watched_services.put(key, after)
    return out


def _aged(row: WatchedService, service: str, at: Instant, network: Network) -> WatchedService:
    """Have a service that was ended, and of which nothing is held or told, be forgotten when nobody reads of it any more."""
    is_over = service not in network.nodes and not (row.holdings or row.told)
    return row if is_over == bool(row.forget_at) else msgspec.structs.replace(row, forget_at=at + FORGET_AFTER if is_over else 0)


def _renew(view: View, world: World, at: Instant) -> list[Emit]:
    """Judge anew the services that a change of the network touches, and tell what differs: another state, other products."""
    out: list[Emit] = []
    for service in world.touched.services:
        before: WatchedService | None = view.watched_services.get(service)
        if before is None:
            continue
        if not (before.holdings or before.told):
            if (aged := _aged(before, service, at, world.network)) is not before:
                view.watched_services.put(service, aged)
            continue
        wound, before = _wound(view, service, before, at, world.network)
        if before.clocks is not None:
            before = msgspec.structs.replace(before, clocks=jeopardy_service.agree(before.clocks, service, at, world.network))
        row = _stated(service, before, list(before.holdings), max(before.at, at), world.network, before.beyond)
        told, after = _turned(view, service, row, world.network, renewed_at=row.at)
        view.watched_services.put(service, _aged(after, service, at, world.network))
        out += wound + told
    return out


def _judge(row: WatchedService, message: HeldDown, network: Network, limits: WatchPolicy) -> WatchedService:
    """Put one problem's word in place of its last one and judge the service anew."""
    gone = (message.problem, *message.mergers)
    holdings = [h for h in row.holdings if h.problem not in gone]
    beyond = row.beyond
    if held := message.held:
        if len(held) > limits.elements:
            beyond += 1
            held = tuple(sorted(held, key=lambda e: (-e[1], e[0]))[: limits.elements])
        holdings.append(Holding(
            message.problem, held, message.planned, message.domain, message.reported, message.status, message.is_around))
        if len(holdings) > limits.problems:
            beyond += 1
            holdings = sorted(holdings, key=lambda h: (-h.worst, h.problem))[: limits.problems]
        holdings.sort(key=lambda h: h.problem)
    at = max(row.at, message.at)
    return _stated(message.service, msgspec.structs.replace(row, window_end=_window(row, message, holdings, at)), holdings, at, network, beyond)


def _window(row: WatchedService, message: HeldDown, holdings: list[Holding], at: Instant) -> Instant:
    """Return when the announced work on a service ends, or ended: called off, it ends with the word of that."""
    planned = [one for one in holdings if one.planned]
    if not planned:
        return min(message.window_end if message.planned and message.window_end else row.window_end, at)
    if not message.planned:
        return row.window_end
    return message.window_end if len(planned) == 1 and message.held else max(row.window_end, message.window_end)


def _stated(service: str, row: WatchedService, holdings: list[Holding], at: Instant, network: Network, beyond: int) -> WatchedService:
    """Return the row with these holdings, in the state that they bring about under this network."""
    state, planned = impact_by(network, holdings, service)
    since = (row.since or at) if state else 0
    hurt_from = (row.hurt_from or at) if state >= Effect.DEGRADED else 0
    window_end = row.window_end if state else 0
    begun = row.hurt_since if row.hurt_since <= at else 0       # What was to count from a window's end may count sooner: it was called off.
    hurt_since = (begun or (window_end if hurt_from < window_end else at)) if hurt_from and not planned else 0
    lately = row.lately
    if row.state >= Effect.DEGRADED > state:
        lately = handling_watch.lately(row.holdings, holdings, service, lately, network, at)
    return msgspec.structs.replace(
        row, holdings=tuple(holdings), state=state, at=at, since=since, hurt_since=hurt_since, beyond=beyond, planned=planned, lately=lately,
        hurt_from=hurt_from, window_end=window_end)


def _tell(view: View, service: str, row: WatchedService, at: Instant, network: Network, begin: bool, renewed_at: Instant = 0) -> tuple[list[Emit], WatchedService]:
    """Return what is to be told of a row as of `at`, and the row that knows it was told; `renewed_at`: when the network changed, if it is that."""
    products = network.products.get(service, ())
    if not row.told and (not row.state or not products or not begin):
        return [], row
    clocks = jeopardy_service.words(row.clocks, service, network)
    found, told = differences(network, service, row.told, row.state, row.since, clocks, begin, row.planned, renewed_at)
    if not found:
        return [], row
    reason = row.reason
    if row.state:
        reason = explain(network, service, row.holdings)
    count_impacts(view, found)
    if clocks:
        count_clocks(view, found, clocks)
    deltas = [delta(network, service, number, one, reason, at, clocks) for number, one in enumerate(found, row.number + 1)]
    row = msgspec.structs.replace(row, told=told, number=row.number + len(deltas), reason=reason if told else UNEXPLAINED)
    return [Emit("customer-impacts", d.product, d, d.at) for d in deltas], row


def _wait(view: View, service: str, row: WatchedService, network: Network) -> WatchedService:
    """Keep in mind that beginnings wait, or count them as missed where they went before they could be told."""
    untold = len(network.products.get(service, ())) - len(row.told) if _may_begin(network, service) else 0
    waits = view.waiting_impacts.get(service) is not None
    if row.state and untold > 0:
        if not waits:
            view.waiting_impacts.put(service, WaitingImpact(row.since))
    elif waits:
        view.waiting_impacts.delete(service)
        if not row.state:
            return msgspec.structs.replace(row, missed=row.missed + untold)
    return row


def _release(view: View, world: World) -> list[Emit]:
    """Tell what waited and lasts, now that the partition has caught up."""
    out: list[Emit] = []
    for service, _ in view.waiting_impacts.prefix("", RELEASED):
        view.waiting_impacts.delete(service)
        row = view.watched_services.get(service)
        told, after = _tell(view, service, row, row.at, world.network, begin=_may_begin(world.network, service))
        out += told
        view.watched_services.put(service, after)
    return out


def _may_begin(network: Network, service: str) -> bool:
    """Tell whether impacts on a service are told at all: not in mode observe."""
    node = network.nodes.get(service)
    return network.mode_for(node.domain if node else "") != "observe"
