"""One text of a topology: read fast, and asked for line numbers only when something is wrong with it.

JSON is YAML: a text that begins with `{` goes to msgspec first (a network of 100,000 rows in well under a second);
anything else to ruamel.yaml, with libyaml where `ruamel.yaml.clib` is installed.
"""

import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from streams.edge.topology_finding import Finding, TopologyError
from streams.edge.topology_json_lines import JsonLines

FilePath = tuple[str | int, ...]
Stamp = tuple[int, int]
"""Time of the last change of a file (ns) and its size: what differs has changed."""
Content = TypeVar("Content")
_BEGINNING = re.compile(r"\s*\{")


class Source:
    """A text, its name in messages, and the line of each of its parts."""

    def __init__(self, text: str, name: str, stamp: Stamp = (0, 0)) -> None:
        self.text = text
        self.name = name
        self.stamp = stamp
        """Of the file, as it was when it was read; zeros for a text that is no file."""
        self._json: JsonLines | None = None

    @classmethod
    def read(cls, path: Path, name: str | None = None) -> "Source":
        """Read a file; TopologyError where there is none or it is no text."""
        name = name or str(path)
        try:
            with path.open("rb") as file:
                stamp = stamp_of(os.fstat(file.fileno()))
                return cls(file.read().decode("utf-8-sig"), name, stamp)
        except OSError as error:
            raise TopologyError(
                [Finding("error", name, 0, "", f"cannot be read: {error.strerror}", "name the file with --topology or SPM_TOPOLOGY")]
            ) from None
        except UnicodeDecodeError as error:
            raise TopologyError([Finding("error", name, 0, "", f"is not UTF-8 (byte {error.start})", "save it as UTF-8")]) from None

    def json_as(self, decode: Callable[[str], Content]) -> Content | None:
        """Return the content as `decode` reads JSON, None where it is none of that shape: `plain` is for finding out what it is."""
        if not self._begins_as_json:
            return None
        try:
            content = decode(self.text)
        except msgspec.DecodeError:
            return None
        self._json = JsonLines(self.text)
        return content

    @property
    def _begins_as_json(self) -> bool:
        return _BEGINNING.match(self.text) is not None

    def plain(self) -> dict[str, Any]:
        """Return the content as dicts and lists; an empty file is an empty dict."""
        content: Any = self.json_as(msgspec.json.decode)
        if content is None:  # A YAML flow mapping begins like JSON.
            content = self._yaml()
        if content is None:
            return {}
        if not isinstance(content, dict):
            raise TopologyError(
                [Finding("error", self.name, 1, "", f"is a {type(content).__name__}, not a mapping of sections", "begin with `network:`")]
            )
        return content

    def _yaml(self) -> Any:
        try:
            return YAML(typ="safe", pure=False).load(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = " ".join((error.problem or error.context or "cannot be parsed").split())
            raise TopologyError(
                [Finding("error", self.name, mark.line + 1 if mark else 0, "", f"is no YAML: {said}", "correct the syntax there")]
            ) from None
        except (YAMLError, ValueError, RecursionError) as error:
            raise TopologyError([Finding("error", self.name, 0, "", f"is no YAML: {error}", "correct the syntax")]) from None

    def line(self, path: FilePath) -> int:
        """Return the line (from 1) of what `path` names, or of its nearest ancestor that is there."""
        if self._json is not None:
            return self._json.line(path)
        node, line = self._root, 1
        for part in path:
            key, node = _child(node, part)
            if node is None:
                break
            line = (key or node).start_mark.line + 1
        return line

    @cached_property
    def _root(self) -> Node | None:
        try:
            return YAML(typ="safe", pure=False).compose(self.text)  # type: ignore[no-any-return]
        except YAMLError:
            return None  # It was read, so this cannot be; a message without its line would still be a message.


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return what shows that a file has changed."""
    return stat.st_mtime_ns, stat.st_size


def stamp_at(path: Path) -> Stamp:
    """Return the stamp of the file that is there now; zeros where there is none, or it is just being put in place."""
    try:
        return stamp_of(path.stat())
    except OSError:
        return 0, 0


def _child(node: Node | None, part: str | int) -> tuple[Node | None, Node | None]:
    """Return the key's and the value's node of one step of a path, Nones where there is none."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None
