"""Laws of customer impacts: whatever the order of words, releases, mergers and waiting, the differences add up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain import watch
from streams.domain.alarm import Effect
from streams.domain.impact import failed
from streams.domain.impact_delta import ImpactDelta
from streams.domain.messages import HeldDown, Tick
from tests.builders import MemoryView, a_network, a_world

NETWORK = a_network(
    ("path-a", "olt-1"), ("path-b", "olt-2"), ("svc", ["path-a", "path-b"], 1), ("svc", "power"), ("svc-2", "svc"),
    services=["svc", "svc-2"], products=[("prod-1", "svc", "cust-1"), ("prod-2", "svc", "cust-2"), ("prod-3", "svc-2", "cust-1")])
WORLD = a_world(NETWORK)
PRODUCTS = {"svc": ("prod-1", "prod-2"), "svc-2": ("prod-3",)}
PROBLEMS = ("p1", "p2", "p3")

held = st.dictionaries(st.sampled_from(["olt-1", "olt-2", "power", "svc", "elsewhere"]), st.sampled_from([Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN]), max_size=3)
words = st.builds(
    lambda service, problem, held, at, mergers: HeldDown(service, problem, "dom", tuple(sorted(held.items())), at, tuple(m for m in mergers if m != problem)),
    st.sampled_from(["svc", "svc-2"]), st.sampled_from(PROBLEMS), held, st.integers(1, 100), st.lists(st.sampled_from(PROBLEMS), max_size=1))
histories = st.lists(words | st.sampled_from(["behind", "caught up"]), max_size=25)


def told(history) -> list[ImpactDelta]:
    """Run a history, catch up at its end, and return all that was told."""
    view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
    deltas = []
    for moment in [*history, "caught up"]:
        if isinstance(moment, HeldDown):
            deltas += view.run(watch.step, watch.come_due, moment, WORLD)
        else:
            view.live = moment == "caught up"
            deltas += view.run(watch.step, watch.come_due, Tick(0, view.live), WORLD)
    return [emit.value for emit in deltas if emit.topic == "customer-impacts"]


def present(history) -> dict[str, Effect]:
    """Work out by the definition what every product has at the end of a history, from nothing but its words."""
    last: dict[tuple[str, str], tuple] = {}
    for word in history:
        if isinstance(word, HeldDown):
            for merged in word.mergers:
                last.pop((word.service, merged), None)
            last[word.service, word.problem] = word.held
    state = {}
    for service, products in PRODUCTS.items():
        union: dict[str, Effect] = {}
        for (of, _), elements in last.items():
            for element, effect in elements if of == service else ():
                union[element] = max(effect, union.get(element, Effect.NONE))
        state |= dict.fromkeys(products, failed(NETWORK, union, service))
    return state


@given(histories)
@settings(deadline=None)
def test_differences_add_up_to_the_present_impact(history):
    impact = dict.fromkeys(("prod-1", "prod-2", "prod-3"), Effect.NONE)
    for delta in told(history):
        assert delta.previous == impact[delta.product]
        impact[delta.product] = delta.impact

    assert present(history) == impact


@given(histories)
@settings(deadline=None)
def test_an_impact_starts_once_changes_only_while_it_lasts_and_ends_once(history):
    lasting: set[str] = set()
    for delta in told(history):
        assert (delta.kind == "started") == (delta.product not in lasting)
        assert delta.previous != delta.impact
        assert (delta.kind == "ended") == (delta.impact == Effect.NONE)
        lasting = lasting - {delta.product} if delta.kind == "ended" else lasting | {delta.product}

    assert {p for p, impact in present(history).items() if impact} == lasting


@given(histories)
@settings(deadline=None)
def test_ids_are_unique_and_the_same_in_every_run(history):
    first = told(history)

    assert first == told(history)
    assert len(first) == len({delta.id for delta in first})


@given(st.dictionaries(st.sampled_from(PROBLEMS), held), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_problems_speak_does_not_matter_to_the_end(holdings, order):
    said = [HeldDown("svc", problem, "dom", tuple(sorted(h.items())), 1) for problem, h in sorted(holdings.items())]
    mixed = list(said)
    order.shuffle(mixed)

    def end(history):
        return {d.product: d.impact for d in told(history) if d.impact} if present(history)["prod-1"] else {}

    assert present(said) == present(mixed)
    assert end(said) == end(mixed)


@given(histories)
@settings(deadline=None)
def test_while_behind_nothing_starts(history):
    view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
    view.live = False
    emits = [e for word in history if isinstance(word, HeldDown) for e in view.run(watch.step, watch.come_due, word, WORLD)]

    assert [] == [emit for emit in emits if emit.topic == "customer-impacts"]


works = st.builds(
    lambda service, held, at: HeldDown(service, "work", "dom", tuple(sorted(held.items())), at, planned="chg-7"), st.sampled_from(["svc", "svc-2"]), held, st.integers(1, 100))


def holds(history, service, planned) -> dict[str, Effect]:
    """Return what problems, or announced work, hold of a service at the end."""
    last: dict[str, tuple] = {}
    for word in history:
        if isinstance(word, HeldDown) and word.service == service:
            for merged in word.mergers:
                last.pop(merged, None)
            last[word.problem] = word.held if bool(word.planned) == planned else ()
    union: dict[str, Effect] = {}
    for elements in last.values():
        for element, effect in elements:
            union[element] = max(effect, union.get(element, Effect.NONE))
    return union


@given(st.lists(words | works | st.sampled_from(["behind", "caught up"]), max_size=25))
@settings(deadline=None)
def test_planned_is_what_announced_work_does_and_problems_do_not(history):
    standing: dict[str, tuple[Effect, bool]] = {}
    for delta in told(history):
        before = standing.get(delta.product, (Effect.NONE, False))
        assert before == (delta.previous, delta.was_planned) and before != (delta.impact, delta.planned)
        assert delta.kind != "changed" or not (delta.planned and delta.was_planned)
        assert not (delta.planned and delta.due_at)
        standing[delta.product] = (delta.impact, delta.planned)
    for service, products in PRODUCTS.items():
        work, problems = holds(history, service, True), holds(history, service, False)
        whole = {e: max(work.get(e, Effect.NONE), problems.get(e, Effect.NONE)) for e in work | problems}
        alone, by_work, together = (failed(NETWORK, held, service) for held in (problems, work, whole))
        alone = min(alone, together)
        for product in products:
            impact, planned = standing.get(product, (Effect.NONE, False))
            assert bool(impact) == bool(together)
            if planned:
                assert by_work == together and alone < min(together, Effect.DEGRADED)
            elif impact:
                assert impact in (together, alone) and impact >= alone
