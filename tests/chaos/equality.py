"""What must be equal between two runs over the same alarms (design section 4), and what may not come twice.

- alarm-records and problem-changes: key by key, record by record, in order.
- downstream: the last state of every problem and report, the set of commands, the sum of impact deltas per product.
- every request and every result without effect: how often it was answered, and what.
- no id twice: commands, impact deltas, progress events.
"""

from collections import Counter, defaultdict
from typing import Any

import msgspec

from tests.chaos.oracle import Outputs, Told

STATE = {
    "problems": ("status", "priority", "rootCauseResource", "rootCauseService", "underlyingAlarm", "affectedService", "affectedResource", "impactPatterns", "parentProblem", "troubleTicket"),
    "trouble-reports": ("status", "ticketType", "priority", "severity", "relatedEntity", "resolutionDate", "creationDate"),
}
"""What is compared of the last record of a key. Not compared: notes and dates that an answer of another stage may move."""
ANSWERS = {"OperatorActionEventRecord": "operatorAction", "TroubleReportUpdateEventRecord": "troubleReportUpdate", "CustomerReportEventRecord": "request"}
"""Records of progress that answer a request -> what names it."""
WITHDRAWN = ("status", "ticketType", "creationDate")
"""The same of a report that was withdrawn: the rest is what its problem was when the word of that came."""
_canonical = msgspec.json.Encoder(order="sorted").encode


def by_key(told: list[Told]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    for one in told:
        # Two stages write alarm-records, each in its order: the alarms themselves, and whether they are implied.
        found[f"{one.key} implied" if _is_mark(one.value) else one.key].append(_canonical((one.at, one.value)))
    return dict(found)


def _is_mark(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(event := value.get("event"), dict) and event.get("alarm", {}).get("@type") == "ImpliedAlarm"


def last_states(topic: str, told: list[Told]) -> dict[str, bytes]:
    last: dict[str, Any] = {one.key: one.value for one in told}
    return {key: _canonical(None if value is None else {field: value.get(field) for field in _compared(topic, value)}) for key, value in last.items()}


def _compared(topic: str, value: Any) -> tuple[str, ...]:
    return WITHDRAWN if topic == "trouble-reports" and value["status"] == "cancelled" else STATE[topic]


def impact_sums(told: list[Told]) -> dict[str, tuple[int, Any]]:
    """Product -> how many impacts are open after all (0 or 1), and what the last word on it was."""
    sums: dict[str, tuple[int, Any]] = {}
    for one in told:
        open_, _ = sums.get(one.key, (0, None))
        kind = one.value["kind"]
        sums[one.key] = (open_ + {"started": 1, "ended": -1}.get(kind, 0), one.value["impact"])
    return sums


def ids(told: list[Told]) -> list[str]:
    return [one.value["id"] for one in told if one.value is not None]


def answers(told: list[Told]) -> dict[tuple[str, str, str], int]:
    """(what was said, under which id, how it was answered) -> how often."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in told:
        kind = one.value["@type"]
        if kind == "ResultEventRecord":
            result = one.value["result"]
            found[kind, result["about"]["id"], f"{result['state']} {result['outcome']}"] += 1
        elif kind in ANSWERS and ANSWERS[kind] in one.value:
            answer = one.value[ANSWERS[kind]]
            found[kind, answer["id"], answer["state"]] += 1
    return found


def _differing(mine: Any, theirs: Any) -> str:
    """Say in which fields two last states differ."""
    if not isinstance(mine, bytes) or not isinstance(theirs, bytes):
        return f"{mine} instead of {theirs}"
    one, other = msgspec.json.decode(mine), msgspec.json.decode(theirs)
    if not isinstance(one, dict) or not isinstance(other, dict):
        return ""
    return "; ".join(f"{name} {one.get(name)} instead of {value}" for name, value in other.items() if one.get(name) != value)[:2000]


Compared = dict[str, dict[Any, Any]]
"""What must be equal, by its name -> key -> what two runs must both say of it."""


def compared(run: Outputs) -> Compared:
    """Return all of a run that must be equal to another's."""
    found: Compared = {topic: by_key(run.get(topic, [])) for topic in ("alarm-records", "problem-changes")}
    found |= {topic: last_states(topic, run.get(topic, [])) for topic in STATE}
    found |= {topic: dict.fromkeys(ids(run.get(topic, [])), 1) for topic in ("restoration-commands", "test-requests")}
    return found | {"customer-impacts": impact_sums(run.get("customer-impacts", [])), "answers": answers(run.get("progress", []))}


def apart(one: Compared, other: Compared) -> dict[str, set[Any]]:
    """Return the keys of which two runs do not say the same."""
    return {what: {key for key in one[what].keys() | other[what].keys() if one[what].get(key) != other[what].get(key)} for what in one}


def differences(got: Outputs, wanted: Outputs, leave: dict[str, set[Any]] | None = None) -> list[str]:
    """Return one line for each kind of difference, but for the keys to `leave`; none where all that must be equal is."""
    found: list[str] = []
    told, due = compared(got), compared(wanted)
    for what, keys in apart(told, due).items():
        mine, theirs = told[what], due[what]
        wrong = sorted(keys - (leave or {}).get(what, set()), key=lambda key: key in mine and key in theirs)
        if wrong:
            lost, extra = sum(key not in mine for key in wrong), sum(key not in theirs for key in wrong)
            shown = "" if lost or extra else f" {_differing(mine[wrong[0]], theirs[wrong[0]])}"
            found.append(f"{what}: {lost} lost, {extra} extra, {len(wrong) - lost - extra} different of {len(theirs)}; for example {wrong[0]}{shown}")
    for topic in ("restoration-commands", "test-requests", "customer-impacts", "progress"):
        twice = [one for one, count in Counter(ids(got.get(topic, []))).items() if count > 1]
        if twice:
            found.append(f"{topic}: {len(twice)} ids came twice; for example {twice[0]}")
    return found
