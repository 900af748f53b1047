"""What was decided, read off the outputs that have landed: problems opened, moved and merged, causes, reports, commands, dead letters.

Texts are left out: people write some of them, and a customer may be named. The record on `progress` has them, by `event`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

Output = tuple[str, bytes | None, bytes | None, int, list[tuple[str, bytes]]]
"""What the engine has written (engine/record.py): topic, key, value, partition, headers."""

TRACEPARENT = "traceparent"
"""W3C header of the alarm that a problem began with."""
LINKS = "spm-links"
"""The same of up to eight more of its alarms, commas between."""

OPENED = "problem opened"
SHOWN = frozenset((
    "status", "priority", "rootCauseResource", "mergedInto", "parentProblem", "troubleTicket", "jeopardyState", "slaViolation", "problemEscalation",
    "alarmCount", "customerReportCount", "restorationCommand"))
"""Attributes whose values are words or ids of ours, or names of topology.yaml."""


class Decision(msgspec.Struct, frozen=True):
    """One decision that landed."""

    what: str
    """problem opened, problem moved, cause located, ..."""
    at: str
    """Event time."""
    of: dict[str, Any]
    """Problem, alarm, event and what has changed, by name."""
    change: str = ""
    """How spm_problem_changes_total counts it, "" where it does not."""
    traceparent: str = ""
    links: tuple[str, ...] = ()


class _Id(msgspec.Struct, frozen=True):
    id: str = ""
    status: str = ""
    priority: int = 0


class _Named(msgspec.Struct, frozen=True):
    name: str
    value: Any = None


class _Event(msgspec.Struct, frozen=True):
    serviceProblem: _Id = _Id()


class _Notification(msgspec.Struct, frozen=True):
    event: _Event = _Event()
    analyticCharacteristic: tuple[_Named, ...] = ()


class _Progress(msgspec.Struct, frozen=True):
    id: str
    eventType: str
    serviceProblem: _Id = _Id()
    notification: _Notification = _Notification()


class _Command(msgspec.Struct, frozen=True):
    id: str
    type: str = msgspec.field(name="@type", default="")
    action: str = ""
    target: _Id = _Id()
    problem: str = ""
    alarm: str = ""
    command: str = ""
    attempt: int = 0


class _Related(msgspec.Struct, frozen=True):
    entity: _Id = _Id()


class _Problem(msgspec.Struct, frozen=True):
    firstAlert: _Related = _Related()


class Letter(msgspec.Struct, frozen=True):
    """What is counted of a dead letter."""

    id: str
    feed: str = ""
    reason: str = ""
    status: str = "refused"


_progress = msgspec.json.Decoder(_Progress).decode
_command = msgspec.json.Decoder(_Command).decode
_problem = msgspec.json.Decoder(_Problem).decode
letter_of = msgspec.json.Decoder(Letter).decode
_WORDS = (("mergedInto", "problem merged"), ("rootCauseResource", "cause changed"), ("parentProblem", "parent changed"), ("troubleTicket", "trouble report told"),
          ("jeopardyState", "jeopardy changed"), ("slaViolation", "SLA violated"), ("problemEscalation", "problem escalated"), ("priority", "priority changed"))


def _told(output: Output) -> Iterator[Decision]:
    """Read a record of `progress`; answers to requests are no decisions about a problem."""
    record = _progress(output[2] or b"")
    if not record.eventType.startswith("ServiceProblem"):
        return
    problem, changes = record.notification.event.serviceProblem, record.notification.analyticCharacteristic
    shown = {change.name: change.value for change in changes if change.name in SHOWN}
    of = {"problem": record.serviceProblem.id, "status": problem.status, "priority": problem.priority, **shown, "event": record.id}
    if record.eventType == "ServiceProblemCreateEvent":
        yield _decision(OPENED, output, of, "created")
        return
    word = next((word for name, word in _WORDS if name in shown), "")
    if record.eventType == "ServiceProblemStateChangeEvent":
        yield _decision(word if word == "problem merged" else f"problem {problem.status}", output, of, problem.status)
    elif word:
        yield _decision(word, output, of, "attribute")


def _commanded(output: Output) -> Iterator[Decision]:
    record = _command(output[2] or b"")
    is_withdrawal = record.type == "RestorationCommandWithdrawal"
    of = {"problem": record.problem, "alarm": record.alarm, "command": record.command or record.id, "action": record.action, "target": record.target.id, "attempt": record.attempt}
    yield _decision("command withdrawn" if is_withdrawal else "command issued", output, {name: value for name, value in of.items() if value})


def _decision(what: str, output: Output, of: dict[str, Any], change: str = "") -> Decision:
    headers = dict(output[4])
    links = headers.get(LINKS, b"").decode()
    return Decision(what, headers.get("at", b"").decode(), of, change, headers.get(TRACEPARENT, b"").decode(), tuple(links.split(",")) if links else ())


def with_first_alarm(opened: Decision, outputs: Sequence[Output]) -> Decision:
    """Return that a problem opened, with its first alarm: the problem is published in the same unit of work."""
    key = opened.of["problem"].encode()
    for topic, about, value, _, _ in outputs:
        if topic == "problems" and about == key and value is not None:
            alarm = _first(value)
            return msgspec.structs.replace(opened, of={"problem": opened.of["problem"], "alarm": alarm, **opened.of}) if alarm else opened
    return opened


def _first(problem: bytes) -> str:
    return _problem(problem).firstAlert.entity.id


READERS: dict[str, Callable[[Output], Iterator[Decision]]] = {"progress": _told, "restoration-commands": _commanded}
"""Topic -> how its records are read; their key is the problem's or the target's."""
