"""What a problem's record says of jeopardy: when it is due, what was warned of and violated, and who was told at which level."""

import msgspec

from streams.domain.instant import Instant

VIOLATIONS = 100
"""References to violations kept inline (design section 2)."""
PARTIES = 100
"""Parties told that are kept inline."""


class Awaited(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An escalation that is due but for the problem's priority, which is too low for it."""

    level: int
    tell: tuple[str, ...]
    priority: int
    why: str


class Jeopardy(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Jeopardy of one problem. What clocks say of it comes as answers do: nothing of it moves what the lane decides."""

    due_at: Instant = 0
    """The earliest due time of its affected products; 0: no clock runs."""
    stands: bool = False
    """Clocks stand, and none runs."""
    warned: int = 0
    """Products whose clock passed the warning."""
    violated: int = 0
    """Products whose time to restore ran out."""
    violations: tuple[str, ...] = ()
    """Ids, the first hundred."""
    level: int = 0
    """The highest level of escalation reached, TMF656 problemEscalation."""
    told: tuple[tuple[int, str], ...] = ()
    """(level, party): who was told, in order."""
    awaited: tuple[Awaited, ...] = ()
    aged: tuple[int, ...] = ()
    """Numbers of the rules of escalation by age that it has passed."""
