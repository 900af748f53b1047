"""Line numbers in a JSON text, for messages about a large one: the standard library's scanner, no tree of nodes.

A container is scanned once, when something in it is asked for, and its children are skipped at C speed.
"""

import json
import re
from array import array
from bisect import bisect_right
from functools import cached_property

_SPACE = re.compile(r"[ \t\r\n]*")
_skip = json.JSONDecoder().raw_decode


class JsonLines:
    """Where the parts of one valid JSON text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._children: dict[int, dict[str | int, tuple[int, int]] | array[int]] = {}

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line (from 1) of what `path` names, or of its nearest ancestor that is there."""
        told = value = self._after_space(0)
        for part in path:
            if value not in self._children:
                self._children[value] = self._scan(value)
            found = self._child(self._children[value], part)
            if found is None:
                break
            told, value = found
        return bisect_right(self._breaks, told) + 1

    @cached_property
    def _breaks(self) -> "array[int]":
        """Where each line ends: found once, since a large text may be asked about often."""
        return array("Q", (match.start() for match in re.finditer("\n", self.text)))

    @staticmethod
    def _child(children: "dict[str | int, tuple[int, int]] | array[int]", part: str | int) -> tuple[int, int] | None:
        if isinstance(children, dict):
            return children.get(part)
        return (children[part], children[part]) if isinstance(part, int) and part < len(children) else None

    def _scan(self, start: int) -> "dict[str | int, tuple[int, int]] | array[int]":
        """Return name -> (where it is told, where its value begins) of the object at `start`, or where each item of the list there begins."""
        named, items = dict[str | int, tuple[int, int]](), array("Q")
        opening, at = self.text[start], self._after_space(start + 1)
        while opening in "{[" and self.text[at] not in "}]":
            told = at
            if opening == "{":
                name, end = _skip(self.text, at)
                at = self._after_space(self._after_space(end) + 1)
                named[name] = (told, at)
            else:
                items.append(at)
            at = self._after_space(_skip(self.text, at)[1])
            at = self._after_space(at + 1) if self.text[at] == "," else at
        return items if opening == "[" else named

    def _after_space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]  # It matches the empty text too.
