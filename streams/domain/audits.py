"""Audits on a schedule (eTOM 1.4.6.2.1, .2.5), in stage 6: which knows all objects, and is one.

The first run is one interval after the processor first heard anything under a topology that asks for it; each object is
asked for in the partition of its domain, where its result is awaited.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.messages import TestAsked
from streams.domain.network import TestRule
from streams.domain.view import Emit, View, World

AT_ONCE = 10_000
"""Objects of one audit (ours: what is more is a job of its own)."""


class Audit(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """When an audit is next run; key: its name."""

    due: Instant


def arm(view: View, at: Instant, world: World) -> None:
    """See that every audit that has a schedule has a next time."""
    if not world.network.tests or view.memo.get("audits") == world.network.version or not at:
        return
    view.memo["audits"] = world.network.version
    for rule in world.network.tests:
        if rule.every and view.audits.get(rule.name) is None:
            view.audits.put(rule.name, Audit(at + rule.every))


def run(view: View, name: str, at: Instant, world: World) -> list[Emit]:
    """Ask for the test of every object of its type, and note the next time; an audit that is declared no more ends."""
    rule: TestRule | None = next((rule for rule in world.network.tests if rule.name == name and rule.every), None)
    if rule is None:
        view.audits.delete(name)
        return []
    view.audits.put(name, Audit(at + rule.every))
    objects = [node for node in world.network.nodes.values() if node.type == rule.on_type][:AT_ONCE]
    return [
        Emit("problem-inbox", node.id, TestAsked(rule.name, node.id, node.domain, at), at, node.domain)
        for node in objects if world.network.mode_for(node.domain) != "observe"]
