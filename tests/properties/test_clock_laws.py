"""Laws of clocks: whatever problems do to a service, a clock has run exactly while it should, and each step is told once, at its time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain import watch
from streams.domain.alarm import Effect
from streams.domain.instant import HOUR, MINUTE
from streams.domain.jeopardy_messages import WITHDRAWN
from streams.domain.messages import HeldDown, Tick
from streams.domain.network import Network
from streams.domain.sla import Escalation, Sla
from tests.builders import MemoryView, a_network, a_world, at

SLA = Sla("gold", 2 * HOUR, escalations=(Escalation(3, HOUR, ("noc",)), Escalation(9, 5 * HOUR, ("ceo",))))
PLAIN = a_network(("svc", "olt"), services=["svc"], products=[("prod", "svc", "cust")])
NETWORK = Network(PLAIN.version, PLAIN.nodes, PLAIN.depends, PLAIN.carries, PLAIN.products, {"gold": SLA})
START = at("10:00")

words = st.tuples(st.sampled_from(["p", "q"]), st.sampled_from([Effect.NONE, Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN]), st.sampled_from(["", "pending", "held"]), st.booleans())
histories = st.lists(st.tuples(st.integers(1, 40), words, st.booleans()), min_size=1, max_size=25)


def run(history, ticks):
    """Play a history of (minutes later, word, whether a tick comes before it); return all that was told."""
    view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
    world, now, out = a_world(NETWORK), START, []
    for minutes, (problem, effect, status, around), ticked in history:
        now += minutes * MINUTE
        if ticked and ticks:
            out += view.run(watch.step, watch.come_due, Tick(now - 1), world)
        held = (("olt", effect),) if effect else ()
        out += view.run(watch.step, watch.come_due, HeldDown("svc", problem, "dom", held, now, status=status, is_around=around), world)
    return view, out + view.run(watch.step, watch.come_due, Tick(now), world)


def should_run(held) -> bool:
    """The definition: something hurts the service that no work-around gave back, and it does not wait for its requester alone."""
    counted = {problem: (effect, status) for problem, (effect, status, around) in held.items() if effect >= Effect.DEGRADED and not around}
    return any(status != "pending" for _, status in counted.values())


@given(histories)
@settings(deadline=None)
def test_a_clock_has_run_exactly_while_it_should(history):
    view, _ = run(history, ticks=True)
    row = view.watched_services.get("svc")
    if row is None or row.clocks is None:
        return
    (clock,) = row.clocks.clocks
    held, now, ran = {}, START, 0
    for minutes, (problem, effect, status, around), _ in history:
        ran += minutes * MINUTE if now >= clock.start and should_run(held) else 0
        now += minutes * MINUTE
        held[problem] = (effect, status, around)

    assert clock.spent + (now - clock.since if clock.since else 0) == ran
    assert not (clock.since and clock.stood_at)
    assert clock.step == sum(step.at <= ran for step in SLA.steps)


@given(histories)
@settings(deadline=None)
def test_each_step_is_told_once_to_each_problem_and_at_its_time(history):
    _, out = run(history, ticks=True)
    heard: dict[tuple, int] = {}
    for word in (emit.value for emit in out if emit.topic == "problem-inbox"):
        for news in word.news:
            heard[word.problem, news.kind, news.level, news.violations] = heard.get((word.problem, news.kind, news.level, news.violations), 0) + 1
            assert news.kind != WITHDRAWN
            assert news.at <= word.at

    violations = [key for key in heard if key[1] == "violation"]
    assert all(heard[key] == 1 for key in violations)


@given(histories)
@settings(deadline=None)
def test_it_does_not_matter_when_ticks_come(history):
    def told(ticks):
        return [(e.value.problem, n.kind, n.level, n.at) for e in run(history, ticks)[1] if e.topic == "problem-inbox" for n in e.value.news if e.value.at >= n.at]

    assert sorted(told(True)) == sorted(told(False))
