"""What a 3GPP source notifies besides alarms (TS 28.532 12.2): acknowledgements, comments, its alarm list, signs of life.

    notifyAckStateChanged             Acted ack or unack
    notifyComments                    Acted comment: the newest, for the set holds those told before
    notifyAlarmListRebuilt            ListTold rebuilt, unless alarmListAlignmentRequirement says ALIGNMENT_NOT_REQUIRED;
                                      16.4.0 spells it notifyAlarmListRebuiltAlarm
    notifyPotentialFaultyAlarmList    ListTold faulty
    notifyHeartbeat                   heartbeat; heartbeatNtfPeriod in seconds
    notifyCorrelatedNotificationChanged   counted as an event: it carries neither cause nor severity
"""

from typing import Any

from streams.domain.instant import Instant
from streams.edge import words
from streams.edge.formats.fields import LONGEST_TEXT, first, folded, seconds, text
from streams.edge.formats.told import Acted, ListTold, NoAlarm, Refused, Signal

_REBUILT = {"notifyalarmlistrebuilt", "notifyalarmlistrebuiltalarm"}
_ACK_STATES = {"acknowledged": "ack", "unacknowledged": "unack"}


def read(told: dict[str, Any], kind: str, object_: str, source: str, when: Instant) -> Signal | None:
    """Read a notification that is no alarm; `told` and `kind` are folded. None for a kind that nobody knows."""
    at = words.time(told.get("eventtime")) or when
    if kind == "notifyackstatechanged":
        action = _ACK_STATES.get(words.fold(text(told.get("ackstate"))))
        if action is None:
            raise Refused("ackState", "no-state", "Say ACKNOWLEDGED or UNACKNOWLEDGED in ackState.")
        return acknowledged(told, object_, source, at, action)
    if kind == "notifycomments":
        comment = _newest(told.get("comments"))
        return _acted(
            told, "comment", object_, source, words.time(comment.get("commenttime")) or at, first(comment, "commentuserid", "commentsystemid"),
            first(comment, "commenttext", "text", "comment")[:LONGEST_TEXT])
    if kind in _REBUILT:
        if words.fold(text(told.get("alarmlistalignmentrequirement"))) == "alignmentnotrequired":
            return NoAlarm("event:notifyAlarmListRebuilt", source, at)
        return ListTold("rebuilt", source, at)
    if kind == "notifypotentialfaultyalarmlist":
        return ListTold("faulty", source, at)
    if kind == "notifyheartbeat":
        return NoAlarm("heartbeat", source, at, seconds(told.get("heartbeatntfperiod")))
    if kind == "notifycorrelatednotificationchanged":
        return NoAlarm("event:notifyCorrelatedNotificationChanged", source, at)
    return None


def acknowledged(told: dict[str, Any], object_: str, source: str, at: Instant, action: str = "ack") -> Acted:
    """Return what its ack fields say of an alarm."""
    return _acted(told, action, object_, source, words.time(told.get("acktime")) or at, first(told, "ackuserid", "acksystemid"), "")


def _acted(told: dict[str, Any], action: str, object_: str, source: str, at: Instant, user: str, words_said: str) -> Acted:
    alarm_id = text(told.get("alarmid"))
    if not alarm_id:
        raise Refused("alarmId", "no-alarm-id", "Say in alarmId which alarm it was done to.")
    kind = text(told.get("alarmtype"))
    cause = words.probable_cause(text(told.get("probablecause")) or words.alarm_type(kind) or kind)
    return Acted(action, object_, at, cause, text(told.get("specificproblem")), source, alarm_id, alarm_id, user, words_said)


def _newest(comments: object) -> dict[str, Any]:
    """Return the latest of a set of comments, which is a map by comment id, a list, or one alone."""
    if isinstance(comments, dict) and any(isinstance(v, dict) for v in comments.values()):
        comments = list(comments.values())
    each = [folded(c) for c in comments] if isinstance(comments, list) else [folded(comments)]
    newest = max(enumerate(each), key=lambda numbered: (words.time(numbered[1].get("commenttime")), numbered[0]), default=(0, {}))[1]
    if not newest:
        raise Refused("comments", "no-comment", "Give the comment's text and time in comments.")
    return newest
