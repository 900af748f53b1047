"""The course of a problem so far: how it came to its status, how long it paused, when it was located, which services were down and for how long.

Bounded: the last `STEPS` changes of status and `ACTIONS` words on commands; the first `SERVICES` services that were down.
"""

from collections.abc import Sequence

import msgspec

from streams.domain.alarm import Effect
from streams.domain.instant import Instant, Span
from streams.domain.messages import Hurt
from streams.domain.problem import PAUSED, Status, Turn

STEPS = 32
ACTIONS = 32
SERVICES = 100


class Step(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change of status."""

    at: Instant
    status: str
    why: str


class Attempt(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of a restoration command."""

    at: Instant
    command: str
    word: str
    text: str


class Downtime(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A service that the problem brought down."""

    service: str
    since: Instant
    """0 while it is not down."""
    total: Span = 0
    """Up to `since`."""

    def until(self, at: Instant) -> Span:
        return self.total + (max(at - self.since, 0) if self.since else 0)


class Course(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of a problem so far."""

    turn: str = ""
    """The last turn of its life (`problem.Turn`), "" before the first."""
    paused: Span = 0
    """How long it was pending or held, up to the present pause."""
    paused_at: Instant = 0
    """When that began, 0: it does not pause."""
    located_at: Instant = 0
    """When a cause was first named, 0: never."""
    steps: tuple[Step, ...] = ()
    steps_before: int = 0
    """Changes of status that found no room, after the first."""
    attempts: tuple[Attempt, ...] = ()
    downtimes: tuple[Downtime, ...] = ()
    services: int = 0
    """Services hurt at once, at most."""
    priority: int = 10
    """The highest priority that it had."""


def turned(course: Course, turn: Turn, status: Status, at: Instant, why: str) -> Course:
    """Return the course after a change of status."""
    pausing = status in PAUSED
    paused = course.paused + (max(at - course.paused_at, 0) if course.paused_at and not pausing else 0)
    return msgspec.structs.replace(
        begun(course, status, at, why), turn=turn, paused=paused, paused_at=(course.paused_at or at) if pausing else 0)


def begun(course: Course, status: Status, at: Instant, why: str) -> Course:
    """Return the course with one more step: the first one stays, of the others the last."""
    steps = (*course.steps, Step(at, status, why))
    over = len(steps) - STEPS
    if over > 0:
        steps = (steps[0], *steps[1 + over:])
    return msgspec.structs.replace(course, steps=steps, steps_before=course.steps_before + max(over, 0))


def hurt(course: Course, services: Sequence[Hurt], at: Instant) -> Course:
    """Return the course with the clocks of the services started and stopped as these are down now; itself where none is."""
    down = [one.service for one in services if one.effect is Effect.DOWN]
    was = [one.service for one in course.downtimes if one.since]
    count = max(course.services, len(services))
    if count == course.services and (down == was or (len(down) > SERVICES and down[:SERVICES] == was)):
        return course
    found, wanted = {one.service: one for one in course.downtimes}, set(down)
    for name in was:
        if name not in wanted:
            found[name] = Downtime(name, 0, found[name].until(at))
    for name in down:
        known = found.get(name)
        if known is not None and not known.since:
            found[name] = Downtime(name, at, known.total)
        elif known is None and len(found) < SERVICES:
            found[name] = Downtime(name, at)
    return msgspec.structs.replace(course, downtimes=tuple(found.values()), services=count)


def attempted(course: Course, attempt: Attempt) -> Course:
    """Return the course with one more word on a command."""
    return msgspec.structs.replace(course, attempts=(*course.attempts, attempt)[-ACTIONS:])
