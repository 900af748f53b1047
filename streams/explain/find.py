"""What was asked for: the id of a problem or an alarm record, the beginning of one, or the name of an object.

Ids win over names, problems over alarms. Of the problems at an object the open one is meant, else the only one.
"""

from typing import Any, NamedTuple

import msgspec

from streams.edge.board import OPEN
from streams.explain.history import History, json
from streams.explain.told import alarm_of, characteristics, refs

SHORTEST = 4
"""Characters of an id that must be given at least."""
NAMED = 5
"""Ids that are named where several would do."""


class NotFound(Exception):
    """Nothing, or no one thing, is meant; the message says where it was looked for."""


class Found(NamedTuple):
    """What is meant: one of the two."""

    problem: str
    alarm: str


def find(history: History, asked: str) -> Found:
    """Return what is meant; NotFound says what else could be."""
    problems = _problems(history, asked)
    if asked in problems:
        return Found(asked, "")
    begin = [ident for ident in problems if len(asked) >= SHORTEST and ident.startswith(asked)]
    at_object = {ident: told for ident, told in problems.items() if _concerns(told, asked)}
    alarms, of_object = _alarms(history, asked)
    if asked in alarms:
        return Found("", asked)
    if begin or alarms:
        if len(begin) + len(alarms) > 1:
            raise NotFound(f"{asked} is the beginning of {len(begin) + len(alarms)} ids in {history.where}: {_few([*begin, *alarms])}; give more of it")
        return Found(begin[0], "") if begin else Found("", alarms[0])
    meant = [ident for ident, told in at_object.items() if told["status"] in OPEN] or list(at_object)
    if len(meant) == 1:
        return Found(meant[0], "")
    if meant:
        raise NotFound(f"{asked} is an object of {len(meant)} problems in {history.where}: {_few(meant)}; say which")
    if len(of_object) == 1:
        return Found("", of_object[0])
    if of_object:
        raise NotFound(f"{asked} is an object of {len(of_object)} alarms, none of them in a problem, in {history.where}: {_few(of_object)}; say which")
    raise NotFound(f"{asked}: no problem and no alarm record has this id, an id that begins so, or an object of this name; looked in `problems` and `alarm-records` of {history.where}")


def _problems(history: History, asked: str) -> dict[str, dict[str, Any]]:
    """Return the last state of problems whose record holds what was asked anywhere; one that has been forgotten is left out."""
    needle, found = _needle(asked), dict[str, bytes]()
    for key, value in history.read("problems"):
        if value is None or (needle not in value and not key.startswith(asked)):
            found.pop(key, None)
        else:
            found[key] = value
    return {key: json(value) for key, value in found.items()}


def _alarms(history: History, asked: str) -> tuple[list[str], list[str]]:
    """Return alarm records whose id is or begins as asked, and those whose object it is."""
    needle = _needle(asked)
    begin, of_object = dict[str, None](), dict[str, None]()
    for key, value in history.read("alarm-records"):
        if len(asked) >= SHORTEST and key.startswith(asked):
            begin[key] = None
        elif value is not None and needle in value and key not in of_object and asked in alarm_of(json(value)).get("alarmedObject", {}).values():
            of_object[key] = None
    return list(begin), list(of_object)


def _needle(asked: str) -> bytes:
    """Return the text as it stands in JSON, without the quotes."""
    return msgspec.json.encode(asked)[1:-1]


def _concerns(problem: dict[str, Any], name: str) -> bool:
    """Tell whether an object is alarmed in a problem, or blamed for it most."""
    localized = characteristics(problem).get("localization") or [{}]
    return name in refs(problem, "affectedResource") or name == localized[0].get("id")


def _few(ids: list[str]) -> str:
    return ", ".join(ids[:NAMED]) + (f" and {len(ids) - NAMED} more" if len(ids) > NAMED else "")
