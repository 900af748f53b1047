"""Stage 2 when the network changes: names are looked up again, and the problems that the change may touch diagnosed again.

Groups stay as they are: which alarms are one problem was decided under the network of their time.
"""

from collections.abc import Iterable

from streams.domain import rehome
from streams.domain.alarm_record import AlarmLife, AlarmRecord
from streams.domain.alarmed import Alarmed
from streams.domain.group import reach
from streams.domain.instant import Instant
from streams.domain.messages import NetworkTurned, ProblemChange, TopologyChanged
from streams.domain.outage_work import bundle_id
from streams.domain.view import Emit, View, World

RENEWED = "renewed"
SHOWN = 12
"""Digits of a version that people are told."""


def turn(view: View, message: NetworkTurned, now: Instant, world: World) -> list[Emit]:
    """Pass the word on down the lane; behind it, have each open problem with an alarm on a touched object diagnosed again."""
    touched, at = world.touched, max(message.at, now)
    if touched.named:
        rehome.hear_change(view, TopologyChanged(world.network.named, at), now, world)
    why = f"The network is now that of version {shown(world.network.version)}."
    out = [Emit("problem-changes", "", message, at, message.lane)]
    for problem, (domain, planned) in sorted(_problems(view, touched.objects).items()):
        out.append(Emit("problem-changes", problem, ProblemChange(RENEWED, problem, domain, at, why=why, clock=now, planned=planned), at, domain))
    return out


def shown(version: str) -> str:
    """Return a version as people are told it: the beginning of the digest, and the number of the change where there is one."""
    digest, _, number = version.partition("+")
    return f"{digest[:SHOWN]}+{number}" if number else digest[:SHOWN]


def _problems(view: View, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the open problems, and bundles of announced work, with an active alarm on these objects: id -> (domain, work)."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        row: Alarmed | None = view.alarmed.get(name)
        for entry in row.entries if row is not None else ():
            record: AlarmRecord | None = view.alarm_records.get(entry.key)
            life: AlarmLife | None = view.alarm_lives.get(record.id) if record is not None else None
            if record is None or life is None:
                continue
            domain = life.alarm.domain
            if entry.outage:
                found[bundle_id(domain, entry.outage)] = domain, entry.outage
            elif record.problem:
                problem, group = reach(view, record.problem)
                if group is not None and group.open:
                    found[problem] = group.domain, ""
    return found
