"""How stage 6 keeps who is whose parent (domain/parents.py decides it), and tells the problems."""

import msgspec

from streams.domain.dispatch import Overseen, answer
from streams.domain.instant import Instant
from streams.domain.parents import SharedCause, join, leave
from streams.domain.view import Emit, View, World


def relate(view: View, row: Overseen, at: Instant, world: World) -> tuple[list[Emit], Overseen]:
    """Register a problem with the others of its located cause, and tell all who have just got a parent."""
    told, out = row.told, []
    if not told.cause_object:
        return [], row
    if row.cause_object not in ("", told.cause_object):
        part(view, row)
        if row.parent not in ("", told.problem):
            out.append(answer(told, "parent", "", "left", f"its located cause is now {told.cause_object}", at))
        row = msgspec.structs.replace(row, parent="")
    limits = world.policy.oversee
    before = view.shared_causes.get(told.cause_object) or SharedCause()
    after, given = join(before, told.opened_at, told.problem, told.domain, limits.same_cause_within, limits.siblings)
    if after is not before:
        view.shared_causes.put(told.cause_object, after)
    row = msgspec.structs.replace(row, cause_object=told.cause_object)
    for sibling in given:
        if sibling.problem == told.problem:
            row = msgspec.structs.replace(row, parent=sibling.parent)
            of = told
        else:
            other = view.overseen_problems.get(sibling.problem)
            view.overseen_problems.put(sibling.problem, msgspec.structs.replace(other, parent=sibling.parent))
            of = other.told
        if sibling.problem != sibling.parent:
            out.append(answer(of, "parent", sibling.parent, "child", f"it has the same located cause, {told.cause_object}", at))
    if given:
        out.append(_head(view, after, given[0].parent, row, at))
    return out, row


def _head(view: View, shared: SharedCause, parent: str, row: Overseen, at: Instant) -> Emit:
    """Tell a parent of its children."""
    told = row.told if row.told.problem == parent else view.overseen_problems.get(parent).told
    children = shared.children(parent)
    domains = sorted({c.domain for c in children})
    return answer(told, "parent", parent, "parent", f"children with the same located cause: {len(children)}, in {', '.join(domains)}", at)


def part(view: View, row: Overseen) -> None:
    """Take a problem from among those of its cause."""
    shared = view.shared_causes.get(row.cause_object)
    if shared is None:
        return
    rest = leave(shared, row.told.problem)
    if rest.siblings:
        view.shared_causes.put(row.cause_object, rest)
    else:
        view.shared_causes.delete(row.cause_object)
