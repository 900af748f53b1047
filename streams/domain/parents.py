"""Problems of different domains with one located cause: which of them is the parent of the others.

- Problems with the same cause object that began within a window of each other, of at least two domains, are a family:
  the oldest (opened_at, id) is the parent.
- A parent once told stays one, even when a still older problem arrives later: that one becomes its child. People and
  tickets already refer to it. So the families are a function of the set only as far as the order of arrival allows.
- Who has a parent keeps it until its own cause is another one.
"""

import msgspec

from streams.domain.instant import Instant, Span


class Sibling(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem among those with the same located cause."""

    opened_at: Instant
    problem: str
    domain: str
    parent: str = ""
    """Its parent's id, its own where it is a parent, "" while it has none."""


class SharedCause(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """All open problems located at one object, oldest first."""

    siblings: tuple[Sibling, ...] = ()
    beyond: int = 0
    """Problems that found no room."""

    def of(self, problem: str) -> Sibling | None:
        """Return one problem's entry."""
        return next((s for s in self.siblings if s.problem == problem), None)

    def children(self, parent: str) -> tuple[Sibling, ...]:
        """Return the children of a problem."""
        return tuple(s for s in self.siblings if s.parent == parent and s.problem != parent)


def join(shared: SharedCause, opened_at: Instant, problem: str, domain: str, within: Span, room: int) -> tuple[SharedCause, tuple[Sibling, ...]]:
    """Add a problem, or its new opening; return all, and those that have just been given a parent (or became one)."""
    known = shared.of(problem)
    if known is not None and (known.parent or known.opened_at == opened_at):
        return shared, ()
    others = tuple(s for s in shared.siblings if s.problem != problem)
    if len(others) >= room:
        return msgspec.structs.replace(shared, beyond=shared.beyond + 1), ()
    one = Sibling(opened_at, problem, domain)
    near = [s for s in others if abs(s.opened_at - opened_at) <= within]
    given = _adopt(one, near) or _found(one, near, within)
    changed = {s.problem: s for s in given}
    siblings = sorted((changed.get(s.problem, s) for s in (*others, one)), key=lambda s: (s.opened_at, s.problem))
    return msgspec.structs.replace(shared, siblings=tuple(siblings)), given


def leave(shared: SharedCause, problem: str) -> SharedCause:
    """Take a problem out; its children keep it as their parent."""
    return msgspec.structs.replace(shared, siblings=tuple(s for s in shared.siblings if s.problem != problem))


def _adopt(one: Sibling, near: list[Sibling]) -> tuple[Sibling, ...]:
    """Make a problem the child of the oldest parent near it."""
    parent = next((s for s in near if s.parent == s.problem), None)
    return (msgspec.structs.replace(one, parent=parent.problem),) if parent else ()


def _found(one: Sibling, near: list[Sibling], within: Span) -> tuple[Sibling, ...]:
    """Found a family of those without a parent, the oldest that makes one possible at its head."""
    alone = sorted([*(s for s in near if not s.parent), one], key=lambda s: (s.opened_at, s.problem))
    for head in alone:
        family = [s for s in alone if (s.opened_at, s.problem) >= (head.opened_at, head.problem) and s.opened_at - head.opened_at <= within]
        if one in family and len({s.domain for s in family}) > 1:
            return tuple(msgspec.structs.replace(s, parent=head.problem) for s in family)
        if head is one:
            break
    return ()
