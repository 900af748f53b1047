"""What an object that was down says when it is merely at risk again: of what is not over, not of what was.

Two failures beneath one object, one of which takes it down: as that ends, the object tells what the other leaves of it
(a switch that has its power back, without its spare uplink). That is news of the failure that lasts: of the problem that
it was in with this same alarm before, else of one that still holds down what the object could do without; of the
failure that it comes back from, where that may be the one that lasts (it is still told of a thing that the object could do
without: two cuts of two paths, either may be mended). Where nothing is known to leave it at risk, it is another fault.
"""

from collections.abc import Iterable, Iterator

from streams.domain.alarm import Effect
from streams.domain.alarm_book import Entrant
from streams.domain.alarm_record import AlarmRecord, Standing
from streams.domain.alarmed import Alarmed
from streams.domain.group import Group, reach
from streams.domain.instant import SECOND
from streams.domain.lasting import LASTS, Lasting
from streams.domain.support import Support
from streams.domain.view import View

Spare = tuple[Support, AlarmRecord, str, Group | None]
"""What an object could do without and is down: where, by which alarm, in which problem."""


def eased(view: View, who: Entrant, standing_on: Iterable[Support]) -> Lasting | None:
    """Return the problem that goes on beneath an object that comes back from another, None where it does not come back or none is known."""
    if who.effect is not Effect.AT_RISK:
        return None
    over = {reach(view, record.problem)[0] for _, record in _standing(view, who.alarm.object, who)}
    if not over:
        return None
    spare: list[Spare] = [(support, record, *reach(view, record.problem)) for support in standing_on if support.distance and not support.breaks for effect, record in _standing(view, support.node, who) if effect is Effect.DOWN]
    if shared := [one for one in spare if one[2] in over]:
        return _leaving(who, shared)
    before, group = reach(view, who.record.problem) if who.record.problem else ("", None)
    if group is not None and _goes_on(group, who) and before not in over:
        return Lasting(before, group, f"{who.alarm.object} was at risk by it before it was down", group.opened_at)
    return _leaving(who, spare)


def _leaving(who: Entrant, spare: Iterable[Spare]) -> Lasting | None:
    """Return the problem of the nearest of these failures that goes on, None where none does."""
    found = [(support, record.began_at, problem, group) for support, record, problem, group in spare if group is not None and _goes_on(group, who)]
    if not found:
        return None
    support, began_at, problem, group = min(found, key=lambda one: (one[0].distance, -one[1], one[2]))
    return Lasting(problem, group, f"{support.node}, {support.distance} from {who.alarm.object}, leaves it at risk: down for {(who.at - began_at) // SECOND} s", began_at)


def _standing(view: View, name: str, who: Entrant) -> Iterator[tuple[Effect, AlarmRecord]]:
    """Yield the active alarms of an object that began before, are in problems, and say that it is worse than at risk."""
    row: Alarmed | None = view.alarmed.get(name)
    for entry in row.entries if row is not None else ():
        if entry.effect > Effect.AT_RISK and not entry.outage and entry.key != who.key:
            record: AlarmRecord | None = view.alarm_records.get(entry.key)
            if record is not None and record.problem and record.standing in (Standing.ACTIVE, Standing.TOGGLING) and 0 <= who.at - record.began_at <= LASTS:
                yield entry.effect, record


def _goes_on(group: Group, who: Entrant) -> bool:
    """Tell whether a problem still stands, and takes what is told at this time."""
    return (
        group.domain == who.alarm.domain and group.open and group.active > 0 and who.at - group.opened_at <= LASTS
        and not (group.alone or group.withdrawn or group.is_over_by(who.at)))
