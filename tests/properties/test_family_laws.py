"""Laws of families: whatever is told of problems of several domains, in whatever order it arrives."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.instant import SECOND
from streams.domain.messages import Claim, ProblemTold
from tests.builders import at
from tests.domain.overseen import NETWORK, Oversight

START = at("10:00")
REPORT = msgspec.structs.replace(NETWORK, mode="report")
OBJECTS = ("cable", "core", "feed")
END = 4 * 3600


@st.composite
def words(draw: st.DrawFn) -> list[ProblemTold]:
    """Words on some problems of three domains over an hour, each at a time of its own, all of them over in the end."""
    told: list[tuple[int, str, dict[str, Any]]] = []
    for n in range(draw(st.integers(2, 6))):
        opened, domain = draw(st.integers(0, 1_500)), draw(st.sampled_from("abc"))
        claims = tuple(Claim(o, 100 * hops, draw(st.sampled_from((0.8, 1.0)))) for hops, o in enumerate(draw(st.permutations(OBJECTS))[:draw(st.integers(0, 3))]))
        for again in range(draw(st.integers(1, 3))):
            cause = draw(st.sampled_from((*OBJECTS, f"own-{n}")))
            status = "inProgress" if not again else draw(st.sampled_from(("inProgress", "resolved")))
            told.append((opened + 200 * again + draw(st.integers(1, 60)), f"p{n}", {
                "domain": domain, "opened_at": START + opened * SECOND, "cause_object": cause, "claims": claims, "alarmed": draw(st.sampled_from((1, 5, 20))),
                "kinds": ("kind",), "is_down": draw(st.booleans()), "crosses": True, "status": status, "confidence": draw(st.sampled_from((0.1, 0.5))),
                "cause": draw(st.sampled_from(("lossOfSignal", "equipmentMalfunction", ""))), "report_at": 0 if status == "resolved" else START + opened * SECOND}))
        told.append((3 * 3600 + n, f"p{n}", {**told[-1][2], "status": "closed", "report_at": 0}))
    fields = {"priority": 2, "cause_type": "kind"}
    # Some microseconds of difference: no two lanes tell anything at one instant.
    return [ProblemTold(problem, at=START + second * SECOND + n, told_at=START + second * SECOND + n, **{**fields, **but}) for n, (second, problem, but) in enumerate(told)]


def heard(told: list[ProblemTold], order: list[int], ticked: bool = False) -> Oversight:
    """Let words arrive in this order; `ticked`: with ticks of what all of their lanes have reached in between."""
    net = Oversight(REPORT)
    reached = dict.fromkeys((one.domain for one in told), START)
    for n in order:
        net.hears(told[n])
        reached[told[n].domain] = told[n].told_at
        if ticked:
            net.tick_to(min(reached.values()))
    for second in (*range(0, 3600, 30), END):
        net.tick_to(START + second * SECOND)
    return net


def stated(net: Oversight) -> list[tuple[Any, ...]]:
    return [(a.kind, a.problem, a.ref, a.word, a.text, a.at) for a in net.answers]


@given(words(), st.randoms(use_true_random=False))
def test_families_causes_and_reports_do_not_depend_on_the_order_of_arrival(told: list[ProblemTold], dice: Any) -> None:
    order = list(range(len(told)))
    dice.shuffle(order)

    assert stated(heard(told, list(range(len(told))))) == stated(heard(told, order))


@given(words(), st.randoms(use_true_random=False))
def test_what_lanes_tell_at_one_instant_is_folded_in_one_order_whichever_comes_first(told: list[ProblemTold], dice: Any) -> None:
    together = [msgspec.structs.replace(one, at=round_, told_at=round_) for one in told for round_ in (one.told_at - one.told_at % (300 * SECOND),)]
    lanes = {domain: sorted((n for n, one in enumerate(together) if one.domain == domain), key=lambda n: together[n].told_at) for domain in "abc"}

    def arriving(domains: list[str]) -> list[int]:
        rest = {domain: list(lane) for domain, lane in lanes.items()}
        return [rest[domain].pop(0) for domain in domains]

    turns = [domain for domain, lane in lanes.items() for _ in lane]
    one_by_one = arriving(turns)
    dice.shuffle(turns)

    assert stated(heard(together, one_by_one)) == stated(heard(together, arriving(turns), ticked=True))


@given(words())
def test_a_child_has_a_parent_that_is_none_and_at_most_one_report_of_a_family_is_open(told: list[ProblemTold]) -> None:
    net, is_over = Oversight(REPORT), False
    for one in sorted(told, key=lambda one: one.told_at):
        net.tick_to(one.told_at)
        net.hears(one)
        rows = {problem: row for problem, row in net.view.tables["overseen-problems"].rows.items() if row.open}
        for problem, row in rows.items():
            if row.parent and row.parent in rows:
                assert rows[row.parent].parent == row.parent, f"{problem} is the child of a child"
        families = {row.parent: {r.told.domain for r in rows.values() if r.parent == row.parent} for row in rows.values() if row.parent and row.parent in rows}
        is_over = is_over or one.status != "inProgress"     # who is over stays in its family for a while
        assert is_over or all(len(domains) > 1 for domains in families.values()), families
        reported = [rows[problem].parent for problem, kin in net.view.tables["kin"].rows.items() if kin.is_reported and problem in rows and rows[problem].parent]
        assert len(reported) == len(set(reported)), "two reports of one family are open"


@given(words())
def test_reports_are_opened_and_withdrawn_in_turn_and_nothing_is_remembered_in_the_end(told: list[ProblemTold]) -> None:
    net = heard(told, list(range(len(told))))

    for problem in {one.problem for one in told}:
        turns = [a.word for a in net.answers if a.kind == "family-report" and a.problem == problem]
        assert turns == [("open", "withdraw")[n % 2] for n in range(len(turns))]
    assert {"arrivals": 1} == {name: len(table.rows) for name, table in net.view.tables.items() if table.rows and name != "figures"}
