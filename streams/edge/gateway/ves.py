"""How a VES collector answers (VES Event Listener 7.2.1, chapters on exceptions, versioning and both operations).

Success is 202 without a body. An error is {"requestError": {"serviceException" | "policyException": {messageId, text,
variables}}}, where %n in the text stands for the n-th variable. Every answer carries the three version headers. Where
the specification has no code for a status we use (413, 415, 429, 503) its nearest exception is told, as ONAP's collector does.
"""

from typing import Any

import msgspec
from aiohttp import web

from streams.edge.gateway.offer import Offer, Refusal

VERSIONS = {"X-MinorVersion": "2", "X-PatchVersion": "1", "X-LatestVersion": "7.2.1"}
_SERVICE, _POLICY = "serviceException", "policyException"


class Ves:
    """POST /eventListener/v7 (`member` event) and .../eventBatch (`member` eventList)."""

    types = ("application/json",)
    too_many = 429

    def __init__(self, member: str) -> None:
        self._member = member
        self.parts = member if member == "eventList" else ""

    def check(self, documents: list[Any]) -> None:
        """Refuse what is not the operation's own object, and a batch of more than one domain or namespace."""
        for document in documents:
            if (len(documents) > 1 and self._member == "event") or not isinstance(document, dict) or not document.get(self._member):
                raise Refusal(400, "not-ves", f"Send one JSON object with the member {self._member}.")
            if self._member == "eventList":
                _one_domain(document["eventList"])

    def accepted(self, offer: Offer) -> web.Response:
        return web.Response(status=202, headers=VERSIONS)

    def refused(self, refusal: Refusal) -> web.Response:
        kind, code, text, variables = _exception(refusal)
        told: dict[str, Any] = {"messageId": code, "text": text}
        if variables:
            told["variables"] = variables
        body = msgspec.json.encode({"requestError": {kind: told}})
        return web.Response(body=body, status=refusal.status, headers=VERSIONS | refusal.headers, content_type="application/json")


def _one_domain(events: Any) -> None:
    headers = [event.get("commonEventHeader") if isinstance(event, dict) else None for event in (events if isinstance(events, list) else [])]
    told = [header if isinstance(header, dict) else {} for header in headers]
    if len({str(header.get("domain")) for header in told}) > 1:
        raise Refusal(400, "domains", "Different value of domain fields in Batch Event")
    if len({str(header.get("stndDefinedNamespace")) for header in told}) > 1:
        raise Refusal(400, "namespaces", "Value of stndDefinedNamespace fields have to be same when domain is stndDefined")


def _exception(refusal: Refusal) -> tuple[str, str, str, list[str]]:
    """Return exception, messageId, text and variables."""
    status, message = refusal.status, refusal.message
    if status == 401:
        return _POLICY, "POL2000", "The following policy error occurred: %1. Error code is %2.", [message, "401"]
    if status == 413:
        return _POLICY, "POL9003", "Message content size exceeds the allowable limit", []
    if status in (500, 503):
        return _SERVICE, "SVC1000", "No server resources available to process the request", []
    if refusal.reason in ("domains", "namespaces"):
        return _SERVICE, "SVC0001", message, []
    if status in (400, 415):
        if refusal.objections:
            first = refusal.objections[0]
            if first.reason == "no-namespace":
                return _SERVICE, "SVC2006", "Mandatory input %1 %2 is missing from request", ["attribute", "event.commonEventHeader.stndDefinedNamespace"]
            message = f"{first.field}: {first.remedy}"
        return _SERVICE, "SVC0002", "Invalid input value for message part %1", [message]
    return _SERVICE, "SVC2000", "The following service error occurred: %1. Error code is %2.", [message, str(status)]
