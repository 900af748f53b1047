"""`spm run` on a screen: a live picture on a terminal, else plain lines, a few a second at most.

Both draw from a `Board`, in one thread. The picture is drawn when whoever runs it says `refresh`, whatever happens
beneath; a log file gets `LINES_A_SECOND` lines and, where more happened, one that says how much more.
"""

from collections.abc import Callable
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from streams.edge.board import Board, Line, clock

LINES_A_SECOND = 4
SHOWN = 14
"""Open problems shown; the rest is counted."""
_URGENT = {1: "bold red", 2: "red", 3: "yellow", 4: "yellow"}


class Screen(Protocol):
    """What `spm run` shows."""

    def __enter__(self) -> "Screen": ...
    def __exit__(self, *_: object) -> None: ...
    def tell(self, topic: str, key: str, value: bytes | None, at: str) -> None:
        """Take one output in."""
    def say(self, text: str) -> None:
        """Show a line now."""
    def status(self, text: str) -> None:
        """Say what is going on; on a terminal the bottom line, else nothing."""
    def refresh(self) -> None:
        """Draw anew; to be called a few times a second."""


class LiveScreen:
    """A picture that is redrawn."""

    def __init__(self, board: Board, console: Console) -> None:
        self._board, self._console, self._status = board, console, ""
        self._live = Live(get_renderable=self._draw, console=console, auto_refresh=False, transient=False)

    def __enter__(self) -> "LiveScreen":
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, topic: str, key: str, value: bytes | None, at: str) -> None:
        self._board.fold(topic, key, value, at)

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False)

    def status(self, text: str) -> None:
        self._status = text

    def refresh(self) -> None:
        self._live.refresh()

    def _draw(self) -> RenderableType:
        return picture(self._board, self._status)


class PlainScreen:
    """Lines for a log file or a pipe; `clock` gives seconds that never go back."""

    def __init__(self, board: Board, console: Console, seconds: Callable[[], float]) -> None:
        self._board, self._console, self._seconds = board, console, seconds
        self._second, self._printed, self._unsaid = 0, 0, 0

    def __enter__(self) -> "PlainScreen":
        return self

    def __exit__(self, *_: object) -> None:
        self._own_up()

    def tell(self, topic: str, key: str, value: bytes | None, at: str) -> None:
        line = self._board.fold(topic, key, value, at)
        if line is None:
            return
        second = int(self._seconds())
        if second != self._second:
            self._second, self._printed = second, 0
            self._own_up()
        if self._printed < LINES_A_SECOND:
            self._printed += 1
            self.say(line)
        else:
            self._unsaid += 1

    def _own_up(self) -> None:
        if self._unsaid:
            self.say(f"          ... and {self._unsaid} more changes")
            self._unsaid = 0

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def status(self, text: str) -> None:
        """Nothing: a status line in a log file helps nobody."""

    def refresh(self) -> None:
        """Nothing: lines are printed when they come."""


def screen_for(board: Board, console: Console, seconds: Callable[[], float]) -> Screen:
    """Return the screen that suits where the output goes."""
    return LiveScreen(board, console) if console.is_terminal else PlainScreen(board, console, seconds)


def picture(board: Board, status: str) -> RenderableType:
    """Draw the board."""
    open_, finished = board.open_problems(), board.finished_problems()
    table = Table(box=None, pad_edge=False, expand=True)
    for name, justify in (("P", "right"), ("status", "left"), ("cause", "left"), ("sure", "right"), ("services", "right"), ("alarms", "right"), ("problem", "left"), ("last word", "left")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for line in open_[:SHOWN]:
        table.add_row(*_cells(line), style=_URGENT.get(line.priority, ""))
    for line in finished[: max(0, SHOWN - len(open_)) // 2]:
        table.add_row(*_cells(line), style="dim")
    parts: list[RenderableType] = [table]
    if len(open_) > SHOWN:
        parts.append(Text(f"and {len(open_) - SHOWN} more open problems", style="dim"))
    if open_:
        parts.append(Text(f"{open_[0].id}: {open_[0].why}", style="italic"))
        parts.append(Text(f"spm explain {open_[0].id} tells why, and draws it", style="dim"))
    return Group(*parts, Text(), *(Text(sentence) for sentence in board.summary()), Text(status, style="bold"))


def _cells(line: Line) -> tuple[str, ...]:
    return (str(line.priority), line.status, line.cause, f"{line.confidence:.0%}", str(line.services), f"{line.active}/{line.alarms}", line.id, clock(line.at))
