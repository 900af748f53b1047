"""What a problem holds down, told to stage 5 service by service: only where it changed, and never with a gap.

A problem's hold on a service is what of `held` lies in the service's cone. `Holding` remembers what was told, so that
a diagnosis costs set operations in the number of services and work only for those whose hold differs.

Merging: what the loser held goes to the survivor as `inherited`; the survivor's next diagnosis tells each of those
services its own hold with `mergers`, which ends the loser's in the same message. So localization must tell of the
loser first and then of the survivor; where no diagnosis brought the two together, `took_over` tells it.

While the partition catches up, services that begin to be held wait (`waiting`); releases and changes pass. In mode
observe holds are told too: it is stage 5 that then tells no customer.
"""

from collections.abc import Iterable

import msgspec

from streams.domain.alarm import Effect
from streams.domain.impact import cone
from streams.domain.instant import Instant
from streams.domain.messages import HeldDown
from streams.domain.network import Network
from streams.domain.problem import Status
from streams.domain.problem_record import ProblemRecord
from streams.domain.view import Emit, View

Stand = tuple[str, bool]
"""How a problem stands, as far as the clocks of products go: its status where one of them may stand in it, and whether a
work-around, or an operator's word, gave the services back."""
WORKS: Stand = ("", False)
Held = tuple[tuple[str, Effect], ...]


class Holding(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What stage 5 was told about one problem. As long as its problem's diagnosis: not more than 5,000 services."""

    held: Held = ()
    services: tuple[str, ...] = ()
    """Services that were told of a hold, in the order of the diagnosis."""
    waiting: tuple[str, ...] = ()
    """Services held that have not been told, because the partition was catching up."""
    inherited: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(problem merged into this one, services it still holds) until the next diagnosis takes them over."""
    topology: str = ""
    planned: str = ""
    """The announced work that holds them, where it is no problem."""
    domain: str = ""
    """Of announced work: its correlation domain; a problem's record has it."""
    stand: Stand = WORKS
    """How the problem stood when the services were told last."""
    window_end: Instant = 0
    """Of announced work: when its window ends."""


def retell(known: Holding, problem: str, domain: str, held: Held, wanted: tuple[str, ...], at: Instant, now: Instant, network: Network, live: bool, stand: Stand = WORKS) -> tuple[Holding, list[Emit]]:
    """Return what is to be remembered and told once the problem holds down `held` and so hurts the services `wanted`.

    Shapes: `held` sorted by object; `wanted` in the order of the diagnosis; outputs in that order, then the releases.
    Units: `at` is the event time of what is told, `now` the clock of the lane that tells it.
    """
    if known.held == held and known.services == wanted and not known.inherited and known.topology == network.built and known.stand == stand:
        return known, []
    takes_over = _losers(known.inherited)
    told = set(known.services)
    same_network = known.topology == network.built
    changed = {o for o, _ in set(held) ^ set(known.held)}
    effects = dict(held)
    services: list[str] = []
    waiting: list[str] = []
    out: list[Emit] = []

    def say(service: str, part: Held) -> None:
        out.append(Emit("service-effects", service, HeldDown(service, problem, domain, part, at, takes_over.get(service, ()), status=stand[0], is_around=stand[1], told_at=now), at))

    for service in wanted:
        begins = service not in told and service not in takes_over
        if begins and not live:
            waiting.append(service)
            continue
        services.append(service)
        under = cone(network, service)
        if begins or service in takes_over or not same_network or stand != known.stand or not under.keys().isdisjoint(changed):
            say(service, tuple((o, effects[o]) for o in sorted(effects.keys() & under.keys())))
    for service in sorted((told | takes_over.keys()).difference(wanted)):
        say(service, ())
    return Holding(held, tuple(services), tuple(waiting), (), network.built, known.planned, known.domain, stand, known.window_end), out


def stand_of(row: ProblemRecord, network: Network) -> Stand:
    """Return how a problem stands, as far as the clocks of products go."""
    given_back = row.relief.stands(row.members) or row.status == Status.RESOLVED  # by an operator's word, where alarms are still active
    return row.status if row.status in network.pausing else "", given_back


def restated(view: View, row: ProblemRecord, at: Instant, now: Instant, network: Network) -> list[Emit]:
    """Tell the services that a problem holds how it stands now, where that has changed since they were told."""
    stand = stand_of(row, network)
    known: Holding | None = view.holdings.get(row.id)
    if known is None or known.planned or known.stand == stand:
        return []
    kept, out = retell(msgspec.structs.replace(known, inherited=()), row.id, row.domain, known.held, known.services, at, now, network, True, stand)
    view.holdings.put(row.id, msgspec.structs.replace(kept, waiting=known.waiting, inherited=known.inherited, topology=known.topology))
    if row.handling is not None and row.handling.is_reported:
        return [Emit(e.topic, e.key, msgspec.structs.replace(e.value, reported=True), e.at) for e in out]
    return out


def took_over(view: View, row: ProblemRecord, at: Instant, now: Instant, network: Network) -> list[Emit]:
    """Tell what a merged problem held the survivor's own hold, where no diagnosis of the survivor follows."""
    known: Holding | None = view.holdings.get(row.id)
    if known is None or not known.inherited:
        return []
    taken = _losers(known.inherited)
    wanted = (*known.services, *(service for service in known.waiting if service in taken))
    kept, out = retell(known, row.id, row.domain, known.held, wanted, at, now, network, True, known.stand)
    view.holdings.put(row.id, msgspec.structs.replace(kept, waiting=tuple(service for service in known.waiting if service not in taken), topology=known.topology))
    return out


def hand_over(loser: Holding, problem: str, survivor: Holding) -> Holding:
    """Give what a merged problem holds, and what it had inherited, to the survivor's next diagnosis."""
    return msgspec.structs.replace(survivor, inherited=(*survivor.inherited, (problem, loser.services), *loser.inherited))


def release(known: Holding, problem: str, domain: str, at: Instant, now: Instant) -> list[Emit]:
    """Tell every service that this problem, and those merged into it, hold nothing any more."""
    losers = _losers(known.inherited)
    services = sorted(losers.keys() | set(known.services))
    return [Emit("service-effects", s, HeldDown(s, problem, domain, (), at, losers.get(s, ()), told_at=now), at) for s in services]


def _losers(inherited: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return for each service the merged problems that still hold it."""
    losers: dict[str, tuple[str, ...]] = {}
    for loser, services in inherited:
        for service in services:
            losers[service] = (*losers.get(service, ()), loser)
    return losers

