"""How stage 6 has problems go with the families that were found (domain/parents.py), and tells them parent and cause."""

from collections.abc import Iterable

import msgspec

from streams.domain.family_report import Kin, follow
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.overseen import Overseen, answer
from streams.domain.parents import Family, SharedCause, Sibling, choose, told
from streams.domain.problem import Status
from streams.domain.view import Emit, View, World

Place = tuple[str, Family]
"""An object and a family of its."""


class Families:
    """The families of the objects that one message touches, looked up once: who goes with whom. It lives for one step."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows: dict[str, dict[str, tuple[Family, Sibling]]] = {}
        self._chosen: dict[str, Place | None] = {}
        self._standing: dict[tuple[str, str], Place | None] = {}

    def choice(self, problem: str) -> Place | None:
        """Return the object and family that a problem would go with."""
        if problem not in self._chosen:
            kin: Kin | None = self._view.kin.get(problem)
            options = []
            for name in kin.objects if kin is not None else ():
                if (found := self._row(name).get(problem)) is not None:
                    options.append((name, found[0]))
            self._chosen[problem] = choose(options)
        return self._chosen[problem]

    def place(self, problem: str) -> Place | None:
        """Return the family of a problem as far as its members go with it; None where fewer than two domains do, or its head goes elsewhere."""
        chosen = self.choice(problem)
        if chosen is None:
            return None
        name, family = chosen
        if (name, family.head) not in self._standing:
            row = self._row(name)
            with_it = [p for p in family.members if (to := self.choice(p)) is not None and to[0] == name]
            stands = family.head in with_it and len({row[p][1].domain for p in with_it}) > 1
            self._standing[name, family.head] = (name, msgspec.structs.replace(family, members=tuple(with_it))) if stands else None
        return self._standing[name, family.head]

    def _row(self, name: str) -> dict[str, tuple[Family, Sibling]]:
        if name not in self._rows:
            shared: SharedCause = self._view.shared_causes.get(name) or SharedCause()
            siblings = {s.problem: s for s in shared.siblings}
            self._rows[name] = {p: (family, siblings[p]) for family in shared.families for p in family.members}
        return self._rows[name]


def settle(view: View, objects: Iterable[str], problem: str, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Have every problem whose family may have changed go with the best of them; tell who got another parent or cause."""
    found = Families(view)
    touched = _touched(view, objects, (problem,))
    touched |= _touched(view, [name for one in touched for name in _left_and_joined(view, one, found.choice(one))], ())
    places = {one: found.place(one) for one in touched}
    heads = {place[1].head for place in places.values() if place is not None}
    out: list[Emit] = []
    again: list[str] = []
    order = sorted(places, key=lambda p: (p not in heads, p))
    for one in order:
        row: Overseen | None = view.overseen_problems.get(one)
        more, moved = _tell(view, row, places[one], at, world) if row is not None and row.open else ([], False)
        out += more
        again += [one] * moved
    # Whose report stands for a family depends on all who are in it.
    followed = {*again, problem, *heads}
    for one in order:
        out += follow(view, one, at, world) if one in followed else []
    return out, again


def _touched(view: View, objects: Iterable[str], problems: Iterable[str]) -> dict[str, None]:
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
        if _is_mended(view, row.parent):
            # What outlives its parent had the cause in common with it all the same; it only counts by itself from here on.
            return []
        why = f"its located cause is now {word.cause_object}" if word.cause_object != row.cause_object else f"{row.parent} is over, or {row.cause_object} explains both no more"
        return [answer(word, "parent", "", "left", why, at)]
    assert place is not None
    return [answer(word, "parent", head, "child", _why(view, word, place), at)]


def _is_mended(view: View, parent: str) -> bool:
    """Tell whether a parent has run its course: it was not refuted, and not moved elsewhere."""
    row: Overseen | None = view.overseen_problems.get(parent)
    return row is None or (not row.open and row.told.status in (Status.RESOLVED, Status.CLOSED))


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
