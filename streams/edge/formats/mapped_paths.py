"""Paths and places of a declared mapping, compiled once into functions of (what is at hand, the whole record).

Own code rather than a JSONPath library: those measured take 21 (jsonpath-ng) and 43 us (python-jsonpath) for one path,
and an alarm has a dozen for which there are 40 us; these take less than 1 us.
"""

import re
from collections.abc import Callable
from typing import Any

import re2

from schemas.json_paths import JsonPath, Step, Where, is_path, json_path, template
from streams.edge import words
from streams.edge.formats.fields import bounded
from streams.edge.mapping import Condition, Place, Places

Read = Callable[[Any, Any], Any]
"""(what `$` is, what `$$` is) -> the value there, None for nothing."""
ReadText = Callable[[Any, Any], str]
Holds = Callable[[Any, Any], bool]
MOST_FOUND = 10_000
"""Members that one path with [*] finds at most; each alarm of a record costs 256 bytes at least."""
_GROUP = re.compile(r"\\(\d)")


def said(value: Any) -> str:
    """Return what a value of JSON says as a word: text, a number, true or false; "" for anything else."""
    if isinstance(value, str):
        return bounded(value.strip())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else ""
    return f"{value:.15g}" if isinstance(value, float) else ""


def reader(path: JsonPath) -> Read:
    """Compile a path; of several that it means, the first counts."""
    if not path.is_plain:
        find = finder(path)
        return lambda here, whole: next(iter(find(here, whole)), None)
    names, from_whole = tuple(str(step) for step in path.steps), path.whole

    def read(here: Any, whole: Any) -> Any:
        value = whole if from_whole else here
        for name in names:
            if type(value) is not dict:
                return None
            value = value.get(name)
        return value

    return read


def finder(path: JsonPath) -> Callable[[Any, Any], list[Any]]:
    """Compile a path into all that it means, in order."""
    first = next((n for n, step in enumerate(path.steps) if not isinstance(step, str)), len(path.steps))
    begin = reader(JsonPath(path.whole, path.steps[:first]))
    takes = [_take(step) for step in path.steps[first:]]

    def find(here: Any, whole: Any) -> list[Any]:
        value = begin(here, whole)
        found = [] if value is None else [value]
        for take in takes:
            found = take(found)
        return found

    return find


def _take(step: Step) -> Callable[[list[Any]], list[Any]]:
    """Compile one step from all that was found so far to all that it means there."""
    if isinstance(step, str):
        return lambda found: [value[step] for value in found if type(value) is dict and step in value]
    if isinstance(step, int):
        return lambda found: [value[step] for value in found if type(value) is list and -len(value) <= step < len(value)]
    if isinstance(step, Where):
        field, meant = step
        return lambda found: [member for value in found if type(value) is list for member in value if type(member) is dict and said(member.get(field)) == meant]
    return lambda found: [member for value in found for member in (value if type(value) is list else value.values() if type(value) is dict else ())][:MOST_FOUND]


def text_reader(places: Places) -> ReadText:
    """Compile places into the first thing that one of them says."""
    readers = [_place(place) for place in places]
    if len(readers) == 1:
        return readers[0]

    def read(here: Any, whole: Any) -> str:
        for each in readers:
            if found := each(here, whole):
                return found
        return ""

    return read


def all_reader(places: Places) -> Callable[[Any, Any], tuple[str, ...]]:
    """Compile places into all that they say, a path with [*] included."""
    paths = [finder(json_path(place.said)) for place in places if is_path(place.said)]
    return lambda here, whole: tuple(dict.fromkeys(word for find in paths for value in find(here, whole) if (word := said(value))))


def _place(place: Place) -> ReadText:
    read = _unmatched(place.said)
    if not place.match:
        return read
    search, (before, *rest) = re2.compile(place.match).search, _GROUP.split(place.to)
    pieces = [(int(group), after) for group, after in zip(rest[::2], rest[1::2], strict=True)]

    def read_matched(here: Any, whole: Any) -> str:
        found = search(read(here, whole))
        return "" if found is None else (before + "".join(f"{found[n] or ''}{after}" for n, after in pieces)).strip()

    return read_matched


def _unmatched(told: str) -> ReadText:
    if is_path(told):
        at = reader(json_path(told))
        return lambda here, whole: said(at(here, whole))
    pieces = template(told)
    if all(isinstance(piece, str) for piece in pieces):
        return lambda here, whole: told
    reads = [_constant(piece) if isinstance(piece, str) else _unmatched_path(piece) for piece in pieces]

    def read(here: Any, whole: Any) -> str:
        found = [each(here, whole) for each in reads]
        return bounded("".join(found)) if all(found) else ""

    return read


def _constant(told: str) -> ReadText:
    return lambda here, whole: told


def _unmatched_path(path: JsonPath) -> ReadText:
    at = reader(path)
    return lambda here, whole: said(at(here, whole))


def condition(conditions: tuple[Condition, ...]) -> Holds | None:
    """Compile conditions: one of them must hold, all of its words; None where none is declared."""
    if not conditions:
        return None
    compiled = [[(reader(json_path(path)), _meaning(meant)) for path, meant in each] for each in conditions]

    def holds(here: Any, whole: Any) -> bool:
        return any(all(means(words.fold(said(read(here, whole)))) for read, means in each) for each in compiled)

    return holds


def _meaning(meant: tuple[str, ...]) -> Callable[[str], bool]:
    """Return whether a folded word is one of these; `*` at the end of one stands for any rest."""
    whole = frozenset(words.fold(word) for word in meant if not word.endswith("*"))
    begins = tuple(words.fold(word[:-1]) for word in meant if word.endswith("*"))
    if not begins:
        return whole.__contains__
    return lambda word: word in whole or word.startswith(begins)
