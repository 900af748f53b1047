"""`mapping:` of a feed with `format: mapped`: where in a record of any JSON the parts of an alarm stand, and its words.

A place is a path (`$.host.name`), a text with paths in braces (`"{$.host}/{$.port}"`), a constant, or one of these with
a regular expression; a list of places is tried in order until one says something.
"""

import re
from typing import Annotated, Any, Literal

import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.json_paths import is_path, json_path, template
from schemas.topology_names import compiled

ARRIVAL = "arrival"
"""The time of a record that tells none."""
_GROUP = re.compile(r"\\(\d)")
MappedSeverity = Literal["critical", "major", "minor", "warning", "indeterminate", "cleared"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _path(told: str) -> str:
    json_path(told)
    return told


def _plain_path(told: str) -> str:
    if not json_path(told).is_plain:
        raise ValueError(f"{told!r} may name one thing only: no [0], [*] or filter here")
    return told


def _as_list(told: Any) -> Any:
    return told if isinstance(told, list) else [told]


def _words(told: Any) -> Any:
    """A condition's words as text: `true`, 3 and `down` are all meant as they stand in JSON."""
    return [str(word).lower() if isinstance(word, bool) else str(word) if isinstance(word, int) else word for word in _as_list(told)]


Path = Annotated[str, AfterValidator(_path)]
PlainPath = Annotated[str, AfterValidator(_plain_path)]
Words = Annotated[list[str], Field(min_length=1), BeforeValidator(_words)]
Condition = dict[Path, Words]
"""Path -> the words of which it must say one, `*` at the end of one for any rest; all of them must hold."""
Conditions = Annotated[list[Condition], BeforeValidator(_as_list)]
"""One condition, or several of which one must hold."""


class PlaceEntry(_Strict):
    """Where a part of an alarm stands."""

    said: Annotated[str, Field(min_length=1)]
    """A path, a text with paths in braces, or a constant."""
    match: str = ""
    """Regular expression (RE2) searched for in what is said there; where it is not found, this place says nothing."""
    to: str = r"\1"
    """What is taken of it; `\\1` is the first group."""

    @field_validator("said")
    @classmethod
    def _reads(cls, told: str) -> str:
        if is_path(told):
            json_path(told)
        else:
            template(told)
        return told

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, told: Any) -> Any:
        return told if isinstance(told, dict) else {"said": told}

    @model_validator(mode="after")
    def _expands(self) -> "PlaceEntry":
        if self.match:
            groups = re2.compile(compiled(self.match)).groups
            if any(int(n) > groups for n in _GROUP.findall(self.to)):
                raise ValueError(f"{self.match!r} has {groups} groups (...), and {self.to!r} wants more")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(schema)]}


Places = Annotated[list[PlaceEntry], BeforeValidator(_as_list)]


class MappingEntry(_Strict):
    """How records of any JSON are read."""

    each: Path | None = None
    """Path of the alarms in a record that holds several (`$.alerts[*]`); `$` then is one of them and `$$` the record."""
    embedded: Annotated[list[PlainPath], BeforeValidator(_as_list)] = []
    """Texts that are JSON themselves (Amazon SNS' Message), read before all else."""
    only_when: Conditions = []
    """Which records are about alarms; others are counted as `event:other`. Default: all."""
    object: Annotated[Places, Field(min_length=1)]
    """The alarmed object; may be missing in a clear that has `source_id`."""
    cause: Annotated[Places, Field(min_length=1)]
    """The probable cause: what kind of alarm it is."""
    causes: dict[str, str] = {}
    """Word told -> probable cause; a word not given stays as it is."""
    severity: Places = []
    """The perceived severity; default: indeterminate."""
    severities: dict[str, MappedSeverity] = {}
    """Word told -> severity; a word not given is looked up among those that all formats know."""
    clear_when: Conditions = []
    """When a record clears its alarm; a severity that means cleared does so anyway."""
    ack_when: Conditions = []
    """When a record says that the alarm was acknowledged at its source."""
    unack_when: Conditions = []
    """When a record says that the acknowledgement was taken back."""
    time: Places = []
    """When it happened: ISO 8601, RFC 2822 or an epoch number of any unit. `arrival`, and the default: when the record came."""
    raised: Places = []
    """When the alarm was raised, where a later record of it still says so."""
    type: Places = []
    """The X.733 alarm type."""
    types: dict[str, str] = {}
    """Word told -> alarm type."""
    qualifier: Places = []
    """What tells apart alarms of one object and cause (specific problem)."""
    identity: Places = []
    """What tells apart alarms of one object, in place of cause and qualifier."""
    source: Places = []
    """The reporting system."""
    source_id: Places = []
    """The source's own id of the alarm."""
    parents: Places = []
    """Source ids of alarms that it follows from; every place that says one counts."""
    service_affecting: Places = []
    """true or false."""
    will_clear: Places = []
    """false where alarms like this are never cleared by their source."""
    sequence: Places = []
    """The source's own order among what it tells of one time."""
    user: Places = []
    """Who acknowledged it."""
    text: Places = []
    """Details for people."""
