"""Stage 6 counts problems into days, and tells a day when it is over, or as far as it is when an operator asks.

A problem counts in the UTC day of what is told of it (event time), and in the sum of all days. A day is told
`figures_after` past its end; what comes later still counts in the day in which it comes. Days are kept for `figures_keep`.
"""

import msgspec

from streams.domain.action_answer import answer
from streams.domain.dispatch import RESTORED
from streams.domain.etr_desk import Pursued
from streams.domain.figures import ALL, Figures, FiguresTold, counted, day_of
from streams.domain.ids import identify
from streams.domain.instant import DAY, Instant
from streams.domain.messages import OperatorRequest, ProblemTold
from streams.domain.overseen import Overseen, Stand
from streams.domain.problem import ENDED, Status, Turn
from streams.domain.view import Emit, View, World

TABLES = {"figures": (Figures, lambda row: row.due or None, "UTC day, or all -> what became of problems, and how long it took")}
_replace = msgspec.structs.replace


def count(view: View, before: Pursued | None, overseen: Overseen, told: ProblemTold, at: Instant, world: World) -> None:
    """Count what a word on a problem says that was not known; nothing of a problem that was over already."""
    is_over = told.status in ENDED
    if before is None and is_over:
        return
    reopened = told.reopened - (before.reopened if before is not None else 0)
    if before is not None and not is_over and reopened <= 0:
        return
    ended = _outcome(view, told, overseen) if is_over else ""
    for key in _rows(view, told.at, at, world):
        row: Figures = view.figures.get(key)
        row = _replace(row, opened=row.opened + (before is None), reopened=row.reopened + max(reopened, 0))
        if before is not None and ended:
            row = _replace(row, ended=counted(row.ended, ended))
            if told.status == Status.CLOSED and ended != Turn.MERGED:
                row = _restored(row, before, told)
        view.figures.put(key, row)


def _rows(view: View, told_at: Instant, now: Instant, world: World) -> tuple[str, str]:
    """Return the rows to count in: the day of the event, or today where that day has been told, and the sum of all."""
    after = world.policy.oversee.figures_after
    at = told_at if told_at - told_at % DAY + DAY + after > now else now
    if view.figures.get(day_of(at)) is None:
        view.figures.put(day_of(at), Figures(since=at - at % DAY, due=at - at % DAY + DAY + after))
    if view.figures.get(ALL) is None:
        view.figures.put(ALL, Figures(since=at))
    return day_of(at), ALL


def _outcome(view: View, told: ProblemTold, overseen: Overseen) -> str:
    """Say how a problem ended: by a command of ours, by itself or by hand (cleared), or not at all as a problem."""
    if told.turn == Turn.MERGED or told.status != Status.CLOSED:
        return "merged" if told.turn == Turn.MERGED else told.status
    if overseen.repair:
        return "workaround"
    if overseen.stand is not Stand.DONE:
        return "cleared"
    issued = view.issued_commands.get(overseen.command)
    return issued.outcome if issued is not None and issued.outcome in RESTORED else RESTORED[0]


def _restored(row: Figures, before: Pursued, told: ProblemTold) -> Figures:
    """Count the times of a problem that was restored and is closed."""
    if told.resolved_at:
        promised = bool(before.first_etr)
        row = _replace(
            row, restore=row.restore.plus(max(told.resolved_at - told.opened_at - told.paused, 0)), promised=row.promised + promised,
            kept=row.kept + (promised and told.resolved_at <= before.first_etr))
    if told.located_at:
        row = _replace(row, locate=row.locate.plus(max(told.located_at - told.opened_at, 0)))
    if told.detected_at:
        row = _replace(row, detect=row.detect.plus(max(told.detected_at - told.opened_at, 0)))
    return _replace(row, causes=counted(row.causes, told.cause or "unknown"))


def day_due(view: View, day: str, row: Figures, at: Instant, world: World) -> list[Emit]:
    """Tell a day that is over; forget one that was told long ago."""
    if row.is_told:
        view.figures.delete(day)
        return []
    row = _replace(row, is_told=True, due=at + world.policy.oversee.figures_keep)
    view.figures.put(day, row)
    return [_tell(day, row, row.since + DAY, at, identify("network", "figures", day))]


def report(view: View, request: OperatorRequest, at: Instant) -> list[Emit]:
    """Tell the figures of the day, or of the sum of all, that an operator asks for; today's where none is named."""
    day = request.target or day_of(at)
    row: Figures | None = view.figures.get(day)
    if row is None:
        return answer(request, False, f"Nothing was counted for {day}; name a day as YYYY-MM-DD, or {ALL}.", at)
    until = min(at, row.since + DAY) if day != ALL else at
    told = _tell(day, row, until, at, identify("network", "figures", day, request.position or request.id))
    return [told, *answer(request, True, f"The figures of {day} are on progress under the key {told.key}.", at)]


def _tell(day: str, row: Figures, until: Instant, at: Instant, ident: str) -> Emit:
    return Emit("progress", f"figures-{day}", FiguresTold(ident, day, row.since, until, row, at), at)
