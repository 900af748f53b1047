"""What the rules of localization look at: the alarms of one problem, object by object, and who could be the cause.

Nothing here depends on the order in which alarms arrived: objects are kept by id, and times are those of the sources.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import fsum, sqrt
from typing import Any

import msgspec

from streams.domain import impact
from streams.domain.alarm import AlarmType, Effect, Severity
from streams.domain.habit import Habits
from streams.domain.instant import Instant
from streams.domain.learnt import UNTAUGHT, Learnt
from streams.domain.messages import Member
from streams.domain.network import Network, Node
from streams.domain.news import news_of, population
from streams.domain.parts import wholes
from streams.domain.past_causes import NOTHING, Heed, Recall
from streams.domain.policy import LocalizePolicy
from streams.domain.promptness import began
from streams.domain.strays import GUESS

TELLS = {Effect.DOWN: 0.8, Effect.DEGRADED: 0.5, Effect.AT_RISK: 0.2}
"""How likely an object in that state raises an alarm at all: most of what is down tells, most of what is at risk does not."""
BESIDE = 0.5
"""The same for a neighbour over a link declared both ways: it may see its far end gone."""
UNDECLARED = Node("")
CANDIDATES = 200
"""Objects that are weighed as causes at most: those that most alarmed objects stand on."""
FOOTPRINT = 5_000
"""Nodes that the effect of one candidate is followed to."""
OWN = frozenset((AlarmType.EQUIPMENT, AlarmType.PROCESSING_ERROR, AlarmType.ENVIRONMENTAL, AlarmType.PHYSICAL_VIOLATION, AlarmType.INTEGRITY_VIOLATION))
"""Alarm types by which an object speaks of its own body, not of its traffic with others."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """What one object's alarms say, together."""

    onset: Instant
    """Raised_at of its first alarm."""
    worst: Severity
    members: tuple[Member, ...]


class Facts(msgspec.Struct, frozen=True, dict=True):
    """One problem, as the rules see it."""

    network: Network
    objects: Mapping[str, Told]
    """Alarmed objects, by id in sorted order."""
    candidates: tuple[str, ...]
    """Objects that could be the cause, sorted: those alarmed, those blamed, and what they stand on."""
    types: tuple[str, ...]
    """Types of the alarmed objects, sorted: the silence of any other type says nothing."""
    type_of: Mapping[str, str]
    """Alarmed object -> its type, "" where nobody declared it."""
    could: Mapping[str, int]
    """Type -> objects of it in the domains of the problem, at least those that alarm: all that could have alarmed."""
    blames: Mapping[str, tuple[str, ...]]
    """Caller -> those its alarms are about (`peer`), sorted, once per alarm."""
    news: Mapping[str, float]
    """Occurrence -> how much more it surprises (nats) than what is usual: by the habits of its object, and by how many others of its type report the same."""
    fresh: Mapping[str, float]
    """Alarmed object -> 0 where all that it reports is its habit, 1 where it never reported the like."""
    domains: tuple[str, ...] = ("",)
    """Those of the alarmed objects, sorted, and "" of what nobody declared: only what is there could have joined them."""
    past: tuple[Recall, ...] = ()
    """What operators said of similar problems, oldest first."""
    learnt: Mapping[tuple[str, str], Learnt] = {}
    """(cause, effect) -> what the stream taught of two alarm types; {} where nothing yet."""
    astray: float = GUESS
    """How likely (0..1) an object alarms beside the problem of no doing of its cause (strays.py)."""
    silent: Mapping[str, float] = {}
    """Type of a candidate -> how likely (0..1) one that failed has not told of it by now (promptness.py); {} where nothing is known."""

    @cached_property
    def explained(self) -> dict[str, tuple[str, ...]]:
        """Candidate -> the alarmed objects that its failure reaches, itself included."""
        return {c: (c,) if self.is_end(c) else _explained(self.objects, footprint(self.network, c).tells) for c in self.candidates}

    def is_end(self, candidate: str) -> bool:
        """Tell whether it is an alarmed object on which nothing stands: it explains itself only."""
        return candidate in self.objects and candidate not in self.network.carries

    @cached_property
    def noted(self) -> dict[str, Any]:
        """What a rule found on judging and needs again to tell, by its name."""
        return {}


class Footprint(msgspec.Struct, frozen=True):
    """What would alarm if one candidate failed."""

    tells: Mapping[str, float]
    """Node -> how likely it alarms; the candidate itself is in it."""
    groups: Mapping[str, Mapping[tuple[str, float], int]]
    """Domain -> (type of node, how likely it alarms) -> how many of it are in the footprint there, itself apart; sorted."""


class Rule(msgspec.Struct, frozen=True):
    """One way of telling a cause: `judge` scores candidates from -1 to 1, leaving out those it says nothing about."""

    name: str
    weight: float
    judge: Callable[[Facts, Network, LocalizePolicy], Mapping[str, float]]
    tell: Callable[[Facts, Network, str], str]
    """One sentence of evidence, with numbers, for a candidate it spoke for."""


def gather(members: Sequence[Member], network: Network, policy: LocalizePolicy, habits: Habits | None = None, heed: Heed = NOTHING, learnt: Mapping[tuple[str, str], Learnt] = UNTAUGHT) -> Facts:
    """Sort out the members of one problem; without `habits` only the other members tell what is usual."""
    by_object: dict[str, list[Member]] = {}
    for member in members:
        by_object.setdefault(member.object, []).append(member)
    objects = {}
    for name in sorted(by_object):
        own = by_object[name]
        if len(own) > 1:
            own.sort(key=lambda m: (m.raised_at, m.occurrence))
        objects[name] = Told(own[0].raised_at, max(m.severity for m in own), tuple(own))
    blames = {n: tuple(sorted(m.peer for m in t.members if m.peer and m.peer != n)) for n, t in objects.items()}
    blames = {n: peers for n, peers in blames.items() if peers}
    nodes = {n: node for n in objects if (node := network.nodes.get(n))}
    type_of = {n: nodes[n].type if n in nodes else "" for n in objects}
    heard, known = Counter(type_of.values()), population(network)
    domains = sorted({"", *(node.domain for node in nodes.values())})
    could = {kind: max(heard[kind], sum(known[domain, kind] for domain in domains)) for kind in sorted(heard)}
    news, fresh = news_of({n: t.members for n, t in objects.items()}, network, habits)
    candidates = _candidates(objects, blames, network, policy)
    if not heed.is_empty:
        candidates = tuple(sorted({*candidates, *heed.suspects} - heed.rejected))
    kinds = {network.nodes.get(c, UNDECLARED).type for c in candidates} if habits else ()
    failed_at = began(members) if habits else 0
    silent = {kind: habits.silent(kind, failed_at) for kind in sorted(kinds)} if habits else {}
    return Facts(network, objects, candidates, tuple(could), type_of, could, blames, news, fresh, tuple(domains), heed.past, learnt, habits.astray if habits else GUESS, silent)


def _candidates(objects: Mapping[str, Told], blames: Mapping[str, tuple[str, ...]], network: Network, policy: LocalizePolicy) -> tuple[str, ...]:
    """Return what the alarmed objects stand on or are beside, themselves, and those they blame."""
    standing: Counter[str] = Counter()
    for name in objects:
        standing.update(_near(network, name, policy.depth))
    for peers in blames.values():
        standing.update(set(peers))
    parts = Counter(whole for name in objects for whole in wholes(network, name))
    standing.update({whole: count for whole, count in parts.items() if count > 1})
    if len(standing) > CANDIDATES:
        hinted = {n for n, t in objects.items() if any(m.root_hint for m in t.members)}
        rank = sorted(standing, key=lambda n: (n not in hinted, -standing[n], n not in objects, objects[n].onset if n in objects else 0, n))
        return tuple(sorted(rank[:CANDIDATES]))
    return tuple(sorted(standing))


def _near(network: Network, name: str, depth: int) -> tuple[str, ...]:
    """Return what an object stands on within `depth` hops, itself included, and its neighbours; remembered."""
    known = network.memo.setdefault("near", {})
    found: tuple[str, ...] | None = known.get((name, depth))
    if found is None:
        if len(known) >= impact.REMEMBERED:
            known.clear()
        under = [node for node, hops in impact.cone(network, name).items() if hops <= depth]
        found = known[name, depth] = tuple(dict.fromkeys((*under, *impact.adjacent(network, name))))
    return found


def footprint(network: Network, candidate: str) -> Footprint:
    """Tell who would alarm if this object failed; remembered where anything stands on it."""
    if candidate not in network.carries:
        return Footprint({candidate: TELLS[Effect.DOWN]}, {})
    known = network.memo.setdefault("footprint", {})
    found: Footprint | None = known.get(candidate)
    if found is None:
        tells = {n: TELLS[e] for n, e in impact.spread(network, {candidate: Effect.DOWN}, reach=FOOTPRINT).items()}
        for beside in impact.adjacent(network, candidate):
            tells.setdefault(beside, BESIDE)
        groups: dict[str, Counter[tuple[str, float]]] = {}
        for node, likely in tells.items():
            if node != candidate:
                known_as = network.nodes.get(node, UNDECLARED)
                groups.setdefault(known_as.domain, Counter())[known_as.type, likely] += 1
        found = Footprint(tells, {domain: dict(sorted(of.items())) for domain, of in sorted(groups.items())})
        impact.remember(network, "footprint", candidate, found, len(tells))
    return found


def asked(facts: Facts, prints: Footprint) -> Mapping[tuple[str, float], int]:
    """Return (type of node, how likely it alarms) -> how many of a footprint could be in this problem: of a cause felt in ten domains, those of one."""
    here = [prints.groups[domain] for domain in facts.domains if domain in prints.groups]
    return here[0] if len(here) == 1 else dict(sum([Counter(of) for of in here], Counter()))


def _explained(objects: Mapping[str, Told], tells: Mapping[str, float]) -> tuple[str, ...]:
    if len(tells) < len(objects):
        return tuple(o for o in tells if o in objects)
    return tuple(o for o in objects if o in tells)


def surprise(facts: Facts, members: Iterable[Member]) -> float:
    """Return the news of some alarms together; many of one probable cause (a log full of errors) are one trouble, and count as the root of their squares."""
    causes: dict[str, float] = {}
    for m in members:
        causes[m.cause] = causes.get(m.cause, 0.0) + facts.news[m.occurrence] ** 2
    return fsum(sqrt(square) for square in causes.values())


def complaints(facts: Facts, caller: str) -> dict[str, float]:
    """Return whom an object complains of, sorted, each with the news of the complaint that tells most."""
    found: dict[str, float] = {}
    for m in facts.objects[caller].members:
        if m.peer and m.peer != caller:
            found[m.peer] = max(found.get(m.peer, 0.0), facts.news[m.occurrence])
    return {peer: found[peer] for peer in sorted(found)}


def settled(facts: Facts, candidate: str) -> float:
    """Return the share (0..1) of the alarmed objects that a candidate's failure leaves no question about: it explains them, and they are fresh."""
    return sum(facts.fresh[name] for name in facts.explained[candidate]) / max(1, len(facts.objects))


def is_own(member: Member) -> bool:
    """Tell whether the alarm is about the object's own body."""
    return not member.peer and member.alarm_type in OWN
