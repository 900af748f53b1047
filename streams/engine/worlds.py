"""What steps decide by, where that changes with messages of the log: each partition has the world of the last such message it read.

A turn is a message with a `number`. What lies before it in a partition is folded under the world before it, what lies behind
under the world of that number; the number is state of the partition. A worker that does not have that world yet waits there.
"""

from collections.abc import Callable, Container
from typing import Any, Protocol


class Worlds(Protocol):
    """All worlds that a worker can make."""

    turn: Any
    """Type of the messages that change the world; they have a `number`."""
    on_news: Callable[[], None]
    """To be called when a world may be there that was not."""

    @property
    def newest(self) -> Any:
        """The world of what is read but not ordered by turns: feeds and requests; it has its `number`."""

    def at(self, number: int) -> Any | None:
        """Return the world of a number (0: before any turn), None while it cannot be made."""

    def turned(self, number: int) -> Any | None:
        """The same, for the step that hears of the turn: it may know what differs from the world before."""

    def missing(self, number: int) -> str:
        """Say what is missing for the world of a number, in one sentence."""

    def keep(self, numbers: Container[int]) -> None:
        """Forget worlds that are neither of these numbers nor the newest."""
