"""Why a service is as it is: the problem that explains it best, all that share in it, and the way down to what is held.

A problem shares in a state that it brings about by itself, or that would not be as bad without what it alone holds: two
that each cut one path of a protected service do, one that merely leaves it without a spare while another takes it down
does not.

Asked only when an impact is told, so it may cost more than judging the service does.
"""

from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from streams.domain.alarm import Effect
from streams.domain.impact import failed
from streams.domain.network import Network

VISITED = 5_000
"""Nodes the search for a path looks at; a service that stands on more than this within reach gets no path."""
HOPS = 8
"""Nodes of a path that are told: the service's end and the held one's are what people read."""
PROBLEMS = 100
"""Problems named in one reason (design section 2)."""


class Holding(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one problem holds down of all that the service stands on; `held` is never empty."""

    problem: str
    held: tuple[tuple[str, Effect], ...]
    planned: str = ""
    """The announced work it is, where it is no problem."""
    domain: str = ""
    """Correlation domain of the problem."""
    reported: bool = False
    """Customers reported it, no alarm did (handling.py)."""
    status: str = ""
    """Of the problem, where an SLA may have its clocks stand in it; "" else."""
    is_around: bool = False
    """The service was restored by a work-around: what is held puts it at risk, no more."""

    @property
    def worst(self) -> Effect:
        return max(effect for _, effect in self.held)


class Reason(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What explains an impact."""

    problem: str
    """The problem that hurts the service most by itself; of equals the one that holds the worst, then the lowest id."""
    problems: tuple[str, ...]
    """All that share in it, sorted."""
    path: tuple[str, ...]
    """From the service down to what `problem`, or the first of `outages`, holds of it, nearest first; () where none was found."""
    outages: tuple[str, ...] = ()
    """Announced work that holds something of it, that which explains it best first."""


UNEXPLAINED = Reason("", (), ())


def union(holdings: Iterable[Holding]) -> dict[str, Effect]:
    """Return the worst effect per element over all problems."""
    worst: dict[str, Effect] = {}
    for holding in holdings:
        for element, effect in holding.held:
            if effect > worst.get(element, Effect.NONE):
                worst[element] = effect
    return worst


def explain(network: Network, service: str, holdings: Sequence[Holding]) -> Reason:
    """Name what explains the state of a service that something holds something of: a problem where there is one, else announced work."""
    by_weight = ranked(network, service, holdings)
    problems = [h for h in by_weight if not h.planned]
    outages = tuple(dict.fromkeys(h.planned for h in by_weight if h.planned))[:PROBLEMS]
    path = path_to(network, service, {e for e, _ in by_weight[0].held})
    return Reason(problems[0].problem if problems else "", tuple(sorted(h.problem for h in sharing(network, service, problems, holdings))[:PROBLEMS]), path, outages)


def sharing(network: Network, service: str, problems: Sequence[Holding], holdings: Sequence[Holding]) -> Sequence[Holding]:
    """Return those of these problems, best first, that share in the state that all holdings together bring about."""
    if len(problems) < 2:
        return problems
    whole = failed(network, union(holdings), service)
    return (problems[0], *(h for h in problems[1:] if _shares(network, service, h, holdings, whole)))


def _shares(network: Network, service: str, one: Holding, holdings: Sequence[Holding], whole: Effect) -> bool:
    mine = dict(one.held)
    if failed(network, mine, service) >= whole:
        return True
    # What others hold as well is no reason to leave out both.
    others = union(h for h in holdings if h is not one)
    return failed(network, {e: effect for e, effect in others.items() if effect > mine.get(e, Effect.NONE)}, service) < whole


def ranked(network: Network, service: str, holdings: Sequence[Holding]) -> list[Holding]:
    """Return what holds something of a service, that which explains it best first: problems, then announced work."""
    if len(holdings) == 1:
        return list(holdings)
    return sorted(holdings, key=lambda h: (bool(h.planned), -failed(network, dict(h.held), service), -h.worst, h.problem))


def path_to(network: Network, service: str, held: set[str]) -> tuple[str, ...]:
    """Return the shortest way from the service down to something held, by declared order among equals."""
    below: dict[str, str] = {service: ""}
    waiting = deque((service,))
    while waiting and len(below) < VISITED:
        node = waiting.popleft()
        if node in held:
            way = [node]
            while below[way[-1]]:
                way.append(below[way[-1]])
            way.reverse()
            return tuple(way if len(way) <= HOPS else (*way[: HOPS - 2], "...", way[-1]))
        for other in network.upstream(node):
            if other not in below:
                below[other] = node
                waiting.append(other)
    return ()


def impact_by(network: Network, holdings: Sequence[Holding], service: str) -> tuple[Effect, bool]:
    """Judge a service by all that is held of it; True where announced work alone explains its state.

    It does not where problems make the state worse than the work does (work on one path while the other fails), nor
    where they bring about as bad a state by themselves; and where they degrade a service that the work brings down, it
    is what they do that counts.
    """
    if not holdings:
        return Effect.NONE, False
    if any(h.is_around for h in holdings):
        # What a work-around restored works, but not as it was built to.
        state, planned = impact_by(network, [h for h in holdings if not h.is_around], service)
        at_risk = min(failed(network, union(holdings), service), Effect.AT_RISK)
        return (state, planned) if state >= at_risk else (at_risk, False)
    whole = failed(network, union(holdings), service)
    work = [h for h in holdings if h.planned]
    if not whole or not work:
        return whole, False
    if len(work) == len(holdings):
        return whole, True
    if failed(network, union(work), service) < whole:
        return whole, False
    # A service's own alarm, if it is among what the work explains, beats what is inferred: then the whole is the lesser.
    unplanned = min(failed(network, union(h for h in holdings if not h.planned), service), whole)
    if unplanned == whole or unplanned >= Effect.DEGRADED:
        return unplanned, False
    return whole, True
