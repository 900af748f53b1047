"""The clock of a service level agreement: it begins, stands, goes on, passes the steps of its SLA, and ends.

            stood                  ended
   runs ----------->  stands    ----------->  over
      <-----------                  (from either; a clock that went on again after its end has stood in between)
        went_on

What ran is counted when a clock stops (`spent`) and from `since` while it runs; so nothing that happens to the problem
or the impact meanwhile can lose a pause. Times are event times; the SLA is looked up anew each time.
"""

import msgspec

from streams.domain.calendar_time import elapsed, run_out
from streams.domain.instant import Instant, Span
from streams.domain.sla import VIOLATION, WARNING, Sla, Step


class SlaClock(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One clock: of all products of one service that have one SLA, for one impact."""

    sla: str
    start: Instant
    """From when it counts: where the impact began in an announced window, the window's end."""
    since: Instant = 0
    """Since when it runs (in the future until `start`); 0: it stands or is over."""
    spent: Span = 0
    """What ran before that, in hours that count."""
    stood_at: Instant = 0
    """Since when it stands; 0: it runs or is over."""
    stood: Span = 0
    """How long it stood before that, whatever the hour."""
    step: int = 0
    """Steps of its SLA that were passed."""
    next_at: Instant = 0
    """When it passes the next one; 0 while it does not run, and after the last."""
    due_at: Instant = 0
    """When `restore_within` runs out, or ran out; 0 while it stands with some of it left."""
    ended_at: Instant = 0
    """Restored; 0 before."""


Passed = tuple[Step, Instant]
"""A step, and exactly when the clock passed it."""


def begun(sla: Sla, start: Instant) -> SlaClock:
    """Return a clock that counts from `start`."""
    return _running(SlaClock(sla.id, start), sla, start)


def passed(clock: SlaClock, sla: Sla, until: Instant) -> tuple[SlaClock, list[Passed]]:
    """Return the clock as it is at `until`, and the steps it passed to get there."""
    found: list[Passed] = []
    while clock.next_at and clock.next_at <= until:
        if clock.step >= len(sla.steps):        # its SLA has fewer than it had
            return msgspec.structs.replace(clock, next_at=0), found
        found.append((sla.steps[clock.step], at := clock.next_at))
        clock = msgspec.structs.replace(clock, step=clock.step + 1)
        if next_at := _next_at(clock, sla):
            next_at = max(next_at, at)          # under an SLA that has become shorter
        clock = msgspec.structs.replace(clock, next_at=next_at)
    return clock, found


def stood(clock: SlaClock, sla: Sla, at: Instant) -> SlaClock:
    """Return the clock standing from `at` on; all it passed by then has to be passed already."""
    due_at, clock = clock.due_at, _stopped(clock, sla, at)
    return msgspec.structs.replace(clock, stood_at=at, due_at=due_at if clock.spent >= sla.restore_within else 0)


def went_on(clock: SlaClock, sla: Sla, at: Instant) -> SlaClock:
    """Return a clock that stood, or had ended, going on at `at`; the time between has not run."""
    away = max(at - (clock.stood_at or clock.ended_at), 0)
    clock = msgspec.structs.replace(clock, stood=clock.stood + away, stood_at=0, ended_at=0)
    return _running(clock, sla, max(at, clock.start))


def agreed_anew(clock: SlaClock, sla: Sla, at: Instant) -> SlaClock:
    """Return a clock whose SLA changed at `at`: what it has passed stays passed, and what it would have passed before that it passes now."""
    if not clock.since:
        return clock
    clock = _running(clock, sla, clock.since)
    return msgspec.structs.replace(clock, next_at=max(clock.next_at, at)) if clock.next_at else clock


def ended(clock: SlaClock, sla: Sla, at: Instant) -> SlaClock:
    """Return the clock over at `at`: the restoration."""
    due_at, stood_at = clock.due_at, clock.stood_at
    clock = _stopped(clock, sla, at)
    step = sum(one.at <= clock.spent for one in sla.steps[: clock.step])  # a restoration heard late takes back what was passed since
    return msgspec.structs.replace(clock, ended_at=at, due_at=due_at, step=step, stood=clock.stood + (max(at - stood_at, 0) if stood_at else 0))


def is_violated(clock: SlaClock, sla: Sla) -> bool:
    """Tell whether the violation was passed."""
    return _is_past(clock, sla, VIOLATION)


def is_warned(clock: SlaClock, sla: Sla) -> bool:
    """Tell whether the warning was passed."""
    return _is_past(clock, sla, WARNING)


def _is_past(clock: SlaClock, sla: Sla, kind: str) -> bool:
    return any(step.kind == kind for step in sla.steps[: clock.step])


def _running(clock: SlaClock, sla: Sla, since: Instant) -> SlaClock:
    clock = msgspec.structs.replace(clock, since=since)
    due_at = run_out(sla.calendar, since, sla.restore_within - clock.spent) if clock.spent < sla.restore_within else clock.due_at or since
    return msgspec.structs.replace(clock, due_at=due_at, next_at=_next_at(clock, sla))


def _stopped(clock: SlaClock, sla: Sla, at: Instant) -> SlaClock:
    ran = elapsed(sla.calendar, clock.since, at) if clock.since else 0
    return msgspec.structs.replace(clock, since=0, spent=clock.spent + ran, next_at=0, stood_at=0, due_at=0)


def _next_at(clock: SlaClock, sla: Sla) -> Instant:
    if clock.step >= len(sla.steps):
        return 0
    return run_out(sla.calendar, clock.since, sla.steps[clock.step].at - clock.spent)
