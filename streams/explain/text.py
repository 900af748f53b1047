"""The story for people, on a terminal or in a file."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.explanation import AlarmExplanation, AlarmTold, Blamed, Change, HurtService, ProblemExplanation
from streams.domain.plural import number

SHOWN = 20
"""Alarms, changes and products shown of each kind; --json has all."""
_QUIET = frozenset(("attribute",))
"""Kinds of change that people seldom ask for."""


def show(console: Console, told: ProblemExplanation | AlarmExplanation) -> None:
    """Print one explanation."""
    shown = _problem(told) if isinstance(told, ProblemExplanation) else _alarm(told)
    if console.is_terminal:
        console.print(shown)
        return
    with console.capture() as lines:
        console.print(shown)
    for line in lines.get().splitlines():
        console.print(line.rstrip(), markup=False, soft_wrap=True)  # into a file: without the blanks that fill a table


def _problem(told: ProblemExplanation) -> RenderableType:
    day = told.opened_at
    head = Text.assemble(("Problem ", "bold"), (told.id, "bold"), f"  {told.status}, priority {told.priority}")
    counts = (f"{number(told.alarm_count, 'alarm')} ({told.active_alarm_count:,} active) since {day:%Y-%m-%d %H:%M:%S} UTC; "
              f"{number(told.service_count, 'service')} hurt; domain {told.domain}")
    parts: list[RenderableType] = [head, Text("  " + counts), *_relatives(told)]
    if told.is_standing:
        parts.append(Text("  It stood before the processor's first contact: no report, clock, command or impact until it is released."))
    parts += _section("Why this cause", _causes(told))
    parts += _section("Why these alarms", _alarms(told.alarms, told.alarm_count, len(told.alarms) + told.omitted, day))
    if told.left:
        parts += _section("Alarms that left it", _alarms(told.left, 0, len(told.left), day))
    parts += _section("What changed", _changes(told.changes, day))
    parts += _section("What it hurts", _hurt(told.services, day))
    return Group(*parts)


def _section(title: str, body: RenderableType) -> list[RenderableType]:
    return [Text(), Text(title, style="bold"), Padding(body, (0, 0, 0, 2))]


def _relatives(told: ProblemExplanation) -> Iterator[RenderableType]:
    kin = told.relatives
    for says, ids in (("Merged into", [kin.merged_into]), ("Took in", kin.merged_from), ("Its parent, with the same cause in another domain, is", [kin.parent]),
                      ("Has the same cause as its children", kin.children), ("Came again after", [kin.recurrence_of])):
        if named := [ident for ident in ids if ident]:
            yield Text(f"  {says} {', '.join(named[:SHOWN])}{f' and {len(named) - SHOWN} more' if len(named) > SHOWN else ''}.")


def _causes(told: ProblemExplanation) -> RenderableType:
    if told.cause is None:
        return Text("Unknown: nothing explains it.")
    cause = told.cause
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(cause.object, style="bold"), Text(f"{cause.confidence:.2f}"), Text(f"confidence; {'it alarms itself' if cause.is_alarmed else 'silent itself'}"))
    for each in cause.evidence:
        table.add_row(Text("  " + each.rule), Text("" if each.weight is None else f"{each.weight:+.2f}"), Text(each.text))
    if told.runners_up:
        table.add_row(Text("runners-up", style="italic"), "", "")
    for other in told.runners_up:
        table.add_row(Text(other.object), Text(f"{other.confidence:.2f}"), Text(_best(other)))
    rest = 1 - cause.confidence - sum(other.confidence for other in told.runners_up)
    table.add_row(Text("anything else", style="italic"), Text(f"{max(0.0, rest):.2f}"), "")
    return table


def _best(blamed: Blamed) -> str:
    silent = "" if blamed.is_alarmed else "; silent itself"
    if not blamed.evidence:
        return "no rule speaks for it" + silent
    best = blamed.evidence[0]
    return f"{best.rule}{'' if best.weight is None else f' {best.weight:+.2f}'}: {best.text.rstrip('.')}{silent}"


def _alarms(alarms: list[AlarmTold], count: int, found: int, day: datetime) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for alarm in alarms[:SHOWN]:
        state = alarm.severity if alarm.state == "active" else f"{alarm.severity}, cleared {_clock(alarm.cleared_at, day) if alarm.cleared_at else ''}".rstrip()
        joined_at = next((each.at for each in reversed(alarm.memberships) if each.reason == alarm.reason), alarm.raised_at)
        table.add_row(_clock(joined_at, day), Text(alarm.object, style="bold"), Text(f"{alarm.probable_cause}, {state}"))
        table.add_row("", Text(alarm.id, style="dim"), Text(alarm.reason))
        if mark := _mark(alarm, day):
            table.add_row("", "", Text(mark, style="italic"))
    if found > SHOWN:
        table.add_row("", "", Text(f"and {found - SHOWN:,} more", style="dim"))
    if not found and count:
        table.add_row("", "", Text("what was told of them on `alarm-records` is no longer kept", style="dim"))
    return table


def _mark(alarm: AlarmTold, day: datetime) -> str:
    """Say what hides an alarm now, or what did last; "" where nothing ever did."""
    if (by := alarm.implied_by) is not None:
        path = [*by.path[: len(by.path) // 2], f"({by.omitted} more)", *by.path[len(by.path) // 2:]] if by.omitted else by.path
        return f"implied by {by.root.id} at confidence {by.confidence:.2f}, {number(by.hops, 'hop')} away: {' > '.join(path)}"
    if not alarm.marks:
        return ""
    last, before = alarm.marks[-1], alarm.marks[-2] if len(alarm.marks) > 1 else None
    if last.kind.endswith("no-longer") and before is not None:
        return f"was {before.kind.replace('-', ' ')} {before.text}, until {_clock(last.at, day)}: {last.text}"
    return f"{last.kind.replace('-', ' ')} {last.text}"


def _changes(changes: list[Change], day: datetime) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    wanted = [change for change in changes if change.kind not in _QUIET]
    first = wanted[:SHOWN // 4] if len(wanted) > SHOWN else []
    if first:
        for change in first:
            table.add_row(_clock(change.at, day), change.kind, Text(change.text))
        table.add_row("", "", Text(f"and {len(wanted) - SHOWN:,} more in between", style="dim"))
    for change in wanted[len(first) - SHOWN:]:
        table.add_row(_clock(change.at, day), change.kind, Text(change.text))
    return table


def _hurt(services: list[HurtService], day: datetime) -> RenderableType:
    if not services:
        return Text("No service.")
    table = Table.grid(padding=(0, 2))
    for service in services[:SHOWN]:
        table.add_row(Text(service.service, style="bold"), "" if service.products else Text("nobody's product was hit", style="dim"))
        for product in service.products[:SHOWN]:
            until = f" until {_clock(product.until, day)}" if product.until else ""
            promised = f"; {product.sla} wants it restored by {_clock(product.due_at, day)}" if product.sla and product.due_at else ""
            table.add_row(Text("  " + product.product), Text(f"{product.worst} since {_clock(product.since, day)}{until}{promised}; {' > '.join(product.path)}"))
        if len(service.products) > SHOWN:
            table.add_row("", Text(f"and {len(service.products) - SHOWN:,} more products", style="dim"))
    if len(services) > SHOWN:
        table.add_row(Text(f"and {len(services) - SHOWN:,} more services", style="dim"), "")
    return table


def _alarm(told: AlarmExplanation) -> RenderableType:
    alarm, day = told.alarm, told.alarm.raised_at
    head = Text.assemble(("Alarm ", "bold"), (alarm.id, "bold"), f"  {alarm.probable_cause} of {alarm.object}, {alarm.severity}, {alarm.state}")
    counts = f"raised {day:%Y-%m-%d %H:%M:%S} UTC{f', cleared {_clock(alarm.cleared_at, day)}' if alarm.cleared_at else ''}; told {number(alarm.times_heard, 'time')}"
    where = f"in problem {alarm.memberships[-1].problem}: {alarm.reason}" if alarm.memberships and not alarm.suppressed_by else alarm.reason
    parts: list[RenderableType] = [head, Text("  " + counts), *_section("Why it is there", Text(where[0].upper() + where[1:]))]
    history = Table.grid(padding=(0, 2))
    for at, kind, text in sorted([(m.at, "joined", f"{m.problem}: {m.reason}") for m in alarm.memberships] + [(m.at, m.kind.replace("-", " "), m.text) for m in alarm.marks]):
        history.add_row(_clock(at, day), kind, Text(text))
    if history.row_count:
        parts += _section("What became of it", history)
    if told.problem is not None:
        parts += [Text(), _problem(told.problem)]
    return Group(*parts)


def _clock(at: datetime | None, day: datetime) -> str:
    """Return the time of day, with the date where it is another than `day`."""
    if at is None:
        return ""
    return f"{at:%H:%M:%S}" if at.date() == day.date() else f"{at:%Y-%m-%d %H:%M:%S}"
