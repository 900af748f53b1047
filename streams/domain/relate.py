"""How stage 6 keeps which problems of different domains have one cause (domain/parents.py decides it), and tells them.

A word on a problem moves it among the problems of at most some dozen objects: its located cause and what else would
explain it (`ProblemTold.claims`). Only the families of these objects are judged anew, and only problems whose family
may have changed are looked at: never all problems.

A problem that is over stays in its family for `outlives_parent`: most children clear with their parent; for no longer than
`parent_wait` where no report was opened that stands for theirs. Whoever is still open after that is judged anew. A cancelled problem, and a cause that is refuted, leave at once.
"""

from functools import partial

import msgspec

from streams.domain import kinship
from streams.domain.family_report import Kin, follow, spoken_for
from streams.domain.instant import Instant
from streams.domain.messages import ProblemTold
from streams.domain.overseen import Overseen
from streams.domain.parents import SharedCause, Sibling, enter, families, leave
from streams.domain.problem import ENDED, OPEN, Status
from streams.domain.rules.cause_words import WORDS
from streams.domain.settle import settle
from streams.domain.view import Emit, View, World

BODY = 0.6
"""Causes that weigh this much or more speak of trouble of the object's own body (rules/cause_words.py) ..."""
SURROUNDINGS = frozenset((
    "powerProblem", "fireDetected", "floodDetected", "leakDetected", "heatingVentilationCoolingSystemProblem", "temperatureUnacceptable",
    "materialSupplyExhausted", "toxicLeakDetected", "timingProblem", "pumpFailure", "communicationsSubsystemFailure"))
"""... but these of what many stand on, or of nobody being able to reach it."""


def regard(view: View, word: ProblemTold, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Take a word on a problem whose row holds it already; return what is told, and problems that may act now."""
    kin: Kin = view.kin.get(word.problem) or Kin(at, judge_at=at + world.policy.oversee.silent_after if word.claims else 0)
    is_open = word.status in OPEN
    entries = _entries(word, at) if is_open else _over(view, word, kin)
    again = [] if is_open else [s.problem for name in entries for s in view.shared_causes.get(name).siblings if s.parent == word.problem != s.problem]
    row: Overseen | None = view.overseen_problems.get(word.problem)
    unreported = row is not None and row.parent == word.problem == spoken_for(view, row, world) and not kin.is_reported
    stays = world.policy.oversee.parent_wait if unreported else world.policy.oversee.outlives_parent
    review_at = kin.review_at or at + stays if entries and not is_open else 0
    changed = _register(view, word.problem, kin.objects, entries, at, world)
    placed = tuple(name for name in sorted(entries) if (shared := view.shared_causes.get(name)) is not None and shared.of(word.problem) is not None)
    view.kin.put(word.problem, msgspec.structs.replace(kin, objects=placed, review_at=review_at))
    out, more = settle(view, changed, word.problem, at, world)
    row = view.overseen_problems.get(word.problem)
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
    return settle(view, changed, problem, at, world)


def judge(view: View, problem: str, kin: Kin, at: Instant, world: World) -> tuple[list[Emit], list[str]]:
    """Judge the families of a problem that has been known for long enough to have a silent cause."""
    view.kin.put(problem, msgspec.structs.replace(kin, judge_at=0))
    changed = []
    for name in kin.objects:
        shared = view.shared_causes.get(name)
        if shared is not None and len({s.domain for s in shared.siblings}) > 1:
            after = _judged(view, name, shared, at, world)
            changed += [name] if after != shared else []
            _put(view, name, after)
    return settle(view, changed, problem, at, world)


def _entries(word: ProblemTold, at: Instant) -> dict[str, Sibling]:
    """Return what is registered of an open problem, by object."""
    has_own = WORDS.get(word.cause, 0.0) >= BODY and word.cause not in SURROUNDINGS
    of = partial(Sibling, word.opened_at, word.problem, word.domain, confidence=word.confidence, kinds=word.kinds, weak=word.weak, has_own=has_own, since=at, is_down=word.is_down)
    found = {c.object: of(is_located=False, reached=round(c.share * word.alarmed), hops=c.hops) for c in word.claims}
    if word.cause_object:
        known = found.get(word.cause_object)
        found[word.cause_object] = msgspec.structs.replace(known, is_located=True) if known is not None else of()
    return found


def _over(view: View, word: ProblemTold, kin: Kin) -> dict[str, Sibling]:
    """Return what stays registered of a problem that is over: nothing where it has no family or was no problem at all."""
    rows = {name: shared for name in kin.objects if (shared := view.shared_causes.get(name)) is not None}
    if word.status in (Status.CANCELLED, Status.REJECTED) or not any(shared.family(word.problem) for shared in rows.values()):
        return {}
    known = {name: shared.of(word.problem) for name, shared in rows.items()}
    return {name: msgspec.structs.replace(one, is_open=False) for name, one in known.items() if one is not None}


def _register(view: View, problem: str, before: tuple[str, ...], entries: dict[str, Sibling], at: Instant, world: World) -> list[str]:
    """Move a problem among the objects it is registered at; return those with families that are to be judged anew."""
    limits, changed = world.policy.oversee, []
    fresh = limits.same_cause_within + max(limits.before_cause, limits.one_onset)
    for name in sorted({*before, *entries}):
        shared = view.shared_causes.get(name) or SharedCause()
        after = enter(shared, entries[name], limits.siblings, fresh) if name in entries else leave(shared, problem)
        if after is shared or after == shared:
            continue
        if after.siblings != shared.siblings and (shared.families or len({s.domain for s in after.siblings}) > 1):
            after = _judged(view, name, after, at, world)
            changed += [name] if after.families != shared.families else []
        _put(view, name, after)
    return changed


def _judged(view: View, name: str, shared: SharedCause, at: Instant, world: World) -> SharedCause:
    """Return an object's row with the families among its problems."""
    def is_reported(problem: str) -> bool:
        kin: Kin | None = view.kin.get(problem)
        return kin is not None and kin.is_reported

    return msgspec.structs.replace(shared, families=families(shared, at, partial(kinship.expected, world.network, name), is_reported, world.policy.oversee))


def _put(view: View, name: str, shared: SharedCause) -> None:
    if shared.siblings:
        view.shared_causes.put(name, shared)
    else:
        view.shared_causes.delete(name)
