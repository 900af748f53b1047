"""Asking for a test, in stage 4: once, with an id that follows from what asks for it; again while no result comes.

    ask --> WAITS (catching up) --> ASKED --> RUNNING --> PASSED, FAILED, NO_ANSWER
                                      ^                         |
                                      +--- the next attempt ----+  under another id: a late result is one of the attempt before
"""

import msgspec

from streams.domain.ids import identify
from streams.domain.impact import is_service
from streams.domain.instant import DAY, MINUTE, Instant
from streams.domain.messages import ObjectTested
from streams.domain.network import TestRule
from streams.domain.service_test import ServiceTest, State, TestTold
from streams.domain.view import Emit, View, World, to_network

LATER = MINUTE
"""A test that waits for the partition to catch up is looked at again after this."""
REMEMBERED = DAY
"""A result that comes later than this after its test ended finds no one who knows the test (ours, as of commands)."""


def wanted(rule: TestRule, object_: str, domain: str, why: str, at: Instant, now: Instant, world: World, seed: tuple[object, ...], **about: object) -> ServiceTest:
    """Describe a test; `seed` is what makes its id besides the rule and the object."""
    ident = identify(domain, "test", *seed, rule.name, object_)
    node = world.network.nodes.get(object_)
    declared = node.is_service if node is not None else is_service(world.network, object_)
    test = ServiceTest(
        ident, rule.name, rule.kind, rule.specification, object_, domain, why, at, now + rule.within, rule.within, attempts=rule.attempts, tester=rule.tester,
        is_service=declared)
    return msgspec.structs.replace(test, **about)


def ask(view: View, test: ServiceTest, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Ask for a test, unless that was done; while the partition catches up it waits."""
    if view.service_tests.get(test.id) is not None:
        return []
    if not view.live:
        view.service_tests.put(test.id, msgspec.structs.replace(test, state=State.WAITS, due=now + LATER))
        return []
    return send(view, test, at, now, world)


def send(view: View, test: ServiceTest, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Send the request, and remember it until its result is due."""
    test = msgspec.structs.replace(test, state=State.ASKED, asked_at=at, due=max(at, now) + test.within)
    view.service_tests.put(test.id, test)
    return [Emit("test-requests", test.object, test, at), told(test, at), *around(test, test.due, at, world)]


def again(view: View, test: ServiceTest, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Ask once more, under an id of its own."""
    next_one = msgspec.structs.replace(test, id=identify(test.domain, test.id, "again"), attempt=test.attempt + 1, text="")
    return send(view, next_one, at, now, world)


def told(test: ServiceTest, at: Instant) -> Emit:
    """Tell on `progress` how a test stands."""
    return Emit("progress", test.problem or test.alarm or test.object, TestTold(identify(test.domain, test.id, test.state), test, at), at)


def around(test: ServiceTest, until: Instant, at: Instant, world: World) -> list[Emit]:
    """Tell stage 6 that an object is in test until then (0: no more), where commands depend on it."""
    if not world.network.looks_around:
        return []
    return [to_network(ObjectTested(test.object, test.id, until, at), at)]
