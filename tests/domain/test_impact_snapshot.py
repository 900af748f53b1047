"""The present impact on demand: what was told and has not ended, once for each product, and one answer."""

from streams.domain import impact_snapshot, oversee, watch
from streams.domain.alarm import Effect
from streams.domain.impact_messages import ImpactsAsked, ImpactsTold
from streams.domain.messages import HeldDown, OperatorRequest, Tick
from streams.domain.view import Emit
from tests.builders import MemoryView, a_network, a_world, at

MANY = impact_snapshot.PAGE + 3
NETWORK = a_network(
    *((f"svc-{n:04d}", f"path-{n:04d}") for n in range(MANY)), services=[f"svc-{n:04d}" for n in range(MANY)],
    products=[(f"prod-{n:04d}", f"svc-{n:04d}", f"cust-{n % 2}") for n in range(MANY)])
WORLD = a_world(NETWORK)


def watched(hurt: int) -> MemoryView:
    view = MemoryView({name: due for name, (_, due, _) in watch.TABLES.items()})
    for n in range(hurt):
        tell(view, HeldDown(f"svc-{n:04d}", "p1", "dom", ((f"path-{n:04d}", Effect.DOWN),), at("10:00")))
    return view


def tell(view: MemoryView, message: object) -> list[Emit]:
    return view.run(watch.step, watch.come_due, message, WORLD)


def asked(target: str = "", lanes: int = 1, position: str = "operator-actions/0/1") -> ImpactsAsked:
    return ImpactsAsked(OperatorRequest("o-1", impact_snapshot.ACTION, target, "eva", "", at("11:00"), position=position), lanes, at("11:00"), at("11:00"))


def test_every_product_that_is_hurt_is_told_once_and_then_that_it_is_all():
    out = tell(watched(2), asked())

    assert [(e.topic, e.key) for e in out] == [("customer-impacts", "prod-0000"), ("customer-impacts", "prod-0001"), ("network-inbox", "network")]
    assert [(e.value.kind, e.value.impact, e.value.previous, e.value.since, e.value.at, e.value.snapshot) for e in out[:1]] == [
        ("snapshot", Effect.DOWN, Effect.DOWN, at("10:00"), at("11:00"), "o-1")]
    assert out[-1].value.impacts == 2


def test_a_snapshot_is_no_difference():
    view = watched(1)
    tell(view, asked())
    [ended] = [e for e in tell(view, HeldDown("svc-0000", "p1", "dom", (), at("11:05"))) if e.topic == "customer-impacts"]

    assert (ended.value.kind, ended.value.previous) == ("ended", Effect.DOWN)
    assert [e.value.impacts for e in tell(view, asked(position="operator-actions/0/2")) if e.topic == "network-inbox"] == [0]


def test_of_one_product_customer_or_service():
    view = watched(4)

    def told(target: str) -> list[str]:
        return [e.key for e in tell(view, asked(target)) if e.topic == "customer-impacts"]

    assert (told("prod-0002"), told("cust-1"), told("svc-0003"), told("nobody")) == (["prod-0002"], ["prod-0001", "prod-0003"], ["prod-0003"], [])


def test_many_services_are_told_a_page_at_a_time():
    view = watched(MANY)
    first = tell(view, asked())
    assert len(first) == impact_snapshot.PAGE and all(e.topic == "customer-impacts" for e in first)
    rest = tell(view, Tick(at("11:00:01")))

    assert [e.value.impacts for e in rest if e.topic == "network-inbox"] == [MANY]
    assert len({e.value.id for e in (*first, *rest) if e.topic == "customer-impacts"}) == MANY
    assert view.tables["impact-snapshots"].rows == {}


def test_the_answer_comes_once_all_partitions_have_told():
    view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
    request = asked().request

    def hear(message: object) -> list[Emit]:
        return view.run(oversee.step, oversee.come_due, message, WORLD)

    assert hear(ImpactsTold(request, 2, 5, at("11:00"))) == []
    [answer] = hear(ImpactsTold(request, 2, 1, at("11:00:02")))
    assert (answer.topic, answer.value.done, answer.value.why) == ("progress", True, "6 impacts told on customer-impacts as snapshot o-1.")
    assert view.tables["snapshot-sums"].rows == {}


def test_a_partition_that_never_tells_is_named_after_an_hour():
    view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
    view.run(oversee.step, oversee.come_due, ImpactsTold(asked().request, 2, 5, at("11:00")), WORLD)
    [answer] = [e for e in view.run(oversee.step, oversee.come_due, Tick(at("12:00:01")), WORLD) if e.topic == "progress"]

    assert not answer.value.done and answer.value.why.endswith("1 of 2 partitions have not answered.")
