"""How senders other than VES clients are answered: our own path, TMF642 as TMF630 has it, its listeners, and webhooks."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from streams.edge.formats import Told
from streams.edge.gateway.body import JSON_TYPES, NDJSON_TYPES, XML_TYPES
from streams.edge.gateway.offer import Offer, Refusal

RecordId = Callable[[str, Told], str]
"""(feed topic, alarm) -> the id of the alarm record that it will belong to."""


class Plain:
    """POST /alarms: 202 and the number of records; errors as TMF630 words them."""

    types: tuple[str, ...] = (*JSON_TYPES, *NDJSON_TYPES, *XML_TYPES)
    parts = ""
    too_many = 429
    """Status of what exceeds the sender's rate."""

    def check(self, documents: list[Any]) -> None:
        """Refuse a body that is no request of this kind."""

    def accepted(self, offer: Offer) -> web.Response:
        return _json(_accepted(offer), 202)

    def refused(self, refusal: Refusal) -> web.Response:
        told: dict[str, Any] = {"code": str(refusal.status), "reason": refusal.reason, "message": refusal.message, "status": str(refusal.status)}
        if refusal.objections:
            told["refused"] = [msgspec.to_builtins(objection) for objection in refusal.objections]
        return _json(told, refusal.status, refusal.headers)


class Webhook(Plain):
    """Alertmanager and Grafana: 200. They try again after 5xx only, so a sender that is too fast is told 503."""

    types = JSON_TYPES
    parts = "alerts"
    too_many = 503

    def accepted(self, offer: Offer) -> web.Response:
        return _json(_accepted(offer), 200)


class AlarmResource(Plain):
    """POST .../alarm: 201 with the alarm, its id (the alarm record's where the sender gave none) and where it is."""

    types = (*JSON_TYPES, *NDJSON_TYPES)

    def __init__(self, base: str, record_id: RecordId) -> None:
        self._base, self._record_id = base, record_id

    def accepted(self, offer: Offer) -> web.Response:
        if len(offer.documents) != len(offer.records):
            return _json(_accepted(offer), 201)     # Lines: as many as they are, they are not all told again.
        alarms = [self._created(offer, *pair) for pair in zip(offer.documents, offer.readings, strict=True)]
        if len(alarms) > 1:
            return _json(alarms, 201)
        return _json(alarms[0], 201, {"Location": alarms[0]["href"]})

    def _created(self, offer: Offer, document: Any, reading: Any) -> dict[str, Any]:
        alarm = dict(document) if isinstance(document, dict) else {}
        ident = alarm.get("id") or (self._record_id(offer.topic, reading) if isinstance(reading, Told) and reading.object else offer.request)
        doubt = {"doubts": [reading.doubt]} if isinstance(reading, Told) and reading.doubt else {}
        return {**alarm, "id": str(ident), "href": f"{self._base}/{quote(str(ident), safe='')}", "@type": alarm.get("@type") or "Alarm", **doubt}


class Listener(Plain):
    """POST .../listener/<event>: 201 and the subscription, as the API file says."""

    types = JSON_TYPES

    def __init__(self, path: str) -> None:
        self._path = path

    def accepted(self, offer: Offer) -> web.Response:
        return _json({"id": offer.request, "callback": self._path}, 201)


def _accepted(offer: Offer) -> dict[str, Any]:
    doubts = offer.doubts()
    return {"accepted": len(offer.records), **({"doubts": doubts} if doubts else {})}


def _json(told: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=msgspec.json.encode(told), status=status, headers=headers, content_type="application/json")
