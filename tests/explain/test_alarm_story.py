"""The steps of one alarm through problems: joined, merged with its problem, parted, begun anew."""

from typing import Any

from streams.explain.alarm import BEGAN, BRIEF, WAITS, AlarmStory
from streams.explain.changes import Timeline

RECORD = {"id": "p-1", "characteristic": []}


def event(second: int, problem: str = "", reason: str = "", episode: int = 1, state: str = "raised", **but: Any) -> dict[str, Any]:
    alarm = {"@type": "ProblemAlarm", "id": "a-1", "alarmedObject": {"id": "olt"}, "probableCause": "lossOfSignal", "perceivedSeverity": "cleared" if state == "cleared" else "major",
             "state": state, "alarmRaisedTime": "2026-01-01T10:00:00Z", "timesHeard": 1, "episode": episode, **but}
    if problem:
        alarm["problem"] = {"id": problem}
    if reason:
        alarm["problemReason"] = reason
    return {"eventTime": f"2026-01-01T10:00:{second:02}Z", "event": {"alarm": alarm}}


def a_story(*events: dict[str, Any]) -> AlarmStory:
    story = AlarmStory()
    for each in events:
        story.fold(each)
    return story


def steps(story: AlarmStory) -> list[tuple[str, str]]:
    return [(step.membership.problem, step.membership.reason) for step in story.steps]


def test_repeats_are_no_steps() -> None:
    assert [("p-1", "near")] == steps(a_story(event(0, "p-1", "near"), event(5, "p-1", "near"), event(9, "p-1", "near", state="cleared")))


def test_who_began_a_problem_has_no_reason_but_that() -> None:
    assert [("p-1", BEGAN)] == steps(a_story(event(0, "p-1")))


def test_another_name_without_another_reason_is_a_merger() -> None:
    assert [("p-1", "near"), ("p-2", "problem p-1 was merged into this one")] == steps(a_story(event(0, "p-1", "near"), event(5, "p-2", "near")))


def test_who_is_parted_from_a_problem_left_it_and_that_is_counted() -> None:
    parted = a_story(event(0, "p-1", "near"), event(5, "p-2", "a second burst"))
    timeline = Timeline(RECORD, {})
    timeline.note_leavers([parted, parted], {"p-1"})
    [change] = timeline.changes()

    assert ("split", "2 alarms went to problem p-2: a second burst") == (change.kind, change.text)
    assert "near" == parted.told({"p-1"}).reason and "a second burst" == parted.told().reason


def test_who_cleared_and_was_raised_elsewhere_did_not_leave() -> None:
    again = a_story(event(0, "p-1", "near"), event(3, "p-1", "near", state="cleared"), event(5, "p-2", "elsewhere", episode=2))

    waited = a_story(event(0, "p-1", "near"), event(3, "p-1", "near", state="cleared"), event(4, episode=2), event(5, "p-2", "elsewhere", episode=2))

    assert again.way_out({"p-1"}) is None and waited.way_out({"p-1"}) is None
    assert a_story(event(0, "p-1", "near"), event(5, "p-2", "elsewhere", episode=2)).way_out({"p-1"}) is not None


def test_who_is_in_no_problem_says_why_not() -> None:
    assert WAITS == a_story(event(0)).told().reason
    assert BRIEF == a_story(event(0), event(1, state="cleared")).told().reason
    assert "cleared while it was suppressed by announced work chg-7 until 12:00" in a_story(
        event(0, suppressedBy="planned-outage", plannedOutage={"id": "chg-7", "until": "12:00"}), event(1, state="cleared")).told().reason
    assert "suppressed by eve, who shelved it until 12:00" in a_story(event(0, suppressedBy="shelved", shelvedBy="eve", shelvedUntil="12:00")).told().reason


def test_marks_come_and_go() -> None:
    implied = {"eventTime": "2026-01-01T10:00:01Z", "event": {"alarm": {"@type": "ImpliedAlarm", "impliedBy": {
        "root": {"id": "power"}, "confidence": 0.9, "rules": ["walk"], "path": ["olt", "a", "power"], "hops": 7, "omitted": 5}}}}
    gone = {"eventTime": "2026-01-01T10:00:02Z", "event": {"alarm": {"@type": "ImpliedAlarm", "impliedBy": None}}}
    story = a_story(event(0, "p-1"), implied)

    assert "by power at confidence 0.90, 7 hops away: olt > (5 more) > a > power" == story.marks[0].text
    assert story.told().implied_by is not None
    story.fold(gone)
    assert story.told().implied_by is None and story.marks[-1].kind == "implied-no-longer"
    assert "the cause is another" in story.marks[-1].text
    story.fold(event(2, "p-1", state="cleared"))
    assert "the alarm cleared" == story.marks[-1].text
