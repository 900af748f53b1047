"""What operators say of a problem's cause: this object is it, or is not; and how a ranking heeds that.

The last word on an object counts, and of several confirmed objects the one confirmed last is the cause. What is taken
back was never said.
"""

from collections.abc import Sequence

import msgspec

from streams.domain.instant import Instant, iso


class CauseVerdict(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One word of one operator on one object as the cause of one problem."""

    id: str
    """Of the feedback: what takes it back names it."""
    object: str
    confirmed: bool
    """False: it is not the cause of this problem."""
    user: str
    at: Instant
    taken_back: str = ""
    """Who takes it back; "" where it is said."""
    taken_back_at: Instant = 0

    @property
    def sentence(self) -> str:
        """Say it in one sentence, with who and when."""
        who = self.user or "an operator"
        if self.taken_back:
            return f"{self.taken_back} took back at {iso(self.taken_back_at)} that {self.object} was {self._word} by {who}."
        return f"{self.object} {self._word} as the cause by {who} at {iso(self.at)}."

    @property
    def _word(self) -> str:
        return "confirmed" if self.confirmed else "rejected"


KEPT = 16
"""Words remembered per problem, the latest: the bound of its row (ours)."""


def fold(verdicts: Sequence[CauseVerdict], more: Sequence[CauseVerdict]) -> tuple[CauseVerdict, ...]:
    """Return what is said with more words in, oldest first: one that takes back takes its own out."""
    known = {v.id: v for v in verdicts}
    for verdict in more:
        if verdict.taken_back:
            known.pop(verdict.id, None)
        else:
            known[verdict.id] = verdict
    return tuple(sorted(known.values(), key=lambda v: (v.at, v.id)))[-KEPT:]


def confirmed(verdicts: Sequence[CauseVerdict]) -> CauseVerdict | None:
    """Return the word that makes one object the cause, None where there is none."""
    last = {v.object: v for v in verdicts}
    return max((v for v in last.values() if v.confirmed), key=lambda v: (v.at, v.id), default=None)


def rejected(verdicts: Sequence[CauseVerdict]) -> frozenset[str]:
    """Return the objects that are said not to be the cause."""
    return frozenset(name for name, v in {v.object: v for v in verdicts}.items() if not v.confirmed)
