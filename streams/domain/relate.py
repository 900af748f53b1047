"""How stage 6 keeps which problems of different domains have one cause (domain/parents.py decides it), and tells them.

A word on a problem moves it among the problems of at most some dozen objects: its located cause and what else would
explain it (`ProblemTold.claims`). Only the families of these objects are judged anew, and only problems whose family
may have changed are looked at: never all problems.

A problem that is over stays in its family for `outlives_parent`: most children clear with their parent; for no longer than
`parent_wait` where no report was opened that stands for theirs. Whoever is still open after that is judged anew. A cancelled problem, and a cause that is refuted, leave at once.
"""

from collections.abc import Iterable
from functools import partial

import msgspec

from streams.domain.dispatch import Overseen, answer
from streams.domain.facts import footprint
from streams.domain.family_report import Kin, follow
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.network import Network
from streams.domain.parents import Family, SharedCause, Sibling, choose, enter, families, leave, told
from streams.domain.problem import ENDED, OPEN, Status
from streams.domain.rules.cause_words import WORDS
from streams.domain.view import Emit, View, World

BODY = 0.6
"""Causes that weigh this much or more speak of trouble of the object's own body (rules/cause_words.py) ..."""
SURROUNDINGS = frozenset((
    "powerProblem", "fireDetected", "floodDetected", "leakDetected", "heatingVentilationCoolingSystemProblem", "temperatureUnacceptable",
    "materialSupplyExhausted", "toxicLeakDetected", "timingProblem", "pumpFailure"))
"""... but these of what many stand on."""
Place = tuple[str, Family]
"""An object and a family of its."""


def regard(view: View, word: ProblemTold, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Take a word on a problem whose row holds it already; return what is told, and problems that may act now."""
    kin: Kin = view.kin.get(word.problem) or Kin(at, judge_at=at + world.policy.oversee.silent_after if word.claims else 0)
    is_open = word.status in OPEN
    entries = _entries(word, at) if is_open else _over(view, word, kin)
    again = [] if is_open else [s.problem for name in entries for s in view.shared_causes.get(name).siblings if s.parent == word.problem != s.problem]
    stays = world.policy.oversee.outlives_parent if kin.is_reported else world.policy.oversee.parent_wait
    review_at = kin.review_at or at + stays if entries and not is_open else 0
    changed = _register(view, word.problem, kin.objects, entries, at, world)
    placed = tuple(name for name in sorted(entries) if (shared := view.shared_causes.get(name)) is not None and shared.of(word.problem) is not None)
    view.kin.put(word.problem, msgspec.structs.replace(kin, objects=placed, review_at=review_at))
    out, more = _settle(view, changed, word.problem, at, world)
    row: Overseen | None = view.overseen_problems.get(word.problem)
    if row is not None and row.parent not in ("", word.problem):
        out += follow(view, row.parent, at, world)
    if word.status in ENDED and not placed:
        view.kin.delete(word.problem)
    return out, again + more


def review(view: View, problem: str, kin: Kin, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Take a problem that has been over for long enough out of its family, and judge the others anew."""
    changed = _register(view, problem, kin.objects, {}, at, world)
    if view.overseen_problems.get(problem) is None:
        view.kin.delete(problem)
    else:
        view.kin.put(problem, msgspec.structs.replace(kin, objects=(), review_at=0))
    return _settle(view, changed, problem, at, world)


def judge(view: View, problem: str, kin: Kin, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Judge the families of a problem that has been known for long enough to have a silent cause."""
    view.kin.put(problem, msgspec.structs.replace(kin, judge_at=0))
    changed = []
    for name in kin.objects:
        shared = view.shared_causes.get(name)
        if len({s.domain for s in shared.siblings}) > 1:
            after = _judged(view, name, shared, at, world)
            changed += [name] if after != shared else []
            _put(view, name, after)
    return _settle(view, changed, problem, at, world)


def _entries(word: ProblemTold, at: Instant) -> dict[str, Sibling]:
    """Return what is registered of an open problem, by object."""
    has_own = WORDS.get(word.cause, 0.0) >= BODY and word.cause not in SURROUNDINGS
    of = partial(Sibling, word.opened_at, word.problem, word.domain, confidence=word.confidence, kinds=word.kinds, has_own=has_own, since=at, is_down=word.is_down)
    found = {c.object: of(is_located=False, reached=round(c.share * word.alarmed), hops=c.hops) for c in word.claims}
    if word.cause_object:
        known = found.get(word.cause_object)
        found[word.cause_object] = msgspec.structs.replace(known, is_located=True) if known is not None else of()
    return found


def _over(view: View, word: ProblemTold, kin: Kin) -> dict[str, Sibling]:
    """Return what stays registered of a problem that is over: nothing where it has no family or was no problem at all."""
    known = {name: view.shared_causes.get(name) for name in kin.objects}
    if word.status in (Status.CANCELLED, Status.REJECTED) or not any(shared.family(word.problem) for shared in known.values()):
        return {}
    return {name: msgspec.structs.replace(shared.of(word.problem), is_open=False) for name, shared in known.items()}


def _register(view: View, problem: str, before: tuple[str, ...], entries: dict[str, Sibling], at: Instant, world: World) -> list[str]:
    """Move a problem among the objects it is registered at; return those with families that are to be judged anew."""
    limits, changed = world.policy.oversee, []
    for name in sorted({*before, *entries}):
        shared = view.shared_causes.get(name) or SharedCause()
        after = enter(shared, entries[name], limits.siblings, limits.same_cause_within) if name in entries else leave(shared, problem)
        if after == shared:
            continue
        if shared.families or len({s.domain for s in after.siblings}) > 1:
            after = _judged(view, name, after, at, world)
            changed += [name] if shared.families or after.families else []
        _put(view, name, after)
    return changed


def _judged(view: View, name: str, shared: SharedCause, at: Instant, world: World) -> SharedCause:
    """Return an object's row with the families among its problems."""
    def is_reported(problem: str) -> bool:
        kin: Kin | None = view.kin.get(problem)
        return kin is not None and kin.is_reported

    return msgspec.structs.replace(shared, families=families(shared, at, partial(_expected, world.network, name), is_reported, world.policy.oversee))


def _put(view: View, name: str, shared: SharedCause) -> None:
    if shared.siblings:
        view.shared_causes.put(name, shared)
    else:
        view.shared_causes.delete(name)


def _expected(network: Network, object_: str, kinds: frozenset[str]) -> int:
    """Count what an object's failure would make alarm, of these types."""
    counts, node = footprint(network, object_).counts, network.nodes.get(object_)
    return sum(counts.get(kind, 0) for kind in sorted(kinds)) + (node is not None and node.type in kinds)


def _settle(view: View, objects: Iterable[str], problem: str, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Have every problem whose family may have changed go with the best of them; tell who got another parent or cause."""
    chosen = {one: _choice(view, one) for one in _touched(view, objects, (problem,))}
    elsewhere = [name for one, place in chosen.items() for name in _left_and_joined(view, one, place)]
    chosen |= {one: _choice(view, one) for one in _touched(view, elsewhere, ()) if one not in chosen}
    out: list[Emit] = []
    again: list[str] = []
    for one in sorted(chosen, key=lambda p: ((place := chosen[p]) is None or place[1].head != p, p)):
        row: Overseen | None = view.overseen_problems.get(one)
        if row is not None and row.open:
            told_, moved = _tell(view, row, _standing(view, chosen[one], chosen), at, world)
            out += told_
            again += [one] * moved
        out += follow(view, one, at, world)
    return out, again


def _touched(view: View, objects: Iterable[str], problems: Iterable[str]) -> Iterable[str]:
    """Return these problems and all that are, or were told to be, in a family of these objects."""
    found = dict.fromkeys(problems)
    for shared in filter(None, map(view.shared_causes.get, dict.fromkeys(objects))):
        found |= dict.fromkeys((*(p for family in shared.families for p in family.members), *(s.problem for s in shared.siblings if s.parent)))
    return found


def _left_and_joined(view: View, problem: str, place: Place | None) -> Iterable[str]:
    """Return the objects whose family a problem leaves and joins: what becomes of the others there depends on it."""
    row: Overseen | None = view.overseen_problems.get(problem)
    before, after = row.cause_object if row is not None and row.parent else "", place[0] if place is not None else ""
    return (name for name in (before, after) if name and before != after)


def _choice(view: View, problem: str) -> Place | None:
    """Return the object and family that a problem goes with."""
    kin: Kin | None = view.kin.get(problem)
    options = []
    for name in kin.objects if kin is not None else ():
        shared = view.shared_causes.get(name)
        family = shared.family(problem) if shared is not None else None
        if family is not None:
            options.append((name, family, shared.of(problem)))
    return choose(options)


def _standing(view: View, place: Place | None, chosen: dict[str, Place | None]) -> Place | None:
    """Return a family as far as its members go with it; None where fewer than two domains do, or its head goes elsewhere."""
    if place is None:
        return None
    name, family = place
    goes = {p: chosen[p] if p in chosen else _choice(view, p) for p in family.members}
    shared = view.shared_causes.get(name)
    with_it = [p for p in family.members if (to := goes[p]) is not None and to[0] == name]
    if family.head not in with_it or len({shared.of(p).domain for p in with_it}) < 2:
        return None
    return name, msgspec.structs.replace(family, members=tuple(with_it))


def _tell(view: View, row: Overseen, place: Place | None, at: Instant, world: World) -> tuple[list[Emit], bool]:
    """Tell an open problem its parent, its children, the cause they share; return whether that is another than before."""
    word, kin = row.told, view.kin.get(row.told.problem)
    name, head = (place[0], place[1].head) if place is not None else ("", "")
    out: list[Emit] = []
    moved = row.parent != head or (bool(head) and row.cause_object != name)
    if moved:
        out += _moved(view, row, name, head, place, at)
        view.overseen_problems.put(word.problem, msgspec.structs.replace(row, parent=head, cause_object=name))
    if place is not None and head == word.problem and kin.children != len(place[1].members) - 1:
        shared = view.shared_causes.get(name)
        children = [shared.of(p) for p in place[1].members if p != head]
        same = "children with the same located cause" if all(c.is_located for c in children) and not place[1].is_silent else f"children explained by {name}"
        out.append(answer(word, "parent", head, "parent", f"{same}: {len(children)}, in {', '.join(sorted({c.domain for c in children}))}", at))
        kin = msgspec.structs.replace(kin, children=len(children))
    told_cause = name if name != word.cause_object else ""
    turned = told_cause != kin.told_cause
    if turned:
        out.append(_cause(view, word, place if told_cause else None, at))
    view.kin.put(word.problem, msgspec.structs.replace(kin, told_cause=told_cause, children=kin.children if head == word.problem else 0, since=at if not head and row.parent not in ("", word.problem) else kin.since))
    return out, moved or turned


def _moved(view: View, row: Overseen, name: str, head: str, place: Place | None, at: Instant) -> list[Emit]:
    """Note with the objects who was told to have which parent; return what a child, or one that is no child any more, is told."""
    word, one = row.told, frozenset((row.told.problem,))
    for object_, parent in ((row.cause_object, ""), (name, head)):
        if (shared := view.shared_causes.get(object_)) is not None:
            view.shared_causes.put(object_, told(shared, one, parent))
    if head == word.problem or (not head and row.parent == word.problem):
        return [] if head or not row.parent else [answer(word, "parent", word.problem, "left", "it has no children any more", at)]
    if not head:
        why = f"its located cause is now {word.cause_object}" if word.cause_object != row.cause_object else f"{row.parent} is over, or {row.cause_object} explains both no more"
        return [answer(word, "parent", "", "left", why, at)]
    assert place is not None
    return [answer(word, "parent", head, "child", _why(view, word, place), at)]


def _why(view: View, word: ProblemTold, place: Place) -> str:
    """Say what makes a problem the child of another."""
    name, family = place
    one = view.shared_causes.get(name).of(word.problem)
    if one.is_located and not family.is_silent:
        return f"it has the same located cause, {name}"
    share = f"{one.reached} of its {word.alarmed} alarmed objects"
    if family.is_silent:
        return f"{name}, which raised no alarm, explains {share} and those of {len(family.members) - 1} more"
    return f"{name}, where the parent is located, explains {share}"


def _cause(view: View, word: ProblemTold, place: Place | None, at: Instant) -> Emit:
    """Tell a problem the cause it shares with others, or that it shares none any more."""
    if place is None:
        return answer(word, "cause", "", "", "it shares no cause with problems of other domains any more", at)
    name, family = place
    shared = view.shared_causes.get(name)
    domains = sorted({shared.of(p).domain for p in family.members})
    how = f"{family.confidence:.0%} of what its failure would make alarm has alarmed" if family.is_silent else f"a problem is located there with confidence {family.confidence:.2f}"
    return answer(word, "cause", name, f"{family.confidence:.2f}", f"It explains {len(family.members)} problems of {len(domains)} domains ({', '.join(domains[:8])}); {how}.", at)
