"""Trouble reports in topology.yaml: who must act on them, whose help is needed, and in what words they are written."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, field_validator

from schemas.stage_policy import Priority
from schemas.topology_names import Name, Strict

ReportType = Literal["serviceTrouble", "resourceTrouble", "partyTrouble"]
"""On the problem itself; to the resource domain, on the located resource; to another party (TMF621 ticketType)."""
FIELDS = (
    "alarms", "cause", "customers", "description", "domain", "group", "party", "priority", "problem", "services", "severity", "site", "type", "vendor", "where")
"""What a template may name."""


def field_mistake(template: str) -> str:
    """Return what is wrong with a template, "" for nothing: `{field}` and nothing cleverer, `{{` and `}}` for braces."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        return f"{error}; write {{{{ and }}}} for braces"
    for _, field, spec, conversion in parts:
        if field is None:
            continue
        if spec or conversion or not field.isidentifier():
            return f"{{{field}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}} says more than a field's name"
        if field not in FIELDS:
            return f"there is no field {{{field}}}; known are {', '.join(FIELDS)}"
    return ""


class Template(Strict):
    """The words of one type of report, with fields in braces; what is not given keeps the built-in words."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Such as `{severity} {cause} at {where}`."""
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    @field_validator("name", "description")
    @classmethod
    def _names_fields(cls, told: str | None) -> str | None:
        if told is not None and (mistake := field_mistake(told)):
            raise ValueError(mistake)
        return told


class AssignmentEntry(Strict):
    """Which group must act on a report; what is not given matches anything, the first rule that matches counts."""

    group: Name
    report: ReportType | None = None
    domain: Name | None = None
    """Correlation domain of the located object."""
    on_type: Name | None = None
    """Its type."""
    vendor: Name | None = None
    calendar: Name | None = None
    """Only in the hours of this calendar (`calendars`), by when the report is made or its cause becomes another."""


class EngagementEntry(Strict):
    """Which party's help is needed beside our own work: a partyTrouble report each; what is not given matches anything, all rules that match count."""

    party: Name
    domain: Name | None = None
    on_type: Name | None = None
    vendor: Name | None = None
    cause: Name | None = None
    """Probable cause."""
    priority: Priority = 10
    """For problems of this priority or a higher one (a lower number)."""
    escalation: Annotated[int, Field(ge=0, le=10)] = 0
    """From this level of escalation on (`slas`, `escalations`)."""
