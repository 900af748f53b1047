"""What operators ask of alarm records, problems and commands, read from `operator-actions` (and TMF642's tasks spelt as one).

    {action, target, ...}                 one action on one alarm record, or on up to 100
    {action: hold, target: problem}       its life: hold, wait, resume, resolve, reopen, cancel, close, comment
    {action: snapshot-impacts, target}    the present impact, told again: of a product, customer or service, or of all
    {action: forget-products, products}   what was told of products on customer-impacts is withdrawn
    {action: freeze-learning}             all that is learnt of alarm types, in every partition
    {@type: AckAlarms, alarmPattern: [{id}, ...]}   TMF642's tasks; groupAlarms has correlatedAlarm and parentAlarm

Each target is a request of its own. What cannot be read is a dead letter, and is answered on `progress` as refused.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from schemas.durations import parse_duration
from streams.domain.action_answer import answer
from streams.domain.forgotten import ACTION as FORGET
from streams.domain.forgotten import ProductForgotten
from streams.domain.impact_messages import ImpactsAsked
from streams.domain.impact_snapshot import ACTION
from streams.domain.instant import Instant
from streams.domain.messages import OperatorRequest, TestAsked
from streams.domain.view import Emit, to_network
from streams.edge.feed import Raw
from streams.edge.formats.fields import first, folded, reference, references, text
from streams.edge.formats.told import Refused
from streams.edge.words import fold, time

NETWORK_ACTIONS = {"halt": "halt", "resume": "resume", "resetbreaker": "reset-breaker", "approve": "approve", "reportfigures": "report-figures"}
ALARM_ACTIONS = {
    "ack": "ack", "acknowledge": "ack", "ackalarms": "ack", "unack": "unack", "unacknowledge": "unack", "unackalarms": "unack", "clear": "clear",
    "clearalarms": "clear", "close": "close", "comment": "comment", "commentalarms": "comment", "shelve": "shelve", "unshelve": "unshelve",
    "confirmcause": "confirm-cause", "rejectcause": "reject-cause", "undo": "undo",
    "move": "move", "split": "split", "merge": "merge", "reject": "reject",
    "hold": "hold", "wait": "wait", "awaitrequester": "wait", "resume": "resume", "resolve": "resolve", "reopen": "reopen", "cancel": "cancel",
    "note": "comment", "cancelserviceproblem": "cancel", "problemgroup": "problem-group", "problemungroup": "problem-ungroup",
    "release": "release", "group": "group", "groupalarms": "group", "ungroup": "ungroup", "ungroupalarms": "ungroup"}
LEARNING_ACTIONS = {"resetlearned": "reset-learned", "freezelearning": "freeze-learning", "thawlearning": "thaw-learning"}
TEST_ACTIONS = frozenset(("test", "audit"))
MOST_TARGETS = 100
MOST_FORGOTTEN = 1_000
_LONGEST_NOTE = 256
_TARGETS = ("target", "targets", "alarm", "alarms", "alarmid", "problem", "problemid", "feedback", "alarmpattern", "correlatedalarm", "childproblem", "underlyingproblem")
INTO_ACTIONS = frozenset(("group", "move", "merge", "problem-group"))
OBJECT_ACTIONS = frozenset(("confirm-cause", "reject-cause"))


def read_action(told: dict[str, Any], raw: Raw, at: Instant, domain_of: Callable[[str, str], str], declared: Callable[[str], str], lanes: tuple[str, ...] = ("lane-0",), watchers: tuple[str, ...] = ("lane-0",), services_of: Callable[[str], tuple[str, ...]] = lambda product: ()) -> list[Emit]:
    """Return the requests of one record; `domain_of(field, id)` tells whose id it is, `declared(name)` what object is meant.

    `lanes`: routes, one to each partition of alarm-events; `watchers`: of service-effects; `services_of(product)`: what delivers it. Raises Refused.
    """
    word = first(told, "action", "type", "@type")
    position = raw.position
    ident = first(told, "id", "requestid") or position
    user = first(told, "user", "userid", "ackuserid", "clearuserid", "operator", "sourcesystemid")
    note = _note(told)
    action = NETWORK_ACTIONS.get(fold(word))
    if action and not (action in ALARM_ACTIONS.values() and any(_ids(told.get(field)) for field in _TARGETS)):
        target = next((t for field in ("target", "command", "problem", "problemid", "day") if (t := reference(told.get(field)))), "")
        return [to_network(OperatorRequest(ident, action, target, user, note, at, position=position), at)]
    if fold(word) == fold(ACTION):
        asked = OperatorRequest(ident, ACTION, next((t for field in (*_TARGETS, "product", "customer", "service") if (t := reference(told.get(field)))), ""), user, note, at, position=position)
        return [Emit("service-effects", lane, ImpactsAsked(asked, len(watchers), at), at, lane) for lane in watchers]
    if fold(word) == fold(FORGET):
        return _forget(told, OperatorRequest(ident, FORGET, "", user, note, at, position=position), at, services_of)
    if action := LEARNING_ACTIONS.get(fold(word)):
        requests = [OperatorRequest(ident, action, "", user, note, at, lane, position=position, copy=n > 0) for n, lane in enumerate(lanes)]
        repairs = OperatorRequest(ident, action, "", user, note, at, position=position, copy=True)
        return [*(Emit("alarm-events", request.domain, request, at, request.domain) for request in requests), to_network(repairs, at)]
    if fold(word) in TEST_ACTIONS:
        return _test(told, at, OperatorRequest(ident, "test", "", user, note, at, position=position), domain_of, declared)
    action = ALARM_ACTIONS.get(fold(word), "")
    if not action:
        raise Refused("action", "unknown-action", f"Use one of {', '.join(sorted({*ALARM_ACTIONS.values(), *NETWORK_ACTIONS.values(), *LEARNING_ACTIONS.values(), *TEST_ACTIONS, ACTION, FORGET}))}.")
    targets = next((found for field in _TARGETS if (found := _ids(told.get(field)))), ())
    if not targets:
        raise Refused("target", "no-target", "Name the alarm record's id in `target`.")
    if len(targets) > MOST_TARGETS:
        raise Refused("target", "too-many-targets", f"Name at most {MOST_TARGETS} alarm records in one action; this one names {len(targets)}.")
    into = next((t for field in ("into", "parentalarm", "parent", "parentproblem") if (t := reference(told.get(field)))), "")
    if action in INTO_ACTIONS and not into:
        raise Refused("into", "no-target", "Name the problem, or an alarm record that is in it, in `into`.")
    object_ = next((t for field in ("object", "resource", "rootcauseresource") if (t := reference(told.get(field)))), "")
    if action in OBJECT_ACTIONS and not object_:
        raise Refused("object", "no-object", "Name the object that is, or is not, the cause in `object`.")
    until, episode = _until(told, at), _episode(told)
    out = []
    others: tuple[str, ...] = ()
    if action == "split":
        # One request, whatever it names: its alarms go into one problem.
        others = tuple(dict.fromkeys((*targets[1:], *(_ids(told.get("alarms")) if told.get("target") is not None else ()))))[:MOST_TARGETS]
        targets = targets[:1]
    into_domain = domain_of("into", into) if action == "problem-group" else ""
    for target in targets:
        domain = domain_of("target", target)
        out.append(Emit("alarm-events", domain, OperatorRequest(
            ident, action, target, user, note, at, domain, until=until, into=into, episode=episode, position=position,
            object=declared(object_) if object_ else "", others=others, into_domain=into_domain), at, domain))
    return out


def _forget(told: dict[str, Any], request: OperatorRequest, at: Instant, services_of: Callable[[str], tuple[str, ...]]) -> list[Emit]:
    """Return the request for each product, to where its service is watched; one that the network knows no more to anywhere."""
    products = _ids(told.get("products"))
    if not products or len(products) > MOST_FORGOTTEN:
        raise Refused("products", "no-target" if not products else "too-many-targets", f"Name from 1 to {MOST_FORGOTTEN} products in `products` (`spm forget` finds them).")
    ways = [(product, service, n == 0) for product in products for n, service in enumerate(services_of(product) or ("",))]
    return [Emit("service-effects", service or product, ProductForgotten(request, len(ways), product, service, at, withdraws), at) for product, service, withdraws in ways]


def _test(told: dict[str, Any], at: Instant, request: OperatorRequest, domain_of: Callable[[str, str], str], declared: Callable[[str], str]) -> list[Emit]:
    """Return the request for a test: of an object for a problem of `target`, or of an object by itself, whose domain then says where it goes."""
    rule = first(told, "test", "specification", "rule")
    if not rule:
        raise Refused("test", "no-test", "Name the test of topology.yaml in `test`.")
    target = next((t for field in ("target", "problem", "problemid") if (t := reference(told.get(field)))), "")
    object_ = next((declared(t) for field in ("object", "service", "resource") if (t := reference(told.get(field)))), "")
    if not target and not object_:
        raise Refused("target", "no-target", "Name the problem in `target`, or what is to be tested in `object`.")
    domain = domain_of("target", target) if target else domain_of("object", f"object:{object_}")
    request = msgspec.structs.replace(request, target=target or object_, domain=domain)
    return [Emit("problem-inbox", request.target, TestAsked(rule, object_, domain, at, request=request), at, domain)]


def refused_action(told: dict[str, Any], raw: Raw, at: Instant, refused: Refused) -> list[Emit]:
    """Answer a request that could not be read, as far as it could be; under its position, as its dead letter is."""
    position = raw.position
    request = OperatorRequest(
        first(told, "id", "requestid") or position, first(told, "action", "type", "@type") or "unknown", reference(told.get("target")),
        first(told, "user", "userid"), "", at, position=position)
    return answer(request, False, f"{refused.field}: {refused.remedy}", at, position)


def _ids(value: object) -> tuple[str, ...]:
    """Return every id of a list; unlike an alarm's parents they are not cut off."""
    each = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(found for v in each for found in references(v)))


def _note(told: dict[str, Any]) -> str:
    """Return what was said; TMF642 has it in comment.comment, W148 in comment.description."""
    comment = folded(told.get("comment"))
    return (first(told, "text", "comment", "reason") or first(comment, "comment", "description", "text"))[:_LONGEST_NOTE]


def _until(told: dict[str, Any], at: Instant) -> Instant:
    for field in ("until", "expires", "expiresat"):
        if told.get(field) is not None:
            if until := time(told[field]):
                return until
            raise Refused(field, "no-time", f"Give `{field}` as ISO 8601.")
    span = told.get("for") or told.get("duration")
    if span is None:
        return 0
    try:
        return at + parse_duration(span)
    except ValueError as error:
        raise Refused("for", "no-duration", f"{error}.") from None


def _episode(told: dict[str, Any]) -> int:
    said = text(told.get("episode"))
    if said and not said.isdigit():
        raise Refused("episode", "no-number", "Give `episode` as the number that the alarm record tells.")
    return int(said) if said else 0
