"""A feed's declared mapping as the program holds it: what `mapping:` in topology.yaml says, frozen and in fixed order."""

import msgspec

Condition = tuple[tuple[str, tuple[str, ...]], ...]
"""(path, words of which it must say one), all of which must hold."""
Table = tuple[tuple[str, str], ...]
"""(word told, what it means)."""


class Place(msgspec.Struct, frozen=True):
    """Where a part of an alarm stands: a path, a text with paths in braces, a constant; and what is taken of it."""

    said: str
    match: str = ""
    to: str = ""


Places = tuple[Place, ...]


class Mapping(msgspec.Struct, frozen=True):
    """How records of any JSON are read; the fields are those of `schemas.topology_mapping.MappingEntry`."""

    object: Places
    cause: Places
    each: str | None = None
    embedded: tuple[str, ...] = ()
    only_when: tuple[Condition, ...] = ()
    causes: Table = ()
    severity: Places = ()
    severities: Table = ()
    clear_when: tuple[Condition, ...] = ()
    ack_when: tuple[Condition, ...] = ()
    unack_when: tuple[Condition, ...] = ()
    time: Places = ()
    raised: Places = ()
    type: Places = ()
    types: Table = ()
    qualifier: Places = ()
    identity: Places = ()
    source: Places = ()
    source_id: Places = ()
    parents: Places = ()
    service_affecting: Places = ()
    will_clear: Places = ()
    sequence: Places = ()
    user: Places = ()
    text: Places = ()
