"""What a person wants to see of the outputs: the problems as they stand, who is hit, and how much of everything.

A fold over output records, keyed as the topics are; it decides nothing and keeps at most `KEPT` finished problems.
"""

from collections import Counter
from typing import Any

import msgspec

from streams.domain.plural import number

OPEN = ("acknowledged", "pending", "held", "inProgress")
KEPT = 500
"""Finished problems remembered, so that a run of days does not grow."""

_REQUEST = "request:"
"""Before the disposition of what is no alarm."""


class Line(msgspec.Struct):
    """One problem as it is shown."""

    id: str
    status: str
    priority: int
    cause: str
    confidence: float
    why: str
    """The first sentence of evidence for the cause, else the status's reason."""
    services: int
    alarms: int
    active: int
    at: str
    """Event time of the last word."""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Board:
    """The present picture."""

    def __init__(self) -> None:
        self.problems: dict[str, Line] = {}
        self.hit: dict[str, str] = {}
        """Product -> customer: those whose impact has not ended."""
        self.jeopardy: dict[str, str] = {}
        """Product -> how the clock of its SLA stands, while its impact lasts."""
        self.told: Counter[str] = Counter()
        """What was told so far, in words of the summary."""
        self.dispositions: dict[str, int] = {}
        """Set by whoever reads them from the tables."""
        self._seen: dict[str, None] = {}

    def fold(self, topic: str, key: str, value: bytes | None, at: str) -> str | None:
        """Take one output in; return a line worth printing, or None."""
        if value is None:
            if topic == "problems":
                self.problems.pop(key, None)
            return None
        if topic == "problems":
            return self._problem(msgspec.json.decode(value), at)
        if topic == "customer-impacts":
            self._impact(msgspec.json.decode(value))
        elif topic == "trouble-reports":
            self._count_once("trouble reports", key)
        elif topic == "restoration-commands":
            told = msgspec.json.decode(value)
            if told["@type"] == "RestorationCommandWithdrawal":
                return f"{clock(at)}  withdrawn        {told['command']}  {told['target']['id']}: {told['reason']}"
            self.told["restoration commands"] += 1
            return f"{clock(at)}  command          {told['id']}  {told['action']} {told['target']['id']}, attempt {told['attempt']} of {told['attempts']}"
        elif topic == "test-requests":
            told = msgspec.json.decode(value)
            self.told["test requests"] += 1
            return f"{clock(at)}  test             {told['id']}  {told['kind']} of {_target(told)}"
        elif topic == "progress":
            return _asked(msgspec.json.decode(value), at)
        elif topic == "dead-letters":
            told = msgspec.json.decode(value)
            self.told["dead letters"] += 1
            field = f"{told['field']}: " if told["field"] else ""
            return f"{clock(at)}  refused          {key}  {field}{told['reason']}. {told['remedy']}".rstrip()
        return None

    def _count_once(self, what: str, key: str) -> None:
        """Count an id the first time it is seen; the newest 20 times `KEPT` are remembered."""
        if key not in self._seen:
            self._seen[key] = None
            self.told[what] += 1
            if len(self._seen) > 20 * KEPT:
                del self._seen[next(iter(self._seen))]

    def _problem(self, told: dict[str, Any], at: str) -> str | None:
        before = self.problems.get(told["id"])
        line = _line(told, at)
        self.problems[line.id] = line
        if before is None:
            self.told["problems"] += 1
        if not line.is_open:
            self._forget()
        if before is None or before.status != line.status or before.priority != line.priority or before.cause != line.cause:
            return f"{clock(at)}  {line.status:<12} P{line.priority:<2} {line.id}  {line.cause} ({line.confidence:.0%})  {number(line.services, 'service')}, {line.active:,} of {number(line.alarms, 'alarm')} active"
        return None

    def _forget(self) -> None:
        finished = [line.id for line in self.problems.values() if not line.is_open]
        for problem in finished[: max(0, len(finished) - KEPT)]:
            del self.problems[problem]

    def _impact(self, told: dict[str, Any]) -> None:
        if told.get("jeopardy"):
            self.jeopardy[told["product"]] = told["jeopardy"]
        if told["kind"] == "ended" or not told.get("jeopardy"):
            self.jeopardy.pop(told["product"], None)
        if told["kind"] == "clock":
            return
        if told["kind"] == "ended":
            self.hit.pop(told["product"], None)
        else:
            self.hit[told["product"]] = told.get("customer", "")
        self.told["impact changes"] += 1

    def _in_jeopardy(self) -> str:
        count = Counter(self.jeopardy.values())
        return ", ".join(f"{count[word]:,} {text}" for word, text in (("violated", "over their time to restore"), ("warned", "in jeopardy"), ("paused", "with a clock that stands")) if count[word])

    def open_problems(self) -> list[Line]:
        """Return open problems, the most urgent first."""
        return sorted((line for line in self.problems.values() if line.is_open), key=lambda line: (line.priority, -line.services, line.id))

    def finished_problems(self) -> list[Line]:
        """Return finished problems, the last finished first."""
        return sorted((line for line in self.problems.values() if not line.is_open), key=lambda line: (line.at, line.id), reverse=True)

    def summary(self) -> list[str]:
        """Return the sentences that end a run."""
        status = Counter(line.status for line in self.problems.values())
        heard = {word: n for word, n in self.dispositions.items() if n and not word.startswith(_REQUEST)}
        asked = {word.removeprefix(_REQUEST): n for word, n in self.dispositions.items() if n and word.startswith(_REQUEST)}
        customers = set(self.hit.values())
        return [
            f"{number(sum(heard.values()), 'alarm')}: {_counts(heard) or 'none yet'}" + (f"; {number(sum(asked.values()), 'request')}: {_counts(asked)}" if asked else ""),
            number(self.told["problems"], "problem") + (f" ({', '.join(f'{n} {word}' for word, n in sorted(status.items()))})" if status else "")
            + f", {number(self.told['trouble reports'], 'trouble report')}, {number(self.told['restoration commands'], 'restoration command')}, {number(self.told['dead letters'], 'dead letter')}",
            f"{number(self.told['impact changes'], 'change')} of customer impact; now hit: {number(len(self.hit), 'product')} of {number(len(customers), 'customer')}"
            + (f"; of these {self._in_jeopardy()}" if self._in_jeopardy() else ""),
        ]


def _target(test: dict[str, Any]) -> str:
    """Return what a test is of: its service, else the object named as its target."""
    related = next((each["id"] for each in test.get("relatedEntity", ()) if each.get("role") == "target"), "")
    return str(test.get("relatedService", {}).get("id", related))


def _counts(told: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {word}" for word, n in sorted(told.items(), key=lambda pair: -pair[1]))


def _asked(told: dict[str, Any], at: str) -> str | None:
    """Return what somebody who asked was told: a customer's side, an operator, the ticketing system."""
    if told["@type"] == "CustomerReportEventRecord":
        return f"{clock(at)}  customer report  {told['customerReport']['id']}  {told['reason']}"
    answer = told.get("operatorAction") or told.get("troubleReportUpdate")
    return f"{clock(at)}  {answer['state']:<15}  {answer.get('action', 'update')}: {answer['reason']}" if answer else None


def clock(at: str) -> str:
    """Return the time of day of an ISO time; dashes for one not known: none, or the epoch (nothing was heard yet)."""
    return "--:--:--" if at.startswith("1970-01-01T00:00:00") else at[11:19] or "--:--:--"


def _line(told: dict[str, Any], at: str) -> Line:
    more = {each["name"]: each.get("value") for each in told.get("characteristic", ())}
    ranked = more.get("localization") or [{}]
    evidence = ranked[0].get("evidence") or [told.get("statusChangeReason", "")]
    where = ranked[0].get("id") or next((ref["id"] for ref in told.get("affectedResource", ())), "?")
    return Line(
        id=told["id"], status=told["status"], priority=told["priority"], cause=f"{more.get('causeCategory') or told.get('reason', '').split(' of ')[0]} at {where}",
        confidence=ranked[0].get("confidence", 0.0), why=evidence[0], services=told.get("affectedNumberOfServices", 0),
        alarms=more.get("alarmCount", 0), active=more.get("activeAlarmCount", 0), at=at)
