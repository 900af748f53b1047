"""What happened to a problem, in order: its progress, the revisions of its cause, mergers, leavers, what operators did."""

from collections.abc import Iterable, Set
from typing import Literal

from schemas.explanation import Change, Membership
from streams.domain.plural import number
from streams.domain.revision import Revision, sentence
from streams.edge.words import time
from streams.explain.alarm import AlarmStory
from streams.explain.history import History, json
from streams.explain.told import Json, characteristics

Kind = Literal["opened", "status", "cause", "joined", "left", "merged", "split", "parent", "operator", "command", "report", "test", "jeopardy", "escalation", "attribute"]
_BY_ATTRIBUTE: dict[str, Kind] = {
    "rootCauseResource": "cause", "parentProblem": "parent", "restorationCommand": "command", "troubleTicket": "report", "note": "operator", "mergedInto": "merged",
    "serviceTest": "test", "testRequest": "test", "jeopardyDueDate": "jeopardy", "jeopardyState": "jeopardy", "slaViolation": "jeopardy", "problemEscalation": "escalation"}

_FIRST = {"opened": 0, "merged": 1, "cause": 2}
"""Of what is told at one moment: in this order, then as it was told."""


class Timeline:
    """The changes of one problem."""

    def __init__(self, record: Json, merged: dict[str, Json]) -> None:
        self._own = record["id"]
        self._found: list[Change] = []
        self._revised: set[str] = set()
        for told in characteristics(record).get("causeRevisions", ()):
            revision = _revision(told)
            if revision.object != revision.was:
                self._revised.add(told["at"])
            self._note(told["at"], "cause", sentence(revision))
        for ident, each in merged.items():
            self._note(each["statusChangeDate"], "merged", f"Problem {ident} went into this one: {each['statusChangeReason']}")

    def _note(self, at: str, kind: Kind, text: str) -> None:
        self._found.append(Change.model_validate({"at": at, "kind": kind, "text": text}))

    def read(self, history: History, ids: Set[str], alarms: Set[str]) -> None:
        """Take in the problem's progress, and what operators did to it, to problems that went into it, or to its alarms."""
        for key, value in history.read("progress"):
            if value is None:
                continue
            if b'"OperatorActionEventRecord"' in value:
                told = json(value)
                action = told["operatorAction"]
                if action["target"] in alarms or action["target"] in ids:
                    self._note(told["eventTime"], "operator", f"{action['user'] or 'An operator'}: {action['action']} {action['target']}: {action['state']}, {action['reason']}")
            elif key in ids:
                self._progress(json(value), ids)

    def _progress(self, told: Json, ids: Set[str]) -> None:
        if told["@type"] == "ServiceTestEventRecord":
            test = told["serviceTest"]
            self._note(told["eventTime"], "test", f"{test['specification']} of {test['object']['id']} {test['state'].replace('-', ' ')}: {test['reason']}")
            return
        if told["@type"] != "ServiceProblemEventRecord":
            return
        event, at = told["notification"], told["eventTime"]
        names = [each["name"] for each in event["analyticCharacteristic"]]
        kind: Kind = "attribute"
        if event["eventType"] == "ServiceProblemCreateEvent":
            kind = "opened"
        elif event["eventType"] == "ServiceProblemStateChangeEvent":
            kind = "merged" if "mergedInto" in names else "status"
        elif names:
            kind = _BY_ATTRIBUTE.get(names[0], "attribute")
        of = event["correlationId"]
        if of == self._own and kind == "cause" and at in self._revised:
            return                                              # the revision of that moment says more
        if of == self._own:
            self._note(at, kind, event["description"])
        elif kind != "merged":                                  # told already, by whom it went into
            self._note(at, kind, f"Of {of}: {event['description']}")

    def note_leavers(self, gone: Iterable[AlarmStory], ids: Set[str]) -> None:
        """Count alarms that went to another problem: of those that were parted from this one together, else of all that went there."""
        together: dict[tuple[str, str], list[Membership]] = {}
        for story in gone:
            if way := story.way_out(ids):
                before, after = way
                parted = after.membership.reason if before.episode == after.episode else ""
                together.setdefault((after.membership.problem, parted), []).append(after.membership)
        for (problem, parted), went in together.items():
            first = min(went, key=lambda one: one.at)
            whole = parted or len(went) == 1
            self._note(first.at.isoformat(), "split" if parted else "left", f"{number(len(went), 'alarm')} went to problem {problem}{'' if whole else ', the first of them'}: {first.reason}")

    def changes(self) -> list[Change]:
        """Return all, oldest first."""
        return sorted(self._found, key=lambda change: (change.at, _FIRST.get(change.kind, len(_FIRST))))


def _revision(told: Json) -> Revision:
    was = told.get("previous") or {"id": "", "confidence": 0.0}
    return Revision(told["number"], time(told["at"]), told.get("id", ""), told["confidence"], was["id"], was["confidence"], told["alarmCount"], (), told["reason"])
