"""What goes out changes only by addition since the last release (`released/`), and what comes in may always say what it could.

Outbound: every field of the release is still there, still required where it was, and says nothing that its released schema
would refuse, but for words and fields added. Inbound: no field is refused or required that was not.
At a release the folder is replaced by schemas/json.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

RELEASED = Path(__file__).parent / "released"
PRESENT = Path(__file__).parents[2] / "schemas" / "json"
INBOUND = frozenset(("inventory-record", "operator-action", "problem-handling-request", "restoration-result", "test-result", "trouble-report-update"))
Json = dict[str, Any]


def broken(before: Json, after: Json, inbound: bool) -> list[str]:
    """Return what a reader (of outbound records), or a sender (of inbound ones), of the release would stumble over."""
    return list(_differences(before, after, before, after, "$", inbound, frozenset()))


def _differences(before: Json, after: Json, old: Json, new: Json, path: str, inbound: bool, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    pair = (before.get("$ref", ""), after.get("$ref", ""))
    if all(pair) and pair in seen:
        return
    seen |= {pair} if all(pair) else frozenset()
    before, after = _resolved(before, old), _resolved(after, new)
    missing = before.get("properties", {}).keys() - after.get("properties", {}).keys()
    yield from (f"{path}.{name}: removed" for name in sorted(missing))
    gone, more = (set(one.get("required", ())) - set(other.get("required", ())) for one, other in ((before, after), (after, before)))
    if inbound:
        yield from (f"{path}.{name}: newly required" for name in sorted(more))
    else:
        yield from (f"{path}.{name}: no longer required" for name in sorted(gone))
        # An object that a released reader refuses fields of is refused by him for every new one too: told apart by a new version.
    if (kinds := _kinds(before)) != (now := _kinds(after)) and (not kinds <= now if inbound else not now <= kinds):
        yield f"{path}: was {'/'.join(sorted(kinds))}, is {'/'.join(sorted(now))}"
    yield from _words(before, after, path, inbound)
    for name in before.get("properties", {}).keys() & after.get("properties", {}).keys():
        yield from _differences(before["properties"][name], after["properties"][name], old, new, f"{path}.{name}", inbound, seen)
    if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
        yield from _differences(before["items"], after["items"], old, new, f"{path}[]", inbound, seen)
    for one, other in zip(_choices(before), _choices(after), strict=False):
        yield from _differences(one, other, old, new, path, inbound, seen)
    if len(_choices(before)) > len(_choices(after)):
        yield f"{path}: a choice was removed"


def _words(before: Json, after: Json, path: str, inbound: bool) -> Iterator[str]:
    """A word taken away narrows what comes in; of what goes out a word may go, and one may come."""
    was, now = (set(map(str, each.get("enum", [each["const"]] if "const" in each else []))) for each in (before, after))
    if inbound and was and now and (gone := was - now):
        yield f"{path}: no longer takes {', '.join(sorted(gone))}"
    if not inbound and "const" in before and after.get("const") != before["const"]:
        yield f"{path}: was always {before['const']}"
    for bound, narrows in (("maxLength", -1), ("maxItems", -1), ("maximum", -1), ("minLength", 1), ("minItems", 1), ("minimum", 1)):
        least, most = before.get(bound), after.get(bound)
        if inbound and most is not None and (least is None or (most - least) * narrows > 0):
            yield f"{path}: {bound} was {least}, is {most}"


def _resolved(schema: Json, root: Json) -> Json:
    while "$ref" in schema and schema["$ref"].startswith("#/"):
        found: Any = root
        for step in schema["$ref"][2:].split("/"):
            found = found[step]
        schema = found
    return schema


def _kinds(schema: Json) -> set[str]:
    told = schema.get("type", [])
    return {told} if isinstance(told, str) else set(told)


def _choices(schema: Json) -> list[Json]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.json")), ids=lambda path: path.name.partition(".")[0])
def test_nothing_that_was_released_breaks(path: Path) -> None:
    name = path.name.partition(".")[0]
    assert (PRESENT / path.name).is_file(), f"{name} is no more: a schema is kept, a breaking change gets a new version"

    assert [] == broken(json.loads(path.read_text()), json.loads((PRESENT / path.name).read_text()), name in INBOUND)


BEFORE: Json = {
    "type": "object", "required": ["id", "state"], "$defs": {"Word": {"type": "string", "maxLength": 10}},
    "properties": {"id": {"$ref": "#/$defs/Word"}, "state": {"enum": ["up", "down"], "type": "string"}, "many": {"type": "array", "items": {"type": "integer"}}}}


@pytest.mark.parametrize(("change", "outbound", "inbound"), [
    ({"properties": BEFORE["properties"] | {"more": {"type": "string"}}}, 0, 0),
    ({"properties": {name: BEFORE["properties"][name] for name in ("id", "state")}}, 1, 1),
    ({"required": ["id"]}, 1, 0),
    ({"required": ["id", "state", "many"]}, 0, 1),
    ({"properties": BEFORE["properties"] | {"state": {"enum": ["up", "down", "unknown"], "type": "string"}}}, 0, 0),
    ({"properties": BEFORE["properties"] | {"state": {"enum": ["up"], "type": "string"}}}, 0, 1),
    ({"properties": BEFORE["properties"] | {"many": {"type": "array", "items": {"type": "string"}}}}, 1, 1),
    ({"$defs": {"Word": {"type": "string", "maxLength": 5}}}, 0, 1),
    ({"$defs": {"Word": {"type": ["string", "null"], "maxLength": 10}}}, 1, 0),
])  # fmt: skip
def test_what_breaks_is_seen_and_what_is_added_is_not(change: Json, outbound: int, inbound: int) -> None:
    assert (outbound, inbound) == (len(broken(BEFORE, BEFORE | change, False)), len(broken(BEFORE, BEFORE | change, True)))
