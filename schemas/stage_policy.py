"""What the thresholds of every stage have in common (`policy:` of topology.yaml)."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Priority = Annotated[int, BeforeValidator(lambda told: int(told) if isinstance(told, str) and told.isdigit() else told), Field(ge=1, le=10)]
"""1 (highest) to 10; text in JSON, where every key is text."""
ImpactClass = Literal["none", "at-risk", "degraded", "down", "customers-down", "widespread"]
SeverityWord = Literal["critical", "major", "minor", "warning", "indeterminate"]


class StagePolicy(BaseModel):
    """Thresholds of one stage; unknown names are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)
