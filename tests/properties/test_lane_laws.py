"""Laws of what lanes tell stage 5: it does not matter how far they are apart, nor whose words come first."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain import kinship, lanes_apart, watch
from streams.domain.alarm import Effect
from streams.domain.instant import HOUR, MINUTE, Instant
from streams.domain.messages import HeldDown, Tick
from streams.domain.network import Network
from streams.domain.sla import Escalation, Sla
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at

SLA = Sla("gold", 2 * HOUR, escalations=(Escalation(3, HOUR, ("noc",)), Escalation(9, 5 * HOUR, ("ceo",))))
DOMAINS = ("east", "west")


def a_network_of_two_domains() -> Network:
    """Return three services: one of each domain, one that needs either of them; each element is named after its domain."""
    plain = a_network(
        ("svc-east", "east"), ("svc-west", "west"), ("svc-both", ["east", "west"], 1), services=["svc-east", "svc-west", "svc-both"],
        products=[("prod-east", "svc-east", "cust"), ("prod-west", "svc-west", "cust"), ("prod-both", "svc-both", "cust")], domain="east")
    nodes = {name: msgspec.structs.replace(node, domain="west") if "west" in name else node for name, node in plain.nodes.items()}
    return msgspec.structs.replace(plain, nodes=nodes, slas={"gold": SLA})


NETWORK = a_network_of_two_domains()
START = at("10:00")

effects = st.sampled_from([Effect.NONE, Effect.AT_RISK, Effect.DOWN])
words = st.tuples(st.sampled_from([0, 0, 1, 5, 90]), st.sampled_from(["p", "q"]), effects, st.sampled_from(["", "pending"]), st.sampled_from([0, 0, 0, 50]))
"""Minutes after the one before, problem, what it does, how it stands, minutes for which the alarm was under way."""
lanes = st.tuples(*[st.lists(words, min_size=1, max_size=8)] * 2)


def told_by(domain: str, lane: list[tuple[int, str, Effect, str, int]]) -> list[tuple[Instant, list[HeldDown]]]:
    """Return what a lane tells, with its clock then; one lane tells several at one time, and two the same as well."""
    now, found = START, []
    for minutes, problem, effect, status, late in lane:
        now += minutes * MINUTE
        held = ((domain, effect),) if effect else ()
        found.append((now, [HeldDown(service, f"{domain}-{problem}", domain, held, now - late * MINUTE, status=status, told_at=now) for service in (f"svc-{domain}", "svc-both")]))
    return found


def hear(both, order: list[int], ticks: list[bool]) -> dict[str, list[object]]:
    """Let words arrive as `order` says whose is next, with ticks of what both lanes have reached in between; return by key what was told."""
    view, world = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()}), a_world(NETWORK)
    rest = [list(told_by(domain, lane)) for domain, lane in zip(DOMAINS, both, strict=True)]
    end = max(lane[-1][0] for lane in rest)
    reached, out = [START, START], []
    for turn, ticked in zip(order, ticks, strict=True):
        lane = turn if rest[turn] else 1 - turn
        reached[lane], said = rest[lane].pop(0)
        for word in said:
            out += view.run(watch.step, watch.come_due, word, world)
        if ticked:
            out += view.run(watch.step, watch.come_due, Tick(min(reached)), world)
    out += view.run(watch.step, watch.come_due, Tick(end + 1), world)
    return by_key(out)


def by_key(out: list[Emit]) -> dict[str, list[object]]:
    told: dict[str, list[object]] = {}
    for emit in out:
        key = f"{emit.key} {emit.value.service}" if emit.topic == "problem-inbox" else emit.key
        told.setdefault(key, []).append((emit.at, emit.value))
    return told


@st.composite
def histories(draw):
    both = draw(lanes)
    count = sum(map(len, both))
    return both, draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)), draw(st.lists(st.booleans(), min_size=count, max_size=count))


@given(histories())
@settings(deadline=None)
def test_what_is_told_does_not_depend_on_how_far_lanes_are_apart(history):
    both, order, ticks = history
    timed = sorted((at_, lane) for lane, domain in enumerate(DOMAINS) for at_, _ in told_by(domain, both[lane]))
    in_order = hear(both, [lane for _, lane in timed], [True] * len(timed))

    assert hear(both, order, ticks) == in_order


def test_whether_a_service_spans_domains_is_not_what_else_is_known_of_the_network():
    network = msgspec.structs.replace(NETWORK)

    assert not lanes_apart.spans(network, "svc-east") and lanes_apart.spans(network, "svc-both")
    assert kinship.claims(network, "east", (), ["east"], {"east": Effect.DOWN}) == kinship.claims(msgspec.structs.replace(NETWORK), "east", (), ["east"], {"east": Effect.DOWN})
