"""Cause words: some probable causes break things (loss of power), some only report that something else broke.

The words are those of X.733 (MEF W148); underlyingResourceUnavailable and remoteNodeTransmissionError say themselves
that they follow, and those that X.733 files under quality of service are what a fault looks like from outside. A
vendor's own word says nothing. An object counts by the word that speaks most for it; a whole by those of its parts, as
far as they agree (domain/wholes.py).
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.messages import Member
from streams.domain.network import Network
from streams.domain.policy import LocalizePolicy
from streams.domain.wholes import spoken, voices

_WORDS = {
    1.0: "powerProblem fireDetected floodDetected leakDetected heatingVentilationCoolingSystemProblem pumpFailure equipmentMalfunction "
         "processorProblem multiplexerProblem adapterError ioDeviceError inputDeviceError outputDeviceError materialSupplyExhausted "
         "temperatureUnacceptable toxicLeakDetected",
    0.6: "transmitterFailure transmitFailure localNodeTransmissionError configurationOrCustomizationError versionMismatch softwareProgramTerminated softwareProgramError softwareError outOfMemory "
         "cpuCyclesLimitExceeded storageCapacityProblem fileError corruptData applicationSubsystemFailure communicationsSubsystemFailure "
         "timingProblem datasetOrModemError",
    0.1: "lossOfSignal lossOfFrame receiverFailure receiveFailure lanError",
    -0.5: "responseTimeExcessive performanceDegraded retransmissionRateExcessive queueSizeExceeded bandwidthReduced degradedSignal "
          "congestion thresholdCrossed resourceAtOrNearingCapacity resourceNearingCapacity",
    -1.0: "underlyingResourceUnavailable remoteNodeTransmissionError callEstablishmentError",
}
WORDS = {word: score for score, words in _WORDS.items() for word in words.split()}
"""Probable cause -> how much it breaks (1: it broke, 0.6: it is ill, 0.1: it, or rather what feeds it) or follows (below 0)."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score each alarmed object by its most causing word; where all only follow, none is blamed for it."""
    words = {o: WORDS.get(telling(t.members).cause, 0.0) for o, t in facts.objects.items()}
    least = min(0.0, max(words.values(), default=0.0))
    scores = {o: word - least for o, word in words.items()}
    return scores | {whole: max(scores.get(whole, 0.0), spoken(voice, scores) / len(voice.parts)) for whole, voice in voices(facts, network).items()}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Name the word."""
    if candidate not in facts.objects or (candidate in voices(facts, network) and WORDS.get(telling(facts.objects[candidate].members).cause, 0.0) <= 0):
        part = max(voices(facts, network)[candidate].parts, key=lambda name: WORDS.get(telling(facts.objects[name].members).cause, 0.0))
        return f"Its parts report causes rather than consequences, {part} {telling(facts.objects[part].members).cause}."
    word = telling(facts.objects[candidate].members).cause
    return f"It reports {word}, a cause rather than a consequence."


def telling(members: tuple[Member, ...]) -> Member:
    """Return the alarm of one object that speaks most of a cause: by its word, its severity, its time."""
    if len(members) == 1:
        return members[0]
    return min(members, key=lambda m: (bool(m.peer), -WORDS.get(m.cause, 0.0), -m.severity, m.raised_at, m.occurrence))


RULE = Rule("cause_words", 1.2, judge, tell)
