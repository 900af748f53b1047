"""A diagnosis of one problem: what is held down, what that hurts (domain/impact.py), and its causes (domain/rank.py).

Causes are ranked again when the evidence changed (an end is no evidence), the larger a problem the less often
(`_patience`): one more alarm among hundreds moves no ranking, and ranking costs by the size of the problem. Once they are
ranked anew without that: when the problem has taken shape, since by then who is silent says something by it
(promptness.py). What is held down and hurt is always that of the moment.
"""

from typing import cast

import msgspec

from streams.domain import cause_verdict, implied
from streams.domain.cause_verdict import CauseVerdict
from streams.domain.habit import Habits
from streams.domain.heed_tests import heeding
from streams.domain.instant import Instant, Span
from streams.domain.learnt_causes import known_causes
from streams.domain.membership import Roll
from streams.domain.messages import Cause, Diagnosed, Member
from streams.domain.network import Network
from streams.domain.past_causes import Heed, recall
from streams.domain.picture import Picture, picture
from streams.domain.rank import locate
from streams.domain.rules.cause_words import telling
from streams.domain.silent_cause import implied_down, taken_down
from streams.domain.test_evidence import ObjectVerdict
from streams.domain.view import Emit, View, World

AT_ONCE = frozenset(("opened", "merged", "quiet", "explained", "released", "judged", "moved", "renewed", "tested"))
"""Kinds of change that are told at once."""
PATIENCE = 16
"""The square of a problem's members over this is how many `revise_every` its ranking waits: what another alarm adds, and what ranking costs."""
LONGEST = 300
"""Times `revise_every` that a ranking waits at most, however large the problem."""
STORM = 16
"""Members from which a problem may burst."""
GROWN = 4
"""Times larger than at its last diagnosis: each costs by the size of the problem, so one more alarm costs the same however many came."""


class Located(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One problem without its members; key: problem id."""

    domain: str
    roll: Roll = Roll()
    members: int = 0
    """Occurrences that ever joined, those of merged problems included."""
    active: int = 0
    last_alarm_at: Instant = 0
    sent_at: Instant = 0
    """The partition's clock when it was last diagnosed."""
    stale: bool = False
    """Something changed since."""
    quiet: bool = False
    due: Instant = 0
    """When a stale one is diagnosed again, a quiet and clear one forgotten; 0 for never."""
    recurrence_of: str = ""
    ranked_at: Instant = 0
    """The partition's clock when its causes were last ranked."""
    unranked: bool = True
    """There is evidence that the ranking has not seen."""
    planned: str = ""
    """The announced work it is, where it is no problem: then nothing is ranked."""
    released: bool = False
    """An alarm of it began while we listened, or an operator released it: it is no standing problem, nor becomes one again."""
    verdicts: tuple[CauseVerdict, ...] = ()
    """What operators say of its cause, oldest first."""
    told_of: int = 0
    """Members when it was last diagnosed."""
    ranked_of: int = 0
    """Members when its causes were last ranked."""
    window_end: Instant = 0
    """Of announced work: when its window ends."""
    tested: tuple[ObjectVerdict, ...] = ()
    """What tests said of objects, the last word on each."""
    traces: tuple[str, ...] = ()
    """Trace contexts of its alarms (traces.py)."""
    silent: str = ""
    """The silent cause that it was last told to hold down (silent_cause.py)."""

    @property
    def bursts(self) -> bool:
        """Whether it has become so much larger since its last diagnosis that it waits for no clock: in a storm much happens in one moment."""
        return self.members >= STORM and self.members >= GROWN * self.told_of


class Ranking(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The causes of a problem of more than one member, as last ranked; key: problem id."""

    causes: tuple[Cause, ...]


def diagnose(view: View, problem: str, row: Located, kind: str, why: str, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Locate the problem from all its kept members, tell what was found and whom it implies, and note when."""
    shown = picture(view, problem, row.roll)
    causes, row = _ranked(view, problem, row, shown, kind in AT_ONCE, now, world)
    marked, mark_at = _marked(view, problem, row, shown, causes, at, now, world)
    silent = _silent(row, shown, causes, now, world)
    down = taken_down(world.network, row.domain, silent) if silent else ()
    lies_here = down == (silent,)
    forget_at = now + world.policy.correlate.forget_after if row.quiet and not row.active else 0
    rank_at = row.ranked_at + _patience(row, world) if row.unranked else 0
    look_at = min(filter(None, (mark_at, rank_at)), default=forget_at)
    view.located_problems.put(problem, msgspec.structs.replace(row, sent_at=now, silent=silent, told_of=row.members, stale=bool(mark_at or rank_at), due=look_at))
    return [*marked, tell(Diagnosed(
        kind, problem, row.domain, at, 0, row.last_alarm_at, row.members, shown.counting(row.active), shown.worst, causes=causes, held=shown.held,
        hurt=shown.hurt(world.network, down), why=why, recurrence_of=row.recurrence_of, topology=world.network.version, clock=now,
        planned=row.planned, standing=not row.released and not row.planned, verdicts=row.verdicts, window_end=row.window_end, traces=row.traces,
        silent=silent if lies_here else "", behind=() if lies_here else down), shown, world)]


def _marked(
    view: View, problem: str, row: Located, shown: Picture, causes: tuple[Cause, ...], at: Instant, now: Instant, world: World) -> tuple[list[Emit], Instant]:
    """Mark whom the best cause implies once the problem has taken shape; return what is told, and when to go on with it (0: nothing is left)."""
    if now < (shaped_at := _shaped_at(shown, world)):
        return [], shaped_at if row.active > 1 else 0
    told, more = implied.revise(view, problem, row.domain, row.roll, shown, causes, at, world)
    return told, now + world.policy.localize.revise_every if more else 0


def _shaped_at(shown: Picture, world: World) -> Instant:
    """Return when the problem has taken shape: what alarms at once has done so."""
    return shown.first.raised_at + world.policy.localize.implied_after if shown.first else 0


def _silent(row: Located, shown: Picture, causes: tuple[Cause, ...], now: Instant, world: World) -> str:
    """Return the silent cause that must be down, once the problem has taken shape."""
    if now < _shaped_at(shown, world):
        return ""
    return implied_down(shown, row.domain, causes, row.silent, world.network, world.policy.localize)


def _ranked(view: View, problem: str, row: Located, shown: Picture, at_once: bool, now: Instant, world: World) -> tuple[tuple[Cause, ...], Located]:
    """Return the causes, ranked again if it is worth it, and the row that says whether it was."""
    if row.planned:
        return (), row
    known = cast(Ranking | None, view.problem_causes.get(problem))
    is_grown = row.members >= STORM and row.members >= GROWN * row.ranked_of
    is_shaped = row.ranked_at < _shaped_at(shown, world) <= now
    if known is not None and not is_shaped and not (row.unranked and (at_once or is_grown or now >= row.ranked_at + _patience(row, world))):
        return known.causes, row
    members = shown.members
    causes = _heeding(view, problem, row, members, now, world)
    if len(members) > 1:
        view.problem_causes.put(problem, Ranking(causes))
    return causes, msgspec.structs.replace(row, ranked_at=now, ranked_of=row.members, unranked=False)


def _heeding(view: View, problem: str, row: Located, members: list[Member], now: Instant, world: World) -> tuple[Cause, ...]:
    """Rank the causes, heeding what operators said: of earlier problems as one rule of many, of this one above all rules."""
    network, policy = world.network, world.policy.localize
    heed = Heed(recall(view.past_causes, row.domain, problem, members, network, now, policy.remember_causes), cause_verdict.rejected(row.verdicts))
    causes = locate(members, network, policy, habits(view, row.domain, now, world), heed, known_causes(view))
    word = cause_verdict.confirmed(row.verdicts)
    causes = heeding(causes, row.tested)
    return _pinned(causes, word, members, network, policy.candidates) if word is not None else causes


def habits(view: View, domain: str, now: Instant, world: World) -> Habits:
    """Return what the past problems of a domain taught of its objects, as of now."""
    return Habits(view.alarm_habits, domain, now, world.policy.localize, view.strays.get(domain), view.promptness)


def _pinned(causes: tuple[Cause, ...], word: CauseVerdict, members: list[Member], network: Network, most: int) -> tuple[Cause, ...]:
    """Put the confirmed object first and certain; what the rules say of the others stays to be read."""
    name = word.object
    known = next((c for c in causes if c.object == name), None)
    if known is None:
        node, own = network.nodes.get(name), tuple(m for m in members if m.object == name)
        known = Cause(name, node is not None and node.is_service, 1.0, (), (), telling(own).cause if own else "")
    first = msgspec.structs.replace(known, confidence=1.0, rules=("operator", *known.rules), evidence=(word.sentence, *known.evidence))
    return (first, *(msgspec.structs.replace(c, confidence=0.0) for c in causes if c.object != name))[:most]


def _patience(row: Located, world: World) -> Span:
    return world.policy.localize.revise_every * min(1 + row.roll.kept * row.roll.kept // PATIENCE, LONGEST)


def tell(found: Diagnosed, shown: Picture, world: World) -> Emit:
    """Complete a diagnosis by its references and its first alarm, and address it."""
    nodes, first, resources = world.network.nodes, shown.first, shown.resources
    sites = sorted({node.site for r in resources if (node := nodes.get(r)) is not None and node.site})
    told = msgspec.structs.replace(
        found, opened_at=first.raised_at if first else found.at, first_alarm=first.alarm if first else "", first_cause=first.cause if first else "",
        alarms=shown.alarms, resources=resources, sites=tuple(sites), murmuring=shown.murmuring)
    return Emit("problem-inbox", found.problem, told, found.at, found.domain)
