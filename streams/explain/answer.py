"""One answer: what was asked for is found, and told."""

from schemas.explanation import AlarmExplanation, ProblemExplanation
from streams.explain.alarm import AlarmStory
from streams.explain.find import NotFound, find
from streams.explain.history import History, json
from streams.explain.problem import explain_problem


def explanation(history: History, asked: str) -> ProblemExplanation | AlarmExplanation:
    """Explain what is meant by an id, its beginning or a name; NotFound says where it was looked for."""
    found = find(history, asked)
    return explain_problem(history, found.problem) if found.problem else _alarm(history, found.alarm)


def _alarm(history: History, alarm: str) -> AlarmExplanation:
    story = AlarmStory()
    for key, value in history.read("alarm-records"):
        if key == alarm and value is not None:
            story.fold(json(value))
    if not story.alarm:
        raise NotFound(f"{alarm}: what was told of this alarm record is no longer kept in {history.where}")
    problem = explain_problem(history, story.problem) if story.problem and _is_kept(history, story.problem) else None
    return AlarmExplanation.model_validate({"type": "AlarmExplanation", "source": history.where, "alarm": story.told(), "problem": problem})


def _is_kept(history: History, problem: str) -> bool:
    """Tell whether a problem's record is there: after its time a tombstone stands for it."""
    last = None
    for key, value in history.read("problems"):
        if key == problem:
            last = value
    return last is not None
