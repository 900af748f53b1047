"""The story of one problem: its record, the problems that went into it, its alarms, its changes, whom it hurt."""

from typing import Any

from schemas.explanation import Blamed, Evidence, ProblemExplanation, Relatives
from streams.explain.alarm import AlarmStory
from streams.explain.changes import Timeline
from streams.explain.history import History, json
from streams.explain.hurt import Hurts
from streams.explain.told import Json, characteristics, refs

ALARMS = 500
"""Alarm records told of one problem."""
CHANGES = 1000


class Kin:
    """A problem's record, and the others that have to do with it."""

    def __init__(self, history: History, problem: str) -> None:
        told: dict[str, Json] = {}
        for key, value in history.read("problems"):
            if value is None:
                told.pop(key, None)
            elif key == problem or b'"mergedInto"' in value or problem.encode() in value:
                told[key] = json(value)
        self.record = told[problem]
        into = {key: characteristics(each).get("mergedInto") for key, each in told.items()}
        self.merged: dict[str, Json] = {}
        grown = True
        while grown:
            more = {key: told[key] for key, end in into.items() if key not in self.merged and (end == problem or end in self.merged)}
            self.merged |= more
            grown = bool(more)
        self.children = sorted(key for key, each in told.items() if key not in self.merged and key != problem and problem in refs(each, "parentProblem"))

    @property
    def ids(self) -> frozenset[str]:
        """The problem and all that went into it."""
        return frozenset((self.record["id"], *self.merged))

    def relatives(self) -> Relatives:
        """Name them."""
        more = characteristics(self.record)
        parents = [ident for ident in refs(self.record, "parentProblem") if ident != more.get("mergedInto")]
        return Relatives.model_validate({
            "merged_into": more.get("mergedInto"), "merged_from": sorted(self.merged), "parent": parents[0] if parents else None, "children": self.children,
            "recurrence_of": more.get("recurrenceOf")})


def explain_problem(history: History, problem: str) -> ProblemExplanation:
    """Tell all that is stored of a problem that is."""
    kin = Kin(history, problem)
    ids, record, more = kin.ids, kin.record, characteristics(kin.record)
    stories = _stories(history, ids)
    in_order = sorted(stories.values(), key=lambda story: _joined(story, ids))
    here = [story for story in in_order if not story.way_out(ids)]
    gone = [story for story in in_order if story.way_out(ids)]
    timeline = Timeline(record, kin.merged)
    timeline.read(history, ids, set(stories))
    timeline.note_leavers(gone, ids)
    hurt = Hurts(ids)
    hurt.read(history)
    ranked = _ranked(more, {story.alarm["alarmedObject"]["id"] for story in stories.values()} | set(refs(record, "affectedResource")))
    return ProblemExplanation.model_validate({
        "type": "ProblemExplanation", "id": problem, "source": history.where, "at": record["lastUpdate"], "status": record["status"], "status_reason": record["statusChangeReason"],
        "priority": record["priority"], "domain": more["correlationDomain"], "opened_at": more["raisedDate"], "is_standing": more.get("isStanding") == "true", "topology_version": more.get("topologyVersion"),
        "cause": ranked[0] if ranked else None, "runners_up": ranked[1:], "alarm_count": more["alarmCount"], "active_alarm_count": more["activeAlarmCount"],
        "alarms": [story.told(ids) for story in here[:ALARMS]], "omitted": max(0, len(here) - ALARMS), "left": [story.told(ids) for story in gone[:ALARMS]], "changes": timeline.changes()[-CHANGES:],
        "services": hurt.services(refs(record, "affectedService")), "service_count": record["affectedNumberOfServices"], "relatives": kin.relatives()})


def _stories(history: History, ids: frozenset[str]) -> dict[str, AlarmStory]:
    """Return the alarm records that were ever in one of the problems, from the event on that first names it."""
    needles = [ident.encode() for ident in ids]
    found: dict[str, AlarmStory] = {}
    for key, value in history.read("alarm-records"):
        if value is None or not (key in found or any(needle in value for needle in needles)):
            continue
        found.setdefault(key, AlarmStory()).fold(json(value))
    return {key: story for key, story in found.items() if story.alarm and any(step.membership.problem in ids for step in story.steps)}


def _joined(story: AlarmStory, ids: frozenset[str]) -> tuple[Any, ...]:
    """Return what alarms are told in the order of: when they first joined."""
    return next(step.membership.at for step in story.steps if step.membership.problem in ids), story.alarm["id"]


def _ranked(more: Json, alarmed: set[str]) -> list[Blamed]:
    ranked = []
    for each in more.get("localization", ()):
        weights = each.get("weights") or [None] * len(each["rules"])
        evidence = [Evidence(rule=rule, text=text, weight=weight) for rule, text, weight in zip(each["rules"], each["evidence"], weights, strict=True)]
        ranked.append(Blamed.model_validate({"object": each["id"], "confidence": each["confidence"], "is_alarmed": each["id"] in alarmed, "evidence": evidence}))
    return ranked
