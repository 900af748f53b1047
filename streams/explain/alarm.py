"""The story of one alarm record, folded from its events on `alarm-records` in their order."""

from collections.abc import Set
from typing import Any, NamedTuple

from schemas.alarm import ImpliedBy
from schemas.explanation import AlarmTold, Mark, Membership
from streams.domain.plural import number
from streams.explain.told import Json, alarm_of

BEGAN = "its alarm began the problem: no other that takes alarms of its time was near"
WAITS = "in no problem so far: a lesser alarm without effect is one only once another object near alarms too, or it outlasts its hold and quiet period"
BRIEF = "in no problem: it cleared before it was one"
CLEARED = "the alarm cleared"
OTHERWISE = "the cause is another, or none is sure enough, or the alarm left the problem"


class Step(NamedTuple):
    """It came into a problem in this episode of its."""

    membership: Membership
    episode: int
    anew: bool
    """The alarm had cleared before: what went before it is over, not left."""


class AlarmStory:
    """What the events of one alarm record come to."""

    def __init__(self) -> None:
        self.alarm: Json = {}
        self.steps: list[Step] = []
        self.marks: list[Mark] = []
        self._implied: Json | None = None
        self._severity = "indeterminate"
        self._was_clear = False
        """It cleared since it last came into a problem."""

    def fold(self, event: Json) -> None:
        """Take one event in."""
        alarm, at = alarm_of(event), event["eventTime"]
        if alarm["@type"] == "ImpliedAlarm":
            self._mark(at, alarm["impliedBy"])
            return
        self._suppress(at, alarm)
        if alarm["state"] == "cleared":
            self._was_clear = bool(self.steps)
            if self.marks and self.marks[-1].kind == "implied-no-longer" and self.marks[-1] == _no_longer(at, OTHERWISE):
                self.marks[-1] = _no_longer(at, CLEARED)        # told by another stage, which may be heard first
        else:
            self._severity = alarm["perceivedSeverity"]
        if "problem" in alarm and (alarm["state"] != "cleared" or not self.steps):
            self._enter(at, alarm)
        self.alarm = alarm

    def _enter(self, at: str, alarm: Json) -> None:
        problem, reason, episode = alarm["problem"]["id"], alarm.get("problemReason", BEGAN), alarm["episode"]
        last = self.steps[-1] if self.steps else None
        if last is not None and (last.membership.problem, last.episode) == (problem, episode):
            return
        if last is not None and last.episode == episode and alarm.get("problemReason") == self.alarm.get("problemReason"):
            # Nobody placed it anew: the name of the problem it is in is another.
            reason = f"problem {last.membership.problem} was merged into this one"
        self.steps.append(Step(Membership.model_validate({"at": at, "problem": problem, "reason": reason}), episode, self._was_clear))
        self._was_clear = False

    def _mark(self, at: str, implied: Json | None) -> None:
        self._implied = implied
        if implied is None:
            self.marks.append(_no_longer(at, CLEARED if self.alarm.get("state") == "cleared" else OTHERWISE))
            return
        path = list(implied["path"])
        if omitted := implied.get("omitted"):
            path.insert(len(path) // 2, f"({omitted} more)")
        why = f"by {implied['root']['id']} at confidence {implied['confidence']:.2f}, {number(implied['hops'], 'hop')} away: {' > '.join(path)}"
        self.marks.append(Mark.model_validate({"at": at, "kind": "implied", "text": why}))

    def _suppress(self, at: str, alarm: Json) -> None:
        now, before = alarm.get("suppressedBy"), self.alarm.get("suppressedBy")
        if now == before:
            return
        if now is None:
            self.marks.append(Mark.model_validate({"at": at, "kind": "suppressed-no-longer", "text": f"no longer by {before}: {'the alarm cleared' if alarm['state'] == 'cleared' else 'it has ended'}"}))
        else:
            self.marks.append(Mark.model_validate({"at": at, "kind": now, "text": _by(alarm)}))

    @property
    def problem(self) -> str:
        """The problem that its last word put it in, "" for none."""
        return self.steps[-1].membership.problem if self.steps else ""

    def way_out(self, problems: Set[str]) -> tuple[Step, Step] | None:
        """Return the last step into these problems and the one by which it left them; None where it is there, or its part there is over."""
        last = max(n for n, step in enumerate(self.steps) if step.membership.problem in problems)
        after = self.steps[last + 1] if last + 1 < len(self.steps) else None
        return None if after is None or after.anew else (self.steps[last], after)

    def told(self, problems: Set[str] = frozenset()) -> AlarmTold:
        """Write it down, as part of one of these problems where some are given."""
        alarm = self.alarm
        cleared = alarm["state"] == "cleared"
        suppressed = alarm.get("suppressedBy")
        if problems:
            reason = [step.membership.reason for step in self.steps if step.membership.problem in problems][-1]
        elif suppressed:
            reason = f"in no problem while it is suppressed {_by(alarm)}"
        elif self.steps:
            reason = self.steps[-1].membership.reason
        else:
            hidden = next((mark.text for mark in reversed(self.marks) if mark.kind in ("shelved", "planned-outage")), "")
            reason = f"in no problem: it cleared while it was suppressed {hidden}" if cleared and hidden else BRIEF if cleared else WAITS
        fields: dict[str, Any] = {} if self._implied is None else {"implied_by": ImpliedBy.model_validate(self._implied)}
        return AlarmTold.model_validate(dict(
            id=alarm["id"], object=alarm["alarmedObject"]["id"], probable_cause=alarm["probableCause"], severity=self._severity,
            state="cleared" if cleared else "active", raised_at=alarm["alarmRaisedTime"], cleared_at=alarm.get("alarmClearedTime"), times_heard=alarm["timesHeard"],
            reason=reason, memberships=[step.membership for step in self.steps], suppressed_by=suppressed, marks=self.marks, **fields))


def _no_longer(at: str, why: str) -> Mark:
    return Mark.model_validate({"at": at, "kind": "implied-no-longer", "text": why})


def _by(alarm: Json) -> str:
    """Say what suppresses an alarm, and until when."""
    if alarm["suppressedBy"] == "shelved":
        return f"by {alarm.get('shelvedBy', 'an operator')}, who shelved it until {alarm.get('shelvedUntil', 'it is unshelved')}"
    outage = alarm.get("plannedOutage") or {}
    return f"by announced work {outage.get('id', '')} until {outage.get('until', 'it is over')}"
