"""Small readings of output records."""

from typing import Any

Json = dict[str, Any]


def characteristics(problem: Json) -> Json:
    """Return what TMF656 has no field for, by name."""
    return {each["name"]: each["value"] for each in problem.get("characteristic", ())}


def refs(record: Json, field: str) -> list[str]:
    """Return the ids that a list of references names."""
    return [ref["id"] for ref in record.get(field, ())]


def alarm_of(event: Json) -> Json:
    """Return the alarm in an event of `alarm-records`."""
    alarm: Json = event["event"]["alarm"]
    return alarm
