"""What the ticketing system says of our reports, read from `trouble-report-updates`: TMF621 events, or a bare ticket.

A report is known by the id that we gave it, wherever the ticketing system keeps it: in `id`, or in `externalIdentifier`
beside its own number; ids of ours begin with the tag of a domain. Attributes that are ours are looked at only where the
record says that it changes attributes (an attribute value change, or a bare ticket): events of status carry the ticketing
system's whole copy, which may be older than what we told since.
"""

from collections.abc import Mapping
from typing import Any

from streams.domain.instant import Instant
from streams.domain.messages import ReportUpdated
from streams.domain.ticketing import status_of
from streams.domain.update_answer import answer
from streams.domain.view import Emit
from streams.edge.feed import Raw
from streams.edge.formats.fields import first, folded, reference, text
from streams.edge.formats.told import Refused
from streams.edge.words import fold, time

_LONGEST = 256
_MOST = 100
_OURSELVES = "spm"
_CODES = ("resolutioncode", "closecode", "resolution")
_REASONS = ("statuschangereason", "reason", "onholdreason", "holdreason")
_GROUPS = ("assignedgroup", "assignmentgroup", "group")
_PEOPLE = ("assignee", "assignedto", "assigned", "person")


def read_update(told: dict[str, Any], raw: Raw, at: Instant, domains: Mapping[str, str]) -> list[Emit]:
    """Return the update that a record is; `domains`: tag -> correlation domain. Raises Refused."""
    ticket = folded(folded(told.get("event")).get("troubleticket")) or told
    parties, traits = _parties(ticket), _traits(ticket)

    def said(names: tuple[str, ...]) -> str:
        return next((word for where in (ticket, traits) for name in names if (word := _word(where.get(name)))), "")[:_LONGEST]

    ids = [i for i in (text(ticket.get("id")), *_identifiers(ticket), first(ticket, "ticket", "number", "externalid")) if i]
    ours = [i for i in ids if i.partition("-")[0] in domains]
    problem = reference(ticket.get("problem")) or first(ticket, "problemid") or next(iter(_entities(ticket, "problem", "serviceproblem")), "")
    known = ours[0] if ours else problem
    if not known:
        raise Refused("id", "no-report", "Name our report's id in `id` or `externalIdentifier`, or keep its relatedEntity of role problem.")
    if (domain := domains.get(known.partition("-")[0])) is None:
        raise Refused("problem", "unknown-id", f"Name an id that this network gave; {known[:64]!r} belongs to no domain of it.")
    word, reason = first(ticket, "status", "state"), said(_REASONS)
    status = status_of(word, reason) if word else None
    if word and status is None:
        raise Refused("status", "unknown-status", f"Use a status of TMF621 or a state of the ticketing tool; {word[:64]!r} is none.")
    position = raw.position
    update = ReportUpdated(
        ours[0] if ours else "", problem, domain, first(told, "eventid", "updateid") or position, position, at,
        number=next((i for i in ids[::-1] if i not in ours), "")[:64], group=(parties.get("group") or said(_GROUPS))[:_LONGEST], person=(parties.get("person") or said(_PEOPLE))[:_LONGEST],
        status=status or "", reason=reason, status_at=time(ticket.get("statuschangedate")), code=said(_CODES)[:64],
        promised_at=time(ticket.get("expectedresolutiondate")), notes=_notes(ticket), ours=_ours(ticket) if _changes_attributes(told) else ())
    return [Emit("problem-inbox", problem or update.report, update, at, domain)]


def refused_update(told: dict[str, Any], raw: Raw, at: Instant, refused: Refused) -> list[Emit]:
    """Answer an update that could not be read, under its position, as its dead letter is."""
    position = raw.position
    return [answer(ReportUpdated("", "", "", first(told, "eventid", "id") or position, position, at), False, f"{refused.field}: {refused.remedy}", at, key=position)]


def _changes_attributes(told: dict[str, Any]) -> bool:
    kind = fold(first(told, "eventtype"))
    return not kind or "attributevaluechange" in kind


def _listed(ticket: dict[str, Any], name: str) -> list[dict[str, Any]]:
    told = ticket.get(name)
    return [folded(each) for each in (told if isinstance(told, list) else [told])[:_MOST] if isinstance(each, dict)]


def _identifiers(ticket: dict[str, Any]) -> list[str]:
    told = ticket.get("externalidentifier")
    return [reference(each) for each in (told if isinstance(told, list) else [told])[:_MOST]]


def _word(value: object) -> str:
    """Return a word, or what a reference is called: ServiceNow sends {display_value, value}."""
    ref = folded(value)
    return text(ref.get("displayvalue")) or text(ref.get("name")) or reference(value)


def _parties(ticket: dict[str, Any]) -> dict[str, str]:
    """Return who is assigned, by `group` and `person`; TMF621 v5 nests the party, v4 does not."""
    found: dict[str, str] = {}
    for each in _listed(ticket, "relatedparty"):
        party, role = folded(each.get("partyorpartyrole")) or each, fold(text(each.get("role")))
        part = "group" if role in _GROUPS else "person" if role in _PEOPLE else ""
        if part:
            found.setdefault(part, text(party.get("name")) or text(party.get("id")))
    return found


def _traits(ticket: dict[str, Any]) -> dict[str, Any]:
    return {fold(text(each.get("name"))): each.get("value") for each in _listed(ticket, "troubleticketcharacteristic")}


def _entities(ticket: dict[str, Any], role: str, referred: str = "") -> list[str]:
    """Return ids of related entities; v5 nests the entity, v4 does not."""
    found = []
    for each in _listed(ticket, "relatedentity"):
        entity = folded(each.get("entity")) or each
        if fold(text(each.get("role"))) == role or (referred and fold(text(entity.get("@referredtype"))) == referred):
            found.append(text(entity.get("id")))
    return [each for each in found if each]


def _notes(ticket: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    notes = [(first(each, "author", "createdby") or "ticketing", first(each, "text", "value")[:_LONGEST]) for each in _listed(ticket, "note")]
    return tuple((author[:64], words) for author, words in notes if words and author != _OURSELVES)[-10:]


def _ours(ticket: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the attributes of ours that it has, as the stage knows them."""
    told: list[tuple[str, str]] = []
    if severity := text(ticket.get("severity")):
        told.append(("severity", severity[:64].capitalize()))
    if priority := text(ticket.get("priority")):
        told.append(("priority", priority[:64]))
    if causes := _entities(ticket, "rootcause"):
        told.append(("rootCause", ", ".join(causes)[:_LONGEST]))
    if due := time(ticket.get("requestedresolutiondate")):
        told.append(("requestedResolutionDate", str(due)))
    return tuple(told)
