"""The source's own hints: an element manager that says which alarm is the root cause knows its equipment.

`isRootCause` (rootCauseIndicator) speaks for the object, its denial against it; `parentAlarm` (correlatedNotifications)
moves the blame from the child to the object of the parent, where that alarm is part of the problem.
"""

from collections.abc import Mapping

from streams.domain.facts import Facts, Rule
from streams.domain.network import Network
from streams.domain.plural import number
from streams.domain.policy import LocalizePolicy

FOLLOWS = -0.5
"""What a denied hint or a parent elsewhere weighs: sources also say "no" where they merely do not know."""


def judge(facts: Facts, network: Network, policy: LocalizePolicy) -> Mapping[str, float]:
    """Score what the sources name, and what they say follows."""
    named, denied, parents = _hints(facts)
    found = dict.fromkeys(denied, FOLLOWS)
    most = max(parents.values(), default=1)
    for parent, children in parents.items():
        found[parent] = max(found.get(parent, 0.0), children / most)
    return {**found, **dict.fromkeys(named, 1.0)}


def tell(facts: Facts, network: Network, candidate: str) -> str:
    """Say what the source said."""
    named, _, parents = _hints(facts)
    said = ["its source marks its alarm as the root cause"] if candidate in named else []
    said += [f"{number(parents[candidate], 'alarm names', 'alarms name')} its alarm as the parent"] if candidate in parents else []
    return f"{' and '.join(said).capitalize()}."


def _hints(facts: Facts) -> tuple[list[str], list[str], dict[str, int]]:
    """Return objects marked as root, objects said to follow, and parents with the number of alarms that name them."""
    if all(m.root_hint is None and not m.parents for t in facts.objects.values() for m in t.members):
        return [], [], {}
    owner = {m.source_id: o for o, t in facts.objects.items() for m in t.members if m.source_id}
    named, denied, parents = [], [], dict[str, int]()
    for name, told in facts.objects.items():
        above = {owner[p] for m in told.members for p in m.parents if p in owner} - {name}
        for parent in sorted(above):
            parents[parent] = parents.get(parent, 0) + 1
        if any(m.root_hint for m in told.members):
            named.append(name)
        elif above or any(m.root_hint is False for m in told.members):
            denied.append(name)
    return named, denied, parents


RULE = Rule("source_hints", 2.5, judge, tell)
