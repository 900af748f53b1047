"""Stage 4's part in announced work: services are told what it holds down, as they are of problems; there is no problem.

And the reverse: a problem whose alarms announced work explains, all of them, is cancelled with the reason.
"""

import msgspec

from streams.domain import hold
from streams.domain.hold import Holding
from streams.domain.instant import SECOND, Instant
from streams.domain.messages import Diagnosed
from streams.domain.problem import TRANSITIONS, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_due import Waiting
from streams.domain.view import Emit, View, World


def hold_down(view: View, m: Diagnosed, now: Instant, world: World) -> list[Emit]:
    """Tell stage 5 which services' holds changed by announced work; what stood before we listened alarms nobody."""
    if m.standing:
        return []
    known: Holding | None = view.holdings.get(m.problem)
    wanted = tuple(one.service for one in m.hurt) if m.held else ()
    if known is None and not wanted:
        return []
    before = msgspec.structs.replace(known or Holding(planned=m.planned, domain=m.domain), window_end=m.window_end)
    holding, out = hold.retell(before, m.problem, m.domain, m.held, wanted, m.at, now, world.network, view.live)
    return _keep(view, m.problem, holding, out, now)


def release(view: View, bundle: str, known: Holding, now: Instant, world: World) -> list[Emit]:
    """Tell the services that waited for the backlog to be worked off and are still held."""
    wanted = (*known.services, *known.waiting)
    holding, out = hold.retell(known, bundle, known.domain, known.held, wanted, now, now, world.network, live=True)
    return _keep(view, bundle, holding, out, now)


def _keep(view: View, bundle: str, holding: Holding, out: list[Emit], now: Instant) -> list[Emit]:
    if not (holding.services or holding.waiting):
        if view.holdings.get(bundle) is not None:
            view.holdings.delete(bundle)
    else:
        view.holdings.put(bundle, holding)
    if holding.waiting and view.waiting.get(bundle) is None:
        view.waiting.put(bundle, Waiting(now, now + SECOND))
    return [Emit(e.topic, e.key, msgspec.structs.replace(e.value, planned=holding.planned, window_end=holding.window_end), e.at) for e in out]


def withdraw(change: Change, m: Diagnosed) -> None:
    """Cancel a problem all of whose active alarms announced work explains; one that has been resolved meanwhile stays so."""
    if m.kind != "explained" or m.active or Turn.WITHDRAWN not in TRANSITIONS[change.row.status]:
        return
    why = f"Cancelled: {m.why}."
    change.move(Turn.WITHDRAWN, why, ("statusChangeReason", m.why), active=0)
