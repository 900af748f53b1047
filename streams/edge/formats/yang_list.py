"""The alarm list of RFC 8632 and the active alarms of o-ran-fm in one document: all that stands at their source.

It becomes [ListTold begins, the alarms, ListTold ends]: what the source had told before and is not among them has
ended. Shelved alarms stand too: they are among them, each followed by what shelved it; so is an acknowledged one by who
did it. The list counts as of its own `last-changed`, else the envelope's time, else the newest time in it. A list
without a source's name speaks for its whole feed, so an empty one without is refused. A list is not whole where an alarm of it cannot be read, where it
counts more alarms than it holds (`number-of-alarms`), or where shelves are active and not shown: then what is there is
told, but none is taken for missing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import LONGEST_TEXT, text
from streams.edge.formats.told import Acted, ListTold, NoAlarm, Part, Refused, Told
from streams.edge.formats.yang_names import each, plain

ReadStanding = Callable[[dict[str, Any], str], Told]
ReadFault = Callable[[dict[str, Any], str, Instant], Told]
_KEPT = {"ack": "ack", "shelved": "shelve"}


def read(fields: dict[str, Any], source: str, at: Instant, standing: ReadStanding, fault: ReadFault) -> list[Part]:
    """Tell the list; `fields` are those of the container, `source` and `at` its envelope's."""
    listed = plain(fields.get("alarmlist"))
    found: list[Part] = []
    for told in (*each(listed.get("alarm")), *each(plain(fields.get("shelvedalarms")).get("shelvedalarm"))):
        found += _parts(lambda told=told: _with_operator(plain(told), source, standing))  # type: ignore[misc]
    for told in each(plain(fields.get("activealarmlist")).get("activealarms")):
        found += _parts(lambda told=told: iter([fault(plain(told), source, at)]))  # type: ignore[misc]
    newest = max((part.at for part in found if not isinstance(part, Refused)), default=0)
    at = max(words.time(listed.get("lastchanged")) or at, newest)
    if not found and not source:
        raise Refused("alarm-list", "empty", "Say whose list is empty (hostname in the envelope): without a name it would end every alarm of this feed.")
    if not _whole(fields, listed) or any(isinstance(part, Refused) for part in found):
        return found or [NoAlarm("event:alarm-list", source, at)]
    return [ListTold("begins", source, at), *found, ListTold("ends", source, at)]


def _whole(fields: dict[str, Any], listed: dict[str, Any]) -> bool:
    if "alarmlist" not in fields and "activealarmlist" not in fields:
        return False
    if "shelvesactive" in plain(fields.get("summary")) and "shelvedalarms" not in fields:
        return False
    counted = text(listed.get("numberofalarms"))
    return not counted or counted == str(len(each(listed.get("alarm"))))


def _parts(read_one: Callable[[], Iterator[Part]]) -> list[Part]:
    try:
        return list(read_one())
    except Refused as refused:
        return [refused]


def _with_operator(told: dict[str, Any], source: str, standing: ReadStanding) -> Iterator[Part]:
    """Tell an alarm, then the operator's state it is in."""
    alarm = standing(told, source)
    yield alarm
    changes = [plain(change) for change in each(told.get("operatorstatechange"))]
    if not changes:
        return
    newest = max(enumerate(changes), key=lambda numbered: (words.time(numbered[1].get("time")), numbered[0]))[1]
    action = _KEPT.get(words.fold(text(newest.get("state"))))
    if action:
        yield Acted(
            action, alarm.object, words.time(newest.get("time")) or alarm.at, alarm.cause, alarm.qualifier, source,
            user=text(newest.get("operator")), text=text(newest.get("text"))[:LONGEST_TEXT])
