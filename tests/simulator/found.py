"""What a replay left in its folder, read for comparison with the truth.

Customers are told once that a product is down. That another problem, which comes while it is, holds it down as well stands in that
problem's final report (its services and their minutes): who looks at one problem reads it there, so here both are read.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.simulator.feed import START
from tests.simulator.truth import Spans, merged


class Named(NamedTuple):
    """What a problem blamed at one moment."""

    at: float
    causes: tuple[str, ...]
    """Best first."""
    confidence: float
    """Of the best; 0 where there is none."""


class Report(NamedTuple):
    """One trouble report."""

    id: str
    problem: str
    opened: float
    withdrawn: float | None
    """When it was cancelled or merged."""
    causes: tuple[str, ...]
    """As it was opened."""
    is_merged: bool = False
    """It was withdrawn since its problem was merged with another."""


class Found(NamedTuple):
    """The outcome of one replay."""

    problem_of: list[str | None]
    """By line, from 0: the head of the problem it ended in."""
    head: dict[str, str]
    """Problem -> the one it was merged into, or its parent across domains, to the end of the chain."""
    history: dict[str, list[Named]]
    """Problem -> what it blamed, by time; changes only."""
    reports: list[Report]
    impacted: dict[str, set[str]]
    """Problem head -> product instances that customers were told it had down or degraded, or that its final report says it had down."""
    down: dict[str, Spans]
    """Product instance -> spans of time in which it was told to be down."""


def seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - START).total_seconds()


def read(out: Path, until: float) -> Found:
    """Read a replay's folder; what is still down counts until `until`."""
    problems = {p["id"]: p for p in _lines(out / "problems.ndjson")}
    head = {name: _follow(name, problems) for name in problems}
    history: dict[str, list[Named]] = defaultdict(list)
    for event in _lines(out / "events" / "problems.ndjson"):
        if event["value"] is not None:
            _note(history[event["key"]], _named(seconds(event["at"]), event["value"]))
    impacted, down = _impacts(out, head, until)
    for problem, products in _finally(out, head):
        impacted.setdefault(problem, set()).update(products)
    problem_of = [head.get(line["problem"], line["problem"]) if line["problem"] else None for line in _lines(out / "trace.ndjson")]
    return Found(problem_of, head, dict(history), _reports(out), impacted, down)


def _finally(out: Path, head: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield problem heads with the products on services that a final report says were down."""
    sold: dict[str, list[str]] = defaultdict(list)
    for product in json.loads((out / "topology.yaml").read_text(encoding="utf-8"))["products"]:
        sold[product["service"]].append(product["id"])
    for event in _lines(out / "events" / "progress.ndjson"):
        if event["value"] is not None and event["value"]["@type"] == "ServiceProblemFinalReport":
            for service in event["value"]["finalReport"]["impact"]["services"]:
                yield head.get(event["key"], event["key"]), sold[service["id"]]


def blamed(history: list[Named], at: float) -> Named | None:
    """Return what was blamed at `at`, None before the problem was."""
    place = bisect_right(history, at, key=lambda named: named.at)
    return history[place - 1] if place else None


def _lines(path: Path) -> Iterator[Any]:
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def characteristics(problem: dict[str, Any]) -> dict[str, Any]:
    return {c["name"]: c["value"] for c in problem.get("characteristic", ())}


def _follow(name: str, problems: dict[str, Any]) -> str:
    seen = {name}
    while (problem := problems.get(name)) is not None:
        merged_into = characteristics(problem).get("mergedInto")
        into = merged_into or next((parent["id"] for parent in problem.get("parentProblem") or ()), None)
        if into is None or into in seen:
            break
        seen.add(into)
        name = into
    return name


def _named(at: float, problem: dict[str, Any]) -> Named:
    refs = problem.get("rootCauseResource") or problem.get("rootCauseService") or []
    located = characteristics(problem).get("localization") or [{"confidence": 0.0}]
    return Named(at, tuple(ref["id"] for ref in refs), float(located[0]["confidence"]))


def _note(history: list[Named], named: Named) -> None:
    if not history or history[-1][1:] != named[1:]:
        history.append(named)


def _reports(out: Path) -> list[Report]:
    found: dict[str, Report] = {}
    for event in _lines(out / "events" / "trouble-reports.ndjson"):
        told = event["value"]
        if told is None or told["ticketType"] != "serviceTrouble":
            continue
        at, known = seconds(event["at"]), found.get(event["key"])
        if known is None:
            related = defaultdict(list)
            for entity in told["relatedEntity"]:
                related[entity["role"]].append(entity["entity"]["id"])
            known = Report(told["id"], related["problem"][0], seconds(told["creationDate"]), None, tuple(related["rootCause"]))
        is_merged = any(one["relationshipType"] == "mergedInto" for one in told.get("troubleTicketRelationship", ()))
        if known.withdrawn is None and (told["status"] in ("cancelled", "rejected") or is_merged):
            known = known._replace(withdrawn=at, is_merged=is_merged)
        found[event["key"]] = known
    return list(found.values())


def _impacts(out: Path, head: dict[str, str], until: float) -> tuple[dict[str, set[str]], dict[str, Spans]]:
    impacted: dict[str, set[str]] = defaultdict(set)
    spans: dict[str, Spans] = defaultdict(list)
    since: dict[str, float] = {}
    for event in _lines(out / "events" / "customer-impacts.ndjson"):
        told = event["value"]
        product, at, impact = told["product"], seconds(told["at"]), told["impact"]
        if impact in ("down", "degraded"):
            for problem in told["problems"]:
                impacted[head.get(problem, problem)].add(product)
        if impact == "down":
            since.setdefault(product, seconds(told["since"]) if told["previousImpact"] == "none" else at)
        elif product in since:
            spans[product].append((since.pop(product), at))
    for product, start in since.items():
        spans[product].append((start, until))
    return dict(impacted), {product: merged(times) for product, times in spans.items()}
