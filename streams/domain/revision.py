"""What changed the mind about a problem's cause: from which object at which confidence to which, and what was new by then.

A revision is noted when another cause comes first, or the same one became surer or less sure by `SHIFT`. It follows from
what the lane said alone: what stage 6 answers (a cause shared by domains) stands beside it and is told on `progress`.
"""

import msgspec

from streams.domain.instant import Instant
from streams.domain.messages import Cause
from streams.domain.plural import number

SHIFT = 0.1
"""Confidence that must have come or gone since the last revision, where the object stays the same (ours)."""
KEPT = 8
"""Revisions kept of a problem: the first, which says how it began, and the last ones (ours)."""
LONGEST = 400
"""Characters of a reason."""


class Revision(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change of the located cause."""

    number: int
    """Counted from 1: what is missing between two was not kept."""
    at: Instant
    object: str
    """"" where no candidate is left."""
    confidence: float
    was: str
    """The cause before, "" where none was located."""
    was_confidence: float
    """Of that cause, then."""
    members: int
    """Alarms that the problem had."""
    rules: tuple[str, ...]
    """Rules that speak for `object`, strongest first."""
    why: str
    """What was new, in a sentence with numbers."""


def revised(known: tuple[Revision, ...], causes: tuple[Cause, ...], members: int, at: Instant, word: str = "") -> tuple[Revision, ...]:
    """Return the revisions with one more where these causes, ranked best first, are news; `word` is what an operator said of them, which may leave none."""
    if not causes:
        if not word or not known or not known[-1].object:
            return known
        before = known[-1]
        return _kept(known, Revision(before.number + 1, at, "", 0.0, before.object, before.confidence, members, (), word[:LONGEST]))
    best, last = causes[0], known[-1] if known else None
    if last is not None and last.object == best.object and abs(best.confidence - last.confidence) < SHIFT:
        return known
    more = Revision(
        last.number + 1 if last else 1, at, best.object, best.confidence, last.object if last else "", last.confidence if last else 0.0, members, best.rules,
        "; ".join(filter(None, (word.rstrip("."), _why(last, best, causes, members))))[:LONGEST])
    return _kept(known, more)


def _kept(known: tuple[Revision, ...], more: Revision) -> tuple[Revision, ...]:
    return (*known, more) if len(known) < KEPT else (known[0], *known[2:], more)


def _why(last: Revision | None, best: Cause, causes: tuple[Cause, ...], members: int) -> str:
    told = []
    if last is None:
        told.append(number(members, "alarm"))
    elif members != last.members:
        told.append(f"{number(members, 'alarm')} instead of {last.members:,}")
    if last is not None and last.object == best.object:
        if new := [rule for rule in best.rules if rule not in last.rules]:
            told.append(f"now also {_named(new)}")
        if gone := [rule for rule in last.rules if rule not in best.rules]:
            told.append(f"no longer {_named(gone)}")
    elif last is not None and last.object:
        now = next((cause.confidence for cause in causes if cause.object == last.object), None)
        told.append(f"{last.object} is at {now:.2f} now" if now is not None else f"{last.object} is no longer among the first {len(causes)}")
    if best.rules and best.evidence:
        told.append(f"{best.rules[0]}: {best.evidence[0]}")
    return "; ".join(told)


def _named(rules: list[str]) -> str:
    return " and ".join(rules) if len(rules) < 3 else f"{', '.join(rules[:-1])} and {rules[-1]}"


def sentence(revision: Revision) -> str:
    """Say a revision: from what to what, because of what."""
    to = f"{revision.object} at {revision.confidence:.2f}" if revision.object else "unknown"
    if not revision.was:
        return f"Located at {to}: {revision.why}"
    if revision.was == revision.object:
        return f"{'Surer' if revision.confidence > revision.was_confidence else 'Less sure'} of {to} (was {revision.was_confidence:.2f}): {revision.why}"
    return f"From {revision.was} at {revision.was_confidence:.2f} to {to}: {revision.why}"
