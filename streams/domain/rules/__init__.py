"""The rules that locate a problem, in the order their evidence is told where they weigh the same.

shared_upstream   what explains most of the alarmed objects and least of the silent ones
source_hints      what the sources themselves call root cause or parent
walk              where one comes to, following dependencies and complaints from what alarms
accused           whom the callers' alarms are about, blame moving on along the calls
own_alarms        who reports trouble of its own body
cause_words       whose probable cause breaks things rather than follows
earliest_onset    who alarmed first, where alarms come one by one
severity          who is hit worst, where severities differ
learnt_causes     whose alarm types are learnt to make those of what its failure reaches
past_causes       what operators confirmed or rejected in similar problems

Each is a pure function of one problem's facts (domain/facts.py) that scores candidates from -1 to 1; its weight says
what a full score counts beside the others (domain/rank.py). Every rule has a hit and a near miss in tests/rules.
"""

from streams.domain.facts import Rule
from streams.domain.rules import (
    accused,
    cause_words,
    earliest_onset,
    learnt_causes,
    own_alarms,
    past_causes,
    severity,
    shared_upstream,
    source_hints,
    walk,
)

RULES: tuple[Rule, ...] = (
    shared_upstream.RULE,
    source_hints.RULE,
    walk.RULE,
    accused.RULE,
    own_alarms.RULE,
    cause_words.RULE,
    earliest_onset.RULE,
    severity.RULE,
    past_causes.RULE,
    learnt_causes.RULE,
)
