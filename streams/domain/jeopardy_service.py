"""Stage 5's part in jeopardy: the clocks of the products of one service, and what problems and customers hear of them.

One clock per affected product, kept once for all products of a service that have the same SLA: they began together and
stand together. A clock begins with the impact (degraded or down, and not planned), stands while the service waits for
its requester, and ends with the restoration. When the same problem hurts the service again (it was reopened), or it is
hurt again in the same instant (its hold changed hands), the clock goes on; else a new one begins.

The service waits where problems that stand, in the sense of its SLA, hurt it by themselves, and the others do not.
"""

from collections.abc import Mapping, Sequence

import msgspec

from streams.domain import sla_clock
from streams.domain.alarm import Effect
from streams.domain.ids import identify
from streams.domain.impact import failed
from streams.domain.impact_reason import Holding, union
from streams.domain.instant import Instant
from streams.domain.jeopardy_messages import WITHDRAWN, Clocked, ClockNews
from streams.domain.network import Network, Product
from streams.domain.sla import VIOLATION, Sla, Step
from streams.domain.sla_clock import Passed, SlaClock
from streams.domain.view import Emit

RUNS, STANDS, WARNED, VIOLATED, KEPT = "running", "paused", "warned", "violated", "kept"
"""How a customer's clock stands; kept: it ended in time."""
VIOLATIONS = 100
"""Ids of violations in one word (design section 2)."""

Bearer = tuple[str, str]
"""A problem that keeps the clocks running, and its correlation domain."""


class ServiceClocks(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The clocks of one service, of its present impact or of the last one."""

    clocks: tuple[SlaClock, ...] = ()
    """By SLA."""
    bearers: tuple[Bearer, ...] = ()
    """Who was told of them, sorted; of an impact that is over: who had been."""
    due_at: Instant = 0
    stands: bool = False
    """What they were told last."""
    is_over: bool = False

    @property
    def next_at(self) -> Instant:
        """When a clock passes its next step; 0 where none will."""
        return min((clock.next_at for clock in self.clocks if clock.next_at), default=0)


class Hold(msgspec.Struct, frozen=True):
    """What of a service matters to its clocks, as it is after a word on it."""

    service: str
    at: Instant
    """Event time of the word."""
    hurt_since: Instant
    """From when its impact counts; 0 where there is none."""
    holdings: tuple[Holding, ...]


Turned = tuple[ServiceClocks | None, list[Emit]]


def slas_of(network: Network, service: str) -> tuple[Sla, ...]:
    """Return the SLAs of the products of a service, each once, sorted."""
    products = network.products.get(service)
    if not products:
        return ()
    known = network.memo.setdefault("slas_of", {})
    names = tuple(dict.fromkeys(p.sla for p in products))
    found: tuple[Sla, ...] | None = known.get(names)
    if found is None:
        found = known[names] = tuple(network.slas[name] for name in sorted(names) if name in network.slas)
    return found


def turn(known: ServiceClocks | None, hold: Hold, network: Network) -> Turned:
    """Bring the clocks to where a word on their service leaves them; tell the problems what changed for them."""
    slas = slas_of(network, hold.service)
    if known is None and not (slas and hold.hurt_since):
        return None, []
    if not slas and known is not None:
        # Its products are gone, and their clocks with them: who comes later has clocks of his own.
        return None, _tell(hold.service, known, ServiceClocks(), [], (), (), hold.at, network)
    before = known or ServiceClocks()
    reached, found = _passed(before, slas, hold.at)
    bearers = tuple(sorted((h.problem, h.domain) for h in hold.holdings if not h.planned and not h.is_around and h.worst)) if hold.hurt_since else ()
    goes_on = bool(before.is_over and before.clocks) and (reached.clocks[0].ended_at >= hold.at or not {b for b, _ in before.bearers}.isdisjoint(b for b, _ in bearers))
    clocks = tuple(_turned(reached.clocks, sla, hold, goes_on, before.is_over, network) for sla in slas if hold.hurt_since or _of(reached.clocks, sla))
    after = _after(before, clocks, bearers, bool(hold.hurt_since))
    fresh = [_news(hold.service, clock, step, at, network) for clock, (step, at) in found] + _withdrawn(hold.service, reached, after, network)
    heard = before.bearers if goes_on or not before.is_over else ()
    return after, _tell(hold.service, before, after, fresh, heard, bearers, hold.at, network)


def agree(known: ServiceClocks, service: str, at: Instant, network: Network) -> ServiceClocks:
    """Have the clocks run by their SLAs as they are from `at` on; who bears them hears of it with their next turn."""
    by_id = {sla.id: sla for sla in slas_of(network, service)}
    clocks = tuple(sla_clock.agreed_anew(clock, by_id[clock.sla], at) if clock.sla in by_id else clock for clock in known.clocks)
    return msgspec.structs.replace(known, clocks=clocks) if clocks != known.clocks else known


def wind(known: ServiceClocks, service: str, now: Instant, network: Network) -> tuple[ServiceClocks, list[Emit]]:
    """Have the clocks pass what is due by now; tell the problems."""
    after, found = _passed(known, slas_of(network, service), now)
    fresh = [_news(service, clock, step, at, network) for clock, (step, at) in found]
    return after, _tell(service, known, after, fresh, known.bearers, known.bearers, now, network)


def words(known: ServiceClocks | None, service: str, network: Network) -> Mapping[str, tuple[str, Instant]]:
    """Return for each SLA how its clock stands, and its due time, as customers are told."""
    if known is None:
        return {}
    slas = network.slas
    return {clock.sla: (_word(clock, slas[clock.sla]), clock.due_at) for clock in known.clocks if clock.sla in slas}


def violation(network: Network, service: str, product: str, clock: SlaClock) -> str:
    """Return the id of a violation: of one product in one impact."""
    node = network.nodes.get(service)
    return identify(node.domain if node else "", service, product, "sla-violation", clock.start)


def _word(clock: SlaClock, sla: Sla) -> str:
    if sla_clock.is_violated(clock, sla):
        return VIOLATED
    if clock.ended_at:
        return KEPT
    if clock.stood_at:
        return STANDS
    return WARNED if sla_clock.is_warned(clock, sla) else RUNS


def _of(clocks: Sequence[SlaClock], sla: Sla) -> SlaClock | None:
    return next((clock for clock in clocks if clock.sla == sla.id), None)


def _passed(known: ServiceClocks, slas: Sequence[Sla], until: Instant) -> tuple[ServiceClocks, list[tuple[SlaClock, Passed]]]:
    """Have all clocks pass what is due; return the steps in order of time, each with its clock as it was then."""
    found: list[tuple[SlaClock, Passed]] = []
    if not any(0 < clock.next_at <= until for clock in known.clocks):
        return known, found
    clocks: list[SlaClock] = []
    by_id = {sla.id: sla for sla in slas}
    for clock in known.clocks:
        if (sla := by_id.get(clock.sla)) is not None:
            clock, steps = sla_clock.passed(clock, sla, until)
            found += [(clock, step) for step in steps]
        else:
            clock = msgspec.structs.replace(clock, next_at=0)       # topology.yaml knows its SLA no more
        clocks.append(clock)
    found.sort(key=lambda one: one[1][1])
    return msgspec.structs.replace(known, clocks=tuple(clocks)), found


def _turned(clocks: Sequence[SlaClock], sla: Sla, hold: Hold, goes_on: bool, was_over: bool, network: Network) -> SlaClock:
    """Return one clock begun, going on, standing or over."""
    clock = _of(clocks, sla)
    if not hold.hurt_since:
        assert clock is not None, "Only known clocks end."
        return clock if clock.ended_at else sla_clock.ended(clock, sla, hold.at)
    if clock is None or (was_over and not goes_on) or clock.start > max(hold.at, hold.hurt_since):
        clock = sla_clock.begun(sla, hold.hurt_since)
    elif clock.ended_at:
        clock = sla_clock.went_on(clock, sla, hold.at)
    waits = _waits(hold, sla, network)
    if waits and not clock.stood_at:
        return sla_clock.stood(clock, sla, hold.at)
    return sla_clock.went_on(clock, sla, hold.at) if clock.stood_at and not waits else clock


def _waits(hold: Hold, sla: Sla, network: Network) -> bool:
    counted = [h for h in hold.holdings if not h.planned and not h.is_around]
    standing = [h for h in counted if h.status in sla.pauses]
    if not standing or failed(network, union(standing), hold.service) < Effect.DEGRADED:
        return False
    others = [h for h in counted if h.status not in sla.pauses]
    return not others or failed(network, union(others), hold.service) < Effect.DEGRADED


def _after(before: ServiceClocks, clocks: tuple[SlaClock, ...], bearers: tuple[Bearer, ...], hurt: bool) -> ServiceClocks:
    due_at = min((clock.due_at for clock in clocks if clock.since), default=0)
    stands = hurt and not any(clock.since for clock in clocks)
    return ServiceClocks(clocks, bearers if hurt else before.bearers, due_at, stands, not hurt)


def _tell(
    service: str, before: ServiceClocks, after: ServiceClocks, fresh: list[ClockNews], heard: Sequence[Bearer], bearers: Sequence[Bearer], at: Instant, network: Network,
) -> list[Emit]:
    """Tell each problem that bears the clocks, or did, what changed for it; one that has not heard of them hears all that was passed."""
    told = () if before.is_over else before.bearers
    lasts = (before.due_at, before.stands) == (after.due_at, after.stands)
    out: list[Emit] = []
    for bearer in sorted({*told, *bearers}):
        bears = bearer in bearers
        news = fresh if bearer in heard else _all_news(service, after, network)
        if bears and bearer in told and lasts and not news:
            continue
        word = Clocked(*bearer, service, after.due_at if bears else 0, bears and after.stands, at, tuple(news))
        out.append(Emit("problem-inbox", word.problem, word, at, word.domain))
    return out


def _news(service: str, clock: SlaClock, step: Step, at: Instant, network: Network) -> ClockNews:
    products = [p for p in network.products.get(service, ()) if p.sla == clock.sla]
    ids = _violations(service, clock, products, network) if step.kind == VIOLATION else ()
    one = step.escalation
    return ClockNews(step.kind, clock.sla, at, clock.due_at, len(products), ids, *((one.level, one.tell, one.priority) if one is not None else ()))


def _violations(service: str, clock: SlaClock, products: Sequence[Product], network: Network) -> tuple[str, ...]:
    return tuple(violation(network, service, p.id, clock) for p in products[:VIOLATIONS])


def _all_news(service: str, clocks: ServiceClocks, network: Network) -> list[ClockNews]:
    """Return all steps that the clocks have passed, for a problem that has not heard of them: as of the time at which it comes to them."""
    slas = {sla.id: sla for sla in slas_of(network, service)}
    return [_news(service, clock, step, clock.due_at, network)
            for clock in clocks.clocks if clock.sla in slas for step in slas[clock.sla].steps[: clock.step]]


def _withdrawn(service: str, reached: ServiceClocks, after: ServiceClocks, network: Network) -> list[ClockNews]:
    """Return the violations told that were none: restored in time, heard late."""
    slas = {sla.id: sla for sla in slas_of(network, service)}
    found = []
    for clock in after.clocks if after.is_over and not reached.is_over else ():
        sla, before = slas.get(clock.sla), next((one for one in reached.clocks if one.sla == clock.sla), clock)
        if sla is not None and sla_clock.is_violated(before, sla) and not sla_clock.is_violated(clock, sla):
            products = [p for p in network.products.get(service, ()) if p.sla == clock.sla]
            found.append(ClockNews(WITHDRAWN, clock.sla, clock.ended_at, clock.due_at, len(products), _violations(service, clock, products, network)))
    return found
