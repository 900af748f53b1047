"""Past causes: what operators confirmed or rejected in earlier problems, remembered for the next similar one.

One row per correlation domain holds the latest words, each with the signature of its problem: the kinds of its alarms
(type of the object, probable cause), what the blamed object itself told, and its first alarmed objects. A word fades
day by day and is forgotten after `remember_causes`; one that is taken back is forgotten at once. What is known of a
problem when it goes quiet replaces what was known when the word was said.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from streams.domain.cause_verdict import CauseVerdict
from streams.domain.instant import HOUR, Instant, Span
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.view import Rows

DAY = 24 * HOUR
KEPT = 128
"""Words remembered per domain, the latest: some 60 KB (ours)."""
KINDS = 16
"""Kinds of alarms in a signature, those of most objects."""
SAMPLE = 8
"""Alarmed objects in a signature, the earliest."""
RECALLED = 16
"""Words of similar problems that count, the latest (ours)."""
ALIKE = 0.5
"""Share of the kinds of the smaller problem that two similar problems have in common, at least (ours)."""


class PastCause(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One word on a cause, and the problem it was said of."""

    id: str
    object: str
    type: str
    """Of the object, "" where nobody declared it."""
    confirmed: bool
    user: str
    at: Instant
    problem: str
    own: tuple[str, ...]
    """Probable causes that the object itself told, sorted; () where it was silent."""
    kinds: tuple[tuple[str, str], ...]
    """(type of the object, probable cause) of the problem's alarms, sorted."""
    alarmed: tuple[str, ...]
    """The earliest alarmed objects, sorted."""


class PastCauses(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What is remembered of one domain, oldest first; key: domain."""

    words: tuple[PastCause, ...]
    due: Instant
    """When the oldest has faded."""


class Recall(msgspec.Struct, frozen=True, gc=False):
    """A past word that bears on the problem at hand."""

    word: PastCause
    weight: float
    """How much of it is left, times how similar the problems are; above 0, at most 1."""
    similar: float
    """Share of the kinds of alarms that are the same."""
    is_here: bool
    """The same objects alarm: then its object may be the cause wherever the network has it."""


class Heed(msgspec.Struct, frozen=True):
    """What operators said that a ranking is to heed."""

    past: tuple[Recall, ...] = ()
    """Of similar problems, oldest first."""
    rejected: frozenset[str] = frozenset()
    """Objects that are not the cause of this one."""

    @property
    def is_empty(self) -> bool:
        return not self.past and not self.rejected

    @property
    def suspects(self) -> list[str]:
        """Objects that were the cause when the same objects alarmed, sorted."""
        return sorted({r.word.object for r in self.past if r.is_here and r.word.confirmed})


NOTHING = Heed()


def learn(rows: Rows[PastCauses], domain: str, problem: str, verdict: CauseVerdict, members: Sequence[Member], network: Network, remember: Span) -> None:
    """Remember a word, or forget it where it is taken back."""
    row = rows.get(domain)
    words = [w for w in row.words if w.id != verdict.id] if row is not None else []
    if not verdict.taken_back:
        words.append(_signed(problem, verdict, members, network))
    _put(rows, domain, words, remember)


def fade(rows: Rows[PastCauses], domain: str, row: PastCauses, now: Instant, remember: Span) -> None:
    """Forget what has faded by now."""
    _put(rows, domain, [w for w in row.words if w.at + remember > now], remember)


def recall(rows: Rows[PastCauses], domain: str, problem: str, members: Sequence[Member], network: Network, now: Instant, remember: Span) -> tuple[Recall, ...]:
    """Return what was said of similar problems, other than this one; at the cost of one get where nobody said anything."""
    row = rows.get(domain)
    if row is None:
        return ()
    kinds, objects = set(_kinds(members, network)), {m.object for m in members}
    found: list[Recall] = []
    for word in reversed(row.words):
        if word.problem == problem:
            continue
        if len(found) == RECALLED:
            break
        similar = len(kinds.intersection(word.kinds)) / max(1, min(len(kinds), len(word.kinds)))
        left = 1 - max(0, now - word.at) // DAY * DAY / remember
        if similar >= ALIKE and left > 0:
            is_here = 2 * len(objects.intersection(word.alarmed)) >= min(len(objects), len(word.alarmed))
            found.append(Recall(word, round(similar * left, 4), similar, is_here))
    return tuple(reversed(found))


def own_words(members: Sequence[Member], name: str) -> tuple[str, ...]:
    """Return the probable causes that one object told of itself, sorted."""
    return tuple(sorted({m.cause for m in members if m.object == name and not m.peer}))


def _signed(problem: str, verdict: CauseVerdict, members: Sequence[Member], network: Network) -> PastCause:
    by_kind = Counter(kind for kind, _ in {(_kind(m, network), m.object) for m in members})
    kinds = sorted(by_kind, key=lambda kind: (-by_kind[kind], kind))[:KINDS]
    onset = dict[str, tuple[Instant, str]]()
    for m in members:
        onset[m.object] = min(onset.get(m.object, (m.raised_at, m.object)), (m.raised_at, m.object))
    alarmed = sorted(onset, key=lambda name: onset[name])[:SAMPLE]
    node = network.nodes.get(verdict.object)
    return PastCause(
        verdict.id, verdict.object, node.type if node is not None else "", verdict.confirmed, verdict.user, verdict.at, problem,
        own_words(members, verdict.object), tuple(sorted(kinds)), tuple(sorted(alarmed)))


def _kinds(members: Sequence[Member], network: Network) -> set[tuple[str, str]]:
    return {_kind(m, network) for m in members}


def _kind(member: Member, network: Network) -> tuple[str, str]:
    node = network.nodes.get(member.object)
    return node.type if node is not None else "", member.cause


def _put(rows: Rows[PastCauses], domain: str, words: Sequence[PastCause], remember: Span) -> None:
    kept = tuple(sorted(words, key=lambda w: (w.at, w.id)))[-KEPT:]
    if kept:
        rows.put(domain, PastCauses(kept, kept[0].at + remember))
    elif rows.get(domain) is not None:
        rows.delete(domain)


def due_of(row: PastCauses) -> Instant | None:
    """Return when the row is looked at again."""
    return row.due
