"""At which nodes an alarm's group is looked for, and noted.

An alarm is noted at every node that its object stands on (support.py), so that who comes near finds it by lookups alone.
"""

from collections.abc import Mapping

from streams.domain.alarm import Alarm, Effect, Severity
from streams.domain.group import Group, Sighting, enter
from streams.domain.instant import Instant
from streams.domain.policy import CorrelatePolicy
from streams.domain.support import Support, around, supports
from streams.domain.view import View, World


def is_heavy(severity: Severity, effect: Effect) -> bool:
    """Whether one such alarm is a problem by itself (design section 2)."""
    return effect is not Effect.NONE or severity >= Severity.MAJOR


def supports_of(alarm: Alarm, heavy: bool, world: World) -> tuple[Support, ...]:
    """Return the nodes at which an alarm's group is looked for and registered.

    An object nobody declared is near itself only; lesser alarms of such objects gather at their feed.
    """
    policy = world.policy.correlate
    if alarm.resolved:
        return (*supports(world.network, alarm.object, policy.hops, policy.reach), *around(world.network, alarm.object, policy.neighbourhood))
    return (Support(alarm.object if heavy else f"feed:{alarm.feed}", 0, True),)


def register(view: View, problem: str, group: Group, alarm: Alarm, effect: Effect, at: Instant, standing_on: tuple[Support, ...], gone: Mapping[str, str], clock: Instant, policy: CorrelatePolicy) -> None:
    """Note at every node that an alarmed object stands on, that this problem has an alarm there."""
    for support in standing_on:
        if support.distance == 0:
            kind = "down" if effect is Effect.DOWN and support.breaks else "own"
        else:
            kind = "below" if support.breaks else "beside"
        enter(view, f"{group.domain}|{support.node}", Sighting(problem, kind, support.distance, at, at), gone, clock, policy)
