"""admit_requests: what people and other systems ask for or answer, re-keyed to the inbox that must act on it.

    operator-actions        OperatorRequest   -> alarm-events of its domain, or network-inbox (halt, resume, commands)
    planned-outages         OutageAnnounced   -> every partition of alarm-events (outage_request.py)
    restoration-results     ResultHeard       -> network-inbox
    test-results            TestHeard         -> problem-inbox of the test's domain
    trouble-report-updates  ReportUpdated     -> problem-inbox of the report's domain (trouble_report_update.py)
    problem-handling-requests  HandlingAsked  -> network-inbox (handling_request.py)
    inventory               InventoryTold     -> network-inbox, which gives each change its number (inventory.py)
    topology                TopologyAsked     -> network-inbox: another version of topology.yaml is to take effect

Ids begin with their domain's tag, so that a target alone says where to go. What cannot be read is a dead letter.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from streams.domain.action_answer import answer
from streams.domain.forgotten import ProductForgotten
from streams.domain.ids import domain_tag
from streams.domain.instant import Instant
from streams.domain.level import FIRST, FORGETTING, LEVEL
from streams.domain.messages import InventoryTold, OperatorRequest, ResultHeard, TopologyAsked
from streams.domain.network import Network
from streams.domain.view import Emit, View, World, to_network
from streams.edge.dead_letter import bury, key
from streams.edge.feed import Feed, Raw
from streams.edge.formats.fields import decode, first, folded, reference
from streams.edge.formats.told import Refused
from streams.edge.handling_request import HandlingDesk, refused_handling
from streams.edge.inventory import read_inventory
from streams.edge.names import Names
from streams.edge.operator_actions import read_action, refused_action
from streams.edge.outage_request import OutageDesk, refused_outage
from streams.edge.pseudonym import Pseudonym, as_they_are
from streams.edge.test_result import read_result
from streams.edge.trouble_report_update import read_update, refused_update
from streams.edge.words import fold, time

_OUTCOMES = {
    "restored": "restored", "success": "restored", "succeeded": "restored", "done": "restored", "workaround": "workaround",
    "failed": "failed", "failure": "failed", "error": "failed", "timeout": "failed", "accepted": "accepted", "refused": "refused", "rejected": "refused"}
_LONGEST_NOTE = 256
_VERSION = 64
"""Hex digits of a version (edge/topology_digest.py)."""


def refused_topology(told: dict[str, Any], raw: Raw, at: Instant, refused: Refused) -> list[Emit]:
    """Answer a request for another topology.yaml that cannot take effect; no one waits for an answer to a worker's own."""
    position = raw.position
    request = OperatorRequest(first(told, "id", "requestid") or position, "apply-topology", first(told, "version", "digest")[:_VERSION], first(told, "user"), "", at, position=position)
    return [] if told.get("unanswered") is True else answer(request, False, f"{refused.field}: {refused.remedy}", at, position)


_REFUSALS = {
    "operator-actions": refused_action, "planned-outages": refused_outage, "trouble-report-updates": refused_update, "problem-handling-requests": refused_handling, "topology": refused_topology}
"""Who asked there is answered on `progress` too."""


class Admission:
    """Reads the request topics; keeps nothing but what it was built from."""

    def __init__(self, network: Network, names: Names, feeds: Iterable[Feed], lanes: tuple[str, ...] = ("lane-0",), watchers: tuple[str, ...] = ("lane-0",),
                 has_version: Callable[[str], bool] = lambda version: True, pseudonym: Pseudonym = as_they_are) -> None:
        """`lanes`: routes, one to each partition of alarm-events; `watchers`: of service-effects; `has_version`: of topology.yaml; `pseudonym`: what customers are called."""
        self._has_version, self._pseudonym = has_version, pseudonym
        feeds = tuple(feeds) or (Feed(""),)
        self._lanes, self._watchers, self._nodes = lanes, watchers, network.nodes
        self._outages = OutageDesk(network, names, feeds, lanes)
        self._handling = HandlingDesk(network)
        domains = {node.domain for node in network.nodes.values()} | {feed.home for feed in feeds}
        self._domains = {domain_tag(domain): domain for domain in sorted(domains)}

    @property
    def topics(self) -> dict[str, Callable[[dict[str, Any], Raw, Instant], list[Emit]]]:
        """Tell who reads what."""
        return {
            "operator-actions": self._action, "planned-outages": self._outages.read,
            "restoration-results": self._result, "test-results": self._test, "trouble-report-updates": self._report, "problem-handling-requests": self._handling.read,
            "topology": self._topology}

    def under(self, network: Network, names: Names, objects: Iterable[str]) -> "Admission":
        """Return the same for a network that differs in these objects, and in products; what it had heard of it still takes."""
        other, nodes = copy(self), [node for name in objects if (node := network.nodes.get(name)) is not None]
        other._handling, other._nodes = HandlingDesk(network), network.nodes
        other._outages = self._outages.under(network, names, nodes)
        other._domains = self._domains | {domain_tag(node.domain): node.domain for node in nodes}
        return other

    def admit(self, view: View, raw: Raw, now: Instant, world: World) -> list[Emit]:
        """Read one request."""
        told: dict[str, Any] = {}
        at = raw.arrived_at or now
        try:
            if raw.topic == "inventory":
                entries, when = read_inventory(raw, self._pseudonym)
                return [to_network(InventoryTold(entries, when or at), at)]
            told = folded(decode(raw.value)) if raw.value is not None else {}
            if not told:
                raise Refused("value", "not-an-object", "Send one JSON object a record.")
            at = next((t for field in ("at", "time", "eventtime", "timeocurred") if (t := time(told.get(field)))), 0) or at
            out = self.topics[raw.topic](told, raw, at)
            if world.level < FORGETTING and any(isinstance(emit.value, ProductForgotten) for emit in out):
                raise Refused("action", "unknown-action", "The level in force knows this action not yet: `spm upgrade finish`.")
            return out
        except Refused as refused:
            letter = bury(raw, 0, refused, raw.arrived_at or now)
            answers = refuse(told, raw, at, refused) if (refuse := _REFUSALS.get(raw.topic)) is not None else []
            return [Emit("dead-letters", key(letter), letter, letter.at), *answers]

    def _domain(self, field: str, ident: str) -> str:
        """Return whose id it is; `object:<name>` asks for a declared object's."""
        if ident.startswith("object:"):
            node = self._nodes.get(ident.removeprefix("object:"))
            if node is None:
                raise Refused(field, "unknown-object", f"Name an object of topology.yaml; {ident.removeprefix('object:')[:64]!r} is none.")
            return node.domain
        domain = self._domains.get(ident.partition("-")[0])
        if domain is None:
            raise Refused(field, "unknown-id", f"Name an id that this network gave; {ident[:64]!r} belongs to no domain of it.")
        return domain

    def _action(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        if (customer := reference(told.get("customer"))):
            told = {**told, "customer": self._pseudonym(customer)}
        return read_action(told, raw, at, self._domain, self._outages.declared, self._lanes, self._watchers, self._handling.services_of)

    def _result(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        command = next((c for field in ("command", "commandid", "id") if (c := reference(told.get(field)))), "")
        outcome = _OUTCOMES.get(fold(first(told, "outcome", "result", "status", "state")))
        if not command:
            raise Refused("command", "no-id", "Name the command's id in `command`.")
        if outcome is None:
            raise Refused("outcome", "unknown-outcome", f"Use one of {', '.join(sorted(set(_OUTCOMES.values())))}.")
        return [to_network(ResultHeard(command, outcome, first(told, "text", "message", "reason")[:_LONGEST_NOTE], at, position=raw.position), at)]

    def _test(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        return read_result(told, raw, at, self._domain)

    def _topology(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        version, level = first(told, "version", "digest"), told.get("level")
        if level is not None and not (type(level) is int and FIRST <= level <= LEVEL):
            raise Refused("level", "unknown-level", f"Give a level from {FIRST} to {LEVEL}: the worker that read the request knows no other.")
        is_level = not version and level is not None
        if not is_level and not (len(version) == _VERSION and set(version) <= set("0123456789abcdef")):
            raise Refused("version", "no-version", f"Give the version of a topology.yaml, {_VERSION} hex digits (`spm topology apply` does), in `version`.")
        if not is_level and not self._has_version(version):
            raise Refused("version", "unknown-version", "Put this topology.yaml in place for the workers first: the one that read the request does not have it, and all would wait for it.")
        position = raw.position
        request = "" if told.get("unanswered") is True else first(told, "id", "requestid") or position
        return [to_network(TopologyAsked(version, first(told, "user"), at, request, position, level=level or 0), at)]

    def _report(self, told: dict[str, Any], raw: Raw, at: Instant) -> list[Emit]:
        return read_update(told, raw, at, self._domains)
