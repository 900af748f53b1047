"""Stage 5's part in customers' reports: which problem holds a service, or lately did, and when one explains what was reported.

- A report is explained by the problem that explains the service's state (impact_reason.py), where that is at least
  degraded: customers of a service that is merely at risk have another fault. Announced work that alone holds it
  explains it too, and so does a problem that let go of the service after the customer's fault began.
- A problem that customers reported is told which other problem explains the service, and when none does any more.
"""

from collections.abc import Sequence

import msgspec

from streams.domain.alarm import Effect
from streams.domain.handling_messages import HolderAsked, HolderFound, ReportExplained
from streams.domain.impact import failed
from streams.domain.impact_reason import Holding, ranked, union
from streams.domain.instant import Instant
from streams.domain.network import Network
from streams.domain.view import Emit, to_network


class Lately(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The problem that last hurt a service which works again."""

    problem: str
    domain: str
    until: Instant


def answer(m: HolderAsked, holdings: Sequence[Holding], state: Effect, lately: Lately | None, network: Network) -> list[Emit]:
    """Say which problem holds the service."""
    found = HolderFound(m.report, "", "", "", m.at)
    by = _explaining(m.service, holdings, network) if state >= Effect.DEGRADED else None
    reported = next((h for h in holdings if h.reported), None)
    if by is not None and by.planned:
        found = msgspec.structs.replace(found, outage=by.planned)
    elif (chosen := by or reported) is not None:
        found = msgspec.structs.replace(found, problem=chosen.problem, domain=chosen.domain)
    elif lately is not None and m.since <= lately.until:
        found = msgspec.structs.replace(found, problem=lately.problem, domain=lately.domain)
    return [to_network(found, m.at)]


def explained(service: str, before: Sequence[Holding], after: Sequence[Holding], network: Network, at: Instant) -> list[Emit]:
    """Tell problems that customers reported which other problem explains the service, where that changed."""
    reported = [h for h in after if h.reported]
    if not reported:
        return []
    was, by = _explaining(service, before, network), _explaining(service, after, network)
    out = []
    for one in reported:
        knew = next((h for h in before if h.problem == one.problem), None) is not None
        if (was.problem if was and knew else "") == (by.problem if by else ""):
            continue
        why = f"Alarms of problem {by.problem} explain that {service} does not work." if by else f"No other problem holds {service} any more."
        told = ReportExplained(one.problem, one.domain, by.problem if by else "", by.domain if by else "", why, at)
        out.append(Emit("problem-inbox", one.problem, told, at, one.domain))
    return out


def lately(before: Sequence[Holding], after: Sequence[Holding], service: str, known: Lately | None, network: Network, at: Instant) -> Lately | None:
    """Note which problem has just let go of a service."""
    was = _explaining(service, before, network)
    return Lately(was.problem, was.domain, at) if was is not None and not was.planned and _explaining(service, after, network) is None else known


def _explaining(service: str, holdings: Sequence[Holding], network: Network) -> Holding | None:
    """Return what alarms or announced work say of a service that is at least degraded; a problem before announced work."""
    found = [h for h in holdings if not h.reported]
    if not found or failed(network, union(found) if len(found) > 1 else dict(found[0].held), service) < Effect.DEGRADED:
        return None
    return ranked(network, service, found)[0]

