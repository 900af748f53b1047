"""The earliest onset: a cause alarms before what follows from it.

An object scores by the share of the alarmed objects that began strictly later. Complaints (of a peer, or by a word that
only follows) lead nothing: they count only where there is nothing else, since calls are watched by the second and the
bodies they run on by the minute. A silent candidate began no later than the first of what its failure explains, if that
is two objects or more. Where all began at one instant (polled sources) the rule says nothing.
"""

from bisect import bisect_right
from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.instant import Instant
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.rules.cause_words import WORDS


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each candidate by how many objects began after it."""
    starts = _starts(facts)
    onsets = sorted(starts.values())
    if len(onsets) < 2 or onsets[0] == onsets[-1]:
        return {}
    began = {c: onset for c in facts.candidates if (onset := _onset(facts, starts, c)) is not None}
    return {c: (len(onsets) - bisect_right(onsets, onset)) / len(onsets) for c, onset in began.items()}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say how many began later, and by how much the next one did."""
    starts = _starts(facts)
    onset = _onset(facts, starts, candidate) or 0
    later = sorted(start for start in starts.values() if start > onset)
    who = "It" if candidate in starts else "The first object that it explains"
    gap = f", the next {(later[0] - onset) / 1e6:.1f} s later" if later else ""
    return f"{who} alarmed before {len(later)} of {len(starts)} objects{gap}."


def _starts(facts: Facts) -> Mapping[str, Instant]:
    """Return when each object began to alarm, complaints apart unless all of them only complain."""
    if "starts" not in facts.noted:
        bodies = {o: min(own) for o, t in facts.objects.items() if (own := [m.raised_at for m in t.members if not m.peer and facts.news[m.occurrence] and WORDS.get(m.cause, 0.0) > -1])}
        facts.noted["starts"] = bodies or {o: t.onset for o, t in facts.objects.items()}
    found: Mapping[str, Instant] = facts.noted["starts"]
    return found


def _onset(facts: Facts, starts: Mapping[str, Instant], candidate: str) -> Instant | None:
    """Return when a candidate began at the latest; None where nothing tells."""
    if candidate in starts:
        return starts[candidate]
    followed = [starts[o] for o in facts.explained[candidate] if o in starts]
    return min(followed) if len(followed) > 1 else None


RULE = Rule("earliest_onset", 1.8, judge, tell)
