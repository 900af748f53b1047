"""Which tests a problem asks for: first-in when it opens, diagnostic ones of its candidates, final ones before it is resolved.

Without a tester for what it hurt, a problem is resolved by clear evidence, and says so.
"""

import msgspec

from streams.domain.network import TestRule
from streams.domain.plural import number
from streams.domain.problem_change import Change
from streams.domain.problem_record import ProblemRecord
from streams.domain.test_request import ask, wanted
from streams.domain.view import View, World

CANDIDATES = 3
"""Located causes that diagnostic tests are asked for: what is ranked lower is a guess (ours)."""


def follow(view: View, change: Change) -> None:
    """Ask for the tests that a diagnosis brings, each once; final ones count no more when something is active again."""
    row, network = change.row, change.world.network
    if not network.tests or row.standing:
        return
    if row.active and (row.tested.pending or row.tested.sent_back):
        change.set(tested=msgspec.structs.replace(row.tested, pending=(), sent_back=False, said=()))
    if not row.active or _is_observed(row, change.world):
        return
    cause = row.cause
    for rule in network.tests:
        if rule.kind == "first-in" and change.before is None and rule.cause in (None, row.first_cause):
            _ask_once(view, change, rule, tuple(s.service for s in row.services) + row.resources)
        elif rule.kind == "diagnostic" and cause is not None and rule.cause in (None, cause.cause) and cause.confidence < rule.below:
            _ask_once(view, change, rule, tuple(c.object for c in row.ranked[:CANDIDATES]))


def _ask_once(view: View, change: Change, rule: TestRule, objects: tuple[str, ...]) -> None:
    for name in _chosen(rule, objects, change.world):
        mark = f"{rule.name}|{name}"
        if mark in change.row.tested.asked:
            continue
        row = change.row
        change.set(tested=row.tested.with_asked(mark))
        test = wanted(rule, name, row.domain, f"{rule.kind} test of problem {row.id}", change.at, change.now, change.world, (row.id,), problem=row.id)
        change.out += ask(view, test, change.at, change.now, change.world)


def _chosen(rule: TestRule, objects: tuple[str, ...], world: World) -> tuple[str, ...]:
    """Return the objects that a rule is for, as many as it takes."""
    nodes = world.network.nodes
    fits = (name for name in dict.fromkeys(objects) if rule.on_type is None or ((node := nodes.get(name)) is not None and node.type == rule.on_type))
    return tuple(fits)[: rule.most]


def _is_observed(row: ProblemRecord, world: World) -> bool:
    return world.network.mode_for(row.domain, row.cause.cause if row.cause else "") == "observe"


def prove(view: View, change: Change) -> str:
    """Ask for the final tests of what a problem hurt; return "" where they are under way, else by what evidence it is resolved."""
    row = change.row
    hurt = tuple(s.service for s in row.services)
    cause = row.cause.cause if row.cause else row.first_cause
    tests = {
        f"{rule.name}|{name}": (rule, name) for rule in change.world.network.tests if rule.kind == "final" and rule.cause in (None, cause)
        for name in _chosen(rule, hurt or row.resources, change.world)}
    if not tests or _is_observed(row, change.world):
        return f"resolved by clear evidence, no tester is declared for {_named(hurt) if hurt else 'what it concerns'}"
    count = row.tested.round + 1
    change.set(tested=msgspec.structs.replace(row.tested, pending=tuple(tests), round=count, said=()))
    for rule, name in tests.values():
        test = wanted(rule, name, row.domain, f"final test of problem {row.id}", change.at, change.now, change.world, (row.id, count), problem=row.id, round=count)
        change.out += ask(view, test, change.at, change.now, change.world)
    return ""


def _named(services: tuple[str, ...]) -> str:
    return services[0] if len(services) == 1 else f"{services[0]} and {number(len(services) - 1, 'more service')}"


