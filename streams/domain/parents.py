"""Problems of different domains with one cause: which belong together, and which of them is the parent of the others.

All problems that one object may be the cause of stand in one row (`SharedCause`): those located at it, and those whose
alarmed objects its failure would explain (domain/kinship.py). A family has members of at least two domains and is

- located: a problem located at the object, the others located there as well and begun within `same_cause_within` of it,
  or explained by it (that one being confident) and begun no earlier than `before_cause` before and no later than
  `same_cause_within` after it. One that speaks of trouble of its own body is not explained by a cause that does not; an
  object that does not itself say that it is down explains nobody unless `alarmed_share` of what should alarm does.
- silent: nobody is located at the object, but all began within `one_onset`, none speaks of trouble of its own body, and of what the object's failure would
  make alarm, of the types that do alarm, at least `alarmed_share` did, or `fair_share` in each of two domains and `fair_count` in all (a domain may
  still be silent: polled later, or not at all; more than half of them may not). Of what is only put at risk few tell, and no more are expected. It counts once its members have been known for
  `silent_after`: by then the object's own alarm would have been told.

While the head of a family is open, what the object explains joins it however late it begins: batteries run out.

The head of a family is the oldest (opened_at, id) of those located there where one of these says that the object is down
(else that is a guess), else the oldest of those that have a report, else the oldest; one that is over stays it until it is
taken out or another problem begins there. A head once told stays one,
even when a still older problem arrives later: people and tickets already refer to it. So the families are a function of
the set of problems only as far as the order in which they were told allows. A problem that several objects explain goes
with the located one, the larger family, the object that is nearer to all of that family: what is nearest to each by
itself may be another object for each, and then none of them has a family.
"""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence

import msgspec

from streams.domain.instant import Instant, Span
from streams.domain.policy import OverseePolicy

STAYS = 0.1
"""Of what it takes to find a family, what it takes to keep it: each new type that begins to alarm is one more of which most is still silent."""

Expected = Callable[[frozenset[str], frozenset[str]], Mapping[str, float]]
"""Types of which some broke, and of which some are at risk -> how many objects of these types the failure of an object would make alarm, by domain."""


class Sibling(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A problem among those that one object may be the cause of."""

    opened_at: Instant
    problem: str
    domain: str
    parent: str = ""
    """Head of the family of this object that it was told to be in, its own id where it is the head, "" while it is in none."""
    is_located: bool = True
    """It is located at the object itself."""
    confidence: float = 0.0
    """Of its located cause."""
    reached: int = 0
    """Alarmed objects of it that the object's failure explains."""
    kinds: tuple[str, ...] = ()
    """Types of its objects that broke."""
    has_own: bool = False
    """Its located cause speaks of trouble of its own body, of a kind that does not strike several at once."""
    hops: int = 0
    is_open: bool = True
    since: Instant = 0
    """When it was first told of here."""
    is_down: bool = False
    """An alarm of its located cause says that it does not work."""
    weak: tuple[str, ...] = ()
    """Types of its objects that say no more than that they are at risk."""

    @property
    def leads(self) -> bool:
        return self.parent == self.problem


class Family(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Problems of at least two domains with one cause."""

    head: str
    members: tuple[str, ...]
    """The head among them, sorted."""
    is_silent: bool
    confidence: float
    hops: int = 0
    """From all its members to the object, together."""


class SharedCause(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """All problems that one object may be the cause of, oldest first, and the families among them."""

    siblings: tuple[Sibling, ...] = ()
    beyond: int = 0
    """Problems that found no room."""
    families: tuple[Family, ...] = ()

    def of(self, problem: str) -> Sibling | None:
        """Return one problem's entry."""
        return next((s for s in self.siblings if s.problem == problem), None)

    def family(self, problem: str) -> Family | None:
        """Return the family that a problem would have here."""
        return next((family for family in self.families if problem in family.members), None)


def enter(shared: SharedCause, one: Sibling, room: int, fresh: Span) -> SharedCause:
    """Put a problem in, or in place of what it was; who began `fresh` before the newest and has no family leaves, or does not come in.

    One that is located there finds room before those that are not.
    """
    known = shared.of(one.problem)
    if known is not None:
        one = msgspec.structs.replace(one, parent=known.parent, since=known.since)
        if one == known:
            return shared
    since = max(one.opened_at, shared.siblings[-1].opened_at if shared.siblings else 0) - fresh
    others = [s for s in shared.siblings if s.problem != one.problem and (s.parent or s.opened_at >= since)]
    if len(others) >= room and one.is_located and (last := next((s for s in reversed(others) if not s.is_located and not s.parent), None)) is not None:
        others.remove(last)
    if len(others) >= room:
        return msgspec.structs.replace(shared, beyond=shared.beyond + 1)
    if one.parent or one.opened_at >= since:
        insort(others, one, key=_age)
    return msgspec.structs.replace(shared, siblings=tuple(others))


def told(shared: SharedCause, members: frozenset[str], head: str) -> SharedCause:
    """Note whom problems were told to have as head here, "" where they are in no family of this object any more."""
    siblings = tuple(msgspec.structs.replace(s, parent=head) if s.problem in members else s for s in shared.siblings)
    return msgspec.structs.replace(shared, siblings=siblings)


def leave(shared: SharedCause, problem: str) -> SharedCause:
    """Take a problem out."""
    return msgspec.structs.replace(shared, siblings=tuple(s for s in shared.siblings if s.problem != problem))


def families(
    shared: SharedCause, at: Instant, expected: Expected, is_reported: Callable[[str], bool], policy: OverseePolicy) -> tuple[Family, ...]:
    """Find the families of one object.

    `expected`: what its failure would make alarm; `is_reported`: whether a problem has a report.

    A problem that is over stays in the family it was in until it is taken out, and founds none.
    """
    free = [s for s in shared.siblings if s.is_open or s.parent]
    found: list[Family] = []
    located: list[tuple[Sibling, list[Sibling]]] = []
    for anchor in sorted((s for s in free if s.is_located), key=_precedence):
        if anchor in free:
            members = [anchor, *(s for s in free if s is not anchor and _follows(s, anchor, policy))]
            if not anchor.is_down and not _is_enough(anchor, members, expected, policy):
                members = [s for s in members if s.is_located]
            if _is_family(members):
                located.append((anchor, members))
                free = [s for s in free if s not in members]
    for anchor, members in located:
        late = [s for s in free if _lasts(anchor) and _is_explained(s, anchor, policy) and s.opened_at > anchor.opened_at]
        found.append(_family([*members, *late], is_reported, is_silent=False, confidence=anchor.confidence))
        free = [s for s in free if s not in late]
    free = [s for s in free if not s.has_own and (s.since <= at - policy.silent_after or s.parent)]
    if _may_be_silent(free, expected, policy):
        for anchor in sorted(free, key=_precedence):
            members = [s for s in free if _coincides(s, anchor, policy)] if anchor in free else []
            if _is_family(members) and _is_enough(anchor, members, expected, policy):
                found.append(_family(members, is_reported, is_silent=True, confidence=_share(members, expected)))
                free = [s for s in free if s not in members]
    return tuple(sorted(found, key=lambda family: family.head))


def _is_family(members: Sequence[Sibling]) -> bool:
    return len({s.domain for s in members}) > 1 and any(s.is_open for s in members)


def _may_be_silent(free: Sequence[Sibling], expected: Expected, policy: OverseePolicy) -> bool:
    """Tell whether they are of enough domains: most often they are not, and then nobody looks at each."""
    if not _is_family(free):
        return False
    domains = len({s.domain for s in free})
    return any(2 * domains >= len(expected(frozenset(kinds), frozenset(weak))) for kinds, weak in {(s.kinds, s.weak) for s in free})


def choose(options: Sequence[tuple[str, Family]]) -> tuple[str, Family] | None:
    """Return the object and family that a problem goes with, None where it has none."""
    return min(options, key=lambda o: (o[1].is_silent, -len(o[1].members), -o[1].confidence if o[1].is_silent else 0.0, o[1].hops, o[0]), default=None)


def _follows(one: Sibling, anchor: Sibling, policy: OverseePolicy) -> bool:
    """Tell whether a problem belongs to one that is located at the object."""
    later = one.opened_at - anchor.opened_at
    if one.is_located:
        return abs(later) <= policy.same_cause_within
    return _is_explained(one, anchor, policy) and -policy.before_cause <= later <= policy.same_cause_within


def _is_explained(one: Sibling, anchor: Sibling, policy: OverseePolicy) -> bool:
    """Tell whether a problem that is not located at the object may follow from one that is, whenever it began."""
    return not one.is_located and anchor.confidence >= policy.parent_confidence and (anchor.has_own or not one.has_own)


def _coincides(one: Sibling, anchor: Sibling, policy: OverseePolicy) -> bool:
    """Tell whether a problem began with another, which is the oldest of those left or their head."""
    later = one.opened_at - anchor.opened_at
    return (later <= policy.one_onset or _lasts(anchor)) and (later >= 0 or (anchor.leads and -later <= policy.one_onset))


def _lasts(head: Sibling) -> bool:
    """Tell whether a failure that is known to hit several domains lasts: what it explains follows from it, however late (batteries run out)."""
    return head.leads and head.is_open


def _is_enough(anchor: Sibling, members: Sequence[Sibling], expected: Expected, policy: OverseePolicy) -> bool:
    """Tell whether so much has alarmed that the object must have failed; a family once told needs `STAYS` of it to stay.

    Most of what should, or a fair share in two domains at once and some number in all: what unrelated faults do not come to within one onset.
    """
    much = STAYS if anchor.leads else 1.0
    fair = [did for did, should in _speaking(members, expected) if did >= policy.fair_share * should * much]
    return _share(members, expected) >= policy.alarmed_share * much or (len(fair) > 1 and sum(fair) >= policy.fair_count * much)


def _share(members: Sequence[Sibling], expected: Expected) -> float:
    """Return the share of what the object would make alarm, in the domains that speak, that has alarmed."""
    speaking = _speaking(members, expected)
    return round(sum(did for did, _ in speaking) / sum(should for _, should in speaking), 2) if speaking else 0.0


def _speaking(members: Sequence[Sibling], expected: Expected) -> list[tuple[float, float]]:
    """Return how much has alarmed and how much should have, for each domain that speaks; nothing where less than half of the domains do."""
    by_domain = expected(frozenset(kind for s in members for kind in s.kinds), frozenset(kind for s in members for kind in s.weak))
    did: dict[str, int] = {}
    for s in members:
        did[s.domain] = did.get(s.domain, 0) + s.reached
    speak = sorted(by_domain.keys() & did)
    return [(min(by_domain[d], did[d]), by_domain[d]) for d in speak] if 2 * len(speak) >= len(by_domain) else []


def _family(members: Sequence[Sibling], is_reported: Callable[[str], bool], is_silent: bool, confidence: float) -> Family:
    # Who is a child of the head that is over goes with it: a repair is seen later by some. Who is none has met another failure.
    heirs = any(s.is_open and s.is_located and not s.parent for s in members)
    is_guessed = is_silent or not any(s.is_located and s.is_down for s in members)

    def precedence(s: Sibling) -> tuple[bool | Instant | str, ...]:
        leads = s.leads and (s.is_open or is_silent or not heirs)
        return (not leads, not s.is_open, not (is_guessed or s.is_located), is_guessed and not is_reported(s.problem), *_age(s))

    head = min(members, key=precedence)
    return Family(head.problem, tuple(sorted(s.problem for s in members)), is_silent, confidence, sum(s.hops for s in members))


def _precedence(one: Sibling) -> tuple[bool, Instant, str]:
    return (not one.leads, *_age(one))


def _age(one: Sibling) -> tuple[Instant, str]:
    return one.opened_at, one.problem
