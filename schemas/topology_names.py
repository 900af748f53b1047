"""How a feed names objects and tells its alarms apart (`feeds:` of topology.yaml): `rewrite`, `names`, `key`."""

from collections.abc import Iterable
from typing import Annotated, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Name = Annotated[str, Field(min_length=1)]
KeyWord = Literal["object", "cause", "qualifier", "alarm_type", "source", "source_id"]
_QUIET = re2.Options()
_QUIET.log_errors = False


def compiled(told: str) -> str:
    """Return an expression that RE2 takes: its time grows with the text alone, whatever a stranger sends."""
    try:
        re2.compile(told, _QUIET)
    except re2.error as error:
        why = error.args[0] if error.args else error
        raise ValueError(f"{told!r} is no regular expression of RE2's (no look-around, no back-references): {why.decode() if isinstance(why, bytes) else why}") from None
    return told


class Strict(BaseModel):
    """Base of every part of a feed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Rewrite(Strict):
    """One rule for a name that is neither an id nor an alias."""

    match: Name
    """Regular expression (RE2), searched for in the reported name."""
    to: str
    """What replaces it; `\\1` is the first group."""

    @field_validator("match")
    @classmethod
    def _compiles(cls, told: str) -> str:
        return compiled(told)

    @model_validator(mode="after")
    def _has_groups(self) -> "Rewrite":
        groups = re2.compile(self.match, _QUIET).groups
        named = [int(after[0]) for after in self.to.replace("\\\\", "").split("\\")[1:] if after[:1].isdigit()]
        if any(n > groups for n in named):
            raise ValueError(f"{self.to!r} names group {max(named)}, but {self.match!r} has {groups}")
        return self


class NamesEntry(Strict):
    """Ways of writing names that would be a guess if nobody said so."""

    case: Literal["ignore", "exact"] = "ignore"
    """exact: names that differ in letter case are two things, of which only one may be declared."""
    suffixes: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]] = []
    """DNS domains in which a host has the same name as without: with `ber.example.net`, `olt-7.ber.example.net` is olt-7."""
    separators: Annotated[str, Field(max_length=16)] = ""
    """What stands between a device and its parts. Default: `/ , :` and blank, and `.` unless a DNS domain may follow."""
    parts: list[Name] = []
    """Attribute types of a distinguished name whose value is the object's name: with ManagedElement, `SubNetwork=1,ManagedElement=olt-7,Port=3` lies in olt-7."""


class KeyField(Strict):
    """A field of the alarm key with what changes in it taken out."""

    field: KeyWord
    mask: Name
    """Regular expression (RE2); what it matches counts as the same: `[0-9]+` in "lost 17 of 20 packets"."""

    @field_validator("mask")
    @classmethod
    def _compiles(cls, told: str) -> str:
        return compiled(told)

    @model_validator(mode="after")
    def _matches_something(self) -> "KeyField":
        if re2.compile(self.mask, _QUIET).fullmatch(""):
            raise ValueError(f"mask {self.mask!r} matches the empty text; write + for *")
        return self


def key_words(key: Iterable[KeyWord | KeyField]) -> tuple[str, ...]:
    """Return the fields of a key in order."""
    return tuple(each.field if isinstance(each, KeyField) else each for each in key)
