"""What waits in a candidate: lesser alarms that are no problem one by one, and whether they are one together.

Alarms that murmur (effect.py) come and go all day. Some of them are always near each other by chance; many objects that
begin to murmur at one moment are not.
"""

from collections.abc import Iterable, Mapping

from streams.domain.group import Group
from streams.domain.instant import Instant, Span
from streams.domain.policy import CorrelatePolicy
from streams.domain.rhythm import are_chance
from streams.domain.view import View

KEPT = 16
"""Objects remembered of a candidate, the latest."""
MOST = 12
"""So many near each other at one time are no chance, however much a large domain murmurs (ours: few of it are near)."""


def candidates(name: str, at: Instant, found: Iterable[Group], is_murmur: bool) -> tuple[dict[str, Instant], tuple[str, ...]]:
    """Return the objects that alarm in these candidates together with one more, by when each last began, and those of them that do not only murmur."""
    began, firm = {name: at}, set() if is_murmur else {name}
    for group in found:
        for other, since in zip(group.objects, group.onsets, strict=False):
            began[other] = max(since, began.get(other, since))
        firm.update(group.firm)
    latest = sorted(began.items(), key=lambda each: (each[1], each[0]))[-KEPT:]
    return dict(latest), tuple(sorted(firm))


def is_crowd(view: View, source: str, began: Mapping[str, Instant], at: Instant, window: Span, policy: CorrelatePolicy) -> bool:
    """Whether more objects began to alarm at this time than chance brings together, from all that this source murmurs."""
    if len(began) < policy.candidate_objects:
        return False
    times = sorted(since for since in began.values() if abs(since - at) <= window)
    most = max(sum(first <= each <= first + window for each in times) for first in times if first <= at <= first + window)
    return most >= policy.candidate_objects and (most >= MOST or not are_chance(view, source, window, most))


def is_past(group: Group, at: Instant, window: Span) -> bool:
    """Whether what only murmured here began too long ago to be the beginning of what is a problem by itself now."""
    return not group.open and not group.firm and abs(at - group.fresh_at) > window
