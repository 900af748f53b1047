"""What Problem Handling asks, read from `problem-handling-requests`: TMF656's ServiceProblem at its creation, or a patch of one.

    creation   {externalIdentifier: [{id, owner}], description, relatedEntity: [{role: product, id}] or affectedService or affectedLocation, ...}
    patch      {id: the report's, or externalIdentifier; action or status; ...}: hold, resume, cancel, test, confirm, still-down;
               without an action: what was missing

Either may come in the `event` of a TMF656 notification. What is missing is asked for, not refused; what cannot be read is
a dead letter, and answered on `progress` as refused.
"""

from typing import Any

from streams.domain.alarm import Effect
from streams.domain.customer_report import PARTS, ReportRef, RequesterTold, request_id
from streams.domain.handling_messages import HandlingAsked
from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.network import Network
from streams.domain.view import Emit, to_network
from streams.edge.feed import Raw
from streams.edge.formats.fields import first, folded, reference, text
from streams.edge.formats.told import Refused
from streams.edge.handling_names import ProductNames
from streams.edge.words import fold, time

ACTIONS = {
    "report": "report", "create": "report", "complete": "report", "hold": "hold", "pending": "hold", "suspend": "hold", "resume": "resume", "inprogress": "resume",
    "cancel": "cancel", "cancelled": "cancel", "canceled": "cancel", "withdraw": "cancel", "test": "test", "confirm": "confirm", "confirmed": "confirm",
    "closed": "confirm", "stilldown": "still-down", "disputed": "still-down", "notconfirmed": "still-down"}
"""Words of `action`, and statuses of a patch -> what is asked."""
EFFECTS = {"down": Effect.DOWN, "degraded": Effect.DEGRADED, "atrisk": Effect.AT_RISK, "intermittent": Effect.DEGRADED, "slow": Effect.DEGRADED}
_LONGEST_TEXT = 256
_LONGEST_ID = 200
_MOST = 16


class HandlingDesk:
    """Reads requests of Problem Handling; keeps nothing but the names of what was sold."""

    def __init__(self, network: Network) -> None:
        self._names = ProductNames(network)
        self.services_of = self._names.services_of

    def read(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        """Return one request for the desk in stage 6; Refused with what is wrong and how to put it right."""
        position = raw.position
        envelope, told = told, folded(folded(told.get("event")).get("serviceproblem")) or told
        external, owner = _external(told)
        report = first(told, "id")
        action = _action(told, bool(report))
        if action != "report" and not (report or external):
            raise Refused("id", "no-id", "Name the report by the id that its answer told, or by its externalIdentifier.")
        own = first(told, "requestid") or first(envelope, "eventid")
        at = min(at, raw.arrived_at) if raw.arrived_at else at
        request = own or (external if action == "report" and not report else "") or position
        named = self._names.find(_products(told), _places(told))
        asked = HandlingAsked(
            action, request[:_LONGEST_ID], (external or ("" if report else position))[:_LONGEST_ID], owner[:_LONGEST_ID], at, report[:_LONGEST_ID], named.product,
            named.services[:PARTS], _effect(told), min(_since(told) or at, at) if action == "report" else 0, _text(told), named.doubt, position)
        return [to_network(asked, at)]


def refused_handling(told: dict[str, Any], raw: Raw, at: Instant, refused: Refused) -> list[Emit]:
    """Answer a request that could not be read, as far as it could be; under its position, as its dead letter is."""
    told = folded(folded(told.get("event")).get("serviceproblem")) or told
    position = raw.position
    external, owner = _external(told)
    report = first(told, "id") or request_id(owner, external or position)
    ref = ReportRef(report[:_LONGEST_ID], external[:_LONGEST_ID], owner[:_LONGEST_ID], "", "", 0)
    request = first(told, "requestid") or external or position
    answer = RequesterTold(identify("", "refused", position), "refused", ref, at, f"{refused.field}: {refused.remedy}", request[:_LONGEST_ID], first(told, "action", "status") or "report")
    return [Emit("progress", position, answer, at)]


def _external(told: dict[str, Any]) -> tuple[str, str]:
    """Return the requester's own id of the report, and whose it is."""
    given = told.get("externalidentifier")
    one = folded(given[0]) if isinstance(given, list) and given else folded(given)
    party = folded(told.get("originatorparty"))
    owner = first(one, "owner") or reference(party.get("partyorpartyrole")) or first(told, "originatingsystem")
    return text(one.get("id")) or (text(given) if not one else "") or first(told, "correlationid"), owner


def _action(told: dict[str, Any], is_patch: bool) -> str:
    word = first(told, "action")
    if not word and is_patch:
        word = first(told, "status")
    if not word:
        return "report"
    action = ACTIONS.get(fold(word))
    if action is None:
        raise Refused("action", "unknown-action", f"Use one of {', '.join(sorted(set(ACTIONS.values())))}.")
    return action


def _products(told: dict[str, Any]) -> tuple[str, ...]:
    """Return every name of a product or service that is given, the likeliest first."""
    names = [first(told, "product", "productid", "number"), *(reference(told.get(field)) for field in ("product",))]
    for one in _list(told.get("relatedentity")):
        entity = folded(one.get("entity")) or one
        kind = fold(text(one.get("role")) + text(entity.get("@referredtype")))
        if "product" in kind or "service" in kind or "number" in kind:
            names.append(first(entity, "id", "name"))
    names += [first(one, "id", "name") for one in _list(told.get("affectedservice"))]
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST]


def _places(told: dict[str, Any]) -> tuple[str, ...]:
    places = [first(told, "place")]
    for one in _list(told.get("affectedlocation")):
        place = folded(one.get("place")) or one
        places += [first(place, "id"), first(place, "name")]
    return tuple(dict.fromkeys(place for place in places if place))[:_MOST]


def _list(value: object) -> list[dict[str, Any]]:
    return [folded(one) if isinstance(one, dict) else {"id": one} for one in (value if isinstance(value, list) else [] if value is None else [value])[:_MOST]]


def _effect(told: dict[str, Any]) -> Effect:
    """Return how bad the customer says it is; down where nothing known is said."""
    said = [first(told, "impact"), *(text(one.get("value")) for one in _list(told.get("characteristic")) if fold(text(one.get("name"))) == "impact")]
    return next((EFFECTS[fold(word)] for word in said if fold(word) in EFFECTS), Effect.DOWN)


def _since(told: dict[str, Any]) -> Instant:
    return next((t for field in ("since", "creationdate", "timeraised") if (t := time(told.get(field)))), 0)


def _text(told: dict[str, Any]) -> str:
    return first(told, "description", "text", "reason")[:_LONGEST_TEXT]
