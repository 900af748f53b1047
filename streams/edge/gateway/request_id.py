"""Which requests are one: the id that the sender gave, else what the content calls itself.

    Idempotency-Key, X-Request-Id     <told>~<hash of feed and body>: one id with another body is another request
    a content that names its event    <hash of feed and body>: VES (eventId, lastEpochMicrosec), TMF events (eventId and time),
                                      3GPP (notificationId, eventTime), Alertmanager and Grafana (groupKey, startsAt)
    any other                         the hash is the key, but nothing is recognised by it

Why a bare alarm is not recognised by its content: a source that is asked for its list of alarms, or raises again what an
operator cleared, says the same once more, byte for byte, and means it. Taken for a request sent again, the alarm would be
missing from the list, and cleared. Counted twice it is a repeat of one alarm, which hurts nobody.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from streams.edge.gateway.offer import Refusal

HEADERS = ("Idempotency-Key", "X-Request-Id")
"""In order of precedence. A proxy that makes up an X-Request-Id for each attempt hides that they are one."""
_TOLD = re.compile(r"[!-~]{1,128}")


def identify(headers: Mapping[str, str], topic: str, body: bytes, documents: list[Any] | None) -> tuple[str, bool]:
    """Return the request's id and whether it is recognised by it when it comes again; Refusal (400) for an unusable id told.

    `documents` are the decoded records; None where they were not decoded.
    """
    digest = blake2b(topic.encode() + b"\0" + body, digest_size=16).hexdigest()
    for name in HEADERS:
        told = headers.get(name, "").strip().strip('"')
        if told:
            if _TOLD.fullmatch(told) is None:
                raise Refusal(400, "request-id", f"{name} has to be 1 to 128 visible ASCII characters.")
            return f"{told}~{digest[:16]}", True
    return f"~{digest}", bool(documents) and all(map(names_its_event, documents or ()))


def names_its_event(document: Any) -> bool:
    """Whether a record says which event it tells of, so that the same bytes can only be the same event."""
    if not isinstance(document, dict):
        return False
    events = document.get("eventList")
    if isinstance(events, list):
        return bool(events) and all(map(_names_ves_event, events))
    if "event" in document and _names_ves_event(document["event"]):
        return True
    if document.get("groupKey"):
        alerts = document.get("alerts")
        return isinstance(alerts, list) and bool(alerts) and all(isinstance(alert, dict) and alert.get("startsAt") for alert in alerts)
    if document.get("eventId"):
        return bool(document.get("eventTime") or document.get("timeOcurred") or document.get("timeOccurred"))
    return bool(document.get("notificationId")) and bool(document.get("eventTime"))


def _names_ves_event(event: Any) -> bool:
    header = event.get("commonEventHeader") if isinstance(event, dict) else None
    return isinstance(header, dict) and bool(header.get("eventId")) and bool(header.get("lastEpochMicrosec"))
