"""Own alarms: an object that reports news of its own body speaks for itself, one that only complains of others does not.

Each alarm counts by how much it surprises: not where the object reports it in every other problem, nor where others of
its type report the same now (that is the weather). What it says of its traffic (quality of service, communications)
counts half of what it says of its body; what it says of a peer counts nothing. Scores are relative to the object with
most news, by the logarithm (twice the news is not twice as likely the cause), and count only as far as no one failure
explains the problem anyway: then what its victims say of themselves is no news. A whole has what its parts agree on.
"""

from collections.abc import Mapping
from math import log1p

from streams.domain.explanation import explanation
from streams.domain.facts import Facts, Rule, Told, is_own, surprise
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.wholes import spoken, voices

TRAFFIC = 0.5
"""What an alarm about the object's traffic counts beside one about its body."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each object by the news it reports of itself, against the one with most."""
    told = {o: _news(facts, t) for o, t in facts.objects.items()}
    told |= {whole: told.get(whole, 0.0) + spoken(voice, told) for whole, voice in voices(facts, network).items()}
    news = {o: log1p(value) for o, value in told.items()}
    most = max(news.values(), default=0.0)
    unexplained = 1 - explanation(facts, network).share
    return {o: unexplained * value / most for o, value in news.items() if value} if most else {}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Count them, and name the one that says most; of a whole, its parts."""
    if (voice := voices(facts, network).get(candidate)) is not None:
        return f"{len(voice.parts)} of its {voice.of} parts report unusual alarms, {voice.agreement:.0%} the same."
    about = [m for m in facts.objects[candidate].members if not m.peer]
    first = max(about, key=lambda m: (is_own(m), facts.news[m.occurrence], -m.raised_at, m.occurrence))
    fresh = sum(facts.news[m.occurrence] > 0 for m in about)
    bodies = sum(is_own(m) for m in about)
    return f"{fresh} of its {len(about)} alarms about itself are unusual, {bodies} speak of its own body; {first.cause} says most."


def _news(facts: Facts, told: Told) -> float:
    body = surprise(facts, (m for m in told.members if is_own(m)))
    traffic = surprise(facts, (m for m in told.members if not m.peer and not is_own(m)))
    return body + TRAFFIC * traffic


RULE = Rule("own_alarms", 1.1, judge, tell)
