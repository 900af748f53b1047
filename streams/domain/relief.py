"""The work-around that a problem rests on (domain/closing.py)."""

import msgspec

from streams.domain.instant import Instant


class Relief(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A work-around that gave the use back, and whether the definitive repair followed."""

    since: Instant = 0
    """When it gave the use back, 0: there was none."""
    members: int = 0
    """Alarms of the problem by then: what comes later is news."""
    repaired: bool = False
    is_told: bool = False
    """That the problem is clear and stays open for its repair was told."""

    def stands(self, members: int) -> bool:
        """Whether what is active in a problem of so many alarms is only what the work-around leaves: none has come since."""
        return self.since > 0 and members <= self.members
