"""Line numbers in a JSON text, for messages about a large one: the standard library's scanner, no tree of nodes.

A container is scanned once, when something in it is asked for, and its children are skipped at C speed.
"""

import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_skip = json.JSONDecoder().raw_decode


class JsonLines:
    """Where the parts of one valid JSON text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._children: dict[int, dict[str | int, tuple[int, int]]] = {}

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line (from 1) of what `path` names, or of its nearest ancestor that is there."""
        told = value = self._after_space(0)
        for part in path:
            if value not in self._children:
                self._children[value] = self._scan(value)
            found = self._children[value].get(part)
            if found is None:
                break
            told, value = found
        return self.text.count("\n", 0, told) + 1

    def _scan(self, start: int) -> dict[str | int, tuple[int, int]]:
        """Return name or index -> (where it is told, where its value begins) of the container at `start`."""
        opening, children = self.text[start], dict[str | int, tuple[int, int]]()
        at = self._after_space(start + 1)
        while opening in "{[" and self.text[at] not in "}]":
            name, told = len(children), at
            if opening == "{":
                name, end = _skip(self.text, at)
                at = self._after_space(self._after_space(end) + 1)
            children[name] = (told, at)
            at = self._after_space(_skip(self.text, at)[1])
            at = self._after_space(at + 1) if self.text[at] == "," else at
        return children

    def _after_space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]  # It matches the empty text too.
